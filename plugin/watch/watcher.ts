/**
 * From the kernel log to kills and gaps, over the restarts of this process too: the records that the
 * reader hands out become dumps, and what was missed is told.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { KmsgHealth } from '../../generated/types.ts'
import { parseCrashLine, parseSuppressed } from '../crashes/crash-line.ts'
import { mayTellOfCrash } from '../crashes/prefilter.ts'
import { KernelClock, monotonicUs } from '../kmsg/clock.ts'
import { KmsgReader } from '../kmsg/kmsg-reader.ts'
import type { RawRecord } from '../kmsg/record.ts'
import { OomParser } from '../oom/parser.ts'
import { mayMatter } from '../oom/prefilter.ts'
import { Findings, type KmsgHandlers, type Overrun } from './findings.ts'
import { KillCheck } from './kill-check.ts'
import { positionDamagedGap, readerDownGap } from './kmsg-gaps.ts'
import { type KmsgPosition, KmsgPositionFile, type Loaded, NO_POSITION } from './kmsg-position.ts'
import { StartMark } from './start-mark.ts'
import { UnparsedRecords } from './unparsed-records.ts'

/**
 * How long a kill waits for the record after it, in ms, which tells whether its whole group is
 * killed. The kernel prints both before it wakes its readers, so that one is mostly there already.
 */
const HOLD_MS = 0.25
/**
 * How long the rest of a dump is looked for in each turn of the event loop, in ms after its last record: a
 * kernel prints it in one go, and each wake-up takes longer.
 */
const CHASE_MS = 2
/** How often the kernel's count of kills is held against the lines, in ms. */
const AUDIT_MS = 5000
/** How long a log that fails may come back before kills without a line are told, in us. */
const PATIENCE_US = 30_000_000

export interface KmsgWatcherOptions {
  readonly path: string
  readonly bootId: string | undefined
  /** Where the position is kept; undefined: nowhere, and a restart begins with what comes then. */
  readonly stateDir: string | undefined
  /** Whether the kills of this boot that are in the log are published where no position is known. */
  readonly history: boolean
  /** Whether crashes that the kernel logs are told. */
  readonly crashes?: boolean
  /** How often the kernel's count of kills is looked at, in ms. */
  readonly auditMs?: number
}

export class KmsgWatcher {
  readonly #options: KmsgWatcherOptions
  readonly #log: FastifyBaseLogger
  readonly #handlers: KmsgHandlers
  readonly #reader: KmsgReader
  readonly #clock = new KernelClock()
  readonly #startMark = new StartMark(this.#clock)
  readonly #kills: KillCheck
  readonly #file: KmsgPositionFile | undefined
  readonly #findings: Findings
  #parser = new OomParser()
  #auditTimer: NodeJS.Timeout | undefined
  #isHolding = false
  #holdUntil = 0
  #isChasing = false
  #chaseUntil = 0
  /** The last record that another process of this boot read. */
  #resumedAfter: number | undefined
  /** What was in the log at the first opening has not been read yet. */
  #isFirst = true
  /** Where the reading began: what was read since counts when all of it was. */
  #began: Pick<KmsgPosition, 'read' | 'stampUs' | 'resume'> = NO_POSITION
  /** Present where the log's oldest record tells whether some of what is to be told was overwritten. */
  #unread: Overrun['reader'] | undefined
  /** Present while records are read of which nothing is told. */
  #unparsed: UnparsedRecords | undefined
  /** What the reader did before the records that it reads now. */
  #reading: Overrun['reader'] = 'dead'
  #lastStampUs = 0
  #lastRecordAt: number | undefined
  /** Since when the device cannot be read, in Unix microseconds. */
  #downSince: number | undefined
  #isStarted = false
  #isClosed = false

  constructor(options: KmsgWatcherOptions, log: FastifyBaseLogger, handlers: KmsgHandlers) {
    const { path, stateDir, bootId } = options
    this.#options = options
    this.#log = log
    this.#handlers = handlers
    this.#kills = new KillCheck(bootId)
    // Without a boot id a position could be that of another boot.
    const isKept = stateDir !== undefined && bootId !== undefined
    this.#file = isKept ? new KmsgPositionFile(stateDir, bootId, log) : undefined
    this.#findings = new Findings(
      {
        bootId,
        clock: this.#clock,
        startMark: this.#startMark,
        kills: this.#kills,
        file: this.#file,
        where: () => this.#where(),
      },
      log,
      handlers
    )
    this.#reader = new KmsgReader(path, log, {
      onOpen: () => this.#onOpen(),
      onRecord: (record, lost) => this.#onRecord(record, lost),
      onCaughtUp: newest => this.#onCaughtUp(newest),
      onTurn: (isAtEnd, emptyAtUs) => this.#onTurn(isAtEnd, emptyAtUs),
      onDown: () => {
        this.#parseKept()
        this.#downSince = this.#clock.nowUs()
        this.#kills.use(false, this.#downSince)
      },
    })
  }

  get health(): KmsgHealth {
    this.#reader.catchUp()
    const { state, error, lastSeq, restarts, stalls, isOpen, hasWakeUpChild } = this.#reader
    const at = this.#lastRecordAt
    const kills = this.#kills.health
    return {
      state,
      path: this.#options.path,
      reader: isOpen ? (hasWakeUpChild ? 'dd' : 'poll') : undefined,
      last_seq: lastSeq < 0 ? undefined : lastSeq,
      last_record_at: at,
      last_record_age_ms:
        at === undefined ? undefined : Math.max(0, Date.now() - Math.floor(at / 1000)),
      resumed_after: this.#resumedAfter,
      lost: this.#findings.lost,
      restarts,
      stalls,
      kills,
      position_error: this.#file?.error,
      error,
    }
  }

  /**
   * Begins to watch; what is in the log already is read after. Never throws: without the device the
   * application goes on, and its log and health say so.
   */
  start(): void {
    this.#isStarted = true
    const loaded = this.#file?.load()
    if (loaded?.position !== undefined) this.#resume(loaded.position)
    if (this.#began.read < 0) this.#begin(loaded)
    this.#reader.start()
    // Then only what is there now is known to be of before: it must be read before more comes.
    if (!this.#startMark.isMarked) this.#reader.catchUp()
    this.#auditTimer = setInterval(() => this.#audit(), this.#options.auditMs ?? AUDIT_MS)
    this.#auditTimer.unref()
  }

  /** Reads what was in the log at the start now, if any of it is not read yet. */
  catchUp(): void {
    if (this.#isFirst) this.readNow()
  }

  /** Reads what the log has now, and waits for no more of it: for who looks for a kill there. */
  readNow(): void {
    if (!this.#isStarted || this.#isClosed) return
    this.#reader.catchUp()
    this.#reader.drain()
    // Where the device failed in the midst of the first read, its rest tells what this was.
    if (!this.#isFirst) this.#endHold()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // An application that did not get so far leaves the position to the next.
    if (!this.#isStarted) return
    clearInterval(this.#auditTimer)
    this.#reader.catchUp()
    // What is held is a kill that happened: it goes out before the streams end. Where the device failed
    // in the midst of what was there at the start, the next process reads all of it.
    if (!this.#isFirst || this.#file === undefined) this.#endHold()
    this.#reader.close()
    this.#file?.close()
  }

  #resume(position: KmsgPosition): void {
    this.#kills.resume(position.kills)
    this.#findings.resume(position)
    if (position.read < 0) return
    this.#began = position
    this.#resumedAfter = position.read
    this.#lastStampUs = position.stampUs
    this.#reader.resumeFrom(position.read, position.resume)
  }

  /** Nobody has read this log, or where is not known. */
  #begin(loaded: Loaded | undefined): void {
    const { history } = this.#options
    const earlierUs = loaded === undefined ? undefined : this.#sinceOf(loaded)
    this.#unread = earlierUs === undefined ? 'reading' : 'dead'
    if (earlierUs === undefined && !history) this.#unparsed = new UnparsedRecords()
    if (loaded !== undefined && 'damagedAt' in loaded) {
      const to = this.#clock.nowUs()
      this.#handlers.onGap(positionDamagedGap({ from: Math.min(loaded.damagedAt, to), to }))
    }
    this.#findings.begin({
      tellsFromUs: history ? 0 : (earlierUs ?? Number.POSITIVE_INFINITY),
      sinceUs: earlierUs ?? this.#startMark.bornUs,
    })
  }

  /** Since when another process was to tell of the log of which it read nothing, on CLOCK_MONOTONIC. */
  #sinceOf(loaded: Loaded): number | undefined {
    if ('madeAt' in loaded) return monotonicUs() - (this.#clock.nowUs() - loaded.madeAt)
    return loaded.position?.sinceUs
  }

  #onOpen(): void {
    this.#reading = this.#isFirst && this.#downSince === undefined ? 'dead' : 'down'
    if (this.#isFirst) this.#startMark.mark(this.#options.path)
  }

  #onRecord(record: RawRecord, lost: number): void {
    if (this.#isFirst) this.#startMark.push(record, lost)
    if (this.#unread !== undefined) this.#addUnread(record, this.#unread)
    if (lost > 0) {
      this.#parseKept()
      this.#parser.tear()
      const lastUs = this.#lastStampUs
      this.#findings.addOverrun({ lost, next: record.toRecord(), lastUs, reader: this.#reading })
      this.#reading = 'reading'
    }
    // What was overwritten before the first record was overwritten while no server ran, and no more.
    if (this.#reading === 'dead') this.#reading = 'reading'
    const isNew = this.#resumedAfter === undefined || record.seq > this.#resumedAfter
    if (isNew && mayMatter(record)) this.#kills.see(record.toRecord())
    if (isNew && this.#options.crashes === true && mayTellOfCrash(record)) this.#addCrash(record)
    this.#lastStampUs = record.timestampUs
    if (this.#unparsed?.keep(record) === true) return
    if (this.#unparsed?.isFull === true) this.#parseKept()
    this.#findings.add(this.#parser.pushRaw(record))
  }

  /** Takes the oldest record: if it is younger than what was to be told, the rest is overwritten. */
  #addUnread(oldest: RawRecord, reader: Overrun['reader']): void {
    this.#unread = undefined
    // Of this process's time without the device is told otherwise.
    if (oldest.seq === 0 || (reader === 'reading' && this.#downSince !== undefined)) return
    const next = oldest.toRecord()
    this.#findings.addOverrun({ lost: undefined, next, lastUs: undefined, reader })
  }

  /** Of what was kept unparsed, the part that may matter. All is parsed from here on. */
  #parseKept(isBefore: (record: RawRecord) => boolean = () => false): void {
    const unparsed = this.#unparsed
    this.#unparsed = undefined
    unparsed?.replay(isBefore, record => this.#findings.add(this.#parser.pushRaw(record)))
  }

  #addCrash(raw: RawRecord): void {
    const record = raw.toRecord()
    const line = parseCrashLine(record.text)
    const suppressed = line === undefined ? (parseSuppressed(record.text) ?? 0) : 0
    if (line !== undefined || suppressed > 0) this.#findings.addCrash({ record, line, suppressed })
  }

  #onCaughtUp(newest: number): boolean {
    if (this.#isFirst && this.#resumedAfter !== undefined && newest < this.#resumedAfter) {
      this.#log.warn(
        { newest, read: this.#resumedAfter },
        'the log ends before the position that was kept: the machine was set back to a snapshot'
      )
      this.#resumedAfter = undefined
      this.#began = NO_POSITION
      this.#parser = new OomParser()
      this.#begin(undefined)
      return false
    }
    this.#clock.observe(this.#lastStampUs, false)
    const now = this.#clock.nowUs()
    if (this.#isFirst) {
      this.#startMark.end(newest, this.#downSince === undefined)
      this.#parseKept(record => this.#startMark.isBefore(record))
      this.#log.info(
        { path: this.#options.path, seq: newest, resumedAfter: this.#resumedAfter },
        'watching the kernel log for OOM kills'
      )
    } else {
      this.#log.info({ seq: newest }, 'the kernel log is read again')
    }
    this.#kills.use(true, now)
    this.#tellOfDownTime(now)
    this.#isFirst = false
    this.#reading = 'reading'
    this.#lastRecordAt = now
    this.#findings.handOver()
    this.#holdKill()
    return true
  }

  /** Where the reader was down and no overrun tells of it. */
  #tellOfDownTime(to: number): void {
    const from = this.#downSince
    this.#downSince = undefined
    if (from === undefined || this.#reading !== 'down') return
    const isWhole = !this.#isFirst || this.#resumedAfter !== undefined || this.#startMark.isWhole
    this.#handlers.onGap(readerDownGap(isWhole ? 0 : undefined, { from, to }))
  }

  #onTurn(isAtEnd: boolean, emptyAtUs: number): void {
    this.#clock.observe(this.#lastStampUs, isAtEnd, emptyAtUs)
    this.#lastRecordAt = this.#clock.nowUs()
    this.#findings.handOver()
    this.#holdKill()
    this.#chaseDump()
  }

  /** Looks for the rest of a dump, of which some records have just come. */
  #chaseDump(): void {
    if (!this.#parser.isInDump) return
    this.#chaseUntil = performance.now() + CHASE_MS
    if (this.#isChasing) return
    this.#isChasing = true
    setImmediate(() => this.#chase())
  }

  #chase(): void {
    this.#isChasing =
      !this.#isClosed && this.#parser.isInDump && performance.now() < this.#chaseUntil
    if (!this.#isChasing) return
    this.#reader.drain()
    setImmediate(() => this.#chase())
  }

  #holdKill(): void {
    const kill = this.#parser.heldKill
    if (kill === undefined || this.#isHolding) return
    this.#isHolding = true
    this.#holdUntil = performance.now() + HOLD_MS
    setImmediate(() => this.#hold())
    this.#handlers.onKillHeld?.(kill, this.#clock.toUnixUs(kill.record.timestampUs))
  }

  /** Turns the event loop until the hold is over: a timer would wait for a whole millisecond or two. */
  #hold(): void {
    if (performance.now() < this.#holdUntil && this.#parser.hasHeldKill) {
      setImmediate(() => this.#hold())
      return
    }
    this.#isHolding = false
    if (!this.#isClosed) this.#endHold()
  }

  /** What is held is told now. */
  #endHold(): void {
    this.#findings.add(this.#parser.flush())
    this.#findings.handOver()
  }

  #where(): Pick<KmsgPosition, 'read' | 'stampUs' | 'resume'> {
    if (this.#isFirst) return this.#began
    const read = this.#reader.lastSeq
    const open = this.#parser.oldestOpenSeq
    const resume = open === undefined ? read : Math.min(read, open - 1)
    return { read, stampUs: this.#lastStampUs, resume }
  }

  #audit(): void {
    const { state } = this.#reader
    if (state === 'starting') return
    const isLogRead = state === 'watching'
    const now = this.#clock.nowUs()
    // Its lines may be read yet: after a while nobody should wait for them.
    const isBriefly = state === 'restarting' && now - (this.#downSince ?? now) < PATIENCE_US
    if (isBriefly) return
    const gap = this.#kills.check(isLogRead, () => !isLogRead || this.#reader.drain(), now)
    if (gap !== undefined) this.#findings.handOverGap(gap)
  }
}
