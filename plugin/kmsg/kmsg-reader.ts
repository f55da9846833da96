/**
 * Reads the kernel log for as long as the process lives: opens the device, again when it fails or
 * could not be opened, counts what the kernel overwrote, and replaces what is stalled.
 *
 * The sequence numbers carry everything: where reading goes on after a failure or in another
 * process, and how many records are gone. The reader is held against the child that wakes it, which reads the same
 * device: where one of the two knows of records that the other has not come to, that one is stalled.
 */

import { closeSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import type { KmsgState } from '../../generated/types.ts'
import { Backoff } from '../backoff.ts'
import { monotonicUs } from './clock.ts'
import { drainKmsg, openKmsg } from './device.ts'
import { RawRecord } from './record.ts'
import { WakeUp } from './wake-up.ts'
import { whyUnreadable } from './why-unreadable.ts'

/** The wait before the device is opened again. */
const REOPEN = { firstMs: 200, lastMs: 5000 }
/** Records read in one turn of the event loop: some 5 ms. */
const RECORDS_A_TURN = 1000
/** After so many turns what is there at the start is read in one go: it may grow as fast as it is read. */
const FIRST_TURNS = 16

export interface KmsgReaderHandlers {
  /** The device is open; nothing was read yet. */
  readonly onOpen: () => void
  /**
   * @param record holds until the next one is read
   * @param lost records before this one that the kernel had overwritten
   */
  readonly onRecord: (record: RawRecord, lost: number) => void
  /**
   * What was there when the device was opened has been read.
   *
   * @param newest the last record in the log
   * @returns false when the position was none of this log: it is then read from its oldest record
   */
  readonly onCaughtUp: (newest: number) => boolean
  /**
   * A turn has read some records.
   *
   * @param isAtEnd all there were
   * @param emptyAtUs CLOCK_MONOTONIC at which none of them was there yet
   */
  readonly onTurn: (isAtEnd: boolean, emptyAtUs: number) => void
  /** The device failed, or cannot be opened. Called once until it is open again. */
  readonly onDown: () => void
}

export class KmsgReader {
  readonly #path: string
  readonly #log: FastifyBaseLogger
  readonly #handlers: KmsgReaderHandlers
  readonly #wakeUp: WakeUp
  readonly #record = new RawRecord()
  #state: KmsgState = 'starting'
  #error: string | undefined
  /** The device, opened without blocking. */
  #fd: number | undefined
  #reopenTimer: NodeJS.Timeout | undefined
  readonly #backoff = new Backoff(REOPEN)
  #isDrainScheduled = false
  #isDraining = false
  /** Present while what was there at the start has not been read. */
  #catchingUp: NodeJS.Immediate | undefined
  #firstTurns = 0
  /** Records up to this one are not wanted. */
  #skipTo = -1
  /** When nothing was left to be read, in microseconds of CLOCK_MONOTONIC. */
  #emptyAtUs = Number.NEGATIVE_INFINITY
  /** The last record that the device gave, wanted or not. */
  #newest = -1
  #lastSeq = -1
  #reopened = 0
  #stalls = 0

  constructor(path: string, log: FastifyBaseLogger, handlers: KmsgReaderHandlers) {
    this.#path = path
    this.#log = log
    this.#handlers = handlers
    this.#wakeUp = new WakeUp(path, log, () => {
      this.drain()
      return this.#lastSeq
    })
  }

  get state(): KmsgState {
    return this.#state
  }
  get error(): string | undefined {
    return this.#error
  }
  get isOpen(): boolean {
    return this.#fd !== undefined
  }
  get hasWakeUpChild(): boolean {
    return this.#wakeUp.hasWakeUpChild
  }
  /** The last record read; -1 before the first. */
  get lastSeq(): number {
    return this.#lastSeq
  }
  /** How often the device was opened again, or the child that wakes it started again. */
  get restarts(): number {
    return this.#reopened + this.#wakeUp.restarts
  }
  /** How often one of the two was replaced because it was stalled. */
  get stalls(): number {
    return this.#stalls + this.#wakeUp.stalls
  }

  /**
   * Goes on where another process stopped.
   *
   * @param read the last record that it read
   * @param resume records after this one are to be handed out again
   */
  resumeFrom(read: number, resume: number): void {
    this.#lastSeq = read
    this.#skipTo = resume
  }

  /**
   * Opens the device. What is there, some 10,000 records, is read in the turns after: the application
   * listens meanwhile. Never throws: without the device it is tried again, and log and health say so.
   */
  start(): void {
    if (this.#open()) this.#catchUpLater()
  }

  /** Reads the rest of what was there at the start, if any is left, now. */
  catchUp(): void {
    if (this.#catchingUp !== undefined) this.#catchUp(Number.POSITIVE_INFINITY)
  }

  close(): void {
    this.#state = 'stopped'
    this.#release()
  }

  /** Reads what is there, a turn's worth at most. @returns whether nothing is left */
  drain(): boolean {
    // Handlers may ask for it while it is under way.
    if (this.#fd === undefined || this.#isDraining || this.#catchingUp !== undefined) return false
    const before = this.#lastSeq
    const startUs = monotonicUs()
    const isAtEnd = this.#readSome(this.#fd, RECORDS_A_TURN)
    if (this.#lastSeq !== before) this.#handlers.onTurn(isAtEnd === true, this.#emptyAtUs)
    if (isAtEnd === true) this.#emptyAtUs = startUs
    if (isAtEnd === undefined) return false
    if (!isAtEnd && !this.#isDrainScheduled) {
      this.#isDrainScheduled = true
      setImmediate(() => {
        this.#isDrainScheduled = false
        this.drain()
      })
    }
    if (isAtEnd && this.#wakeUp.lastSeen > this.#lastSeq) this.#replace()
    return isAtEnd
  }

  /** @returns whether the device is open */
  #open(): boolean {
    clearTimeout(this.#reopenTimer)
    try {
      this.#fd = openKmsg(this.#path, false)
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException)
      return false
    }
    this.#newest = -1
    this.#handlers.onOpen()
    return true
  }

  #reopen(): void {
    if (this.#open()) this.#catchUp(Number.POSITIVE_INFINITY)
  }

  #catchUpLater(): void {
    const isLast = ++this.#firstTurns === FIRST_TURNS
    const max = isLast ? Number.POSITIVE_INFINITY : RECORDS_A_TURN
    this.#catchingUp = setImmediate(() => this.#catchUp(max))
  }

  /** Reads what was there when the device was opened: at its end, the log is watched. */
  #catchUp(max: number): void {
    clearImmediate(this.#catchingUp)
    this.#catchingUp = undefined
    if (this.#fd === undefined) return
    const isAtEnd = this.#readSome(this.#fd, max)
    if (isAtEnd === undefined) return
    if (!isAtEnd) {
      this.#catchUpLater()
      return
    }
    this.#state = 'watching'
    this.#error = undefined
    this.#backoff.reset()
    if (this.#handlers.onCaughtUp(this.#newest)) {
      this.#wakeUp.start()
      return
    }
    this.#release()
    this.resumeFrom(-1, -1)
    this.#reopen()
  }

  /** @returns whether the end was reached; undefined when the device failed */
  #readSome(fd: number, max: number): boolean | undefined {
    this.#isDraining = true
    try {
      return drainKmsg(fd, (bytes, length) => this.#read(bytes, length), max)
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException)
      return undefined
    } finally {
      this.#isDraining = false
    }
  }

  /** Takes one record as the device gave it: its line, then perhaps lines of a dictionary. */
  #read(bytes: Buffer, length: number): void {
    const record = this.#record
    if (!record.read(bytes, 0, length)) return
    const { seq } = record
    this.#newest = seq
    if (seq <= this.#skipTo) return
    this.#skipTo = seq
    const lost = this.#lastSeq < 0 ? 0 : Math.max(0, seq - this.#lastSeq - 1)
    this.#lastSeq = Math.max(this.#lastSeq, seq)
    this.#handlers.onRecord(record, lost)
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#state === 'stopped') return
    this.#release()
    const isNew = this.#state === 'starting' || this.#state === 'watching'
    // What was watched once is restarting until it is again.
    if (isNew) this.#state = this.#state === 'starting' ? 'unavailable' : 'restarting'
    if (isNew) this.#handlers.onDown()
    const explained = whyUnreadable(this.#path, error)
    if (isNew || explained !== this.#error) {
      this.#log.warn(
        { path: this.#path },
        `OOM kills will not be reported until the kernel log can be read: ${explained}`
      )
    }
    this.#error = explained
    this.#reopenTimer = setTimeout(() => {
      this.#reopened++
      this.#reopen()
    }, this.#backoff.next())
    this.#reopenTimer.unref()
  }

  /** The child knows of records that this descriptor does not give. */
  #replace(): void {
    this.#stalls++
    this.#reopened++
    this.#log.warn(
      { read: this.#lastSeq, childRead: this.#wakeUp.lastSeen },
      'the reader of the kernel log is stalled: it is replaced'
    )
    this.#release()
    this.#reopen()
  }

  #release(): void {
    clearTimeout(this.#reopenTimer)
    clearImmediate(this.#catchingUp)
    this.#catchingUp = undefined
    this.#wakeUp.close()
    const fd = this.#fd
    this.#fd = undefined
    if (fd === undefined) return
    try {
      closeSync(fd)
    } catch {
      // A descriptor that failed is gone all the same.
    }
  }
}
