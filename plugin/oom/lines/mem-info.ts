/**
 * Mem-Info: the state of the machine's memory.
 *
 * Sources: kernel, mm/show_mem.c (before 6.5 mm/page_alloc.c and lib/show_mem.c).
 */

import { numberIn, safeInteger } from './numbers.ts'

/** Mem-Info's counters, in pages: `active_anon:N inactive_anon:N ... free:N free_pcp:N`. */
export function parseCounters(line: string, into: Map<string, number>): boolean {
  let found = false
  COUNTER.lastIndex = 0
  for (let match = COUNTER.exec(line); match !== null; match = COUNTER.exec(line)) {
    found = true
    const name = match[1]!
    const value = safeInteger(match[2])
    if (value !== undefined && !into.has(name) && into.size < 64) into.set(name, value)
  }
  return found
}

const COUNTER = /(?:^|\s)([a-z][a-z_]*(?:\([a-z]+\))?):(\d+)(?=\s|$)/g

/** `[Node N ]ZONE free:NkB [boost:NkB ]min:NkB low:NkB high:NkB ... present:NkB managed:NkB` */
export interface Zone {
  readonly node: number
  readonly name: string
  readonly freeKb: number
  readonly minKb: number | undefined
  readonly lowKb: number | undefined
  readonly highKb: number | undefined
  /** Kept for atomic allocations of several pages (4.20): free, but not for everybody. */
  readonly highAtomicKb: number | undefined
  /** Free in the contiguous memory allocator's areas: for movable pages only. */
  readonly freeCmaKb: number | undefined
  readonly kernelStackKb: number | undefined
  readonly presentKb: number | undefined
  readonly managedKb: number | undefined
}

export function parseZone(line: string): Zone | undefined {
  const match = /^(?:Node (\d+) )?(DMA|DMA32|Normal|HighMem|Movable|Device) free:(\d+)kB /.exec(
    line
  )
  if (match === null) return undefined
  return {
    node: Number(match[1] ?? 0),
    name: match[2]!,
    freeKb: Number(match[3]),
    minKb: numberIn(line, / min:(\d+)kB/),
    lowKb: numberIn(line, / low:(\d+)kB/),
    highKb: numberIn(line, / high:(\d+)kB/),
    highAtomicKb: numberIn(line, / reserved_highatomic:(\d+)KB/i),
    freeCmaKb: numberIn(line, / free_cma:(\d+)kB/),
    kernelStackKb: numberIn(line, / kernel_stack:(\d+)kB/),
    presentKb: numberIn(line, / present:(\d+)kB/),
    managedKb: numberIn(line, / managed:(\d+)kB/),
  }
}

/**
 * `lowmem_reserve[]: 0 1921 1921 1921`, after its zone: by how many pages more than the minimum must
 * be free for an allocation that may use a higher zone, in the order of the zones.
 */
export function parseLowmemReserve(line: string): number[] | undefined {
  const match = /^lowmem_reserve\[\]:((?: \d+)+)/.exec(line)
  return match?.[1]?.trim().split(' ').slice(0, 8).map(Number)
}

/** `[Node N ]ZONE: A*4kB (UME) B*8kB ... = NkB`: free blocks by size; the first is one page. */
export interface BuddyLine {
  readonly node: number
  readonly zone: string
  /** [block size in KiB, free blocks of it that are not reserved: CMA, high-order atomic, isolated] */
  readonly blocks: ReadonlyArray<readonly [number, number]>
}

export function parseBuddyLine(line: string): BuddyLine | undefined {
  const match = /^(?:Node (\d+) )?(DMA|DMA32|Normal|HighMem|Movable|Device): (\d+\*\d+kB.*)/.exec(
    line
  )
  if (match === null) return undefined
  const blocks: Array<[number, number]> = []
  for (const [, count, size, types] of match[3]!.matchAll(
    /(?<!\d)(\d{1,16})\*(\d{1,9})kB(?: \(([A-Z]{1,9})\))?/g
  )) {
    const isReserved = types !== undefined && /^[CHI]+$/.test(types)
    if (blocks.length < 32) blocks.push([Number(size), isReserved ? 0 : Number(count)])
  }
  return { node: Number(match[1] ?? 0), zone: match[2]!, blocks }
}

/** `Node N active_anon:NkB ... ` (4.8): the node's own counters, in KiB. */
export function parseNodeCounter(
  line: string
): { node: number; activeAnonKb: number; kernelStackKb: number } | undefined {
  const match = /^Node (\d+) active_anon:(\d+)kB /.exec(line)
  if (match === null) return undefined
  return {
    node: Number(match[1]),
    activeAnonKb: Number(match[2]),
    // The zones' until 5.9.
    kernelStackKb: numberIn(line, / kernel_stack:(\d+)kB/) ?? 0,
  }
}

/** `Node N hugepages_total=N hugepages_free=N hugepages_surp=N hugepages_size=NkB` */
export function parseHugePages(line: string): { totalKb: number; freeKb: number } | undefined {
  const match =
    /^(?:Node \d+ )?hugepages_total=(\d+) hugepages_free=(\d+) .*hugepages_size=(\d+)kB/.exec(line)
  if (match === null) return undefined
  const size = Number(match[3])
  return { totalKb: Number(match[1]) * size, freeKb: Number(match[2]) * size }
}

/**
 * `N pages RAM`, `N pages reserved`, `N pages HighMem[/MovableOnly]`; ARM's own show_mem (before 3.1)
 * wrote `N pages of RAM`, `N reserved pages`
 */
export function parsePages(
  line: string
): { of: 'RAM' | 'reserved' | 'HighMem'; pages: number } | undefined {
  const match =
    /^(\d+) pages (?:of )?(RAM|reserved|HighMem)\b/.exec(line) ??
    /^(\d+) (reserved) pages$/.exec(line)
  const pages = safeInteger(match?.[1])
  return match === null || pages === undefined
    ? undefined
    : { pages, of: match[2] as 'RAM' | 'reserved' | 'HighMem' }
}

/** What else is counted in pages: `N total pagecache pages`, `N pages in swap cache`, `N pages cma reserved`, `N pages hwpoisoned`. */
export type OtherPages = 'pageCache' | 'swapCache' | 'cma' | 'hwPoisoned'

const OTHER_PAGES: ReadonlyArray<readonly [OtherPages, RegExp]> = [
  ['pageCache', /^(\d+) total pagecache pages/],
  ['swapCache', /^(\d+) pages (?:in swap cache|swap cached)/],
  ['cma', /^(\d+) pages cma reserved/],
  ['hwPoisoned', /^(\d+) pages hwpoisoned/],
]

export function parseOtherPages(line: string): { of: OtherPages; pages: number } | undefined {
  for (const [of, pattern] of OTHER_PAGES) {
    const pages = safeInteger(pattern.exec(line)?.[1])
    if (pages !== undefined) return { of, pages }
  }
  return undefined
}

/**
 * `Free swap  = NkB`, `Total swap = NkB` (before 2.6.19 `Free swap:  NkB`); the free is negative while swap
 * is being turned off.
 */
export function parseSwap(line: string): { of: 'Free' | 'Total'; kb: number } | undefined {
  const match = /^(Free|Total) swap *[=:] *(-?\d+)kB/.exec(line)
  const kb = safeInteger(match?.[2])
  return match === null || kb === undefined ? undefined : { of: match[1] as 'Free' | 'Total', kb }
}
