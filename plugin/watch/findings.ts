/**
 * Tells what a turn's records brought, in their order, and then writes the position down. So a process
 * that is killed in between tells the same things again when it comes back: a kill is known by its
 * record's number, and a gap is written down before it is told, so that the next process tells of the
 * same gap and not of a longer one. The position stays before a kill that is in memory only: as long
 * as the disk is full, the kernel's log is where it is kept.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { CrashLine } from '../crashes/crash-line.ts'
import type { KernelClock } from '../kmsg/clock.ts'
import type { KmsgRecord } from '../kmsg/record.ts'
import type { OomKill, OomOutcome } from '../oom/parser.ts'
import type { KillCheck } from './kill-check.ts'
import { type KmsgGap, overrunGap } from './kmsg-gaps.ts'
import type { KillBaseline, KmsgPosition, KmsgPositionFile } from './kmsg-position.ts'
import type { StartMark } from './start-mark.ts'

/** A line about a process that a fault ended, or about lines that the kernel left out. */
export interface LoggedCrash {
  readonly record: KmsgRecord
  readonly line: CrashLine | undefined
  readonly suppressed: number
}

export interface KmsgHandlers {
  readonly onCrash?: (crash: LoggedCrash, ts: number, isReplayed: boolean) => void
  /** A kill that will be found in a moment: what can be made ready for it costs no time then. */
  readonly onKillHeld?: (kill: OomKill, ts: number) => void
  /**
   * @param ts Unix microseconds
   * @param isReplayed it happened before this process watched
   * @returns the sequence number of its event; undefined where there is none
   */
  readonly onKill: (kill: OomKill, ts: number, isReplayed: boolean) => number | undefined
  readonly onGap: (gap: KmsgGap) => void
  /** All events up to this sequence number outlive this process. */
  readonly writtenSeq: () => number
}

/** Records that the kernel overwrote. */
export interface Overrun {
  /** Undefined where the number is not known. */
  readonly lost: number | undefined
  readonly next: KmsgRecord
  /** The stamp of the last record read before; undefined where none was. */
  readonly lastUs: number | undefined
  /** What the reader was doing: reading, not able to, or not running. */
  readonly reader: 'reading' | 'down' | 'dead'
}

type Found =
  | { readonly type: 'crash'; readonly crash: LoggedCrash }
  | { readonly type: 'outcome'; readonly outcome: OomOutcome }
  | {
      readonly type: 'overrun'
      readonly overrun: Overrun
      /** The audit of kills as it stood then. */
      readonly kills: KillBaseline | undefined
    }

/** A kill whose event was in memory only when it was told. */
interface UnwrittenKill {
  readonly eventSeq: number
  /** Where the next process must go on from to find it, whole. */
  readonly before: Pick<KmsgPosition, 'resume' | 'published'>
}

export interface FindingsParts {
  readonly bootId: string | undefined
  readonly clock: KernelClock
  readonly startMark: StartMark
  readonly kills: KillCheck
  readonly file: KmsgPositionFile | undefined
  /** Where the reading stands. */
  readonly where: () => Pick<KmsgPosition, 'read' | 'stampUs' | 'resume'>
}

export class Findings {
  readonly #parts: FindingsParts
  readonly #log: FastifyBaseLogger
  readonly #handlers: KmsgHandlers
  #found: Found[] = []
  /** Another process of this boot has told what was before. */
  #isResumed = false
  /** The last kill line that was told, or is history. */
  #published = -1
  /** Where parsing had to go on from after the last turn. */
  #resume = -1
  /** The oldest first. */
  #unwritten: UnwrittenKill[] = []
  /** Where no position is known, what was logged before this process and before then is not told. */
  #beginning = { tellsFromUs: Number.POSITIVE_INFINITY, sinceUs: 0 }
  #lost = 0
  #saved = ''

  constructor(parts: FindingsParts, log: FastifyBaseLogger, handlers: KmsgHandlers) {
    this.#parts = parts
    this.#log = log
    this.#handlers = handlers
  }

  /** Records lost in all. */
  get lost(): number {
    return this.#lost
  }

  /** Goes on from where another process stopped. */
  resume(position: KmsgPosition): void {
    if (position.gap !== undefined) this.#handlers.onGap(position.gap)
    this.#isResumed = position.read >= 0
    this.#published = position.published
    this.#resume = position.resume
  }

  /**
   * No position in this log is known: what was found, and where, was none of it.
   *
   * @param beginning in microseconds of CLOCK_MONOTONIC. `tellsFromUs`: what was logged from then on is
   *   told, though it was before this process. `sinceUs`: the next process does so from then on, where
   *   this one ends before it has read the log
   */
  begin(beginning: { readonly tellsFromUs: number; readonly sinceUs: number }): void {
    this.#beginning = beginning
    this.#isResumed = false
    this.#published = -1
    this.#resume = -1
    this.#unwritten = []
    this.#found = []
    this.#save()
  }

  add(outcomes: readonly OomOutcome[]): void {
    for (const outcome of outcomes) this.#found.push({ type: 'outcome', outcome })
  }

  addCrash(crash: LoggedCrash): void {
    this.#found.push({ type: 'crash', crash })
  }

  addOverrun(overrun: Overrun): void {
    this.#found.push({ type: 'overrun', overrun, kills: this.#parts.kills.baseline })
  }

  handOver(): void {
    const found = this.#found
    this.#found = []
    for (const each of found) {
      if (each.type === 'overrun') this.#handOverOverrun(each.overrun, each.kills)
      else if (each.type === 'crash') this.#handOverCrash(each.crash)
      else this.#handOverOutcome(each.outcome)
    }
    this.#save()
  }

  /** Tells of a gap that reading on does not show again. */
  handOverGap(gap: KmsgGap): void {
    this.#log.warn({ lost: gap.lost }, gap.reason)
    this.#parts.file?.save({ ...this.#position(), gap })
    this.#saved = ''
    this.#handlers.onGap(gap)
    this.#save()
  }

  #handOverOverrun({ lost, next, lastUs, reader }: Overrun, kills: KillBaseline | undefined): void {
    const { bootId, clock, file } = this.#parts
    // At a first start the oldest history may be overwritten while it is read: nobody waits for it.
    const isUnwanted =
      lastUs === undefined ? this.#isBefore(next, this.#beginning.sinceUs) : this.#isHistory(next)
    if (isUnwanted) return
    this.#lost += lost ?? 0
    this.#parts.kills.lose(lost ?? 0)
    const from =
      lastUs === undefined
        ? clock.monotonicToUnixUs(this.#beginning.sinceUs)
        : clock.toUnixUs(lastUs)
    const span = { from, to: Math.max(from, clock.toUnixUs(next.timestampUs)) }
    const gap = overrunGap(bootId, lost, next.seq, span, reader)
    this.#log.warn({ lost, kmsgSeq: next.seq }, gap.reason)
    // All that was before the gap is gone, and with it the beginnings of dumps, and unwritten kills.
    const read = next.seq - 1
    this.#resume = read
    this.#unwritten = []
    const published = this.#published
    const stampUs = lastUs ?? next.timestampUs
    file?.save({ read, stampUs, resume: read, published, kills, gap })
    this.#handlers.onGap(gap)
  }

  #handOverCrash(crash: LoggedCrash): void {
    const { clock, startMark } = this.#parts
    if (this.#isHistory(crash.record)) return
    const ts = clock.toUnixUs(crash.record.timestampUs)
    this.#handlers.onCrash?.(crash, ts, startMark.isBefore(crash.record))
  }

  #handOverOutcome(outcome: OomOutcome): void {
    const { record } = outcome
    const isBefore = this.#parts.startMark.isBefore(record)
    if (outcome.type === 'no_kill') {
      if (isBefore) return
      this.#log.warn(
        { outcome: outcome.outcome, kmsgSeq: record.seq },
        'an OOM dump ended without a kill'
      )
      return
    }
    if (record.seq <= this.#published) return
    const before = { resume: this.#resume, published: this.#published }
    this.#published = record.seq
    if (this.#isHistory(record)) return
    const ts = this.#parts.clock.toUnixUs(record.timestampUs)
    const eventSeq = this.#handlers.onKill(outcome, ts, isBefore)
    if (eventSeq !== undefined && eventSeq > this.#handlers.writtenSeq()) {
      this.#unwritten.push({ eventSeq, before })
    }
  }

  #isHistory(record: KmsgRecord): boolean {
    return !this.#isResumed && this.#isBefore(record, this.#beginning.tellsFromUs)
  }

  /** Before this process, and before a time of CLOCK_MONOTONIC that may be earlier. */
  #isBefore(record: KmsgRecord, us: number): boolean {
    const { clock, startMark } = this.#parts
    return startMark.isBefore(record) && clock.toMonotonicUs(record.timestampUs) < us
  }

  #position(): KmsgPosition {
    const { where, kills } = this.#parts
    const { read, stampUs, resume } = where()
    this.#resume = resume
    const writtenSeq = this.#handlers.writtenSeq()
    this.#unwritten = this.#unwritten.filter(({ eventSeq }) => eventSeq > writtenSeq)
    const { before = { resume, published: this.#published } } = this.#unwritten[0] ?? {}
    const since = read < 0 ? { sinceUs: this.#beginning.sinceUs } : {}
    return { read, stampUs, ...before, ...since, kills: kills.baseline }
  }

  #save(): void {
    const { file } = this.#parts
    if (file === undefined) return
    const position = this.#position()
    const { read, resume, published, kills } = position
    // That counter and lines agree once more is no reason to keep a disk busy.
    const state = `${read} ${resume} ${published} ${kills?.counter} ${kills?.accounted}`
    if (state === this.#saved) return
    this.#saved = state
    file.save(position)
  }
}
