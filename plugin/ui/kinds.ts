/** How each kind of event is called and marked: by shape and word, so that no colour is needed to tell them. */

import type { Kind } from './entry.ts'

export interface KindLook {
  /** Of the filter tile. */
  readonly many: string
  readonly one: string
  /** The mark, as a path in a square of 16. */
  readonly path: string
}

export const KINDS: Readonly<Record<Kind, KindLook>> = {
  kill: { many: 'OOM kills', one: 'OOM kill', path: 'M8 1 15 8 8 15 1 8Z' },
  service: {
    many: 'Service crashes',
    one: 'Service crashed',
    path: 'M3.5 1.5 8 6l4.5-4.5 2 2L10 8l4.5 4.5-2 2L8 10l-4.5 4.5-2-2L6 8 1.5 3.5Z',
  },
  page: {
    many: 'Page crashes',
    one: 'Page crashed',
    path: 'M2 2h12v12H2Zm2 4v6h8V6Z',
  },
  process: { many: 'Process crashes', one: 'Process crashed', path: 'M8 1.5 15 14H1Z' },
  pressure: {
    many: 'Memory pressure',
    one: 'Memory pressure',
    path: 'M1 14V9l4-2 3 2 4-7 3 4v8Z',
  },
  gap: {
    many: 'Gaps',
    one: 'Gap',
    path: 'M2 2h2v12H2Zm10 0h2v12h-2ZM7 2h2v3H7Zm0 4.5h2v3H7ZM7 11h2v3H7Z',
  },
  other: { many: 'Other events', one: 'Event', path: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z' },
}

/** Those with a tile, and marked on the timeline. */
export const TOLD_KINDS = ['kill', 'service', 'page', 'process', 'pressure', 'gap'] as const
