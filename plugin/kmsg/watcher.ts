/**
 * Follows the kernel log from now on, for as long as the process lives: device, record, dump, kill.
 *
 * The sequence numbers carry everything: where "now" is, and how many records the kernel overwrote
 * before they were read.
 */

import { closeSync, readFileSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import type { KmsgHealth, KmsgState } from '../../generated/types.ts'
import { type OomKill, type OomOutcome, OomParser } from '../oom/parser.ts'
import { KernelClock, monotonicUs } from './clock.ts'
import { drainKmsg, type KmsgBell, openKmsg, startBell, writeKmsg } from './device.ts'
import { type KmsgRecord, parseKmsgRecord } from './record.ts'

/** The wait before a dead bell is replaced, in ms: doubled each time, back to the first when one lived. */
const RESTART_MS = { first: 100, last: 30_000 }
/** A bell that lived this long in ms was a good one. */
const GOOD_LIFE_MS = 60_000
/** How often the device is looked at, in ms: without a bell, and with one, in case it is stuck. */
const POLL_MS = { withoutBell: 100, withBell: 1000 }
/** Records read in one turn of the event loop: some 5 ms. */
const RECORDS_A_TURN = 1000
/**
 * How long a kill waits for the record after it, in ms, which tells whether its whole group is
 * killed. The kernel prints both before it wakes its readers, so that one is mostly there already.
 */
const HOLD_MS = 0.25

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
  readonly #clock = new KernelClock()
  #state: KmsgState = 'starting'
  #error: string | undefined
  /** The device, opened without blocking. */
  #fd: number | undefined
  #bell: KmsgBell | undefined
  #pollTimer: NodeJS.Timeout | undefined
  #restartTimer: NodeJS.Timeout | undefined
  #restartMs = RESTART_MS.first
  #isDrainScheduled = false
  #isHolding = false
  #holdUntil = 0
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
    return {
      state: this.#state,
      path: this.#path,
      ...(this.#fd === undefined ? {} : { reader: this.#bell === undefined ? 'poll' : 'dd' }),
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
      this.#fd = openKmsg(this.#path, false)
      this.#skipHistory(this.#fd)
      this.#state = 'watching'
      this.#startBell()
      this.#log.info(
        { path: this.#path, seq: this.#lastSeq },
        'watching the kernel log for OOM kills'
      )
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException)
    }
  }

  close(): void {
    this.#state = 'stopped'
    this.#release()
    // What is held is a kill that happened: it goes out before the streams end.
    this.#deliver(this.#parser.flush())
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#release()
    this.#state = 'unavailable'
    this.#error = explainError(this.#path, error)
    this.#log.warn({ path: this.#path }, `OOM kills will not be reported: ${this.#error}`)
  }

  #release(): void {
    clearTimeout(this.#restartTimer)
    clearInterval(this.#pollTimer)
    this.#bell?.close()
    this.#bell = undefined
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  /**
   * Reads what is in the ring. Its kills are not published, but a dump that is half printed at this
   * moment is known from its head on.
   */
  #skipHistory(fd: number): void {
    // A line of our own marks now; its stamp, known to within the write, sets the clock.
    const mark = `fastify-sysmon[${process.pid}]: watching for OOM kills`
    const before = monotonicUs()
    const isMarked = writeKmsg(this.#path, `<7>${mark}`)
    const after = monotonicUs()
    drainKmsg(
      fd,
      text => {
        const record = this.#read(text)
        if (record === undefined) return
        this.#startSeq = record.seq
        if (isMarked && record.facility !== 0 && record.text === mark) {
          this.#clock.calibrate(record.timestampUs, before, after)
        }
      },
      Number.POSITIVE_INFINITY
    )
    this.#deliver(this.#parser.flush())
    this.#lost = 0
  }

  #startBell(): void {
    const startedAt = performance.now()
    try {
      this.#bell = startBell(
        this.#path,
        () => this.#drain(),
        reason => this.#onBellEnd(reason, performance.now() - startedAt)
      )
    } catch (error) {
      // The pipe and the child need descriptors and memory, which may be what is short.
      this.#onBellEnd(error as NodeJS.ErrnoException, 0)
      return
    }
    this.#poll(POLL_MS.withBell)
  }

  #onBellEnd(reason: NodeJS.ErrnoException, livedMs: number): void {
    this.#bell = undefined
    this.#poll(POLL_MS.withoutBell)
    if (reason.code === 'ENOENT') {
      this.#log.warn('there is no dd on the path: the kernel log is polled every 100 ms instead')
      return
    }
    this.#restarts++
    if (livedMs > GOOD_LIFE_MS) this.#restartMs = RESTART_MS.first
    this.#log.warn(
      { err: reason, retryMs: this.#restartMs },
      'the bell of the kernel log is started again'
    )
    this.#restartTimer = setTimeout(() => this.#startBell(), this.#restartMs)
    this.#restartTimer.unref()
    this.#restartMs = Math.min(this.#restartMs * 2, RESTART_MS.last)
  }

  #poll(everyMs: number): void {
    clearInterval(this.#pollTimer)
    this.#pollTimer = setInterval(() => this.#drain(), everyMs)
    this.#pollTimer.unref()
  }

  #drain(): void {
    if (this.#fd === undefined) return
    let isAtEnd: boolean
    const last = this.#lastSeq
    try {
      isAtEnd = drainKmsg(this.#fd, text => this.#read(text), RECORDS_A_TURN)
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException)
      return
    }
    if (this.#lastSeq !== last) this.#clock.observe(this.#lastStampUs)
    if (!isAtEnd && !this.#isDrainScheduled) {
      this.#isDrainScheduled = true
      setImmediate(() => {
        this.#isDrainScheduled = false
        this.#drain()
      })
    }
    if (this.#parser.hasHeldKill && !this.#isHolding) {
      this.#isHolding = true
      this.#holdUntil = performance.now() + HOLD_MS
      setImmediate(() => this.#hold())
    }
  }

  /** Turns the event loop until the hold is over: a timer would wait for a whole millisecond or two. */
  #hold(): void {
    if (performance.now() < this.#holdUntil && this.#parser.hasHeldKill) {
      setImmediate(() => this.#hold())
      return
    }
    this.#isHolding = false
    this.#deliver(this.#parser.flush())
  }

  /** Takes one record as the device gave it: its line, then perhaps lines of a dictionary. */
  #read(text: string): KmsgRecord | undefined {
    const end = text.indexOf('\n')
    const record = parseKmsgRecord(end === -1 ? text : text.slice(0, end))
    if (record === undefined) return undefined
    const lost = this.#lastSeq < 0 ? 0 : record.seq - this.#lastSeq - 1
    this.#lastSeq = record.seq
    if (lost > 0) this.#onLost(lost, record)
    this.#lastStampUs = record.timestampUs
    this.#lastRecordAt = Date.now() * 1000
    this.#deliver(this.#parser.push(record))
    return record
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

  #deliver(outcomes: readonly OomOutcome[]): void {
    for (const outcome of outcomes) {
      if (this.#state === 'starting' || outcome.record.seq <= this.#startSeq) continue
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

function explainError(path: string, error: NodeJS.ErrnoException): string {
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
