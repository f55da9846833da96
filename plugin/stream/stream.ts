/**
 * The one stream through which every event flows: producers publish, readers pull.
 *
 * Publishing gives the sequence number and inserts in one step and never waits: a reader is only
 * told that there is something to read, and takes it from the ring at its own pace. What the ring
 * dropped before a reader came to it is counted and told to that reader.
 */

import type { EventCategory } from '../../generated/types.ts'
import { type PublishedEvent, sealEnvelope, type TelemetryEventInput } from './envelope.ts'
import { EventRing } from './ring.ts'

/** Where a reader starts: strictly after a sequence number, with the next event, or at the oldest. */
export type StartAt = { readonly after: number } | 'now' | 'oldest'

export interface EventFilter {
  readonly categories?: ReadonlySet<EventCategory>
  readonly types?: ReadonlySet<string>
}

export interface EventStreamOptions {
  /** Events kept. */
  readonly capacity: number
  /** Bytes of serialised events kept. */
  readonly maxBytes: number
}

export interface ReadBatch {
  readonly events: readonly PublishedEvent[]
  /** Events that the ring had dropped before this reader came to them. */
  readonly missed: number
}

export class EventStream {
  readonly #ring: EventRing
  readonly #readers = new Set<EventReader>()
  #dropped = 0
  #wakeScheduled = false

  constructor(options: EventStreamOptions) {
    this.#ring = new EventRing(options.capacity, options.maxBytes)
  }

  /** Sequence of the newest event; 0 before the first. */
  get seq(): number {
    return this.#ring.nextSeq - 1
  }

  /** Sequence of the oldest event kept; undefined while there is none. */
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

  /** Events that the ring dropped before some reader had come to them, summed over the readers. */
  get dropped(): number {
    return this.#dropped
  }

  publish(input: TelemetryEventInput): PublishedEvent {
    const event = sealEnvelope(this.#ring.nextSeq, input)
    this.#ring.push(event)
    this.#wakeReaders()
    return event
  }

  /**
   * @param onReadable called, never from within {@link publish}, when there is something to read;
   *   once for all that was published in a turn of the event loop
   */
  subscribe(start: StartAt, filter: EventFilter, onReadable: () => void): EventReader {
    const reader = new EventReader(this, this.#ring, this.#startSeq(start), filter, onReadable)
    this.#readers.add(reader)
    return reader
  }

  /** Events numbered `from` and up, oldest first; for pages. */
  *events(from: number): Generator<PublishedEvent> {
    for (let seq = Math.max(from, this.#ring.oldestSeq); ; seq++) {
      const event = this.#ring.at(seq)
      if (event === undefined) return
      yield event
    }
  }

  /** @internal */
  remove(reader: EventReader): void {
    this.#readers.delete(reader)
  }

  /** @internal */
  countMissed(missed: number): void {
    this.#dropped += missed
  }

  #startSeq(start: StartAt): number {
    if (start === 'now') return this.#ring.nextSeq
    if (start === 'oldest') return this.#ring.oldestSeq
    // A number that was never given comes from before a restart: silence until the counter gets
    // there again would hide every event, so such a reader starts at the oldest.
    return start.after >= this.#ring.nextSeq ? this.#ring.oldestSeq : start.after + 1
  }

  #wakeReaders(): void {
    if (this.#wakeScheduled || this.#readers.size === 0) return
    this.#wakeScheduled = true
    setImmediate(() => {
      this.#wakeScheduled = false
      for (const reader of this.#readers) reader.wake()
    })
  }
}

export class EventReader {
  readonly #stream: EventStream
  readonly #ring: EventRing
  readonly #filter: EventFilter
  readonly #onReadable: () => void
  #next: number

  constructor(
    stream: EventStream,
    ring: EventRing,
    next: number,
    filter: EventFilter,
    onReadable: () => void
  ) {
    this.#stream = stream
    this.#ring = ring
    this.#next = next
    this.#filter = filter
    this.#onReadable = onReadable
  }

  /** Whether events were published that this reader has not come to yet, filtered or not. */
  get hasMore(): boolean {
    return this.#next < this.#ring.nextSeq
  }

  /**
   * The next events that pass the filter.
   *
   * @param maxBytes bytes of frames at most
   * @param atLeastOne gives the next event even where it alone is larger than `maxBytes`
   */
  read(maxBytes: number, atLeastOne: boolean): ReadBatch {
    const missed = Math.max(0, this.#ring.oldestSeq - this.#next)
    const events: PublishedEvent[] = []
    let bytes = 0
    let next = this.#next + missed
    for (; ; next++) {
      const event = this.#ring.at(next)
      if (event === undefined) break
      if (!this.#passes(event)) continue
      const isFree = atLeastOne && events.length === 0
      if (!isFree && bytes + event.frame.length > maxBytes) {
        // Nothing fits: the reader stays where it is, and its gap is told in one piece later.
        if (events.length === 0) return { events, missed: 0 }
        break
      }
      bytes += event.frame.length
      events.push(event)
    }
    this.#next = next
    if (missed > 0) this.#stream.countMissed(missed)
    return { events, missed }
  }

  /** @internal */
  wake(): void {
    this.#onReadable()
  }

  close(): void {
    this.#stream.remove(this)
  }

  #passes(event: PublishedEvent): boolean {
    const { categories, types } = this.#filter
    return (
      (categories === undefined || categories.has(event.category)) &&
      (types === undefined || types.has(event.type))
    )
  }
}
