/**
 * A part of the journal: segments in a folder of their own, with bounds of their own. What cannot be
 * written waits in memory until it can be, and how much that is stands in the high water, which a full
 * disk has room for: so the next process can tell of it, should this one be killed.
 *
 * A segment is the unit of removal and of repair.
 */

import { lstatSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import type { PublishedEvent } from '../events/envelope.ts'
import { makeFolder } from '../state/make-folder.ts'
import { checkFolder } from '../state/open-file.ts'
import { encodeEvent } from './line.ts'
import { droppedLoss, type JournalLoss, lossOfHoles, unwrittenLoss } from './loss.ts'
import { Marks } from './marks.ts'
import { PartReader } from './part-reader.ts'
import { type Recovery, type RecoveryBounds, recover } from './recovery.ts'
import { SegmentFiles } from './segment-files.ts'
import { addUnwritten, UnwrittenEvents } from './unwritten.ts'
import { Upkeep } from './upkeep.ts'

/**
 * When what was written is synced, so that it outlives a power cut too: before its publisher is
 * answered, soon after, or when the kernel likes.
 */
export type SyncPolicy = 'always' | 'interval' | 'never'

export interface PartOptions {
  readonly folder: string
  /** Whether it is the part for trusted events. */
  readonly isTrusted: boolean
  readonly bootId: string
  readonly maxBytes: number
  /** Milliseconds. */
  readonly maxAge: number
  readonly sync: SyncPolicy
}

export interface PartHandlers {
  /** Told, never from within `append`, what was lost. @returns whether that is on disk now */
  readonly onLoss: (loss: JournalLoss) => boolean
  readonly onFailed: (error: Error) => void
  readonly onWrittenAgain: () => void
}

/** Between a write and its sync, with the policy `interval`. */
const SYNC_MS = 100
/** Between attempts to write again. */
const RETRY_MS = 1000
/** Between looks at the age of the oldest segment. */
const AGE_MS = 10 * 60_000
const MAX_UNWRITTEN_BYTES = 4 * 1024 * 1024
/** Held for one write: more are written at once. */
const MAX_HELD_BYTES = 256 * 1024

export class JournalPart {
  readonly #options: PartOptions
  readonly #log: FastifyBaseLogger
  readonly #handlers: PartHandlers
  readonly #files: SegmentFiles
  readonly #upkeep: Upkeep
  readonly #marks: Marks
  readonly #unwritten = new UnwrittenEvents(MAX_UNWRITTEN_BYTES)
  #held: PublishedEvent[] = []
  #heldBytes = 0
  /** Whether all that the high water has as untold was published, if it has anything. */
  #isUntoldPublished = false
  #recovery: Recovery | undefined
  #error: string | undefined
  #isClosed = false
  #syncTimer: NodeJS.Timeout | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #ageTimer: NodeJS.Timeout | undefined

  constructor(options: PartOptions, log: FastifyBaseLogger, handlers: PartHandlers) {
    this.#options = options
    this.#log = log
    this.#handlers = handlers
    this.#marks = new Marks(options.folder, options.bootId, this.#unwritten)
    this.#files = new SegmentFiles(options, log, () => this.#upkeep.prune())
    this.#upkeep = new Upkeep(options, this.#files, log, {
      onLoss: loss => this.#lose(loss),
      onFirst: n => {
        this.#marks.firstN = n
        this.#marks.tryWrite()
      },
    })
  }

  /**
   * Makes the folder where there is none; where it cannot be made, it is tried again with the first
   * event.
   *
   * @throws why one that is there cannot be used
   */
  prepare(): void {
    try {
      this.#makeFolder()
    } catch (error) {
      // A link to nothing is there, too.
      if (lstatSync(this.#options.folder, { throwIfNoEntry: false }) !== undefined) throw error
    }
  }

  /** Reads back what is there. @throws a system error when it cannot be read */
  open(bounds: RecoveryBounds): Recovery {
    const { folder, isTrusted, bootId } = this.#options
    const recovery = recover(folder, isTrusted, this.#marks.read(), bootId, bounds)
    this.#recovery = recovery
    this.#files.take(recovery.segments)
    this.#marks.take(recovery)
    return recovery
  }

  /** Begins to write. @param given the newest sequence number that may have been given to any event */
  begin(given: number): void {
    this.#marks.given = given
    this.#marks.reserved = given
    try {
      const { tail } = this.#recovery!
      this.#makeFolder()
      if (tail !== undefined) this.#files.goOn(tail)
      this.#marks.write(false)
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#ageTimer = setInterval(() => this.#upkeep.prune(), AGE_MS)
    this.#ageTimer.unref()
  }

  /** Reports what was found missing and damaged when it was opened. */
  tellFound(): void {
    const { missing, damaged, unwritten } = this.#recovery!
    if (unwritten !== undefined) {
      this.#tellUnwritten(unwrittenLoss(unwritten, this.#options.isTrusted))
    }
    if (missing !== undefined) {
      this.#lose(lossOfHoles([missing], 'files of the journal are missing'))
      this.#marks.firstN = this.#files.all[0]?.firstN ?? this.#marks.nextN
    }
    for (const { segment, scan } of damaged) this.#upkeep.mend(segment, scan)
  }

  /** Looks through the older segments, one in a turn of the event loop, and mends what is damaged. */
  async verify(): Promise<void> {
    const { unseen } = this.#recovery!
    // Some thousand events, of which the ring keeps what is to be kept.
    this.#recovery = undefined
    await this.#upkeep.verify(unseen)
  }

  /** Why it cannot be written; undefined while it can be. */
  get error(): string | undefined {
    return this.#error
  }

  /** Whether an event of this part is on disk. */
  holds({ seq }: PublishedEvent): boolean {
    const oldest = this.oldestSeq
    const isThere = oldest !== undefined && seq >= oldest && seq > this.#unwritten.droppedSeq
    return isThere && seq < this.#firstHeld && this.#error === undefined
  }

  /** Sequence number of the oldest event kept; undefined while there is none. */
  get oldestSeq(): number | undefined {
    return this.#files.all[0]?.firstSeq
  }

  /** From this sequence number on, no event of this part was removed. */
  get completeFrom(): number {
    return this.#marks.firstN === 1 ? 0 : (this.oldestSeq ?? this.#marks.lastSeq + 1)
  }

  /** All events of this part up to this number are on disk, or are told as lost. */
  get writtenSeq(): number {
    return this.#error === undefined ? this.#firstHeld - 1 : this.#marks.lastSeq
  }

  get figures(): { events: number; bytes: number; lastSeq: number; unwritten: number } {
    return {
      events: this.#marks.nextN - this.#marks.firstN,
      bytes: this.#files.bytes,
      lastSeq: this.#marks.lastSeq,
      unwritten: this.#unwritten.size,
    }
  }

  /** Takes an event of this part. Never throws. */
  append(event: PublishedEvent): void {
    this.flush()
    this.#take([event])
  }

  /** As `append`, but written by {@link flush}: all that is held in one write. Never throws. */
  hold(event: PublishedEvent): void {
    this.#held.push(event)
    this.#heldBytes += event.frameBytes
    if (this.#heldBytes > MAX_HELD_BYTES) this.flush()
  }

  flush(): void {
    if (this.#held.length === 0) return
    const events = this.#held
    this.#held = []
    this.#heldBytes = 0
    this.#take(events)
  }

  /** A sequence number is given to an event that no part keeps. */
  reserve(seq: number): void {
    this.#marks.reserve(seq)
  }

  /** Sequence numbers up to this one are not given again. */
  reserveTo(seq: number): void {
    this.#marks.given = seq
    this.#marks.reserved = seq
    this.#marks.tryWrite()
  }

  readerAfter(seq: number): PartReader {
    this.flush()
    return new PartReader(this.#options.folder, this.#files.all, seq)
  }

  /**
   * Resolves when what was appended is as safe as the policy says it is when it is answered; undefined
   * where it is already.
   */
  settled(): Promise<void> | undefined {
    if (this.#options.sync !== 'always' || this.#unwritten.size > 0) return undefined
    return this.#files.settled().catch(error => this.#failed(error as Error))
  }

  /** What was published of losses is on disk. */
  forgetTold(): void {
    if (!this.#isUntoldPublished) return
    this.#marks.untold = undefined
    this.#marks.tryWrite()
  }

  /** @param given the newest sequence number given to any event */
  async close(given: number): Promise<void> {
    if (this.#isClosed) return
    this.flush()
    this.#isClosed = true
    this.#upkeep.close()
    clearTimeout(this.#syncTimer)
    clearInterval(this.#retryTimer)
    clearInterval(this.#ageTimer)
    this.#writeUnwritten()
    const lost = this.#unwritten.size
    if (lost > 0)
      this.#log.error({ lost }, 'events that could not be written end with this process')
    try {
      await this.#files.close()
      this.#marks.given = given
      this.#marks.reserved = given
      this.#marks.write(true)
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#marks.close()
  }

  /** Sequence number of the oldest event that is held. */
  get #firstHeld(): number {
    return this.#held[0]?.seq ?? Number.POSITIVE_INFINITY
  }

  /** Writes them, or keeps them in memory until they can be written. */
  #take(events: readonly PublishedEvent[]): void {
    const last = events[events.length - 1]!.seq
    this.#marks.given = last
    if (this.#unwritten.size === 0 && this.#write(events)) return
    for (const event of events) this.#unwritten.push(event)
    this.#marks.reserved = Math.max(this.#marks.reserved, last)
    this.#marks.tryWrite()
  }

  #makeFolder(): void {
    makeFolder(this.#options.folder)
    checkFolder(this.#options.folder)
  }

  /** @returns whether the events are written: all of them, or none */
  #write(events: readonly PublishedEvent[]): boolean {
    const n = this.#marks.nextN
    const lines = events.map((event, index) => encodeEvent({ n: n + index, event }))
    try {
      const bytes = lines.length === 1 ? lines[0]! : Buffer.concat(lines)
      this.#files.append(bytes, events[0]!.seq, n)
    } catch (error) {
      this.#failed(error as Error)
      return false
    }
    for (const { seq } of events) this.#marks.advance(seq)
    this.#marks.tryWrite()
    this.#syncSoon()
    return true
  }

  #syncSoon(): void {
    if (this.#options.sync !== 'interval' || this.#syncTimer !== undefined) return
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined
      this.#files.sync().catch(error => this.#failed(error as Error))
    }, SYNC_MS)
    this.#syncTimer.unref()
  }

  #failed(error: Error): void {
    this.#error = error.message
    this.#handlers.onFailed(error)
    this.#files.abandon()
    if (this.#isClosed || this.#retryTimer !== undefined) return
    this.#retryTimer = setInterval(() => this.#retry(), RETRY_MS)
    this.#retryTimer.unref()
  }

  #retry(): void {
    try {
      this.#makeFolder()
    } catch (error) {
      this.#failed(error as Error)
      return
    }
    if (!this.#writeUnwritten() || !this.#marks.tryWrite()) return
    clearInterval(this.#retryTimer)
    this.#retryTimer = undefined
    this.#error = undefined
    this.#handlers.onWrittenAgain()
    const { dropped } = this.#unwritten
    if (dropped === undefined) return
    this.#marks.untold = addUnwritten(this.#marks.untold, dropped)
    this.#unwritten.forgetDropped()
    this.#tellUnwritten(droppedLoss(dropped))
  }

  #writeUnwritten(): boolean {
    for (let event = this.#unwritten.first; event !== undefined; event = this.#unwritten.first) {
      if (!this.#write([event])) return false
      this.#unwritten.shift()
    }
    return true
  }

  /** Until the event that tells of it is on disk, the high water does. */
  #tellUnwritten(loss: JournalLoss): void {
    this.#isUntoldPublished = true
    if (this.#lose(loss)) this.forgetTold()
  }

  #lose(loss: JournalLoss): boolean {
    const { isTrusted } = this.#options
    const key = loss.key !== undefined && isTrusted ? `trusted-${loss.key}` : loss.key
    return this.#handlers.onLoss({ ...loss, key })
  }
}
