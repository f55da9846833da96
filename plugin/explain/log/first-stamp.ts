/**
 * The first lines of a saved log often lack their stamp: the selection began in the middle of one. They
 * wait for the first line that has it, and came when that one did.
 */

import type { LogRecord } from './log-record.ts'

/** So many records without a stamp, and the log has none. */
const MAX_WAITING = 4

export class FirstStamp {
  readonly #onRecord: (record: LogRecord) => void
  #waiting: LogRecord[] | undefined = []

  constructor(onRecord: (record: LogRecord) => void) {
    this.#onRecord = onRecord
  }

  get isIdle(): boolean {
    return this.#waiting === undefined || this.#waiting.length === 0
  }

  push(record: LogRecord): void {
    const waiting = this.#waiting
    if (waiting === undefined) {
      this.#onRecord(record)
      return
    }
    if (!record.isStamped && waiting.length < MAX_WAITING) {
      waiting.push(record)
      return
    }
    this.#give(record.isStamped ? record.timestampUs : undefined)
    this.#onRecord(record)
  }

  end(): void {
    this.#give(undefined)
  }

  #give(stampUs: number | undefined): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const record of waiting) {
      this.#onRecord(
        stampUs === undefined ? record : { ...record, timestampUs: stampUs, isStamped: true }
      )
    }
  }
}
