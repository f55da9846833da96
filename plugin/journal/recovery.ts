/** What a journal holds when it is opened: the newest events, the next numbers, and what is missing. */

import { closeSync, constants, ftruncateSync } from 'node:fs'
import { join } from 'node:path'
import type { PublishedEvent } from '../events/envelope.ts'
import { openFile, readFile } from '../state/open-file.ts'
import { type HighWater, RESERVED_NUMBERS } from './high-water.ts'
import { type Hole, listSegments, type Scan, type Segment, scanSegment } from './segment.ts'

/** How much is read back into memory. */
export interface RecoveryBounds {
  readonly events: number
  readonly bytes: number
}

export interface Recovery {
  /** Oldest first. */
  readonly segments: Segment[]
  /** The newest events, oldest first. */
  readonly events: readonly PublishedEvent[]
  /** Number that the next event of the journal gets. */
  readonly nextN: number
  readonly nextSeq: number
  /** Sequence number of the newest event. */
  readonly lastSeq: number
  /** The newest segment, where it can be continued. */
  readonly tail: Segment | undefined
  /** Segments that were looked at and are damaged. */
  readonly damaged: ReadonlyArray<{ readonly segment: Segment; readonly scan: Scan }>
  /** Segments that were not looked at yet. */
  readonly unseen: readonly Segment[]
  /** Whole segments that are missing before the oldest. */
  readonly missing: Hole | undefined
  /**
   * Sequence numbers that may have been given, by a process that was killed, to events that were not
   * kept on disk.
   */
  readonly uncertain: { readonly from: number; readonly to: number } | undefined
  /** The machine went down, so that what was written and not synced is gone. */
  readonly isAfterPowerCut: boolean
}

/** @throws a system error when the folder cannot be read */
export function recover(
  folder: string,
  high: HighWater | undefined,
  bootId: string,
  bounds: RecoveryBounds
): Recovery {
  const segments = listSegments(folder)
  const groups: Array<readonly PublishedEvent[]> = []
  const damaged: Array<{ segment: Segment; scan: Scan }> = []
  let lastN = high?.n ?? 0
  let lastSeq = high?.seq ?? 0
  let tail: Segment | undefined
  let left = { ...bounds }
  let index = segments.length - 1
  for (; index >= 0 && left.events > 0 && left.bytes > 0; index--) {
    const segment = segments[index]!
    const isNewest = index === segments.length - 1
    const endN = isNewest ? lastN : segments[index + 1]!.firstN - 1
    const scan = scanFile(folder, segment, endN)
    const events = scan.lines.flatMap(line => ('event' in line ? [line.event] : []))
    if (isNewest) {
      const newest = scan.lines.at(-1)
      if (newest !== undefined) {
        lastN = Math.max(lastN, newest.n + ('lost' in newest ? newest.lost - 1 : 0))
      }
      lastSeq = Math.max(lastSeq, events.at(-1)?.seq ?? segment.firstSeq - 1)
      if (scan.isSound && cutTornTail(folder, segment, scan)) tail = segment
    }
    if (!scan.isSound) damaged.push({ segment, scan })
    groups.unshift(events)
    left = {
      events: left.events - events.length,
      bytes: left.bytes - events.reduce((sum, { frameBytes }) => sum + frameBytes, 0),
    }
  }
  const isUnclean = high === undefined ? segments.length > 0 : !high.isClean
  const isAfterPowerCut = isUnclean && high !== undefined && high.bootId !== bootId
  // Where nothing tells which numbers were given, as many are passed over as may have been.
  const isUnknown = isUnclean && (high === undefined || isAfterPowerCut)
  const given = Math.max(lastSeq, high?.reserved ?? 0) + (isUnknown ? RESERVED_NUMBERS : 0)
  const firstN = segments[0]?.firstN ?? lastN + 1
  return {
    segments,
    events: groups.flat(),
    nextN: lastN + 1,
    nextSeq: given + 1,
    lastSeq,
    tail,
    damaged,
    unseen: segments.slice(0, index + 1),
    missing:
      high !== undefined && high.firstN < firstN
        ? {
            n: high.firstN,
            lost: firstN - high.firstN,
            after: undefined,
            before: groups.flat()[0]?.ts,
          }
        : undefined,
    uncertain: isUnclean && given > lastSeq ? { from: lastSeq + 1, to: given } : undefined,
    isAfterPowerCut,
  }
}

/** A file that cannot be read is one of which nothing is left. */
export function scanFile(folder: string, { name, firstN }: Segment, endN: number): Scan {
  let bytes: Buffer
  try {
    bytes = readFile(join(folder, name))
  } catch {
    bytes = Buffer.alloc(0)
  }
  return scanSegment(bytes, firstN, endN)
}

/**
 * What follows the last newline was being written when the process was killed: nobody was told that
 * it is safe. @returns whether the segment can be continued
 */
function cutTornTail(folder: string, segment: Segment, { wholeBytes }: Scan): boolean {
  if (segment.bytes === wholeBytes) return true
  try {
    const fd = openFile(join(folder, segment.name), constants.O_WRONLY)
    try {
      ftruncateSync(fd, wholeBytes)
    } finally {
      closeSync(fd)
    }
    segment.bytes = wholeBytes
    return true
  } catch {
    return false
  }
}
