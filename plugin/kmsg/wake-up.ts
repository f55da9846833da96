/**
 * Keeps the bell of the kernel log ringing: starts the `dd` child, replaces it when it ends or is
 * stalled, and looks at the device at intervals in case it does not ring.
 */

import type { FastifyBaseLogger } from 'fastify'
import { type KmsgBell, startBell } from './device.ts'

/** The wait before a dead bell is replaced, in ms: doubled each time, back to the first when one lived. */
const RESTART_MS = { first: 100, last: 30_000 }
/** A bell that lived this long in ms was a good one. */
const GOOD_LIFE_MS = 60_000
/** How often the device is looked at, in ms: without a bell, and with one, in case it is stuck. */
const POLL_MS = { withoutBell: 100, withBell: 1000 }

export class BellKeeper {
  readonly #path: string
  readonly #log: FastifyBaseLogger
  readonly #onWake: () => number
  #bell: KmsgBell | undefined
  #pollTimer: NodeJS.Timeout | undefined
  #restartTimer: NodeJS.Timeout | undefined
  #restartMs = RESTART_MS.first
  /** The record that this reader had come to when it last looked, and the bell then. */
  #seenAtPoll = -1
  #heardAtPoll = -1
  #restarts = 0
  #stalls = 0

  /** @param onWake reads what is there; answers the last record read, -1 before the first */
  constructor(path: string, log: FastifyBaseLogger, onWake: () => number) {
    this.#path = path
    this.#log = log
    this.#onWake = onWake
  }

  get isRinging(): boolean {
    return this.#bell !== undefined
  }

  /** The last record the bell printed; -1 before the first. */
  get heard(): number {
    return this.#bell?.heard ?? -1
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts
  }

  /** How often it had to be, because it ran and did not ring. */
  get stalls(): number {
    return this.#stalls
  }

  start(): void {
    clearTimeout(this.#restartTimer)
    const startedAt = performance.now()
    this.#heardAtPoll = -1
    this.#seenAtPoll = -1
    try {
      this.#bell = startBell(
        this.#path,
        () => this.#onWake(),
        reason => this.#onEnd(reason, performance.now() - startedAt)
      )
    } catch (error) {
      // The pipe and the child need descriptors and memory, which may be what is short.
      this.#onEnd(error as NodeJS.ErrnoException, 0)
      return
    }
    this.#poll(POLL_MS.withBell)
  }

  close(): void {
    clearTimeout(this.#restartTimer)
    clearInterval(this.#pollTimer)
    this.#bell?.close()
    this.#bell = undefined
  }

  #onEnd(reason: NodeJS.ErrnoException, livedMs: number): void {
    this.#bell = undefined
    this.#poll(POLL_MS.withoutBell)
    if (reason.code === 'ENOENT' && reason.syscall?.startsWith('spawn') === true) {
      this.#log.warn('there is no dd on the path: the kernel log is polled every 100 ms instead')
      return
    }
    this.#restarts++
    if (livedMs > GOOD_LIFE_MS) this.#restartMs = RESTART_MS.first
    this.#log.warn(
      { err: reason, retryMs: this.#restartMs },
      'the bell of the kernel log is started again'
    )
    this.#restartTimer = setTimeout(() => this.start(), this.#restartMs)
    this.#restartTimer.unref()
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS.last)
  }

  #poll(everyMs: number): void {
    clearInterval(this.#pollTimer)
    this.#pollTimer = setInterval(() => {
      const seen = this.#onWake()
      // After this turn's input: where the event loop stood still, the rings are in it.
      if (this.#bell !== undefined) setImmediate(() => this.#check(seen))
    }, everyMs)
    this.#pollTimer.unref()
  }

  /** A bell that has not come to what was read a poll ago, and has not moved since, is stalled. */
  #check(seen: number): void {
    const bell = this.#bell
    if (bell === undefined) return
    const { heard } = bell
    if (heard < this.#seenAtPoll && heard === this.#heardAtPoll) {
      this.#stalls++
      this.#restarts++
      this.#log.warn(
        { heard, seen },
        'the bell of the kernel log did not ring for records that came: it is replaced'
      )
      bell.close()
      this.#bell = undefined
      this.start()
      return
    }
    this.#seenAtPoll = seen
    this.#heardAtPoll = heard
  }
}
