/** A place in the journal: the events of its parts, in the order of their sequence numbers. */

import type { PublishedEvent } from '../events/envelope.ts'
import type { StoreReader } from '../stream/event-store.ts'

interface Part {
  readonly reader: StoreReader
  /** Read, and not given out yet. */
  next: PublishedEvent | undefined
}

export class JournalReader implements StoreReader {
  readonly #parts: readonly Part[]
  #after: number

  /**
   * @param readers one of each part
   * @param after sequence number of the last event that is not wanted
   */
  constructor(readers: readonly StoreReader[], after: number) {
    this.#parts = readers.map(reader => ({ reader, next: undefined }))
    this.#after = after
  }

  next(): PublishedEvent | undefined {
    let first: Part | undefined
    for (const part of this.#parts) {
      const event = this.#peek(part)
      if (event !== undefined && !(first !== undefined && first.next!.seq < event.seq)) first = part
    }
    if (first === undefined) return undefined
    const event = first.next!
    first.next = undefined
    this.#after = event.seq
    return event
  }

  close(): void {
    for (const { reader } of this.#parts) reader.close()
  }

  #peek(part: Part): PublishedEvent | undefined {
    // What a part could not write for a while comes late, where this reader is past it.
    while (part.next === undefined || part.next.seq <= this.#after) {
      part.next = part.reader.next()
      if (part.next === undefined) return undefined
    }
    return part.next
  }
}
