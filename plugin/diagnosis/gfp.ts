/**
 * The allocation's flags by name. Kernels print them since 4.6; of the numbers before that, those of
 * 2.6.32 to 4.3 and of 4.4 and 4.5 are known.
 *
 * Source: kernel, include/linux/gfp.h, include/trace/events/mmflags.h of these versions.
 */

/** Bits of all versions known here. */
const COMMON: ReadonlyArray<readonly [number, string]> = [
  [0x1, '__GFP_DMA'],
  [0x2, '__GFP_HIGHMEM'],
  [0x4, '__GFP_DMA32'],
  [0x8, '__GFP_MOVABLE'],
  [0x20, '__GFP_HIGH'],
  [0x40, '__GFP_IO'],
  [0x80, '__GFP_FS'],
  [0x100, '__GFP_COLD'],
  [0x200, '__GFP_NOWARN'],
  [0x400, '__GFP_REPEAT'],
  [0x800, '__GFP_NOFAIL'],
  [0x1000, '__GFP_NORETRY'],
  [0x2000, '__GFP_MEMALLOC'],
  [0x4000, '__GFP_COMP'],
  [0x8000, '__GFP_ZERO'],
  [0x10000, '__GFP_NOMEMALLOC'],
  [0x20000, '__GFP_HARDWALL'],
  [0x40000, '__GFP_THISNODE'],
]
const UNTIL_4_3: typeof COMMON = [
  [0x10, '__GFP_WAIT'],
  [0x80000, '__GFP_RECLAIMABLE'],
  [0x200000, '__GFP_NOTRACK'],
]
const SINCE_4_4: typeof COMMON = [
  [0x10, '__GFP_RECLAIMABLE'],
  [0x80000, '__GFP_ATOMIC'],
  [0x200000, '__GFP_NOTRACK'],
  [0x400000, '__GFP_DIRECT_RECLAIM'],
  [0x1000000, '__GFP_WRITE'],
  [0x2000000, '__GFP_KSWAPD_RECLAIM'],
]
/** Sums with a name of their own, largest first; without the bits that allow reclaim. */
const SUMS: ReadonlyArray<readonly [number, string]> = [
  [0x200ca, 'GFP_HIGHUSER_MOVABLE'],
  [0x200c2, 'GFP_HIGHUSER'],
  [0x200c0, 'GFP_USER'],
  [0xc0, 'GFP_KERNEL'],
  [0x40, 'GFP_NOFS'],
]

/**
 * @param mask as the opener has it, `0x201da` or `0xcc0(GFP_KERNEL)`
 * @returns undefined where the numbers of this kernel are not known
 */
export function gfpFlags(mask: string, release: string | undefined): string[] | undefined {
  const named = /\((.*)\)/.exec(mask)?.[1]
  if (named !== undefined) return named === '' ? [] : named.split('|')
  const version = /^(\d+)\.(\d+)/.exec(release ?? '')
  if (version === null) return undefined
  const number = Number(version[1]) * 1000 + Number(version[2])
  if (number > 4005 || number < 2006) return undefined
  const isNew = number >= 4004
  const table = [...COMMON, ...(isNew ? SINCE_4_4 : UNTIL_4_3)]
  const reclaim = isNew ? 0x2400000 : 0x10
  let rest = Number.parseInt(mask, 16)
  const flags: string[] = []
  if ((rest & reclaim) === reclaim) {
    const sum = SUMS.find(([bits]) => (rest & bits) === bits)
    if (sum !== undefined) {
      flags.push(sum[1])
      rest &= ~(sum[0] | reclaim)
    }
  }
  for (const [bit, name] of table) {
    if ((rest & bit) === 0) continue
    flags.push(name)
    rest &= ~bit
  }
  return rest === 0 ? flags : [...flags, `0x${rest.toString(16)}`]
}
