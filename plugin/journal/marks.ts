/** How far a part has come: its numbers, and what is lost and not yet told, kept in the high water. */

import { HighWaterFile, RESERVED_NUMBERS } from './high-water.ts'
import type { Recovery } from './recovery.ts'
import { addUnwritten, type Unwritten, type UnwrittenEvents } from './unwritten.ts'

export class Marks {
  readonly #file: HighWaterFile
  readonly #bootId: string
  readonly #unwritten: UnwrittenEvents
  /** Of the next event of this part. */
  nextN = 1
  /** Of the oldest that is kept. */
  firstN = 1
  /** Sequence number of the newest that is written. */
  lastSeq = 0
  /** The newest sequence number that may have been given to any event. */
  given = 0
  /** Up to this one they are not given again. */
  reserved = 0
  /** Lost, and not yet told by an event that is on disk. */
  untold: Unwritten | undefined

  constructor(folder: string, bootId: string, unwritten: UnwrittenEvents) {
    this.#file = new HighWaterFile(folder)
    this.#bootId = bootId
    this.#unwritten = unwritten
  }

  /** As the last process left it. */
  read(): ReturnType<HighWaterFile['read']> {
    return this.#file.read()
  }

  take(recovery: Recovery): void {
    this.nextN = recovery.nextN
    // Not before what is missing is reported: until then the old bound tells of it.
    this.firstN = recovery.missing?.n ?? recovery.segments[0]?.firstN ?? recovery.nextN
    this.lastSeq = recovery.lastSeq
    this.untold = recovery.unwritten
  }

  /** An event was written. */
  advance(seq: number): void {
    this.nextN++
    this.lastSeq = seq
    this.reserved = Math.max(this.reserved, seq)
  }

  /** A sequence number is given to an event that no part keeps. */
  reserve(seq: number): void {
    if (seq <= this.reserved) return
    this.given = seq
    this.reserved = seq + RESERVED_NUMBERS - 1
    this.tryWrite()
  }

  /** Where it cannot be written, the lines themselves tell nearly as much. @returns whether it was */
  tryWrite(): boolean {
    try {
      this.write(false)
      return true
    } catch {
      return false
    }
  }

  /** @throws a system error */
  write(isClean: boolean): void {
    this.#file.write({
      n: this.nextN - 1,
      firstN: this.firstN,
      seq: this.lastSeq,
      given: this.given,
      reserved: this.reserved,
      bootId: this.#bootId,
      isClean,
      unwritten: addUnwritten(this.untold, this.#unwritten.all),
    })
  }

  close(): void {
    this.#file.close()
  }
}
