/**
 * From a record's stamp to Unix time.
 *
 * A stamp counts microseconds of the kernel's local clock, which starts with the boot and which no
 * system call gives. It runs beside CLOCK_MONOTONIC, some milliseconds off, and is never corrected
 * by NTP, so that the distance of the two grows by seconds over weeks. Known of it is:
 *
 * - a line of our own: its stamp lies between two readings of CLOCK_MONOTONIC (some 20 us);
 * - no record comes in before it was printed: each one that does bounds the distance from above,
 *   which also catches a local clock that ran on through a suspend (s2idle on x86) at once;
 * - the log was empty a second ago at most, when the reader last looked, which bounds the distance
 *   from below;
 * - with the child that wakes us, a record comes in some 2 ms after it was printed: if none of several does, the
 *   clocks have drifted apart, or the machine is busy. Drift takes time: NTP corrects by 10 to 50 us a second,
 *   and by no more than 500, so that a record now and then keeps the error at some 10 ms, and one in an
 *   hour at half a second.
 *
 * CLOCK_MONOTONIC and the wall clock are slewed alike, so their offset changes only in jumps: when
 * the wall clock is set, and by the length of a suspend. It is looked at with every conversion, and
 * read anew when it has moved by more than half a millisecond.
 *
 * What was printed before a jump is converted with the offset after it. Where the clock was set, that
 * is right if the new time is: a machine that boots without time gets it from NTP later. Where the
 * machine was suspended, what was printed before would seem later by that length. A reader that runs
 * has read it before, but one that starts later has not. Then: CLOCK_BOOTTIME says how long the
 * machine was suspended in all, and the log says where, while the record of it is still there. With
 * one suspend in a log that goes back to the boot, records before it are put right by it; with several
 * it is not known which took how long, and they stay later than they were. A VM that is restored from
 * a snapshot is like a suspended one where the hypervisor tells the guest's clock, and otherwise
 * like a clock that is set.
 *
 * Source: kernel, kernel/printk/printk.c: vprintk_store (local_clock); kernel/time/timekeeping.c;
 * kernel/power/suspend.c: pm_suspend; drivers/char/random.c: add_vmfork_randomness.
 */

import { uptime } from 'node:os'
import type { RawRecord } from './record.ts'

/** CLOCK_MONOTONIC in microseconds. */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1e3
}

/** What the clock is made of; other ones in tests only. */
export interface ClockSource {
  readonly monotonicUs: () => number
  /** Unix time in whole milliseconds. */
  readonly wallMs: () => number
  /** CLOCK_BOOTTIME in seconds: as CLOCK_MONOTONIC, but goes on while the machine is suspended. */
  readonly bootS: () => number
}

const SYSTEM: ClockSource = { monotonicUs, wallMs: () => Date.now(), bootS: uptime }

/** How far the wall clock may be from where it was expected before it counts as stepped, in us. */
const STEP_US = 500
/** If so many records in a row come in later than this, the clocks have drifted apart. */
const DRIFT = { records: 4, us: 10_000 } as const
/** What they drift at most: NTP's bound of a frequency (kernel, include/linux/timex.h: MAXFREQ). */
const MAX_DRIFT_US_A_SECOND = 500
/** What a record takes from the kernel to us, in us: what is left of a drift that was found. */
const USUAL_DELAY_US = 1500
/** A machine that was suspended for less than this, in us, was not: /proc/uptime has hundredths. */
const LEAST_SUSPEND_US = 50_000
/** A reading of the wall clock's tick that took longer than this, in us, is tried again. */
const TICK_US = 50
const TICK_TRIES = 4

const SUSPENDS = [
  'PM: suspend exit',
  'PM: hibernation: hibernation exit',
  'random: crng reseeded due to virtual machine fork',
]

/** P and r, of {@link SUSPENDS}. */
const SUSPEND_FIRST = [80, 114]

/** Whether {@link isSuspendRecord} may be true, by the first byte: no string is made for the others. */
export function mayTellOfSuspend({ bytes, textAt }: RawRecord): boolean {
  return SUSPEND_FIRST.includes(bytes[textAt]!)
}

/** Whether this is what the kernel prints when it comes back from a suspend or a snapshot. */
export function isSuspendRecord(text: string): boolean {
  return SUSPENDS.some(start => text.startsWith(start))
}

export class KernelClock {
  readonly #source: ClockSource
  /** CLOCK_MONOTONIC minus the kernel's local clock, in microseconds. */
  #distanceUs = 0
  #isCalibrated = false
  /** CLOCK_MONOTONIC, in microseconds, when that distance was found. */
  #foundAtUs = Number.NEGATIVE_INFINITY
  /** Unix time minus CLOCK_MONOTONIC, in microseconds. */
  #wallOffsetUs: number
  /** The least lateness of the last records, and how many they are. */
  #leastLateUs = Number.POSITIVE_INFINITY
  #late = 0
  /** Records up to this stamp were printed before a suspend that took so long. */
  #suspend: { beforeStampUs: number; us: number } | undefined

  constructor(source: ClockSource = SYSTEM) {
    this.#source = source
    this.#wallOffsetUs = this.#readWall()
  }

  /** Whether the distance was measured, and not only bounded. */
  get isCalibrated(): boolean {
    return this.#isCalibrated
  }

  /** A record with this stamp was printed between these two readings of CLOCK_MONOTONIC. */
  calibrate(stampUs: number, beforeUs: number, afterUs: number): void {
    this.#setDistance((beforeUs + afterUs) / 2 - stampUs, afterUs)
    this.#isCalibrated = true
  }

  /**
   * A record with this stamp has just come in.
   *
   * @param isNewest no other one is left to be read, so that it is late only by what waking us takes
   * @param emptyAtUs CLOCK_MONOTONIC at which it was not there yet
   */
  observe(stampUs: number, isNewest: boolean, emptyAtUs = Number.NEGATIVE_INFINITY): void {
    const nowUs = this.#source.monotonicUs()
    const lateUs = nowUs - stampUs - this.#distanceUs
    if (lateUs < 0) {
      this.#setDistance(this.#distanceUs + lateUs, nowUs)
      return
    }
    if (stampUs + this.#distanceUs < emptyAtUs) {
      this.#setDistance(Math.max(emptyAtUs, nowUs - USUAL_DELAY_US) - stampUs, nowUs)
      return
    }
    if (!isNewest) return
    this.#leastLateUs = this.#late === 0 ? lateUs : Math.min(this.#leastLateUs, lateUs)
    if (++this.#late < DRIFT.records) return
    this.#late = 0
    const driftUs = this.#leastLateUs - USUAL_DELAY_US
    const mostUs = ((nowUs - this.#foundAtUs) / 1e6) * MAX_DRIFT_US_A_SECOND
    if (this.#leastLateUs > DRIFT.us && driftUs <= mostUs) {
      this.#setDistance(this.#distanceUs + driftUs, nowUs)
    }
  }

  #setDistance(us: number, nowUs: number): void {
    this.#distanceUs = us
    this.#foundAtUs = nowUs
    this.#late = 0
  }

  /** The log, whole from the boot on, has one return from a suspend: this stamp. */
  suspendedOnce(stampUs: number): void {
    const us = this.#source.bootS() * 1e6 - this.#source.monotonicUs()
    this.#suspend = us < LEAST_SUSPEND_US ? undefined : { beforeStampUs: stampUs, us }
  }

  /** CLOCK_MONOTONIC at this stamp. */
  toMonotonicUs(stampUs: number): number {
    return stampUs + this.#distanceUs
  }

  /** Unix microseconds at this time of CLOCK_MONOTONIC, had the wall clock not been set since. */
  monotonicToUnixUs(us: number): number {
    this.#correctStep()
    return Math.round(us + this.#wallOffsetUs)
  }

  /** Unix microseconds of a stamp. */
  toUnixUs(stampUs: number): number {
    this.#correctStep()
    const suspended =
      this.#suspend !== undefined && stampUs < this.#suspend.beforeStampUs ? this.#suspend.us : 0
    return Math.round(stampUs + this.#distanceUs + this.#wallOffsetUs - suspended)
  }

  /** Unix microseconds now. */
  nowUs(): number {
    return this.monotonicToUnixUs(this.#source.monotonicUs())
  }

  /** Follows a wall clock that was set, or that went on through a suspend. */
  #correctStep(): void {
    const before = this.#source.monotonicUs()
    const wall = this.#source.wallMs() * 1000
    const after = this.#source.monotonicUs()
    // Whole milliseconds: the wall clock is somewhere in the one that it names.
    const isEarly = before + this.#wallOffsetUs - STEP_US >= wall + 1000
    const isLate = after + this.#wallOffsetUs + STEP_US < wall
    if (isEarly || isLate) this.#wallOffsetUs = this.#readWall()
  }

  /** Unix time minus CLOCK_MONOTONIC: at the moment the millisecond changes, it is exact. */
  #readWall(): number {
    const { wallMs, monotonicUs: monotonic } = this.#source
    let best = Number.POSITIVE_INFINITY
    let offset = 0
    for (let tries = 0; tries < TICK_TRIES && best > TICK_US; tries++) {
      const start = wallMs()
      let before = monotonic()
      let wall = wallMs()
      for (; wall === start; wall = wallMs()) before = monotonic()
      const after = monotonic()
      if (after - before >= best) continue
      best = after - before
      offset = wall * 1000 - (before + after) / 2
    }
    return offset
  }
}
