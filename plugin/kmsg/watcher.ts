/**
 * Follows the kernel log from now on, for as long as the process lives: device, record, dump, kill.
 *
 * The sequence numbers carry everything: where "now" is, which records a new reader repeats after
 * the old one died, and how many the kernel overwrote before they were read.
 */

import { closeSync, readFileSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import type { KmsgHealth, KmsgReader, KmsgState } from '../../generated/types.ts'
import { type OomKill, OomParser } from '../oom/parser.ts'
import { KernelClock, monotonicUs } from './clock.ts'
import {
  drainKmsg,
  followByChild,
  followByPolling,
  type KmsgFollower,
  openKmsg,
  writeKmsg,
} from './device.ts'
import { type KmsgRecord, KmsgRecordSplitter } from './record.ts'

/** The wait before a dead reader is replaced, in ms: doubled each time, back to the first when one lived. */
const RESTART_MS = { first: 100, last: 30_000 }
/** A reader that lived this long in ms was a good one. */
const GOOD_LIFE_MS = 60_000
/** How long a kill waits for the record after it, which tells whether its whole group is killed. */
const HOLD_MS = 1

export interface KmsgWatcherHandlers {
  /** @param ts Unix microseconds */
  readonly onKill: (kill: OomKill, ts: number) => void
  /** Records were overwritten before they were read. @param from, to Unix microseconds */
  readonly onLost: (lost: number, from: number, to: number) => void
}

export class KmsgWatcher {
  readonly #path: string
  readonly #log: FastifyBaseLogger
  readonly #handlers: KmsgWatcherHandlers
  readonly #parser = new OomParser()
  readonly #splitter = new KmsgRecordSplitter()
  readonly #clock = new KernelClock()
  #state: KmsgState = 'starting'
  #error: string | undefined
  #follower: KmsgFollower | undefined
  #follow = followByChild
  #restartTimer: NodeJS.Timeout | undefined
  #restartMs = RESTART_MS.first
  #holdTimer: NodeJS.Timeout | undefined
  /** Kills up to this record are history. */
  #startSeq = -1
  #lastSeq = -1
  #lastStampUs = 0
  #lastRecordAt: number | undefined
  #lost = 0
  #restarts = 0

  constructor(path: string, log: FastifyBaseLogger, handlers: KmsgWatcherHandlers) {
    this.#path = path
    this.#log = log
    this.#handlers = handlers
  }

  get health(): KmsgHealth {
    const reader: KmsgReader | undefined = this.#follower?.reader
    return {
      state: this.#state,
      path: this.#path,
      ...(reader === undefined ? {} : { reader }),
      ...(this.#lastSeq < 0 ? {} : { last_seq: this.#lastSeq }),
      ...(this.#lastRecordAt === undefined ? {} : { last_record_at: this.#lastRecordAt }),
      lost: this.#lost,
      restarts: this.#restarts,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    }
  }

  /** Never throws: without the device the application goes on, and its log and health say so. */
  start(): void {
    try {
      this.#skipHistory()
      this.#startFollower()
      this.#log.info(
        { path: this.#path, reader: this.#follower?.reader, seq: this.#lastSeq },
        'watching the kernel log for OOM kills'
      )
    } catch (error) {
      this.#state = 'unavailable'
      this.#error = explainOpenError(this.#path, error as NodeJS.ErrnoException)
      this.#log.warn({ path: this.#path }, `OOM kills will not be reported: ${this.#error}`)
    }
  }

  close(): void {
    this.#state = 'stopped'
    clearTimeout(this.#restartTimer)
    clearTimeout(this.#holdTimer)
    this.#follower?.close()
    this.#follower = undefined
    // What is held is a kill that happened: it goes out before the streams end.
    this.#deliver(this.#parser.flush())
  }

  /**
   * Reads what is in the ring. Its kills are not published, but a dump that is half printed at this
   * moment is known from its head on.
   */
  #skipHistory(): void {
    const fd = openKmsg(this.#path, false)
    try {
      // A line of our own marks now; its stamp, known to within the write, sets the clock.
      const mark = `fastify-sysmon[${process.pid}]: watching for OOM kills`
      const before = monotonicUs()
      const isMarked = writeKmsg(this.#path, `<7>${mark}`)
      const after = monotonicUs()
      const splitter = new KmsgRecordSplitter()
      drainKmsg(fd, chunk => {
        splitter.push(chunk, record => {
          if (isMarked && record.text === mark && record.facility !== 0) {
            this.#clock.calibrate(record.timestampUs, before, after)
          }
          this.#startSeq = record.seq
          this.#onRecord(record)
        })
      })
      this.#lost = 0
    } finally {
      closeSync(fd)
    }
  }

  #startFollower(): void {
    const startedAt = performance.now()
    this.#splitter.reset()
    this.#follower = this.#follow(this.#path, {
      onChunk: chunk => this.#onChunk(chunk),
      onEnd: reason => this.#restart(reason, performance.now() - startedAt),
    })
    this.#state = 'watching'
    this.#error = undefined
  }

  #restart(reason: Error, livedMs: number): void {
    this.#follower = undefined
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT' && this.#follow === followByChild) {
      this.#follow = followByPolling
      this.#log.warn('there is no dd on the path: the kernel log is polled every 100 ms instead')
      this.#startFollower()
      return
    }
    this.#restarts++
    if (livedMs > GOOD_LIFE_MS) this.#restartMs = RESTART_MS.first
    this.#state = 'restarting'
    this.#error = reason.message
    this.#log.warn(
      { err: reason, retryMs: this.#restartMs },
      'the kernel log reader is started again'
    )
    this.#restartTimer = setTimeout(() => {
      try {
        this.#startFollower()
      } catch (error) {
        this.#restart(error as Error, 0)
      }
    }, this.#restartMs)
    this.#restartTimer.unref()
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS.last)
  }

  #onChunk(chunk: string): void {
    if (this.#state === 'stopped') return
    this.#splitter.push(chunk, record => this.#onRecord(record))
    if (this.#lastRecordAt !== undefined) this.#clock.observe(this.#lastStampUs)
    clearTimeout(this.#holdTimer)
    if (this.#parser.hasHeldKill) {
      this.#holdTimer = setTimeout(() => this.#deliver(this.#parser.flush()), HOLD_MS)
    }
  }

  #onRecord(record: KmsgRecord): void {
    const { seq } = record
    // A new reader begins at the oldest record: what was read before is not read twice.
    if (seq <= this.#lastSeq) return
    const lost = this.#lastSeq < 0 ? 0 : seq - this.#lastSeq - 1
    this.#lastSeq = seq
    if (lost > 0) this.#onLost(lost, record)
    this.#lastStampUs = record.timestampUs
    this.#lastRecordAt = Date.now() * 1000
    this.#deliver(this.#parser.push(record))
  }

  #onLost(lost: number, next: KmsgRecord): void {
    this.#lost += lost
    this.#parser.tear()
    if (this.#state === 'starting') return
    this.#log.warn({ lost }, 'the kernel overwrote records before they were read')
    this.#handlers.onLost(
      lost,
      this.#clock.toUnixUs(this.#lastStampUs),
      this.#clock.toUnixUs(next.timestampUs)
    )
  }

  #deliver(outcomes: ReturnType<OomParser['push']>): void {
    for (const outcome of outcomes) {
      if (outcome.record.seq <= this.#startSeq && this.#startSeq >= 0) continue
      if (outcome.type === 'kill') {
        this.#handlers.onKill(outcome, this.#clock.toUnixUs(outcome.record.timestampUs))
      } else {
        this.#log.warn(
          { outcome: outcome.outcome, kmsgSeq: outcome.record.seq },
          'an OOM dump ended without a kill'
        )
      }
    }
  }
}

/** /proc/sys/kernel/random/boot_id: identifies this boot; undefined where /proc is not mounted. */
export function readBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return undefined
  }
}

function explainOpenError(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return `there is no ${path}: in a container, pass the device in (--device /dev/kmsg)`
    case 'EPERM':
      return `reading ${path} is not permitted: run with CAP_SYSLOG, or set kernel.dmesg_restrict=0`
    case 'EACCES':
      return `reading ${path} is not permitted to this user: give it read permission`
    default:
      return error.message
  }
}
