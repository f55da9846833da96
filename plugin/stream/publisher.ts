/**
 * The one way into the stream, for the kernel's watcher, for `POST /telemetry/events` and for the
 * host application: filters by category and recognises what was published before.
 */

import { hash } from 'node:crypto'
import type { EventEnvelope, EventSource } from '../../generated/types.ts'
import {
  type PublishedEvent,
  publishedEvent,
  sealEnvelope,
  type TelemetryEventInput,
} from '../events/envelope.ts'
import { Slabs } from '../events/slabs.ts'
import { idempotencyKey } from '../events/types.ts'
import { CaptureConfig } from './capture.ts'
import type { EventStore } from './event-store.ts'
import type { EventStream } from './stream.ts'

/** Idempotency keys remembered: what a supervisor or a kernel log may deliver again at once. */
const MAX_KEYS = 16_384
/** Bytes of the events with keys that are on no disk: the ring may drop them, and they are answered. */
const MAX_KEYED_BYTES = 4 * 1024 * 1024
const KEYED = new Slabs()

export class Publisher {
  readonly capture = new CaptureConfig()
  readonly #stream: EventStream
  readonly #seqByKey = new Map<string, number>()
  /** By sequence number, oldest first. */
  readonly #keyed = new Map<number, PublishedEvent>()
  #keyedBytes = 0
  readonly #store: Pick<EventStore, 'settled'> | undefined

  /** @param store where events are kept on disk */
  constructor(stream: EventStream, store?: Pick<EventStore, 'settled'>) {
    this.#stream = stream
    this.#store = store
  }

  /** Resolves when what was published is kept as safely as it is to be before it is acknowledged. */
  async settled(): Promise<void> {
    await this.#store?.settled()
  }

  /**
   * @returns the published event, the first one where its key was published before, or undefined
   *   when its category is not captured (no sequence number is used then)
   */
  publish(input: TelemetryEventInput): PublishedEvent | undefined {
    if (!this.capture.isCaptured(input.category)) return undefined
    const key = keyOf(input.type, input.source.metadata)
    if (key === undefined) return this.#stream.publish(input)
    const seq = this.#seqByKey.get(key)
    if (seq !== undefined) return this.#first(seq, input)
    const event = this.#stream.publish(input)
    this.#remember(key, event)
    return event
  }

  /** The event first published; where it is kept no more, what is delivered again, by its number. */
  #first(seq: number, input: TelemetryEventInput): PublishedEvent {
    return this.#stream.find(seq) ?? this.#keyed.get(seq) ?? sealEnvelope(seq, input)
  }

  /** Learns the keys of events that were published before this process. */
  restore(events: readonly PublishedEvent[]): void {
    for (const event of events) {
      const { source } = (JSON.parse(event.json.toString()) as EventEnvelope).event
      const key = keyOf(event.type, source.metadata)
      if (key !== undefined) this.#remember(key, event)
    }
  }

  #remember(key: string, event: PublishedEvent): void {
    this.#seqByKey.set(key, event.seq)
    if (this.#seqByKey.size > MAX_KEYS) {
      for (const oldest of this.#seqByKey.keys()) {
        this.#seqByKey.delete(oldest)
        break
      }
    }
    if (this.#stream.isStored(event)) return
    this.#keyed.set(event.seq, publishedEvent(event, KEYED, event.json))
    this.#keyedBytes += event.frameBytes
    for (const [oldest, { frameBytes }] of this.#keyed) {
      if (this.#keyedBytes <= MAX_KEYED_BYTES) break
      this.#keyed.delete(oldest)
      this.#keyedBytes -= frameBytes
    }
  }
}

/** A digest, because thousands are kept, and what they are made of may be long. */
function keyOf(type: string, metadata: EventSource['metadata']): string | undefined {
  const key = idempotencyKey(type, metadata)
  return key === undefined ? undefined : hash('sha256', key, 'binary')
}
