/**
 * The page size of the machine that wrote a dump, read from the dump itself: a saved dump may come
 * from another machine (16 and 64 KiB pages on arm64 and ppc64), and so may one that somebody
 * injected. Most tests below compare two lines that state the same thing, once in pages and once in
 * KiB.
 */

import type { OomDump } from './dump.ts'
import type { KillLine } from './lines/kill.ts'

/** @returns KiB a page, or undefined when the dump does not reveal it */
export function revealedPageSizeKb(dump: OomDump, kill?: KillLine): number | undefined {
  return (
    fromBuddyLine(dump) ?? fromNodeCounters(dump) ?? fromVictim(dump, kill) ?? fromRelease(dump)
  )
}

/** `Node 0 Normal: 7*4kB ...`: the smallest block of the buddy allocator is one page. */
function fromBuddyLine(dump: OomDump): number | undefined {
  return plausible(dump.buddies[0]?.blocks[0]?.[0])
}

/** `active_anon:N` (pages, whole machine) against the sum of `Node N active_anon:NkB`. */
function fromNodeCounters(dump: OomDump): number | undefined {
  const pages = dump.counters.get('active_anon')
  if (pages === undefined || pages < 16 || dump.nodes === 0) return undefined
  return nearest(dump.nodeActiveAnonKb / pages)
}

/** The victim's total_vm in its row (pages) against `total-vm:NkB` of its kill line. */
function fromVictim(dump: OomDump, kill: KillLine | undefined): number | undefined {
  if (kill?.totalVmKb === undefined) return undefined
  const row = dump.tasks.find(kill.pid)
  if (row === undefined || row.totalVmPages === 0) return undefined
  return nearest(kill.totalVmKb / row.totalVmPages)
}

function nearest(ratio: number): number | undefined {
  const size = 2 ** Math.round(Math.log2(ratio))
  // The two lines are printed a moment apart: allow what a process maps meanwhile, not a factor.
  return Math.abs(ratio / size - 1) < 0.2 ? plausible(size) : undefined
}

function plausible(sizeKb: number | undefined): number | undefined {
  return sizeKb === 4 ||
    sizeKb === 8 ||
    sizeKb === 16 ||
    sizeKb === 32 ||
    sizeKb === 64 ||
    sizeKb === 256
    ? sizeKb
    : undefined
}

/** The distributions that name the architecture: an x86 has pages of 4 KiB and no others. */
function fromRelease({ kernelRelease }: OomDump): number | undefined {
  return /[.-](?:x86_64|amd64|i[3-6]86)(?:\W|$)/.test(kernelRelease ?? '') ? 4 : undefined
}
