/** Finds out what ended a process, if that can be had quickly: no report waits for it. */

import type { ServiceCrashedData } from '../generated/types.ts'
import { type Cause, findCause } from './cause.ts'
import type { Log } from './log.ts'
import { type ReadLog, RpcFault } from './supervisor-rpc.ts'

/** Milliseconds. For so long a log that was read serves others: services often die together. */
const MAX_AGE = 1000
/** Milliseconds. After an answer that will not change soon, and after none, nothing is asked for so long. */
const PAUSE = 60_000
/**
 * After a log that did not tell, nothing is asked for so many times as long as that took. In a flood
 * of crashes the one in question may have left the log's end already, and asking for each would hold
 * up the reports until supervisord's buffer overflows.
 */
const PAUSE_AFTER_MISS = 10

export class CauseLookup {
  readonly #readLog: ReadLog | undefined
  readonly #log: Log
  #recent = { text: '', readAt: 0 }
  #pausedUntil = 0

  /** @param readLog undefined when supervisord cannot be asked */
  constructor(readLog: ReadLog | undefined, log: Log) {
    this.#readLog = readLog
    this.#log = log
  }

  /** @returns undefined when it is not known; never rejects */
  async find(crash: ServiceCrashedData): Promise<Cause | undefined> {
    // Without a pid only the log's very end tells, and that may be newer than what was read.
    if (crash.pid !== undefined && Date.now() - this.#recent.readAt < MAX_AGE) {
      const cause = findCause(this.#recent.text, crash)
      if (cause !== undefined) return cause
    }
    if (this.#readLog === undefined || Date.now() < this.#pausedUntil) return undefined
    const askedAt = Date.now()
    try {
      const text = await this.#readLog()
      const readAt = Date.now()
      this.#recent = { text, readAt }
      const cause = findCause(text, crash)
      const isMiss = cause === undefined && crash.pid !== undefined
      if (isMiss) this.#pausedUntil = readAt + PAUSE_AFTER_MISS * (readAt - askedAt)
      return cause
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
      return undefined
    }
  }

  #failed(error: NodeJS.ErrnoException): void {
    // Where nobody listens, asking costs nothing. A timeout or a fault would cost each report.
    const isFast = error.code !== undefined
    if (!isFast) this.#pausedUntil = Date.now() + PAUSE
    const fields = { err: error.message }
    const message = 'reports go without the exit status: the log of supervisord cannot be read'
    if (error instanceof RpcFault || isFast) this.#log.debug(fields, message)
    else this.#log.warn(fields, message)
  }
}
