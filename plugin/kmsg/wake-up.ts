/**
 * What wakes the reader of the kernel log: starts the `dd` child, replaces it when it ends or is
 * stalled, and looks at the device at intervals in case it does not wake us.
 */

import type { FastifyBaseLogger } from 'fastify'
import { Backoff } from '../backoff.ts'
import { startWakeUpChild, type WakeUpChild } from './wake-up-child.ts'

/** The wait before a dead child is replaced; the first again when one lived. */
const RESTART = { firstMs: 100, lastMs: 30_000 }
/** A child that lived this long in ms was a good one. */
const GOOD_LIFE_MS = 60_000
/** How often the device is looked at, in ms: without a child, and with one, in case it is stuck. */
const POLL_MS = { withoutChild: 100, withChild: 1000 }

export class WakeUp {
  readonly #path: string
  readonly #log: FastifyBaseLogger
  readonly #onWake: () => number
  #child: WakeUpChild | undefined
  #pollTimer: NodeJS.Timeout | undefined
  #restartTimer: NodeJS.Timeout | undefined
  readonly #backoff = new Backoff(RESTART)
  /** The record that this reader had come to when it last looked, and the child then. */
  #seenAtPoll = -1
  #lastSeenAtPoll = -1
  #restarts = 0
  #stalls = 0

  /** @param onWake reads what is there; answers the last record read, -1 before the first */
  constructor(path: string, log: FastifyBaseLogger, onWake: () => number) {
    this.#path = path
    this.#log = log
    this.#onWake = onWake
  }

  get hasWakeUpChild(): boolean {
    return this.#child !== undefined
  }

  /** The last record the child printed; -1 before the first. */
  get lastSeen(): number {
    return this.#child?.lastSeen ?? -1
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts
  }

  /** How often it had to be, because it ran and woke nobody. */
  get stalls(): number {
    return this.#stalls
  }

  start(): void {
    clearTimeout(this.#restartTimer)
    const startedAt = performance.now()
    this.#lastSeenAtPoll = -1
    this.#seenAtPoll = -1
    try {
      this.#child = startWakeUpChild(
        this.#path,
        () => this.#onWake(),
        reason => this.#onEnd(reason, performance.now() - startedAt)
      )
    } catch (error) {
      // The pipe and the child need descriptors and memory, which may be what is short.
      this.#onEnd(error as NodeJS.ErrnoException, 0)
      return
    }
    this.#poll(POLL_MS.withChild)
  }

  close(): void {
    clearTimeout(this.#restartTimer)
    clearInterval(this.#pollTimer)
    this.#child?.close()
    this.#child = undefined
  }

  #onEnd(reason: NodeJS.ErrnoException, livedMs: number): void {
    this.#child = undefined
    this.#poll(POLL_MS.withoutChild)
    if (reason.code === 'ENOENT' && reason.syscall?.startsWith('spawn') === true) {
      this.#log.warn('there is no dd on the path: the kernel log is polled every 100 ms instead')
      return
    }
    this.#restarts++
    if (livedMs > GOOD_LIFE_MS) this.#backoff.reset()
    const retryMs = this.#backoff.next()
    this.#log.warn(
      { err: reason, retryMs },
      'the child that wakes the kernel log reader is started again'
    )
    this.#restartTimer = setTimeout(() => this.start(), retryMs)
    this.#restartTimer.unref()
  }

  #poll(everyMs: number): void {
    clearInterval(this.#pollTimer)
    this.#pollTimer = setInterval(() => {
      const seen = this.#onWake()
      // After this turn's input: where the event loop stood still, the wake-ups are in it.
      if (this.#child !== undefined) setImmediate(() => this.#check(seen))
    }, everyMs)
    this.#pollTimer.unref()
  }

  /** A child that has not come to what was read a poll ago, and has not moved since, is stalled. */
  #check(seen: number): void {
    const child = this.#child
    if (child === undefined) return
    const { lastSeen } = child
    if (lastSeen < this.#seenAtPoll && lastSeen === this.#lastSeenAtPoll) {
      this.#stalls++
      this.#restarts++
      this.#log.warn(
        { lastSeen, read: seen },
        'the child that wakes the kernel log reader did not do so for records that came: it is replaced'
      )
      child.close()
      this.#child = undefined
      this.start()
      return
    }
    this.#seenAtPoll = seen
    this.#lastSeenAtPoll = lastSeen
  }
}
