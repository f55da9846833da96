/**
 * When short memory is worth an event: once when it begins, not again before it was over for a while, and
 * never more often than once a minute. Pure: time comes from outside.
 */

import type { GroupEvents, Pressure } from './readings.ts'

export interface AlarmOptions {
  /** Percent of the time in which all waited for memory. */
  readonly fullPercent: number
  /** How long it must be so. */
  readonly forMs: number
}

export interface Reading {
  readonly pressure: Pressure | undefined
  readonly events: GroupEvents | undefined
}

export interface Alarm {
  readonly reason: 'pressure' | 'group_high' | 'group_max'
  /** How often the group ran into its limits since the reading before. */
  readonly high: number | undefined
  readonly max: number | undefined
}

const ONCE_MS = 60_000
/** Below half of the threshold, and no limit met, for so long: it is over. */
const CALM_MS = 10_000
/** A limit that is met now and then is how limits work: it must be met in so many readings in a row. */
const READINGS_IN_A_ROW = 3

export class PressureAlarm {
  readonly #options: AlarmOptions
  #overSinceMs: number | undefined
  #calmSinceMs: number | undefined
  #isRaised = false
  #raisedMs = Number.NEGATIVE_INFINITY
  #last: GroupEvents | undefined
  #inRow = 0

  constructor(options: AlarmOptions) {
    this.#options = options
  }

  /** @returns what to tell now, if anything */
  read(nowMs: number, { pressure, events }: Reading): Alarm | undefined {
    const high = difference(this.#last?.high, events?.high)
    const max = difference(this.#last?.max, events?.max)
    this.#last = events
    const isMet = (high ?? 0) > 0 || (max ?? 0) > 0
    this.#inRow = isMet ? this.#inRow + 1 : 0
    const full = pressure?.fullAvg10 ?? 0
    const isOver = full >= this.#options.fullPercent
    this.#overSinceMs = isOver ? (this.#overSinceMs ?? nowMs) : undefined
    this.#calm(nowMs, full < this.#options.fullPercent / 2 && !isMet)
    const isLong =
      this.#overSinceMs !== undefined && nowMs - this.#overSinceMs >= this.#options.forMs
    if (this.#isRaised || nowMs - this.#raisedMs < ONCE_MS) return undefined
    if (!isLong && this.#inRow < READINGS_IN_A_ROW) return undefined
    this.#isRaised = true
    this.#raisedMs = nowMs
    const reason = isLong ? 'pressure' : (max ?? 0) > 0 ? 'group_max' : 'group_high'
    return { reason, high, max }
  }

  #calm(nowMs: number, isCalm: boolean): void {
    this.#calmSinceMs = isCalm ? (this.#calmSinceMs ?? nowMs) : undefined
    if (this.#calmSinceMs !== undefined && nowMs - this.#calmSinceMs >= CALM_MS)
      this.#isRaised = false
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  if (after === undefined) return undefined
  return before === undefined ? 0 : Math.max(0, after - before)
}
