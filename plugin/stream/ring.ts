/**
 * The newest events, bounded in number and in bytes. Sequence numbers are consecutive, so a place in
 * the ring follows from the number and nothing is searched.
 */

import type { PublishedEvent } from './envelope.ts'

export class EventRing {
  readonly #slots: Array<PublishedEvent | undefined>
  readonly #maxBytes: number
  #oldest = 1
  #next = 1
  #bytes = 0

  /**
   * @param capacity events kept at most
   * @param maxBytes bytes of serialised frames kept at most; the newest event is kept in any case
   */
  constructor(capacity: number, maxBytes: number) {
    this.#slots = new Array(capacity)
    this.#maxBytes = maxBytes
  }

  /** Sequence of the oldest event kept; equals {@link nextSeq} while the ring is empty. */
  get oldestSeq(): number {
    return this.#oldest
  }

  /** Sequence that the next event gets. */
  get nextSeq(): number {
    return this.#next
  }

  get size(): number {
    return this.#next - this.#oldest
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds the event numbered {@link nextSeq}, in place of the oldest where the ring is full. */
  push(event: PublishedEvent): void {
    if (this.size === this.#slots.length) this.#evict()
    this.#slots[event.seq % this.#slots.length] = event
    this.#next = event.seq + 1
    this.#bytes += event.frame.length
    while (this.#bytes > this.#maxBytes && this.size > 1) this.#evict()
  }

  at(seq: number): PublishedEvent | undefined {
    return seq >= this.#oldest && seq < this.#next
      ? this.#slots[seq % this.#slots.length]
      : undefined
  }

  #evict(): void {
    const slot = this.#oldest % this.#slots.length
    this.#bytes -= this.#slots[slot]?.frame.length ?? 0
    this.#slots[slot] = undefined
    this.#oldest++
  }
}
