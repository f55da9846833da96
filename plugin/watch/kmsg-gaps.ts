/**
 * What was not seen of the kernel log, in the words of a `telemetry_gap` event.
 *
 * Two runs of the server that see the same gap give it the same identity (`boot_id` with `kmsg_seq`
 * or `oom_kill`), so that it is one event, however often it is published.
 */

import type { TelemetryEventInput } from '../events/envelope.ts'
import { gapEvent } from '../events/gap.ts'

/** Producer's event names of gaps in the kernel log. */
type KmsgGapEvent =
  /** The kernel overwrote records before they were read. */
  | 'kmsg.overrun'
  /** The device could not be read for a while. */
  | 'kmsg.reader_down'
  /** The kernel counted kills that the log did not show. */
  | 'kmsg.kills_missed'
  /** The position file was damaged: where the last process stopped reading is not known. */
  | 'kmsg.position_damaged'
  /** The kernel left out lines about crashes. */
  | 'kmsg.crashes_suppressed'

export interface KmsgGap {
  readonly event: KmsgGapEvent
  /** Records; for `kmsg.kills_missed` kills. Absent when the number is not known. */
  readonly lost?: number
  readonly reason: string
  /** Unix microseconds. */
  readonly from?: number
  readonly to: number
  readonly metadata: Readonly<Record<string, string>>
}

export interface Span {
  /** Unix microseconds; absent when not known. */
  readonly from?: number
  readonly to: number
}

/** The `telemetry_gap` that tells of it. */
export function kmsgGapEvent({ event, metadata, ...data }: KmsgGap): TelemetryEventInput {
  return gapEvent(event, { source: 'kmsg', ...data }, metadata)
}

const OVERRUN = {
  reading: 'the kernel overwrote log records before they were read',
  down: 'the kernel log could not be read, and the kernel overwrote records meanwhile',
  dead: 'the kernel overwrote log records while no server was reading them',
} as const

/**
 * @param lost undefined when it is not known
 * @param next the first record after the gap
 * @param reader what the reader was doing: reading, not able to, or not running
 */
export function overrunGap(
  bootId: string | undefined,
  lost: number | undefined,
  next: number,
  span: Span,
  reader: keyof typeof OVERRUN
): KmsgGap {
  return {
    event: reader === 'down' ? 'kmsg.reader_down' : 'kmsg.overrun',
    lost,
    reason: OVERRUN[reader],
    ...span,
    metadata: identity(bootId, { kmsg_seq: String(next) }),
  }
}

/**
 * The reader was down and is back. Without an identity: only the process that was down tells of it.
 *
 * @param lost 0, or undefined when it is not known
 */
export function readerDownGap(lost: 0 | undefined, span: Span): KmsgGap {
  const rest =
    lost === 0
      ? 'all its records were read afterwards'
      : 'how many records were overwritten meanwhile is not known'
  return {
    event: 'kmsg.reader_down',
    lost,
    reason: `the kernel log could not be read; ${rest}`,
    ...span,
    metadata: {},
  }
}

/** @param span from the last write of the file, as far as the file system tells */
export function positionDamagedGap(span: Span): KmsgGap {
  return {
    event: 'kmsg.position_damaged',
    reason:
      'the file with the position in the kernel log was damaged: what was logged since it was written is not published',
    ...span,
    metadata: {},
  }
}

/** The kernel printed more crashes than it likes to, and says how many it left out. */
export function suppressedCrashesGap(
  bootId: string | undefined,
  lost: number,
  seq: number,
  ts: number
): KmsgGap {
  return {
    event: 'kmsg.crashes_suppressed',
    lost,
    reason: `the kernel left out ${lost} lines about crashed processes (it prints ten in five seconds)`,
    to: ts,
    metadata: identity(bootId, { kmsg_seq: String(seq) }),
  }
}

export interface MissedKills {
  readonly missed: number
  /** What the counter stood at. */
  readonly count: number
  /** Where the counter is, in words. */
  readonly counter: string
  /** The control group's id where the counter is that of a group. */
  readonly cgroup?: string
  /** Whether the kernel log could be read. */
  readonly isLogRead: boolean
  /** Records that were reported as lost since the counter last agreed. */
  readonly lostRecords: number
}

export function missedKillsGap(
  bootId: string | undefined,
  kills: MissedKills,
  span: Span
): KmsgGap {
  const { missed, count, counter, cgroup, isLogRead, lostRecords } = kills
  const killed = `${missed} ${missed === 1 ? 'process was' : 'processes were'} killed for want of memory (counted by ${counter})`
  const among =
    lostRecords === 0
      ? ''
      : `; ${missed === 1 ? 'the line is' : 'the lines are'} probably among the ${lostRecords} records reported as lost`
  return {
    event: 'kmsg.kills_missed',
    lost: missed,
    reason: isLogRead
      ? `${killed}, and the kernel log did not show who${among}`
      : `${killed}; who, only the kernel log could tell, and it cannot be read`,
    ...span,
    metadata: identity(bootId, {
      oom_kill: String(count),
      ...(cgroup === undefined ? {} : { cgroup }),
    }),
  }
}

function identity(
  bootId: string | undefined,
  rest: Record<string, string>
): Record<string, string> {
  return bootId === undefined ? rest : { boot_id: bootId, ...rest }
}
