/** What becomes of segments that are damaged, too many or too old: what is lost with them is told first. */

import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import { type JournalLoss, lossOfHoles, lossOfSegment } from './loss.ts'
import { scanFile } from './recovery.ts'
import { repairSegment } from './repair.ts'
import { isOlderThan, type Scan, type Segment } from './segment.ts'
import type { SegmentFiles } from './segment-files.ts'

export interface UpkeepOptions {
  readonly folder: string
  readonly maxBytes: number
  /** Milliseconds. */
  readonly maxAge: number
}

export interface UpkeepHandlers {
  readonly onLoss: (loss: JournalLoss) => void
  /** Events below this number are no longer kept, and that is told. */
  readonly onFirst: (n: number) => void
}

export class Upkeep {
  readonly #options: UpkeepOptions
  readonly #files: SegmentFiles
  readonly #log: FastifyBaseLogger
  readonly #handlers: UpkeepHandlers
  #isClosed = false

  constructor(
    options: UpkeepOptions,
    files: SegmentFiles,
    log: FastifyBaseLogger,
    handlers: UpkeepHandlers
  ) {
    this.#options = options
    this.#files = files
    this.#log = log
    this.#handlers = handlers
  }

  close(): void {
    this.#isClosed = true
  }

  /** Looks through the older segments, one in a turn of the event loop, and mends what is damaged. */
  async verify(unseen: readonly Segment[]): Promise<void> {
    for (const segment of unseen) {
      await turn()
      const { all } = this.#files
      const index = all.indexOf(segment)
      const next = all[index + 1]
      // Removed meanwhile: what was in it is reported already.
      if (this.#isClosed || index === -1 || next === undefined) continue
      const scan = scanFile(this.#options.folder, segment, next.firstN - 1)
      if (!scan.isSound) this.mend(segment, scan)
    }
    this.prune()
  }

  mend(segment: Segment, scan: Scan): void {
    if (scan.holes.length > 0) {
      this.#handlers.onLoss(lossOfHoles(scan.holes, 'a file of the journal is damaged'))
    }
    try {
      const aside = repairSegment(this.#options.folder, segment, scan)
      this.#log.error({ file: aside }, 'a damaged file of the journal is set aside')
    } catch (error) {
      this.#log.error({ err: error, file: segment.name }, 'a file of the journal is damaged')
    }
  }

  /** Removes the oldest segments, while they are more than they may be, or too old. */
  prune(): void {
    if (this.#isClosed) return
    for (let oldest = this.#removable(); oldest !== undefined; oldest = this.#removable()) {
      const { segment, reason } = oldest
      const endN = this.#files.all[1]!.firstN - 1
      const scan = scanFile(this.#options.folder, segment, endN)
      // Reported first and under its numbers: a kill of this process in between changes nothing.
      this.#handlers.onLoss(lossOfSegment(segment.firstN, endN, scan, reason))
      this.#handlers.onFirst(endN + 1)
      this.#files.drop(segment)
    }
  }

  #removable(): { segment: Segment; reason: string } | undefined {
    const [segment, next] = this.#files.all
    if (segment === undefined || next === undefined) return undefined
    const { folder, maxBytes, maxAge } = this.#options
    if (this.#files.bytes > maxBytes)
      return { segment, reason: `the journal passed its bound of ${maxBytes} bytes` }
    return isOlderThan(folder, segment, maxAge)
      ? { segment, reason: 'events in the journal passed its bound of age' }
      : undefined
  }
}
