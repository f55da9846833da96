/**
 * The one way into the stream, for the kernel's watcher, for `POST /telemetry/events` and for the
 * host application: filters by category and recognises what was published before.
 */

import { hash } from 'node:crypto'
import type { EventEnvelope, EventSource } from '../../generated/types.ts'
import { CaptureConfig } from './capture.ts'
import { type PublishedEvent, sealEnvelope, type TelemetryEventInput } from './envelope.ts'
import { idempotencyKey } from './event-types.ts'
import type { EventStream } from './stream.ts'

/** Idempotency keys remembered: what a supervisor or a kernel log may deliver again at once. */
const MAX_KEYS = 16_384

export interface EventStore {
  settled(): Promise<void>
}

export class Publisher {
  readonly capture = new CaptureConfig()
  readonly #stream: EventStream
  /** Sequence numbers: the events themselves are in the stream, or on disk, or gone. */
  readonly #seqByKey = new Map<string, number>()
  readonly #store: EventStore | undefined

  /** @param store where events are kept on disk */
  constructor(stream: EventStream, store?: EventStore) {
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
    // Where it is kept no more, what is delivered again tells what it was.
    if (seq !== undefined) return this.#stream.find(seq) ?? sealEnvelope(seq, input)
    const event = this.#stream.publish(input)
    this.#remember(key, event)
    return event
  }

  /** Learns the keys of events that were published before this process. */
  restore(events: readonly PublishedEvent[]): void {
    for (const event of events) {
      const { source } = (JSON.parse(event.json.toString()) as EventEnvelope).event
      const key = keyOf(event.type, source.metadata)
      if (key !== undefined) this.#remember(key, event)
    }
  }

  #remember(key: string, { seq }: PublishedEvent): void {
    this.#seqByKey.set(key, seq)
    if (this.#seqByKey.size <= MAX_KEYS) return
    for (const oldest of this.#seqByKey.keys()) {
      this.#seqByKey.delete(oldest)
      return
    }
  }
}

/** A digest, because thousands are kept, and what they are made of may be long. */
function keyOf(type: string, metadata: EventSource['metadata']): string | undefined {
  const key = idempotencyKey(type, metadata)
  return key === undefined ? undefined : hash('sha256', key, 'binary')
}
