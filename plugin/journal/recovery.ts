/** What a part of the journal holds when it is opened: its newest events, and what is missing. */

import { closeSync, constants, ftruncateSync } from 'node:fs'
import { join } from 'node:path'
import type { PublishedEvent } from '../events/envelope.ts'
import { openFile, readFile } from '../state/open-file.ts'
import type { HighWater } from './high-water.ts'
import { type Hole, listSegments, type Scan, type Segment, scanSegment } from './segment.ts'
import type { Unwritten } from './unwritten.ts'

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
  /** None of this part's events from this sequence number on is left out of them. */
  readonly eventsFrom: number
  /** Number that the next event of this part gets. */
  readonly nextN: number
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
  /** What a process had in memory only when it ended. */
  readonly unwritten: Unwritten | undefined
  readonly numbers: KnownNumbers
}

/** What a part tells about the sequence numbers that were given to any events. */
interface KnownNumbers {
  /** This one was given, as all up to it may have been. */
  readonly given: number
  /** Those up to this one may have been given. */
  readonly reserved: number
  /** The process before this one was killed. */
  readonly isUnclean: boolean
  /** The machine went down, so that what was written and not synced is gone. */
  readonly isAfterPowerCut: boolean
  /** More than are reserved may have been given. */
  readonly isBehind: boolean
  /** A server was here, and nothing is left of what it gave: it could not write. */
  readonly isBlank: boolean
}

/** @throws a system error when the folder cannot be read */
export function recover(
  folder: string,
  isTrusted: boolean,
  highWater: HighWater | 'empty' | undefined,
  bootId: string,
  bounds: RecoveryBounds
): Recovery {
  const high = highWater === 'empty' ? undefined : highWater
  const segments = listSegments(folder, isTrusted)
  const groups: Array<readonly PublishedEvent[]> = []
  const damaged: Array<{ segment: Segment; scan: Scan }> = []
  let lastN = high?.n ?? 0
  let lastSeq = high?.seq ?? 0
  let tail: Segment | undefined
  let left = { ...bounds }
  let index = segments.length - 1
  for (; index >= 0; index--) {
    const segment = segments[index]!
    // The newest tells where to go on, whether its events are wanted or not.
    const isNewest = index === segments.length - 1
    if (!isNewest && (left.events <= 0 || left.bytes <= 0)) break
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
  const events = groups.flat()
  const firstN = segments[0]?.firstN ?? lastN + 1
  const isUnclean = high === undefined ? segments.length > 0 : !high.isClean
  const isAfterPowerCut = isUnclean && high !== undefined && high.bootId !== bootId
  return {
    segments,
    events,
    eventsFrom: index < 0 ? 0 : segments[index + 1]!.firstSeq,
    nextN: lastN + 1,
    lastSeq,
    tail,
    damaged,
    unseen: segments.slice(0, index + 1),
    missing:
      high !== undefined && high.firstN < firstN
        ? { n: high.firstN, lost: firstN - high.firstN, after: undefined, before: events[0]?.ts }
        : undefined,
    unwritten: high?.unwritten,
    numbers: {
      given: Math.max(lastSeq, high?.given ?? 0),
      reserved: Math.max(lastSeq, high?.reserved ?? 0),
      isUnclean,
      isAfterPowerCut,
      isBehind: isUnclean && (high === undefined || isAfterPowerCut),
      isBlank: highWater === 'empty' && segments.length === 0,
    },
  }
}

/** A file that cannot be read is one of which nothing is left. */
export function scanFile(folder: string, segment: Segment, endN: number): Scan {
  let bytes: Buffer
  try {
    bytes = readFile(join(folder, segment.name))
  } catch {
    bytes = Buffer.alloc(0)
  }
  return scanSegment(bytes, segment, endN)
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
