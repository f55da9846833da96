/** Finds out what ended a process, if that can be had quickly: no report waits for it. */

import type { ServiceCrashedData } from '../generated/types.ts'
import type { Log } from './own-log.ts'
import { findEnd, type LogLine, type ProcessEnd, parseLog } from './process-end.ts'
import { type ReadLog, RpcFault } from './supervisor-rpc.ts'
import { uptime } from './uptime.ts'

/** At boot, supervisord has services to start before it answers; nothing waits. */
const PREPARATION_TIMEOUT_MS = 10_000
/** A report is held up so long by the question what ended the service. */
const TIMEOUT_MS = 250
/**
 * Where supervisord is asked, it sends 4 KiB for each turn of its main loop, and a turn may
 * start processes; so first what fits into one (some 30 lines), and only if that does not tell, the
 * last 400 lines.
 */
const TAIL_BYTES = [3072, 32_768] as const
/** For so long a log that was read serves others: services often die together. */
const MAX_AGE_MS = 1000
/** After an answer that will not change soon, and after none, nothing is asked for so long. */
const PAUSE_MS = 60_000
/**
 * After a log that did not tell, nothing is asked for so many times as long as that took. In a flood
 * of crashes the one in question may have left the log's end already, and asking for each would hold
 * up the reports until supervisord's buffer overflows.
 */
const PAUSE_AFTER_MISS_FACTOR = 10

export class EndLookup {
  readonly #readLog: ReadLog | undefined
  readonly #log: Log
  #recent: { lines: LogLine[]; readAt: number } = { lines: [], readAt: Number.NEGATIVE_INFINITY }
  #pausedUntil = 0

  /** @param readLog undefined when supervisord cannot be asked */
  constructor(readLog: ReadLog | undefined, log: Log) {
    this.#readLog = readLog
    this.#log = log
  }

  /** Lets the reader find the log before a report waits for it. Never throws. */
  prepare(): void {
    this.#readLog?.(TAIL_BYTES[0], PREPARATION_TIMEOUT_MS).catch(() => {
      // It will be said when there is a report that goes without.
    })
  }

  /** @returns undefined when it is not known; never rejects */
  async find(crash: ServiceCrashedData): Promise<ProcessEnd | undefined> {
    // Without a pid only the log's very end tells, and that may be newer than what was read.
    if (crash.pid !== undefined && uptime() - this.#recent.readAt < MAX_AGE_MS) {
      const end = findEnd(this.#recent.lines, crash)
      if (end !== undefined) return end
    }
    if (this.#readLog === undefined || uptime() < this.#pausedUntil) return undefined
    const askedAt = uptime()
    try {
      for (const bytes of TAIL_BYTES) {
        const text = await this.#readLog(bytes, askedAt + TIMEOUT_MS - uptime())
        this.#recent = { lines: parseLog(text), readAt: uptime() }
        const end = findEnd(this.#recent.lines, crash)
        if (end !== undefined || text.length < bytes / 4) return end
      }
      if (crash.pid !== undefined) {
        const now = uptime()
        this.#pausedUntil = now + PAUSE_AFTER_MISS_FACTOR * (now - askedAt)
      }
      return undefined
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
      return undefined
    }
  }

  #failed(error: NodeJS.ErrnoException): void {
    // Where nobody listens, asking costs nothing. A timeout or a fault would cost each report.
    const isFast = error.code !== undefined
    if (!isFast) this.#pausedUntil = uptime() + PAUSE_MS
    const fields = { err: error.message }
    const message = 'reports go without the exit status: the log of supervisord cannot be read'
    if (error instanceof RpcFault || isFast) this.#log.debug(fields, message)
    else this.#log.warn(fields, message)
  }
}
