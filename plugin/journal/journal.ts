/**
 * The journal: events on disk, so that they outlive the process that published them. Every event of
 * the journalled categories is written before its publisher is answered; what was lost, to a damaged
 * file or to the bounds, is reported.
 *
 * It has two parts, so that nobody who posts can push out what the kernel and the supervisor said:
 * trusted events have the folder `trusted`, and a quarter as many bytes again, for themselves. Sequence
 * numbers are given over both, and a reader gets the events of both in their order.
 */

import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { EventCategory, JournalHealth } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { NumberRange } from '../events/uncertain-numbers.ts'
import type { EventStore, StoredHistory } from '../stream/event-store.ts'
import { RESERVED_NUMBERS } from './high-water.ts'
import { JournalReader } from './journal-reader.ts'
import { type JournalLoss, type UncertainCause, uncertainLoss } from './loss.ts'
import { JournalPart, type PartOptions, type SyncPolicy } from './part.ts'
import type { Recovery, RecoveryBounds } from './recovery.ts'

export interface JournalOptions {
  readonly folder: string
  readonly bootId: string
  readonly categories: ReadonlySet<EventCategory>
  /** Without the trusted events. */
  readonly maxBytes: number
  /** Milliseconds. */
  readonly maxAge: number
  readonly sync: SyncPolicy
}

/** Bytes for trusted events, of those for the others: tens of thousands of kills by default. */
const TRUSTED_SHARE = 0.25

export interface JournalHistory extends StoredHistory {
  readonly trusted: Recovery
  readonly other: Recovery
}

export class Journal implements EventStore {
  readonly #options: JournalOptions
  readonly #log: FastifyBaseLogger
  readonly #onLoss: (loss: JournalLoss) => void
  readonly #trusted: JournalPart
  readonly #other: JournalPart
  readonly #parts: readonly JournalPart[]
  /** Told by `verify`. */
  #uncertain: JournalLoss | undefined
  /** The newest sequence number given to any event. */
  #given = 0
  #hasFailed = false

  /** @param onLoss told, never from within `append`, what was lost: to be published */
  constructor(
    options: JournalOptions,
    log: FastifyBaseLogger,
    onLoss: (loss: JournalLoss) => void
  ) {
    this.#options = options
    this.#log = log
    this.#onLoss = onLoss
    const { folder, bootId, maxBytes, maxAge, sync } = options
    const part = (own: Pick<PartOptions, 'folder' | 'isTrusted' | 'maxBytes'>): JournalPart =>
      new JournalPart({ ...own, bootId, maxAge, sync }, log, {
        onLoss: loss => {
          onLoss(loss)
          // Gaps of ours are trusted events.
          return this.#trusted.error === undefined
        },
        onFailed: error => this.#failed(error),
        onWrittenAgain: () => this.#writtenAgain(),
      })
    this.#trusted = part({
      folder: join(folder, 'trusted'),
      isTrusted: true,
      maxBytes: Math.floor(maxBytes * TRUSTED_SHARE),
    })
    this.#other = part({ folder, isTrusted: false, maxBytes })
    this.#parts = [this.#trusted, this.#other]
  }

  /** Reads back what is there. @throws why the folder cannot be used, or a system error */
  open(bounds: RecoveryBounds): JournalHistory {
    // The folder of the one is in that of the other.
    this.#other.prepare()
    this.#trusted.prepare()
    const trusted = this.#trusted.open(bounds)
    const trustedBytes = trusted.events.reduce((sum, { frameBytes }) => sum + frameBytes, 0)
    const other = this.#other.open({
      events: bounds.events - trusted.events.length,
      bytes: bounds.bytes - trustedBytes,
    })
    const events = [...trusted.events, ...other.events].sort((a, b) => a.seq - b.seq)
    this.#begin(trusted, other, events.at(-1)?.ts)
    const isWhole = ({ seq }: PublishedEvent) =>
      seq >= trusted.eventsFrom && seq >= other.eventsFrom
    return {
      trusted,
      other,
      events: events.filter(isWhole),
      earlier: events.filter(event => !isWhole(event)),
      nextSeq: this.#given + 1,
    }
  }

  /** Reports what was found missing, then looks through the older segments, in turns of the event loop. */
  async verify(): Promise<void> {
    for (const part of this.#parts) part.tellFound()
    if (this.#uncertain !== undefined) this.#onLoss(this.#uncertain)
    this.#uncertain = undefined
    for (const part of this.#parts) await part.verify()
  }

  /** Whether every event of this category is kept: none is sure to be while nothing can be written. */
  keeps(category: EventCategory): boolean {
    return this.#error === undefined && this.#options.categories.has(category)
  }

  /** Whether an event is on disk, and so need not be in memory. */
  holds(event: PublishedEvent): boolean {
    return this.#options.categories.has(event.category) && this.#partOf(event).holds(event)
  }

  get oldestSeq(): number | undefined {
    const [trusted = Infinity, other = Infinity] = [this.#trusted.oldestSeq, this.#other.oldestSeq]
    const oldest = Math.min(trusted, other)
    return oldest === Infinity ? undefined : oldest
  }

  get completeFrom(): number {
    return Math.max(this.#trusted.completeFrom, this.#other.completeFrom)
  }

  get writtenSeq(): number {
    return this.#trusted.writtenSeq
  }

  append(event: PublishedEvent): void {
    this.#given = event.seq
    if (this.#options.categories.has(event.category)) this.#partOf(event).append(event)
    else this.#other.reserve(event.seq)
  }

  hold(event: PublishedEvent): void {
    this.#given = event.seq
    if (this.#options.categories.has(event.category)) this.#partOf(event).hold(event)
    else this.#other.reserve(event.seq)
  }

  flush(): void {
    for (const part of this.#parts) part.flush()
  }

  settled(): Promise<unknown> | undefined {
    this.flush()
    const [trusted, other] = [this.#trusted.settled(), this.#other.settled()]
    return trusted === undefined ? other : Promise.all([trusted, other])
  }

  readerAfter(seq: number): JournalReader {
    return new JournalReader(
      this.#parts.map(part => part.readerAfter(seq)),
      seq
    )
  }

  get health(): JournalHealth {
    const { folder, sync } = this.#options
    const [trusted, other] = [this.#trusted.figures, this.#other.figures]
    return {
      state: this.#error === undefined ? 'writing' : 'memory',
      path: folder,
      sync,
      events: trusted.events + other.events,
      bytes: trusted.bytes + other.bytes,
      oldest_seq: this.oldestSeq,
      last_seq: Math.max(trusted.lastSeq, other.lastSeq),
      unwritten: trusted.unwritten + other.unwritten,
      error: this.#error,
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(part => part.close(this.#given)))
  }

  get #error(): string | undefined {
    return this.#trusted.error ?? this.#other.error
  }

  #partOf(event: PublishedEvent): JournalPart {
    return event.isTrusted ? this.#trusted : this.#other
  }

  /** No sequence number is given twice, whatever is known of those that were given. */
  #begin(trusted: Recovery, other: Recovery, newestTs: number | undefined): void {
    const known = [trusted.numbers, other.numbers]
    const given = Math.max(...known.map(numbers => numbers.given))
    const reserved = Math.max(...known.map(numbers => numbers.reserved))
    // Where nothing tells how many more were given, as many are passed over as may have been.
    const isBehind = known.some(numbers => numbers.isBehind)
    this.#given = reserved + (isBehind ? RESERVED_NUMBERS : 0)
    for (const part of this.#parts) part.begin(this.#given)
    // What cannot be written down cannot be told the next process either: that one, and this one, goes
    // on at the time in milliseconds, which no process before it can have come to.
    const isBlank = known.some(numbers => numbers.isBlank) && given === 0
    const isUnwritable = isBlank || this.#error !== undefined
    if (isUnwritable) {
      this.#given = Math.max(this.#given, Date.now())
      for (const part of this.#parts) part.reserveTo(this.#given)
    }
    const isUnclean = known.some(numbers => numbers.isUnclean)
    const isAfterPowerCut = known.some(numbers => numbers.isAfterPowerCut)
    const range: NumberRange | undefined =
      this.#given > given && (isUnclean || isUnwritable)
        ? { from: given + 1, to: this.#given }
        : undefined
    if (range === undefined && !isAfterPowerCut) return
    const killed: UncertainCause = isUnwritable ? 'unwritable' : 'killed'
    this.#uncertain = uncertainLoss(isAfterPowerCut ? 'power_cut' : killed, range, newestTs)
  }

  #failed(error: Error): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#log.error(
      { err: error, folder: this.#options.folder },
      'the journal cannot be written: events are kept in memory, and are lost if this process ends before it can be. Free space, or give this user a folder that it can write'
    )
  }

  #writtenAgain(): void {
    // Gaps that were published are on disk now.
    if (this.#trusted.error === undefined) for (const part of this.#parts) part.forgetTold()
    if (this.#error !== undefined) return
    this.#hasFailed = false
    this.#log.info({ folder: this.#options.folder }, 'the journal can be written again')
  }
}
