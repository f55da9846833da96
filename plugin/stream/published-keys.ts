/**
 * Which events with an idempotency key were published: what a supervisor or a kernel log delivers
 * again is known again. What anyone posts has a memory of its own, so that nobody can take the key of
 * an event that the kernel or the supervisor is still to report, nor flush theirs out.
 */

import { hash } from 'node:crypto'
import { keptIn, type PublishedEvent, type TelemetryEventInput } from '../events/envelope.ts'
import type { Reporter } from '../events/reporter.ts'
import { Slabs } from '../events/slabs.ts'
import { idempotencyKey } from '../events/types.ts'
import { Queue } from './queue.ts'

/** Keys remembered of each kind of reporter. */
const MAX_KEYS = 16_384
/** Bytes of the events with keys that are on no disk: the ring may drop them, and they are answered. */
const MAX_KEYED_BYTES = 4 * 1024 * 1024

/** What stands for an event's key, and for what it says. */
export interface EventKey {
  readonly key: string
  readonly data: string
}

export interface FirstPublished {
  readonly seq: number
  /** Digest of its data. */
  readonly data: string
  /** The event itself, where this memory has to keep it. */
  readonly event: PublishedEvent | undefined
}

/**
 * Digests, because thousands are kept, and what they are made of may be long.
 *
 * @param dataJson its data; undefined where it has none
 */
export function keyOf(
  { type, source }: Pick<TelemetryEventInput, 'type' | 'source'>,
  dataJson: string | undefined
): EventKey | undefined {
  const key = idempotencyKey(type, source.metadata)
  if (key === undefined) return undefined
  return {
    key: hash('sha256', key, 'binary'),
    data: hash('sha256', dataJson ?? 'null', 'binary'),
  }
}

export class PublishedKeys {
  readonly #memories = new Map<Reporter, KeyMemory>()

  find(key: string, reporter: Reporter): FirstPublished | undefined {
    return this.#memories.get(reporter)?.find(key)
  }

  /** As anybody reported it; where several did, what comes of the more trusted one. */
  findAny(key: string): FirstPublished | undefined {
    for (const [reporter, memory] of this.#memories) {
      const first = reporter === 'http' ? undefined : memory.find(key)
      if (first !== undefined) return first
    }
    return this.find(key, 'http')
  }

  /** @param isStored the event is on disk, and need not be kept here */
  remember(key: EventKey, event: PublishedEvent, reporter: Reporter, isStored: boolean): void {
    let memory = this.#memories.get(reporter)
    if (memory === undefined) {
      memory = new KeyMemory()
      this.#memories.set(reporter, memory)
    }
    memory.remember(key, event, isStored)
  }
}

class KeyMemory {
  readonly #slabs = new Slabs()
  readonly #firsts = new Map<string, { readonly seq: number; readonly data: string }>()
  /** The keys in their order. The oldest key of a Map is found past all places of deleted ones. */
  readonly #order = new Queue<string>()
  readonly #kept = new Map<number, PublishedEvent>()
  /** Their sequence numbers, oldest first. */
  readonly #keptOrder = new Queue<number>()
  #keptBytes = 0

  find(key: string): FirstPublished | undefined {
    const first = this.#firsts.get(key)
    return first === undefined ? undefined : { ...first, event: this.#kept.get(first.seq) }
  }

  remember({ key, data }: EventKey, event: PublishedEvent, isStored: boolean): void {
    if (!this.#firsts.has(key)) this.#order.push(key)
    this.#firsts.set(key, { seq: event.seq, data })
    if (this.#firsts.size > MAX_KEYS) this.#firsts.delete(this.#order.shift()!)
    if (isStored) return
    this.#kept.set(event.seq, keptIn(this.#slabs, event))
    this.#keptOrder.push(event.seq)
    this.#keptBytes += event.frameBytes
    while (this.#keptBytes > MAX_KEYED_BYTES) {
      const oldest = this.#keptOrder.shift()!
      this.#keptBytes -= this.#kept.get(oldest)!.frameBytes
      this.#kept.delete(oldest)
    }
  }
}
