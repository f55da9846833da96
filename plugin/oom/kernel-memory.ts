/**
 * Two tables in which the kernel breaks its own memory down. Both are optional and long, so only the
 * largest entries are kept.
 *
 *     Unreclaimable slab info:            (4.15, when more is slab than is anonymous or cached)
 *     Name                      Used          Total
 *     xfs_inobt_cur           2872KB       2872KB
 *
 *     Memory allocations:                 (6.10 with CONFIG_MEM_ALLOC_PROFILING; later "3.0 GiB")
 *       3176243200   247900 mm/slub.c:2264 func:alloc_slab_page
 *
 * Source: kernel, mm/slab_common.c: dump_unreclaimable_slab; mm/show_mem.c: __show_mem.
 */

/** What one slab cache or one place in the source holds. */
export interface KernelHolder {
  readonly name: string
  readonly kb: number
}

/** How many of the largest are kept. */
const LARGEST = 3
/** A line of either table is shorter: a name of a cache, or of a place in the source, and two numbers. */
const MAX_LINE_CHARS = 512
const UNITS = ['', 'K', 'M', 'G', 'T']

export class KernelMemory {
  #table: KernelHolder[] | undefined
  readonly slabs: KernelHolder[] = []
  readonly allocations: KernelHolder[] = []

  /** Takes a line of either table; false when it is none, which ends the table. */
  push(line: string): boolean {
    if (line.startsWith('Unreclaimable slab info:')) {
      this.#table = this.slabs
      return true
    }
    if (line.startsWith('Memory allocations:')) {
      this.#table = this.allocations
      return true
    }
    const table = this.#table
    if (table === undefined) return false
    if (table === this.slabs && /^Name +Used +Total *$/.test(line)) return true
    const parse = table === this.slabs ? parseSlab : parseAllocation
    const holder = line.length > MAX_LINE_CHARS ? undefined : parse(line)
    if (holder === undefined) {
      this.#table = undefined
      return false
    }
    keepLargest(table, holder)
    return true
  }
}

function parseSlab(line: string): KernelHolder | undefined {
  const match = /^(\S.*?) +\d+KB +(\d+)KB *$/.exec(line)
  return match === null ? undefined : { name: match[1]!, kb: Number(match[2]) }
}

function parseAllocation(line: string): KernelHolder | undefined {
  const match = /^ *([\d.]+)(?: ?([KMGT]?)i?B)? +\d+ (\S+:\d+ .*)$/.exec(line)
  if (match === null) return undefined
  const bytes = Number(match[1]) * 1024 ** UNITS.indexOf(match[2] ?? '')
  return { name: match[3]!.trimEnd(), kb: Math.round(bytes / 1024) }
}

function keepLargest(table: KernelHolder[], holder: KernelHolder): void {
  let place = table.length
  while (place > 0 && table[place - 1]!.kb < holder.kb) place--
  if (place === LARGEST) return
  table.splice(place, 0, holder)
  if (table.length > LARGEST) table.pop()
}
