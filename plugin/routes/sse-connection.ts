/** One open event stream: what its reader finds, written to its socket as far as there is room. */

import type { ServerResponse } from 'node:http'
import type { PublishedEvent } from '../events/envelope.ts'
import type { EventReader } from '../stream/event-reader.ts'
import { JoinedFrames } from './joined-frames.ts'
import type { BufferedStream, StreamMemory } from './stream-memory.ts'

/** Frames joined for one write, in bytes: more brings no speed and costs memory for each reader. */
const MAX_WRITE_BYTES = 256 * 1024
/** Who took nothing for so long holds no file open. */
const SLOW_MS = 1000
const KEEPALIVE = Buffer.from(':\n\n')

export interface SseParts {
  readonly raw: ServerResponse
  readonly memory: StreamMemory
  readonly subscribe: (onReadable: () => void) => EventReader
  readonly join: (events: readonly PublishedEvent[]) => JoinedFrames
  readonly onClose: () => void
}

export class SseConnection implements BufferedStream {
  readonly #raw: ServerResponse
  readonly #memory: StreamMemory
  readonly #reader: EventReader
  readonly #join: SseParts['join']
  /** Of {@link waiting}, what the memory knows of. */
  #counted = 0
  #lastWrite = performance.now()
  #tookAt = performance.now()
  #isEnding = false
  #missed = 0
  readonly #onFlushed = () => {
    this.#tookAt = performance.now()
    this.#count()
    if (this.#reader.hasMore || this.#isEnding) this.pump()
  }

  constructor({ raw, memory, subscribe, join, onClose }: SseParts) {
    this.#raw = raw
    this.#memory = memory
    this.#join = join
    this.#memory.add(this)
    this.#reader = subscribe(() => this.pump())
    raw.once('close', () => {
      this.#reader.close()
      this.#memory.remove(this)
      this.#count()
      onClose()
    })
  }

  get waiting(): number {
    return this.#raw.destroyed ? 0 : this.#raw.writableLength
  }

  get tookAt(): number {
    return this.#tookAt
  }

  /** Writes what there is to read and what fits; goes on by itself when the socket took it. */
  pump(): void {
    const raw = this.#raw
    while (!raw.destroyed && !raw.writableEnded) {
      const isIdle = this.waiting === 0
      const { bytes, atLeastOne } = this.#memory.roomFor(this)
      const { events, missed } = this.#reader.read(Math.min(bytes, MAX_WRITE_BYTES), atLeastOne)
      this.#missed += missed
      // Told once, in the place of what is missing, and not to a client that takes nothing now.
      if (this.#missed > 0 && (events.length > 0 || isIdle)) {
        this.#write(missedComment(this.#missed))
        this.#missed = 0
      }
      if (events.length === 0) {
        if (isIdle && !atLeastOne && this.#reader.hasMore) this.#memory.park(this)
        break
      }
      this.#write(this.#join(events))
      if (!this.#reader.hasMore) break
    }
    if (this.#isEnding && !this.#reader.hasMore && !raw.writableEnded) {
      if (this.#missed > 0) this.#write(missedComment(this.#missed))
      this.#missed = 0
      raw.end()
    }
  }

  /** @param keepAlive milliseconds of silence after which there is a sign of life */
  tick(keepAlive: number): void {
    const now = performance.now()
    // A client that has bytes waiting needs no sign of life from us: it owes us one.
    if (this.waiting > 0) {
      if (this.#tookAt < now - SLOW_MS) this.#reader.rest()
    } else if (this.#lastWrite <= now - keepAlive) {
      this.#write(KEEPALIVE)
    }
  }

  /** It gets the rest when it comes back with the number of its last event. */
  cut(): void {
    this.#raw.destroy()
  }

  /** @param timeoutMs until the connection is cut */
  end(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const raw = this.#raw
      if (raw.destroyed || raw.writableFinished) return resolve()
      const timer = setTimeout(() => raw.destroy(), timeoutMs)
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      raw.once('finish', done)
      raw.once('close', done)
      this.#isEnding = true
      this.pump()
    })
  }

  #write(what: JoinedFrames | Buffer | string): void {
    this.#lastWrite = performance.now()
    // What waits, it waits from now on.
    if (this.waiting === 0) this.#tookAt = this.#lastWrite
    if (what instanceof JoinedFrames) what.writeTo(this.#raw, this.#onFlushed)
    else this.#raw.write(what, this.#onFlushed)
    this.#count()
  }

  #count(): void {
    const { waiting } = this
    const change = waiting - this.#counted
    this.#counted = waiting
    this.#memory.count(change)
  }
}

function missedComment(missed: number): string {
  const gap = JSON.stringify({
    source: 'stream',
    lost: missed,
    reason: 'no longer retained',
  })
  return `: telemetry_gap ${gap}\n\n`
}
