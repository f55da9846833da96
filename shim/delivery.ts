/** From the spool to the API: one event after the other, until the API has taken each. */

import type { Log } from './own-log.ts'
import type { Post } from './post.ts'
import type { Spool } from './spool.ts'
import { uptime } from './uptime.ts'

/** The shim's one growing pause. An API on the same machine is back within seconds, or stays away. */
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 2000
/** An API that starts again is away for less. */
const TOLERATED_MS = 3000

export class Delivery {
  readonly #spool: Spool
  readonly #post: Post
  readonly #log: Log
  readonly #onError: (error: string | undefined) => void
  #isRunning = false
  #done = Promise.resolve()
  #failures = 0
  /** By `uptime`. */
  #failingSince = 0
  /** By `uptime`. */
  #deadline = Number.POSITIVE_INFINITY
  #endPause: (() => void) | undefined

  /** @param onError told why the spool is not being emptied, and when that is over (`undefined`) */
  constructor(
    spool: Spool,
    post: Post,
    log: Log,
    onError: (error: string | undefined) => void = () => {}
  ) {
    this.#spool = spool
    this.#post = post
    this.#log = log
    this.#onError = onError
  }

  /** Something is in the spool. */
  wake(): void {
    if (!this.#isRunning) this.#done = this.#run()
  }

  /**
   * Delivers what is in the spool while the API takes it. When it does not, what is on disk is left
   * to the next run, and what is not is tried again until the time is up.
   *
   * @param timeout milliseconds
   */
  async finish(timeout: number): Promise<void> {
    this.#deadline = uptime() + timeout
    this.#endPause?.()
    this.wake()
    let timer: NodeJS.Timeout | undefined
    const timeIsUp = new Promise<void>(resolve => {
      timer = setTimeout(resolve, timeout)
    })
    await Promise.race([this.#done, timeIsUp])
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    for (let body = this.#spool.take(); body !== undefined; body = this.#spool.take()) {
      const wasFinishing = this.#isFinishing
      const outcome = await this.#post(body)
      if (outcome.kind === 'postponed') {
        this.#failed(outcome.reason)
        if (wasFinishing && !this.#spool.hasUnwritten) break
        if (uptime() >= this.#deadline) break
        // A pause that began before `finish` was called is cut short; then one more attempt is due.
        if (wasFinishing || !this.#isFinishing) await this.#pause(outcome.afterMs)
        continue
      }
      this.#succeeded()
      if (outcome.kind === 'accepted') {
        this.#spool.remove()
      } else {
        const { status, message } = outcome
        this.#log.error({ status, message, event: body }, 'the API refuses an event: it is lost')
        this.#spool.reject()
      }
    }
    this.#isRunning = false
  }

  get #isFinishing(): boolean {
    return this.#deadline !== Number.POSITIVE_INFINITY
  }

  #failed(reason: string): void {
    if (this.#failures++ === 0) this.#failingSince = uptime()
    if (uptime() - this.#failingSince >= TOLERATED_MS) this.#onError(reason)
    const fields = { reason, waiting: this.#spool.size }
    if (this.#failures > 1) this.#log.debug(fields, 'the API still takes no events')
    else this.#log.warn(fields, 'the API takes no events: they are kept and tried again')
  }

  #succeeded(): void {
    if (this.#failures === 0) return
    this.#log.info(
      { attempts: this.#failures + 1, waiting: this.#spool.size },
      'the API takes events'
    )
    this.#failures = 0
    this.#onError(undefined)
  }

  #pause(afterMs: number | undefined): Promise<void> {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** (this.#failures - 1), MAX_DELAY_MS)
    // Between half of it and all of it: shims that failed together should not come back together.
    const jittered = delay * (0.5 + Math.random() / 2)
    return new Promise(resolve => {
      const timer = setTimeout(() => this.#endPause?.(), afterMs ?? jittered)
      this.#endPause = () => {
        clearTimeout(timer)
        this.#endPause = undefined
        resolve()
      }
    })
  }
}
