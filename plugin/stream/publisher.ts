/**
 * The one way into the stream, for the kernel's watcher, for `POST /telemetry/events` and for the
 * host application: filters by category and recognises what was published before.
 */

import { CaptureConfig } from './capture.ts'
import type { PublishedEvent, TelemetryEventInput } from './envelope.ts'
import { idempotencyKey } from './event-types.ts'
import type { EventStream } from './stream.ts'

/** Idempotency keys remembered: what a supervisor or a kernel log may deliver again at once. */
const MAX_KEYS = 16_384
const MAX_KEYED_BYTES = 4 * 1024 * 1024

export class Publisher {
  readonly capture = new CaptureConfig()
  readonly #stream: EventStream
  readonly #byKey = new Map<string, PublishedEvent>()
  #bytes = 0

  constructor(stream: EventStream) {
    this.#stream = stream
  }

  /**
   * @returns the published event, the first one where its key was published before, or undefined
   *   when its category is not captured (no sequence number is used then)
   */
  publish(input: TelemetryEventInput): PublishedEvent | undefined {
    if (!this.capture.isCaptured(input.category)) return undefined
    const key = idempotencyKey(input.type, input.source.metadata)
    if (key === undefined) return this.#stream.publish(input)
    const first = this.#byKey.get(key)
    if (first !== undefined) return first
    const event = this.#stream.publish(input)
    this.#byKey.set(key, event)
    this.#bytes += event.frame.length
    for (const [oldest, { frame }] of this.#byKey) {
      if (this.#byKey.size <= MAX_KEYS && this.#bytes <= MAX_KEYED_BYTES) break
      this.#byKey.delete(oldest)
      this.#bytes -= frame.length
    }
    return event
  }
}
