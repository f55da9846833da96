/**
 * How much is sent at a time. What was refused as a whole may be taken in parts: another side may
 * allow less than the sink does, or find fault with one event of many. So a refused batch is halved
 * until it is taken, or until the event at fault stands alone; what is taken doubles the next one.
 *
 * While one size was refused and a smaller one taken, that size is not tried again for a while: of a
 * side that simply allows less, every other request would be refused.
 */

import type { PublishedEvent } from '../events/envelope.ts'
import type { SinkLimits } from './sink.ts'

/** How long a size that was refused is not tried again. */
const REMEMBER_MS = 10 * 60_000

export class BatchSize {
  readonly #limits: Pick<SinkLimits, 'maxBytes' | 'maxEvents'>
  #maxBytes: number
  /** Less than this. */
  #refusedBytes = Infinity
  #refusedAtMs = 0

  constructor(limits: Pick<SinkLimits, 'maxBytes' | 'maxEvents'>) {
    this.#limits = limits
    this.#maxBytes = limits.maxBytes
  }

  /** The first of what is pending; at least one. @param nowMs of a clock that does not go back */
  take(pending: readonly PublishedEvent[], nowMs: number): readonly PublishedEvent[] {
    if (nowMs - this.#refusedAtMs >= REMEMBER_MS) this.#refusedBytes = Infinity
    const maxBytes = Math.min(this.#maxBytes, this.#refusedBytes - 1)
    let bytes = 0
    let count = 0
    while (count < pending.length && count < this.#limits.maxEvents) {
      bytes += pending[count]!.frameBytes
      if (bytes > maxBytes && count > 0) break
      count++
    }
    return pending.slice(0, count)
  }

  /** A batch did not get through, for whatever reason: half of it may. */
  halve(batch: readonly PublishedEvent[]): void {
    this.#maxBytes = Math.floor(bytesOf(batch) / 2)
  }

  /** A batch of several was refused as a whole. */
  refused(batch: readonly PublishedEvent[], nowMs: number): void {
    this.halve(batch)
    this.#refusedBytes = bytesOf(batch)
    this.#refusedAtMs = nowMs
  }

  /** One event was refused alone: it is what was wrong with the larger ones. */
  foundFault(): void {
    this.#refusedBytes = Infinity
  }

  taken(): void {
    this.#maxBytes = Math.min(Math.max(this.#maxBytes, 1) * 2, this.#limits.maxBytes)
  }
}

function bytesOf(batch: readonly PublishedEvent[]): number {
  return batch.reduce((sum, { frameBytes }) => sum + frameBytes, 0)
}
