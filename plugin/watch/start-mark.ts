/**
 * The first look at the kernel log: sets the clock by a line of our own, and tells what was printed
 * before this process watched from what was printed after.
 */

import { isSuspendRecord, type KernelClock, mayTellOfSuspend, monotonicUs } from '../kmsg/clock.ts'
import { writeKmsg } from '../kmsg/device.ts'
import type { KmsgRecord, RawRecord } from '../kmsg/record.ts'

/** A write that took longer than this, in us, was interrupted, and tells the time too roughly: once more. */
const MARK_US = 500
const MARK_TRIES = 4

interface Mark {
  readonly text: Buffer
  /** CLOCK_MONOTONIC before and after the write, in microseconds. */
  readonly before: number
  readonly after: number
}

export class StartMark {
  readonly #clock: KernelClock
  /** What was printed before this, in us of CLOCK_MONOTONIC, is history. */
  readonly bornUs = monotonicUs()
  #mark: Mark | undefined
  #first: KmsgRecord | undefined
  /** Where no mark told the time: the last record that was there at the start. */
  #startSeq = -1
  /** The first of the records after which none was missing. */
  #wholeFrom = 0
  /** Stamps at which the machine came back from a suspend. */
  #suspends: number[] = []

  constructor(clock: KernelClock) {
    this.#clock = clock
  }

  /** Writes a line that marks now; its stamp, known to within the write, sets the clock. */
  mark(path: string): void {
    this.#mark = undefined
    this.#first = undefined
    this.#suspends = []
    let narrowest = Number.POSITIVE_INFINITY
    for (let tries = 1; tries <= MARK_TRIES && narrowest > MARK_US; tries++) {
      const again = tries === 1 ? '' : `, by a clock set once more (${tries})`
      const text = `fastify-sysmon[${process.pid}]: watching for OOM kills${again}`
      const before = monotonicUs()
      if (!writeKmsg(path, `<7>${text}`)) return
      const after = monotonicUs()
      if (after - before >= narrowest) continue
      narrowest = after - before
      this.#mark = { text: Buffer.from(text), before, after }
    }
  }

  /** Whether a line of our own could be written: it is among the records, and tells when this process began. */
  get isMarked(): boolean {
    return this.#mark !== undefined
  }

  /** Takes the records that were there, in order. @param lost before this one, that were overwritten */
  push(record: RawRecord, lost: number): void {
    if (this.#first === undefined || lost > 0) this.#wholeFrom = record.seq
    this.#first ??= record.toRecord()
    if (record.facility === 0) {
      if (mayTellOfSuspend(record) && isSuspendRecord(record.text)) {
        this.#suspends.push(record.timestampUs)
      }
    } else if (this.#mark !== undefined && isText(record, this.#mark.text)) {
      this.#clock.calibrate(record.timestampUs, this.#mark.before, this.#mark.after)
    }
  }

  /**
   * The records that were there are at their end.
   *
   * @param newest the last of them
   * @param isOnTime the process has just started: the device could be opened at once
   */
  end(newest: number, isOnTime: boolean): void {
    // A mark that is not among them was overwritten, and all that is left came after it.
    if (this.isMarked && !this.#clock.isCalibrated) this.#startSeq = this.#wholeFrom - 1
    else if (isOnTime) this.#startSeq = newest
    const [suspend, ...more] = this.#suspends
    if (this.#first?.seq === 0 && suspend !== undefined && more.length === 0) {
      this.#clock.suspendedOnce(suspend)
    }
  }

  /** Whether all records since this process began to watch were there to be read. */
  get isWhole(): boolean {
    return this.#first === undefined || this.#first.seq === 0 || this.isBefore(this.#first)
  }

  /** Whether a record was printed before this process began to watch. */
  isBefore({ seq, timestampUs }: Pick<KmsgRecord, 'seq' | 'timestampUs'>): boolean {
    return this.#clock.isCalibrated || this.#startSeq < 0
      ? this.#clock.toMonotonicUs(timestampUs) < this.bornUs
      : seq <= this.#startSeq
  }
}

/** Whether a record is this text, which has nothing that the kernel escapes: looked at where it lies. */
function isText({ bytes, textAt, textEnd }: RawRecord, text: Buffer): boolean {
  return textEnd - textAt === text.length && text.compare(bytes, textAt, textEnd) === 0
}
