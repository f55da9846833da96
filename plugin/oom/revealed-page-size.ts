/**
 * The page size of the machine that wrote a dump, read from the dump itself: a saved dump may come
 * from another machine (16 and 64 KiB pages on arm64 and ppc64), and so may one that somebody
 * injected.
 *
 * What is read here decides every size of the dump, so one figure, which may be damaged, decides
 * nothing: each hint is a vote, two are wanted, and a contradiction must be outvoted. Two figures that
 * agree to the digit are two votes. Pages of 4 KiB, which nearly every machine has, are believed on one
 * vote that nothing contradicts.
 */

import type { OomDump } from './dump.ts'
import type { KillLine } from './lines/kill.ts'
import type { BuddyLine } from './lines/mem-info.ts'

const USUAL_KB = 4
const SIZES_KB: ReadonlySet<number> = new Set([4, 8, 16, 32, 64, 256])
const MAX_DIFFERENCE = 0.2
/** Of fewer pages, one more or less is too much of a difference. */
const MIN_PAGES = 16

/** What a dump reveals counts for more than what is known of the machine. @returns KiB a page */
export function pageSizeKbOf(
  dump: OomDump,
  kill: KillLine | undefined,
  assumedKb: number | undefined
): number | undefined {
  return revealedPageSizeKb(dump, kill) ?? assumedKb
}

/** @returns KiB a page, or undefined when the dump does not reveal it */
export function revealedPageSizeKb(dump: OomDump, kill?: KillLine): number | undefined {
  // An x86 has pages of 4 KiB and no others.
  if (isX86(dump.kernelRelease)) return USUAL_KB
  const votes = new Map<number, number>()
  const vote = (sizeKb: number | undefined, count: number): void => {
    if (sizeKb === undefined || !SIZES_KB.has(sizeKb)) return
    votes.set(sizeKb, (votes.get(sizeKb) ?? 0) + count)
  }
  /** The same once in KiB and once in pages. */
  const compare = (kb: number | undefined, pages: number | undefined): void => {
    if (kb === undefined || pages === undefined || pages < MIN_PAGES) return
    const sizeKb = 2 ** Math.round(Math.log2(kb / pages))
    if (sizeKb * pages === kb) vote(sizeKb, 2)
    // The two lines are printed a moment apart: allow what changes meanwhile, not a factor.
    else if (Math.abs(kb / pages / sizeKb - 1) < MAX_DIFFERENCE) vote(sizeKb, 1)
  }
  for (const line of dump.buddies) vote(line.blocks[0]?.[0], isDoubling(line) ? 2 : 1)
  compare(dump.nodeActiveAnonKb, dump.counters.get('active_anon'))
  compare(sum(dump.zones.map(zone => zone.freeKb)), dump.counters.get('free'))
  compare(sum(dump.zones.map(zone => zone.presentKb)), dump.ramPages)
  const row = kill === undefined ? undefined : dump.tasks.find(kill.pid)
  compare(kill?.totalVmKb, row?.totalVmPages)
  compare(kill?.rssKb ?? sum([kill?.anonRssKb, kill?.fileRssKb, kill?.shmemRssKb]), row?.rssPages)
  vote(dump.tasks.pageTableUnitKb, 1)
  return elected(votes)
}

function elected(votes: ReadonlyMap<number, number>): number | undefined {
  const [first, second] = [...votes].sort(([, a], [, b]) => b - a)
  if (first === undefined) return undefined
  const [sizeKb, count] = first
  const isProven = count >= 2 || (sizeKb === USUAL_KB && second === undefined)
  return isProven && count > (second?.[1] ?? 0) ? sizeKb : undefined
}

/** `7*4kB 3*8kB 0*16kB ...`: the smallest block is one page, and the next shows that it is whole. */
function isDoubling({ blocks: [first, second] }: BuddyLine): boolean {
  return first !== undefined && second !== undefined && second[0] === 2 * first[0]
}

function sum(parts: ReadonlyArray<number | undefined>): number | undefined {
  const stated = parts.filter(part => part !== undefined)
  return stated.length === 0 ? undefined : stated.reduce((a, b) => a + b, 0)
}

/** The distributions that name the architecture. */
function isX86(release: string | undefined): boolean {
  return /[.-](?:x86_64|amd64|i[3-6]86)(?:\W|$)/.test(release ?? '')
}
