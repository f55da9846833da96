/**
 * Whether the spool is being emptied. A shim that is well says itself why it is not; an old one, one
 * that has ended, or one that has another server's address does not: its oldest event stays.
 */

import type { SpoolHealth } from '../../generated/types.ts'

/** An event that has waited for so long is not on its way. */
const PATIENCE_MS = 30_000

export class SpoolProgress {
  readonly #startedAtUs = Date.now() * 1000
  #oldestAt: number | undefined
  #sinceUs = 0

  /** To be called whenever somebody asks. @returns with `stuck_since`, where it is stuck */
  look(spool: SpoolHealth, nowUs = Date.now() * 1000): SpoolHealth {
    const { oldest_at } = spool
    if (oldest_at !== this.#oldestAt) {
      // At the first look it may have been there for long.
      const isFirst = this.#sinceUs === 0
      this.#sinceUs = isFirst ? Math.max(this.#startedAtUs, oldest_at ?? 0) : nowUs
      this.#oldestAt = oldest_at
    }
    const isStuck = oldest_at !== undefined && nowUs - this.#sinceUs > PATIENCE_MS * 1000
    return { ...spool, stuck_since: isStuck ? this.#sinceUs : undefined }
  }
}
