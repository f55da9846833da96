/** What the stream asks of the place on this machine where events are kept beyond its ring: the journal. */

import type { EventCategory } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'

export interface EventStore {
  /** Whether it keeps events of this category. */
  keeps(category: EventCategory): boolean
  /** Whether this event is sure to be there. */
  holds(event: PublishedEvent): boolean
  /** Sequence number of the oldest event kept; undefined while there is none. */
  readonly oldestSeq: number | undefined
  /** From this sequence number on, no event that it is to keep was removed. */
  readonly completeFrom: number
  /** All trusted events up to this number are on disk, or are told as lost: nobody else need have them. */
  readonly writtenSeq: number
  /** Takes every event in the order of publication, and keeps those it is to keep. Never throws. */
  append(event: PublishedEvent): void
  /** As `append`, but written with others by `flush`, before which nobody may know of it. Never throws. */
  hold(event: PublishedEvent): void
  /** Writes what is held: to be called before events are read. */
  flush(): void
  /** Reads what is kept after a sequence number. */
  readerAfter(seq: number): StoreReader
  /**
   * Writes what is held. Resolves when all of it is as safe as it is to be before its publisher is
   * answered; undefined where it is already.
   */
  settled(): Promise<unknown> | undefined
}

export interface StoreReader {
  /** The next event; undefined at the end of what is there now. */
  next(): PublishedEvent | undefined
  close(): void
}

/** What a store holds of the time before this process. */
export interface StoredHistory {
  /** The newest events, oldest first; none that is kept is left out between them. */
  readonly events: readonly PublishedEvent[]
  /** Events from before them, between which others are left out. */
  readonly earlier?: readonly PublishedEvent[]
  /** Sequence number that the next event gets. */
  readonly nextSeq: number
}
