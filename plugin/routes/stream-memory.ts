/**
 * The memory of what waits in the sockets of slow streams: so much for each, and so much for all
 * together. A stream for whose next event there is no room waits until others took theirs; for that,
 * those that take nothing are cut.
 */

import { MAX_ENVELOPE_BYTES } from '../events/envelope.ts'
import { leftAsGarbage } from '../idle-memory.ts'

/** With its id, and what HTTP adds. */
const MAX_FRAME_BYTES = MAX_ENVELOPE_BYTES + 1024
/** So much a stream that has nothing waiting gets in any case: kills and crashes are smaller. */
const SMALL_BYTES = 16 * 1024
/** What has taken nothing for so long does not keep others waiting. */
const STALLED_MS = 5000

/** What one stream may be given now. */
export interface Room {
  readonly bytes: number
  /** The next event may be larger than that. */
  readonly atLeastOne: boolean
}

export interface BufferedStream {
  /** Bytes that wait in its socket. */
  readonly waiting: number
  /** When it last took something, as of `performance.now()`. */
  readonly tookAt: number
  pump(): void
  cut(): void
}

export class StreamMemory {
  readonly #each: number
  readonly #total: number
  readonly #streams = new Set<BufferedStream>()
  readonly #parked = new Set<BufferedStream>()
  #used = 0
  #isUnparking = false

  constructor(each: number, total: number) {
    this.#each = each
    this.#total = total
  }

  add(stream: BufferedStream): void {
    this.#streams.add(stream)
  }

  remove(stream: BufferedStream): void {
    this.#streams.delete(stream)
    this.#parked.delete(stream)
  }

  /** @param change in what waits */
  count(change: number): void {
    this.#used += change
    if (change < 0) leftAsGarbage(-change)
    if (change < 0 && this.#parked.size > 0 && !this.#isUnparking) this.#unpark()
  }

  roomFor({ waiting }: BufferedStream): Room {
    const share = Math.min(this.#each, Math.floor(this.#total / this.#streams.size))
    const bytes = Math.min(share - waiting, this.#total - this.#used)
    if (waiting > 0) return { bytes, atLeastOne: false }
    return { bytes: Math.max(bytes, Math.min(SMALL_BYTES, this.#each)), atLeastOne: this.#hasRoom }
  }

  /** It has nothing waiting, and what comes next is too large for now. */
  park(stream: BufferedStream): void {
    if (!this.#hasRoom) this.#parked.add(stream)
  }

  /** To be called now and then. @returns how many streams it cut */
  cutStalled(): number {
    if (this.#parked.size === 0) return 0
    const before = performance.now() - STALLED_MS
    const stalled = [...this.#streams].filter(
      ({ waiting, tookAt }) => waiting > 0 && tookAt < before
    )
    for (const stream of stalled) stream.cut()
    return stalled.length
  }

  get #hasRoom(): boolean {
    return this.#used === 0 || this.#total - this.#used >= MAX_FRAME_BYTES
  }

  #unpark(): void {
    this.#isUnparking = true
    // Who took something last is the likeliest to take more.
    for (const stream of [...this.#parked].sort((a, b) => b.tookAt - a.tookAt)) {
      if (!this.#hasRoom) break
      this.#parked.delete(stream)
      stream.pump()
    }
    this.#isUnparking = false
  }
}
