/** What the journal lost, in the words of a `telemetry_gap`. */

import type { TelemetryEventInput } from '../events/envelope.ts'
import { gapEvent } from '../events/gap.ts'
import { type NumberRange, uncertainMetadata } from '../events/uncertain-numbers.ts'
import type { Hole, Scan } from './segment.ts'
import type { Unwritten } from './unwritten.ts'

export interface JournalLoss {
  /** Absent when it is not known. */
  readonly lost?: number
  readonly reason: string
  /** Unix microseconds. */
  readonly from?: number
  readonly to?: number
  /** Which events of the journal these are: the same loss found twice is one. */
  readonly key?: string
  /** Sequence numbers of which nobody knows whether an event had them. */
  readonly uncertain?: NumberRange
}

/** The `telemetry_gap` that tells of it. */
export function lossEvent({ key, uncertain, ...data }: JournalLoss): TelemetryEventInput {
  const metadata = {
    ...(key === undefined ? {} : { journal: key }),
    ...uncertainMetadata(uncertain),
  }
  return gapEvent('journal.loss', { source: 'stream', ...data }, metadata)
}

/** @param holes at least one */
export function lossOfHoles(holes: readonly Hole[], what: string): JournalLoss {
  const first = holes[0]!
  const last = holes.at(-1)!
  return {
    lost: holes.reduce((sum, { lost }) => sum + lost, 0),
    reason: `${what}: the events in it could not be read any more`,
    from: first.after,
    to: last.before,
    key: `${first.n}-${last.n + last.lost - 1}`,
  }
}

/** A segment that is removed. */
export function lossOfSegment(
  firstN: number,
  endN: number,
  { lines, holes }: Scan,
  reason: string
): JournalLoss {
  const events = lines.flatMap(line => ('event' in line ? [line.event] : []))
  return {
    // With those that could not be read any more, which nobody has told of yet.
    lost: events.length + holes.reduce((sum, { lost }) => sum + lost, 0),
    reason: `${reason}: its oldest events were removed`,
    from: events[0]?.ts,
    to: events.at(-1)?.ts,
    key: `${firstN}-${endN}`,
  }
}

/** What a process had in memory only when it ended. */
export function unwrittenLoss({ lost, from, to }: Unwritten, isTrusted: boolean): JournalLoss {
  const kills = isTrusted ? ': kills are told again where the kernel log still has them' : ''
  return {
    lost,
    reason: `events could not be written to the disk, and ended with the server${kills}`,
    from,
    to,
    key: `unwritten-${lost}-${from}-${to}`,
  }
}

/** What was in memory only for so long that it was dropped. */
export function droppedLoss(dropped: Unwritten): JournalLoss {
  const { lost, from, to } = dropped
  return {
    ...dropped,
    reason: 'the journal could not be written for too long: its oldest events were dropped',
    key: `dropped-${lost}-${from}-${to}`,
  }
}

export type UncertainCause = 'power_cut' | 'killed' | 'unwritable'

const CAUSES: Readonly<Record<UncertainCause, string>> = {
  power_cut: 'the machine went down without notice: events of its last moments may be lost',
  killed:
    'the server ended without notice: events of the categories that are not kept on disk may be lost',
  unwritable:
    'the disk cannot be written, or could not be: events that earlier servers had in memory only may be lost',
}

/** @param from time of the newest event kept, in Unix microseconds */
export function uncertainLoss(
  cause: UncertainCause,
  uncertain: NumberRange | undefined,
  from: number | undefined
): JournalLoss {
  return { reason: CAUSES[cause], from, to: Date.now() * 1000, uncertain }
}
