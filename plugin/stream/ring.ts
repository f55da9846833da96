/**
 * The newest events, bounded in number and in bytes, in the order of their sequence numbers. Numbers
 * given in this process are consecutive; those of the time before have holes, where events were not
 * kept on disk.
 */

import type { PublishedEvent } from '../events/envelope.ts'

/** Events of consecutive numbers, to the newest. */
export interface EventRun {
  readonly events: readonly PublishedEvent[]
  /** Of their frames. */
  readonly bytes: number
  /** One event of each type and category among them: who filters by these looks at no other. */
  readonly kinds: readonly PublishedEvent[]
}

/** Who is further behind reads by itself. */
const MAX_RUN_EVENTS = 256

export class EventRing {
  readonly #slots: Array<PublishedEvent | undefined>
  readonly #maxBytes: number
  /** Places are counted from the first event ever pushed; place p is in slot p % capacity. */
  #first = 0
  #end = 0
  #nextSeq: number
  #bytes = 0
  /** What was asked for last, and after which number. */
  #lastRun: { readonly after: number; readonly nextSeq: number; readonly run: EventRun } | undefined

  /**
   * @param capacity events kept at most
   * @param maxBytes bytes of serialised frames kept at most; the newest event is kept in any case
   * @param nextSeq sequence number of the first event of this process
   */
  constructor(capacity: number, maxBytes: number, nextSeq = 1) {
    this.#slots = new Array(capacity)
    this.#maxBytes = maxBytes
    this.#nextSeq = nextSeq
  }

  /** Sequence of the oldest event kept; equals {@link nextSeq} while the ring is empty. */
  get oldestSeq(): number {
    return this.at(this.#first)?.seq ?? this.#nextSeq
  }

  /** Sequence that the next event gets. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  get size(): number {
    return this.#end - this.#first
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds an event of a higher number than the others', in place of the oldest where it is full. */
  push(event: PublishedEvent): void {
    if (this.size === this.#slots.length) this.#evict()
    this.#slots[this.#end % this.#slots.length] = event
    this.#end++
    this.#nextSeq = Math.max(this.#nextSeq, event.seq + 1)
    this.#bytes += event.frameBytes
    while (this.#bytes > this.#maxBytes && this.size > 1) this.#evict()
  }

  /** Lets the oldest events go, while there are more than `bytes` and the oldest one may go. */
  trim(bytes: number, mayGo: (oldest: PublishedEvent) => boolean): void {
    while (this.#bytes > bytes && this.size > 1 && mayGo(this.at(this.#first)!)) this.#evict()
  }

  /** Place of the first event with a number above `seq`; that of the next event where there is none. */
  placeAfter(seq: number): number {
    let low = this.#first
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.at(middle)!.seq > seq) high = middle
      else low = middle + 1
    }
    return low
  }

  /**
   * All events after a number, where there are some, they are few, and none between is missing: the
   * same for all readers that are at the same place, so that hundreds of them take no step an event, whatever
   * each of them filters.
   */
  runAfter(seq: number): EventRun | undefined {
    const known = this.#lastRun
    if (known?.after === seq && known.nextSeq === this.#nextSeq) return known.run
    const count = this.#nextSeq - 1 - seq
    if (count < 1 || count > MAX_RUN_EVENTS || count > this.size) return undefined
    const events: PublishedEvent[] = []
    const kinds: PublishedEvent[] = []
    let bytes = 0
    for (let place = this.#end - count; place < this.#end; place++) {
      const event = this.at(place)!
      if (event.seq !== seq + 1 + events.length) return undefined
      events.push(event)
      bytes += event.frameBytes
      if (!kinds.some(kind => isSameKind(kind, event))) kinds.push(event)
    }
    const run = { events, bytes, kinds }
    this.#lastRun = { after: seq, nextSeq: this.#nextSeq, run }
    return run
  }

  /** @param place see {@link placeAfter} */
  at(place: number): PublishedEvent | undefined {
    return place >= this.#first && place < this.#end
      ? this.#slots[place % this.#slots.length]
      : undefined
  }

  #evict(): void {
    // It would hold what is let go.
    this.#lastRun = undefined
    const slot = this.#first % this.#slots.length
    this.#bytes -= this.#slots[slot]?.frameBytes ?? 0
    this.#slots[slot] = undefined
    this.#first++
  }
}

function isSameKind(one: PublishedEvent, other: PublishedEvent): boolean {
  return one.type === other.type && one.category === other.category
}
