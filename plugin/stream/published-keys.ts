/**
 * Which events with an idempotency key were published: what a supervisor or a kernel log delivers
 * again is known again. What anyone posts has a memory of its own, so that nobody can take the key of
 * an event that the kernel or the supervisor is still to report, nor flush theirs out.
 */

import { hash } from 'node:crypto'
import {
  type PublishedEvent,
  publishedEvent,
  type TelemetryEventInput,
} from '../events/envelope.ts'
import type { Reporter } from '../events/reporter.ts'
import { Slabs } from '../events/slabs.ts'
import { idempotencyKey } from '../events/types.ts'

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

/** Digests, because thousands are kept, and what they are made of may be long. */
export function keyOf({ type, source, data }: TelemetryEventInput): EventKey | undefined {
  const key = idempotencyKey(type, source.metadata)
  if (key === undefined) return undefined
  return {
    key: hash('sha256', key, 'binary'),
    data: hash('sha256', JSON.stringify(data ?? null), 'binary'),
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
  /** By sequence number, oldest first. */
  readonly #kept = new Map<number, PublishedEvent>()
  #keptBytes = 0

  find(key: string): FirstPublished | undefined {
    const first = this.#firsts.get(key)
    return first === undefined ? undefined : { ...first, event: this.#kept.get(first.seq) }
  }

  remember({ key, data }: EventKey, event: PublishedEvent, isStored: boolean): void {
    this.#firsts.set(key, { seq: event.seq, data })
    if (this.#firsts.size > MAX_KEYS) {
      for (const oldest of this.#firsts.keys()) {
        this.#firsts.delete(oldest)
        break
      }
    }
    if (isStored) return
    this.#kept.set(event.seq, publishedEvent(event, this.#slabs, event.json))
    this.#keptBytes += event.frameBytes
    for (const [oldest, { frameBytes }] of this.#kept) {
      if (this.#keptBytes <= MAX_KEYED_BYTES) break
      this.#kept.delete(oldest)
      this.#keptBytes -= frameBytes
    }
  }
}
