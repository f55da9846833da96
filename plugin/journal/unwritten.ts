/** Events that could not be written, in order, until they can be: bounded, the oldest are dropped. */

import type { PublishedEvent } from '../events/envelope.ts'

export class UnwrittenEvents {
  readonly #events: PublishedEvent[] = []
  readonly #maxBytes: number
  #bytes = 0
  #dropped = 0
  #droppedFrom = 0
  #droppedTo = 0
  #droppedSeq = 0

  /** @param maxBytes of their frames */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#events.length
  }

  get first(): PublishedEvent | undefined {
    return this.#events[0]
  }

  /** The newest sequence number that was ever dropped; 0 where none was. */
  get droppedSeq(): number {
    return this.#droppedSeq
  }

  push(event: PublishedEvent): void {
    this.#events.push(event)
    this.#bytes += event.frameBytes
    while (this.#bytes > this.#maxBytes && this.#events.length > 1) {
      const dropped = this.shift()!
      if (this.#dropped === 0) this.#droppedFrom = dropped.ts
      this.#dropped++
      this.#droppedTo = dropped.ts
      this.#droppedSeq = dropped.seq
    }
  }

  shift(): PublishedEvent | undefined {
    const event = this.#events.shift()
    this.#bytes -= event?.frameBytes ?? 0
    return event
  }

  /** How many were dropped since this was asked last, and their times in Unix microseconds. */
  takeDropped(): { lost: number; from: number; to: number } | undefined {
    if (this.#dropped === 0) return undefined
    const dropped = { lost: this.#dropped, from: this.#droppedFrom, to: this.#droppedTo }
    this.#dropped = 0
    return dropped
  }
}
