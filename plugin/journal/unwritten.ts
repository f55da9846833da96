/** Events that could not be written, in order, until they can be: bounded, the oldest are dropped. */

import type { PublishedEvent } from '../events/envelope.ts'

/** Events that are in memory only. */
export interface Unwritten {
  readonly lost: number
  /** Times of the first and the last of them, in Unix microseconds. */
  readonly from: number
  readonly to: number
}

export function addUnwritten(
  a: Unwritten | undefined,
  b: Unwritten | undefined
): Unwritten | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return {
    lost: a.lost + b.lost,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
  }
}

export class UnwrittenEvents {
  readonly #events: PublishedEvent[] = []
  readonly #maxBytes: number
  #bytes = 0
  #dropped: Unwritten | undefined
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

  /** Those that were dropped, and not forgotten yet. */
  get dropped(): Unwritten | undefined {
    return this.#dropped
  }

  /** All that would be lost if this process ended now. */
  get all(): Unwritten | undefined {
    const [first] = this.#events
    const last = this.#events.at(-1)
    if (first === undefined || last === undefined) return this.#dropped
    const waiting = { lost: this.#events.length, from: first.ts, to: last.ts }
    return addUnwritten(this.#dropped, waiting)
  }

  push(event: PublishedEvent): void {
    this.#events.push(event)
    this.#bytes += event.frameBytes
    while (this.#bytes > this.#maxBytes && this.#events.length > 1) {
      const { ts, seq } = this.shift()!
      this.#dropped = addUnwritten(this.#dropped, { lost: 1, from: ts, to: ts })
      this.#droppedSeq = seq
    }
  }

  shift(): PublishedEvent | undefined {
    const event = this.#events.shift()
    this.#bytes -= event?.frameBytes ?? 0
    return event
  }

  /** What was dropped is told. */
  forgetDropped(): void {
    this.#dropped = undefined
  }
}
