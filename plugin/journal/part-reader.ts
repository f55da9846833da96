/** A place in a part of the journal, from which its events are read in order. */

import type { PublishedEvent } from '../events/envelope.ts'
import type { StoreReader } from '../stream/event-store.ts'
import { type Segment, SegmentReader } from './segment.ts'

export class PartReader implements StoreReader {
  readonly #folder: string
  readonly #segments: readonly Segment[]
  readonly #after: number
  #segment: Segment | undefined
  #reader: SegmentReader | undefined

  /**
   * @param segments the part's own list, which changes while the reader is in use
   * @param after sequence number of the last event that is not wanted
   */
  constructor(folder: string, segments: readonly Segment[], after: number) {
    this.#folder = folder
    this.#segments = segments
    this.#after = after
  }

  /** @returns the next event; undefined at the end of what is there now */
  next(): PublishedEvent | undefined {
    for (;;) {
      const line = this.#reader?.next()
      if (line === undefined) {
        if (!this.#open()) return undefined
      } else if ('event' in line && line.event.seq > this.#after) return line.event
    }
  }

  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }

  /** Goes on to the next segment. @returns false when there is none */
  #open(): boolean {
    for (;;) {
      const segment = this.#following()
      if (segment === undefined) return false
      this.close()
      const isFirst = this.#segment === undefined
      this.#segment = segment
      try {
        this.#reader = new SegmentReader(this.#folder, segment)
        if (isFirst) this.#reader.seek(this.#after)
        return true
      } catch {
        // Removed in this moment, or unreadable: its events are missed, and the reader is told so.
      }
    }
  }

  #following(): Segment | undefined {
    const current = this.#segment
    if (current !== undefined) return this.#segments.find(({ firstN }) => firstN > current.firstN)
    const index = this.#segments.findIndex(({ firstSeq }) => firstSeq > this.#after)
    if (index === -1) return this.#segments.at(-1)
    return this.#segments[Math.max(0, index - 1)]
  }
}
