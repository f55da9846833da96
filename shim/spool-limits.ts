/** How much the spool holds, and what is said of what it could not hold. */

export interface SpoolLimits {
  /** Of the folder, counted in blocks of 4 KiB. */
  readonly diskBytes: number
  /** Of the events that could not be written, in UTF-16 code units. */
  readonly memoryLength: number
  /** Milliseconds, since it came in or, if that was earlier, since the start of this process. */
  readonly ageMs: number
}

/** 8,192 events: as many as the API's ring holds, more would only push each other out of it. */
export const DEFAULT_LIMITS: SpoolLimits = {
  diskBytes: 8192 * 4096,
  memoryLength: 1024 * 1024,
  ageMs: 7 * 24 * 3600 * 1000,
}

/** Events that were dropped, from the same place of the order and for the same reason. */
export interface Loss {
  readonly lost: number
  readonly reason: string
  /** The times of the first and the last one, in Unix microseconds. */
  readonly from: number
  readonly to: number
}

export const LossReason = {
  full: 'more reports waited for delivery than there is room for',
  old: 'reports could not be delivered for too long',
  damaged: 'a report that was kept on disk could not be read',
  refused: 'a report was refused',
} as const
