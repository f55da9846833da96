/**
 * Which events with an idempotency key were published: what a supervisor or a kernel log delivers
 * again is known again. What anyone posts has a memory of its own, so that nobody can take the key of
 * an event that the kernel or the supervisor is still to report, nor flush theirs out.
 */

import { hash, randomBytes } from 'node:crypto'
import type { PublishedEvent, TelemetryEventInput } from '../events/envelope.ts'
import type { Reporter } from '../events/reporter.ts'
import { idempotencyKey } from '../events/types.ts'
import { KeptFrames } from './kept-frames.ts'
import { KeyTable } from './key-table.ts'

/** Keys remembered of each kind of reporter. */
const MAX_KEYS = 16_384
/** Bytes of the events with keys that are on no disk: the ring may drop them, and they are answered. */
const MAX_KEYED_BYTES = 4 * 1024 * 1024
/** Of an event that is on disk. */
const NOT_KEPT = -1
/** Nobody outside knows which keys would come to the same place of the table. */
const SECRET = randomBytes(16).toString('latin1')

/** Digests of an event's key, and of what it says: what they are made of may be long. */
export interface EventKey {
  readonly key: string
  readonly data: string
}

export interface FirstPublished {
  readonly seq: number
  /** Whether it said the same. */
  readonly isSame: boolean
  /** The event itself, where this memory had to keep it and still does. */
  readonly frame: Buffer | undefined
}

/** @param dataJson its data; undefined where it has none */
export function keyOf(
  { type, source }: Pick<TelemetryEventInput, 'type' | 'source'>,
  dataJson: string | undefined
): EventKey | undefined {
  const key = idempotencyKey(type, source.metadata)
  if (key === undefined) return undefined
  return {
    key: hash('sha256', SECRET + key, 'binary'),
    data: hash('sha256', dataJson ?? 'null', 'binary'),
  }
}

export class PublishedKeys {
  readonly #memories = new Map<Reporter, KeyMemory>()

  find(key: EventKey, reporter: Reporter): FirstPublished | undefined {
    return this.#memories.get(reporter)?.find(key)
  }

  /** As anybody reported it; where several did, what comes of the more trusted one. */
  findAny(key: EventKey): FirstPublished | undefined {
    for (const [reporter, memory] of this.#memories) {
      const first = reporter === 'http' ? undefined : memory.find(key)
      if (first !== undefined) return first
    }
    return this.find(key, 'http')
  }

  /**
   * @param key one that this reporter has not yet
   * @param isStored the event is on disk, and need not be kept here
   */
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
  readonly #keys = new KeyTable(MAX_KEYS)
  readonly #frames = new KeptFrames(MAX_KEYED_BYTES)

  find({ key, data }: EventKey): FirstPublished | undefined {
    const entry = this.#keys.find(key)
    if (entry === -1) return undefined
    const place = this.#keys.place(entry)
    return {
      seq: this.#keys.seq(entry),
      isSame: this.#keys.hasData(entry, data),
      frame: place === NOT_KEPT ? undefined : this.#frames.read(place),
    }
  }

  remember({ key, data }: EventKey, event: PublishedEvent, isStored: boolean): void {
    const place = isStored ? NOT_KEPT : this.#frames.keep(event.frame)
    this.#keys.add(key, data, event.seq, place)
  }
}
