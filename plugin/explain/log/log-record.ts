/** A record of the kernel as a saved log has it: what the kernel said, and when, as far as the log states it. */

import type { KmsgRecord } from '../../kmsg/record.ts'
import type { Prefixed } from './line-prefix.ts'

export interface LogRecord extends KmsgRecord {
  /** The record as /dev/kmsg gave it: seq and facility are the kernel's own. */
  readonly isRaw: boolean
  /** Unix microseconds, where the log states them. */
  readonly wallUs: number | undefined
  /** The time of day as the log has it, where its zone or year is not stated. */
  readonly wallText: string | undefined
  /** Microseconds of the line's time of day, from 1970 or from the beginning of a year that it lacks. */
  readonly lineUs: number | undefined
  /** Whether `timestampUs` is the kernel's: logs may bear none. */
  readonly isStamped: boolean
}

/** The time of a line: what states the moment comes before what lacks the zone or the year. */
export function momentOf(
  { wallUs: ownUs, wallText, yearlessUs }: Prefixed,
  givenUs: number | undefined
): Pick<LogRecord, 'wallUs' | 'wallText' | 'lineUs'> {
  const isMoment = ownUs !== undefined && wallText === undefined
  const wallUs = isMoment ? ownUs : (givenUs ?? ownUs)
  return {
    wallUs,
    wallText: isMoment || givenUs !== undefined ? undefined : wallText,
    lineUs: wallUs ?? yearlessUs,
  }
}
