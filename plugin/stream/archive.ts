/** Where events are that this machine no longer holds, and from where it can read them back. */

import type { EventCategory } from '../../generated/types.ts'

export interface Archive {
  readonly name: string
  /** Events of this machine, oldest first. @throws where it cannot be read now */
  read(range: ArchiveRange, signal: AbortSignal): AsyncIterable<ArchivedEvent>
}

/** An event as far as a page needs it. */
export interface ArchivedEvent {
  readonly seq: number
  /** Unix microseconds. */
  readonly ts: number
  readonly type: string
  readonly category: EventCategory
  readonly json: Uint8Array
}

export interface ArchiveRange {
  /** The first sequence number wanted; 0 where only the time is known. */
  readonly from: number
  /** Unix milliseconds. */
  readonly since: number | undefined
  /** The first sequence number that is not wanted. */
  readonly before: number
}
