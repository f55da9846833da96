/** What the stream asks of the place where events are kept beyond its ring: the journal. */

import type { EventCategory } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'

export interface EventArchive {
  /** Whether it keeps events of this category. */
  keeps(category: EventCategory): boolean
  /** Whether this event is sure to be there. */
  holds(event: PublishedEvent): boolean
  /** Sequence number of the oldest event kept; undefined while there is none. */
  readonly oldestSeq: number | undefined
  /** Takes every event in the order of publication, and keeps those it is to keep. Never throws. */
  append(event: PublishedEvent): void
  /** Reads what is kept after a sequence number. */
  cursor(after: number): ArchiveCursor
}

export interface ArchiveCursor {
  /** The next event; undefined at the end of what is there now. */
  next(): PublishedEvent | undefined
  close(): void
}

/** What an archive holds of the time before this process. */
export interface ArchivedHistory {
  /** The newest events, oldest first. */
  readonly events: readonly PublishedEvent[]
  /** Sequence number that the next event gets. */
  readonly nextSeq: number
}
