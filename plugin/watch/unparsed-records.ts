/**
 * The log at a first start, of which nothing is told: the records from the first dump on are kept as they
 * are, and only what may still matter is parsed. A ring full of old dumps would else be half of a start.
 *
 * The kernel prints one dump at a time, so that the head of a dump ends all before it. What may matter is
 * the last dump that began before this process did, which may be going on, and all that came since; one
 * more before it, for the sake of those that a person writes into the log.
 */

import { RawRecord } from '../kmsg/record.ts'

/** What is kept at most: a larger log is parsed as it is read. */
const MAX_BYTES = 8 * 1024 * 1024
const FIRST_BYTES = 64 * 1024
const HEAD = Buffer.from(' invoked oom-killer')
const NEWLINE = 0x0a
/** Dumps that began before this process, of which are parsed: this many. */
const OLD_DUMPS = 2

export class UnparsedRecords {
  #bytes = Buffer.allocUnsafeSlow(0)
  #length = 0
  /** Where the heads of dumps are. */
  #heads: number[] = []

  /** Whether no more can be kept. */
  get isFull(): boolean {
    return this.#length >= MAX_BYTES
  }

  /** @returns false where the record is to be parsed: before the first dump, or when there is no more room */
  keep({ bytes, textAt, textEnd }: RawRecord): boolean {
    if (this.isFull) return false
    const isHead = bytes.subarray(textAt, textEnd).includes(HEAD)
    if (!isHead && this.#heads.length === 0) return false
    if (isHead) this.#heads.push(this.#length)
    const end = this.#length + textEnd + 1
    if (end > this.#bytes.length) this.#grow(end)
    bytes.copy(this.#bytes, this.#length, 0, textEnd)
    this.#bytes[end - 1] = NEWLINE
    this.#length = end
    return true
  }

  /**
   * Hands out what may matter of what was kept.
   *
   * @param isBefore whether a record was printed before this process began to watch
   * @param onRecord gets a record that holds until the next one
   */
  replay(isBefore: (record: RawRecord) => boolean, onRecord: (record: RawRecord) => void): void {
    const record = new RawRecord()
    const old = this.#heads.filter(at => {
      record.read(this.#bytes, at, this.#length)
      return isBefore(record)
    })
    let at = old.at(-OLD_DUMPS) ?? this.#heads[0] ?? this.#length
    while (at < this.#length) {
      record.read(this.#bytes, at, this.#length)
      at = record.textEnd + 1
      onRecord(record)
    }
  }

  #grow(least: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(least, FIRST_BYTES, this.#bytes.length * 2))
    this.#bytes.copy(bytes, 0, 0, this.#length)
    this.#bytes = bytes
  }
}
