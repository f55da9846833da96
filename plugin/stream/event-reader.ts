/**
 * A reader's place in the stream. It pulls events from the ring and, where it is behind that, from
 * the store: events that are kept there are never missed, however slow the reader is. Numbers for
 * which neither has an event are counted and told.
 */

import type { EventCategory } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import { categoryOfType } from '../events/types.ts'
import type { UncertainNumbers } from '../events/uncertain-numbers.ts'
import type { EventStore, StoreReader } from './event-store.ts'
import type { EventRing, EventRun } from './ring.ts'
import type { Slice, StoreTurns } from './store-turns.ts'

export interface EventFilter {
  readonly categories?: ReadonlySet<EventCategory>
  readonly types?: ReadonlySet<string>
}

export interface ReadBatch {
  readonly events: readonly PublishedEvent[]
  /** Events that are not to be had any more, from before those of this batch. */
  readonly missed: number
}

/** To read a larger event again takes less than to hold it, and its line, for who does not take it. */
const LARGE_BYTES = 16 * 1024
const NOTHING: ReadBatch = { events: [], missed: 0 }

export interface ReaderParts {
  readonly ring: EventRing
  readonly store: EventStore | undefined
  readonly storeTurns: StoreTurns
  readonly uncertain: UncertainNumbers
  /** Sequence number of the last event that is not wanted. */
  readonly after: number
  readonly filter: EventFilter
  readonly onReadable: () => void
  readonly onMissed: (missed: number) => void
  readonly onClose: (reader: EventReader) => void
}

export class EventReader {
  readonly #parts: ReaderParts
  #after: number
  #missed = 0
  /** The next event, where it did not fit. */
  #blocked: { readonly seq: number; readonly bytes: number } | undefined
  #storeReader: StoreReader | undefined
  /** Read from the store, and not given out yet. */
  #peeked: PublishedEvent | undefined
  /** To read from the store, in this turn. */
  #slice: Slice | undefined
  readonly #onTurn = (slice: Slice) => {
    this.#slice = slice
    this.wake()
  }

  constructor(parts: ReaderParts) {
    this.#parts = parts
    this.#after = parts.after
  }

  /** Sequence number of the last event that was read or passed over. */
  get position(): number {
    return this.#after
  }

  /** Whether events were published that this reader has not come to yet, filtered or not. */
  get hasMore(): boolean {
    return this.#after < this.#parts.ring.nextSeq - 1
  }

  /**
   * The next events that pass the filter. A long stretch of the store takes several calls: the
   * reader is called back for the next one.
   *
   * @param maxBytes bytes of frames at most
   * @param atLeastOne gives the next event even where it alone is larger than `maxBytes`
   */
  read(maxBytes: number, atLeastOne: boolean): ReadBatch {
    const { ring, store } = this.#parts
    store?.flush()
    if (!atLeastOne && this.#isBlocked(maxBytes)) return NOTHING
    const taken: PublishedEvent[] = []
    const batch: Batch = { events: taken, taken, bytes: 0, maxBytes, atLeastOne, isFull: false }
    const isInRing = this.#after >= ring.oldestSeq - 1
    // A slice may end where the ring begins: what is open in the store is behind from here on.
    if (isInRing) this.rest()
    const isThrough = isInRing || this.#readStore(batch)
    if (isThrough && !batch.isFull) this.#readRing(batch)
    // Nothing fits: the gap is told in one piece later, with the events after it.
    if (batch.isFull && batch.events.length === 0) return NOTHING
    const missed = this.#missed
    this.#missed = 0
    if (missed > 0) this.#parts.onMissed(missed)
    return { events: batch.events, missed }
  }

  /** Lets go of what it holds of the store; for who will not read for a while. */
  rest(): void {
    this.#storeReader?.close()
    this.#storeReader = undefined
    this.#peeked = undefined
  }

  /** @internal */
  wake(): void {
    this.#parts.onReadable()
  }

  close(): void {
    this.#parts.storeTurns.cancel(this.#onTurn)
    this.rest()
    this.#parts.onClose(this)
  }

  /** @returns whether the reader has come to the ring */
  #readStore(batch: Batch): boolean {
    const { store } = this.#parts
    if (store === undefined) return true
    const slice = this.#slice ?? this.#parts.storeTurns.take()
    this.#slice = undefined
    if (slice !== undefined) {
      if (this.#readSlice(slice, store, batch)) return true
      if (batch.isFull) return false
    }
    this.#parts.storeTurns.request(this.#onTurn)
    return false
  }

  /** @returns whether the reader has come to the ring */
  #readSlice(slice: Slice, store: EventStore, batch: Batch): boolean {
    this.#storeReader ??= store.readerAfter(this.#after)
    while (!slice.isOver()) {
      const event = this.#peeked ?? this.#storeReader.next()
      this.#peeked = event
      if (event === undefined || event.seq >= this.#parts.ring.oldestSeq) {
        this.rest()
        return true
      }
      if (!this.#take(event, batch)) return false
      this.#peeked = undefined
    }
    return false
  }

  /** Whether the next event is known, is there still, and does not fit. */
  #isBlocked(maxBytes: number): boolean {
    if (this.#blocked === undefined) return false
    const { ring, store } = this.#parts
    const { seq, bytes } = this.#blocked
    return bytes > maxBytes && seq >= Math.min(ring.oldestSeq, store?.oldestSeq ?? Infinity)
  }

  #readRing(batch: Batch): void {
    const { ring } = this.#parts
    const run = batch.events.length === 0 ? ring.runAfter(this.#after) : undefined
    const events = run === undefined ? undefined : this.#passingOf(run, batch.maxBytes)
    if (events !== undefined) {
      batch.events = events
      this.#after = ring.nextSeq - 1
      this.#blocked = undefined
      return
    }
    this.#readEvents(batch)
  }

  /** Those of a run that pass, where all or none do and they fit. */
  #passingOf(
    { events, bytes, kinds }: EventRun,
    maxBytes: number
  ): readonly PublishedEvent[] | undefined {
    const passing = kinds.filter(kind => this.#passes(kind)).length
    if (passing === 0) return []
    return passing === kinds.length && bytes <= maxBytes ? events : undefined
  }

  /** One after the other. */
  #readEvents(batch: Batch): void {
    const { ring } = this.#parts
    for (let place = ring.placeAfter(this.#after); ; place++) {
      const event = ring.at(place)
      if (event === undefined) break
      if (!this.#take(event, batch)) return
    }
    const missing = this.#missingBefore(ring.nextSeq)
    if (missing > 0 && batch.events.length > 0) return
    this.#missed += missing
    this.#after = ring.nextSeq - 1
  }

  /** @returns false when the event is not for this batch, and is still to be read */
  #take(event: PublishedEvent, batch: Batch): boolean {
    const missing = this.#missingBefore(event.seq)
    // What is missing is told in its place: before the batch that comes after it.
    if (missing > 0 && batch.events.length > 0) {
      batch.isFull = true
      return false
    }
    this.#missed += missing
    this.#after = event.seq - 1
    if (this.#passes(event)) {
      const isFree = batch.atLeastOne && batch.events.length === 0
      if (!isFree && batch.bytes + event.frameBytes > batch.maxBytes) {
        batch.isFull = true
        this.#blocked = { seq: event.seq, bytes: event.frameBytes }
        if (event.frameBytes > LARGE_BYTES) this.rest()
        return false
      }
      batch.bytes += event.frameBytes
      batch.taken.push(event)
    }
    this.#after = event.seq
    this.#blocked = undefined
    return true
  }

  /** How many events that concern this reader were between its place and the next one there is. */
  #missingBefore(seq: number): number {
    const { store, filter, uncertain } = this.#parts
    const from = this.#after + 1
    // Of what the store keeps nothing is missing but what it removed.
    const end = keepsAll(store, filter) ? Math.min(seq, store?.completeFrom ?? seq) : seq
    return end <= from ? 0 : end - from - uncertain.countIn(from, end - 1)
  }

  #passes(event: PublishedEvent): boolean {
    const { categories, types } = this.#parts.filter
    return (
      (categories === undefined || categories.has(event.category)) &&
      (types === undefined || types.has(event.type))
    )
  }
}

/** Whether the store keeps every event that passes the filter. */
function keepsAll(store: EventStore | undefined, { categories, types }: EventFilter): boolean {
  if (store === undefined) return false
  if (categories !== undefined) return [...categories].every(category => store.keeps(category))
  if (types === undefined) return false
  return [...types].every(type => {
    const category = categoryOfType(type)
    return category !== undefined && store.keeps(category)
  })
}

interface Batch {
  /** Those that were taken, or a run that others have too. */
  events: readonly PublishedEvent[]
  readonly taken: PublishedEvent[]
  bytes: number
  readonly maxBytes: number
  readonly atLeastOne: boolean
  /** Something did not fit any more. */
  isFull: boolean
}
