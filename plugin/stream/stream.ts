/**
 * The one stream through which every event flows: producers publish, readers pull.
 *
 * Publishing gives the sequence number and inserts in one step and never waits: a reader is only
 * told that there is something to read, and takes it from the ring at its own pace. What the ring
 * dropped before a reader came to it is counted and told to that reader.
 */

import { type PublishedEvent, sealEnvelope, type TelemetryEventInput } from '../events/envelope.ts'
import { UncertainNumbers } from '../events/uncertain-numbers.ts'
import { type EventFilter, EventReader } from './event-reader.ts'
import type { EventStore, StoredHistory } from './event-store.ts'
import { EventRing } from './ring.ts'
import { StoreTurns } from './store-turns.ts'

/** Where a reader starts: strictly after a sequence number, with the next event, or at the oldest. */
export type StartAt = { readonly after: number } | 'now' | 'oldest'

export interface EventStreamOptions {
  /** Events kept. */
  readonly capacity: number
  /** Bytes of serialised events kept. */
  readonly maxBytes: number
  /** As many of them may be in the store too. Default: {@link STORED_BYTES}. */
  readonly storedBytes?: number | undefined
  /** Where events are kept that the ring drops, and over restarts. */
  readonly store?: EventStore | undefined
  /** What the store holds from before this process. */
  readonly history?: StoredHistory | undefined
}

/**
 * Beyond this many bytes of events, those that are on disk are no more kept in memory too: readers
 * that are so far behind are few, and memory is what the machines that this is for run out of.
 */
const STORED_BYTES = 1024 * 1024

export class EventStream {
  /** Numbers that may never have been given. */
  readonly uncertain = new UncertainNumbers()
  /** For who reads {@link events} at length. */
  readonly storeTurns = new StoreTurns()
  readonly #ring: EventRing
  readonly #store: EventStore | undefined
  readonly #storedBytes: number
  readonly #readers = new Set<EventReader>()
  #dropped = 0
  #isWakeScheduled = false

  constructor(options: EventStreamOptions) {
    const { capacity, maxBytes, store, history } = options
    this.#ring = new EventRing(capacity, maxBytes, history?.nextSeq)
    this.#store = store
    this.#storedBytes = options.storedBytes ?? STORED_BYTES
    for (const event of history?.earlier ?? []) this.uncertain.learn(event)
    for (const event of history?.events ?? []) {
      this.#ring.push(event)
      this.uncertain.learn(event)
    }
    this.#trim()
  }

  /** Sequence of the newest event; 0 before the first. */
  get seq(): number {
    // Who is told a number may come back with it: it is not given to another event after a restart.
    this.#store?.flush()
    return this.#ring.nextSeq - 1
  }

  /** Sequence of the oldest event in the ring; undefined while there is none. */
  get oldestSeq(): number | undefined {
    return this.#ring.size === 0 ? undefined : this.#ring.oldestSeq
  }

  get retained(): number {
    return this.#ring.size
  }

  get retainedBytes(): number {
    return this.#ring.bytes
  }

  get readers(): number {
    return this.#readers.size
  }

  /** Events that were gone before some reader had come to them, summed over the readers. */
  get dropped(): number {
    return this.#dropped
  }

  /** @param isSettled nobody is told of it before the store's `settled` */
  publish(input: TelemetryEventInput, isSettled = false): PublishedEvent {
    const event = sealEnvelope(this.#ring.nextSeq, input)
    // On disk before any reader, or the publisher, can know of it: those flush what is held.
    if (isSettled) this.#store?.hold(event)
    else this.#store?.append(event)
    this.#ring.push(event)
    this.#trim()
    this.#wakeReaders()
    return event
  }

  /**
   * @param onReadable called, never from within {@link publish}, when there is something to read;
   *   once for all that was published in a turn of the event loop
   */
  subscribe(start: StartAt, filter: EventFilter, onReadable: () => void): EventReader {
    const reader = new EventReader({
      ring: this.#ring,
      store: this.#store,
      storeTurns: this.storeTurns,
      uncertain: this.uncertain,
      after: this.#startAfter(start),
      filter,
      onReadable,
      onMissed: missed => {
        this.#dropped += missed
      },
      onClose: closed => this.#readers.delete(closed),
    })
    this.#readers.add(reader)
    return reader
  }

  /** Sequence number of the first event from which on all that are kept here are here; before it, some. */
  get completeFrom(): number {
    for (const { seq } of this.events(this.#store?.completeFrom ?? 0)) return seq
    return this.seq + 1
  }

  /** The event of a number, while it is kept anywhere. */
  find(seq: number): PublishedEvent | undefined {
    for (const event of this.events(seq)) return event.seq === seq ? event : undefined
    return undefined
  }

  /** Events numbered `from` and up, oldest first; for pages. */
  *events(from: number): Generator<PublishedEvent> {
    let after = from - 1
    for (;;) {
      this.#store?.flush()
      // Also again: what was in the ring may be on disk only, when it is asked for the next event.
      if (this.#store !== undefined && after < this.#ring.oldestSeq - 1) {
        const reader = this.#store.readerAfter(after)
        try {
          for (let event = reader.next(); event !== undefined; event = reader.next()) {
            if (event.seq >= this.#ring.oldestSeq) break
            after = event.seq
            yield event
          }
        } finally {
          reader.close()
        }
        after = Math.max(after, this.#ring.oldestSeq - 1)
      }
      const event = this.#ring.at(this.#ring.placeAfter(after))
      if (event === undefined) return
      after = event.seq
      yield event
    }
  }

  /** The events in memory, newest first. */
  *newestInMemory(): Generator<PublishedEvent> {
    this.#store?.flush()
    for (let place = this.#ring.placeAfter(this.seq) - 1; ; place--) {
      const event = this.#ring.at(place)
      if (event === undefined) return
      yield event
    }
  }

  /** Whether the store has an event, or will at the end of the turn, so that nobody else need keep it. */
  isStored(event: PublishedEvent): boolean {
    return this.#store?.keeps(event.category) ?? false
  }

  /** What the store has as well is not kept twice. */
  #trim(): void {
    const store = this.#store
    if (store === undefined) return
    this.#ring.trim(this.#storedBytes, oldest => store.holds(oldest))
  }

  /** The number after which a reader begins. */
  #startAfter(start: StartAt): number {
    if (start === 'now') return this.seq
    const oldest = Math.min(this.#ring.oldestSeq, this.#store?.oldestSeq ?? Infinity) - 1
    if (start === 'oldest') return oldest
    // A number that was never given comes from before a restart: silence until the counter gets
    // there again would hide every event, so such a reader starts at the oldest.
    return start.after > this.seq ? oldest : start.after
  }

  #wakeReaders(): void {
    if (this.#isWakeScheduled || this.#readers.size === 0) return
    this.#isWakeScheduled = true
    setImmediate(() => {
      this.#isWakeScheduled = false
      for (const reader of this.#readers) reader.wake()
    })
  }
}
