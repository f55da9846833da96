/**
 * A part of the journal: segments in a folder of their own, with bounds of their own. What cannot be
 * written waits in memory until it can be, and how much that is stands in the high water, which a full
 * disk has room for: so the next process can tell of it, should this one be killed.
 *
 * A segment is the unit of removal and of repair.
 */

import { lstatSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { PublishedEvent } from '../events/envelope.ts'
import { makeFolder } from '../state/make-folder.ts'
import { checkFolder } from '../state/open-file.ts'
import { HighWaterFile, RESERVED_NUMBERS } from './high-water.ts'
import { encodeEvent } from './line.ts'
import { droppedLoss, type JournalLoss, lossOfHoles, lossOfSegment, unwrittenLoss } from './loss.ts'
import { PartReader } from './part-reader.ts'
import { type Recovery, type RecoveryBounds, recover, scanFile } from './recovery.ts'
import { repairSegment } from './repair.ts'
import { isOlderThan, type Scan, type Segment, segmentName } from './segment.ts'
import { addUnwritten, type Unwritten, UnwrittenEvents } from './unwritten.ts'
import { SegmentWriter } from './writer.ts'

/**
 * When what was written is synced, so that it outlives a power cut too: before its publisher is
 * answered, soon after, or when the kernel likes.
 */
export type SyncPolicy = 'always' | 'interval' | 'never'

export interface PartOptions {
  readonly folder: string
  /** Whether it is the part for trusted events. */
  readonly isTrusted: boolean
  readonly bootId: string
  readonly maxBytes: number
  /** Milliseconds. */
  readonly maxAge: number
  readonly sync: SyncPolicy
}

export interface PartHandlers {
  /** Told, never from within `append`, what was lost. @returns whether that is on disk now */
  readonly onLoss: (loss: JournalLoss) => boolean
  readonly onFailed: (error: Error) => void
  readonly onWrittenAgain: () => void
}

/** Between a write and its sync, with the policy `interval`. */
const SYNC_MS = 100
/** Between attempts to write again. */
const RETRY_MS = 1000
/** Between looks at the age of the oldest segment. */
const AGE_MS = 10 * 60_000
const SEGMENTS = 32
const SEGMENT_BYTES = { least: 64 * 1024, most: 4 * 1024 * 1024 }
const MAX_UNWRITTEN_BYTES = 4 * 1024 * 1024

export class JournalPart {
  readonly #options: PartOptions
  readonly #log: FastifyBaseLogger
  readonly #handlers: PartHandlers
  readonly #segmentBytes: number
  readonly #highWater: HighWaterFile
  readonly #unwritten = new UnwrittenEvents(MAX_UNWRITTEN_BYTES)
  /** Lost, and not yet told by an event that is on disk. */
  #untold: Unwritten | undefined
  #isUntoldPublished = false
  #segments: Segment[] = []
  #writer: SegmentWriter | undefined
  /** The syncs, still under way, of segments that are written no more. */
  readonly #finishing = new Set<Promise<void>>()
  #recovery: Recovery | undefined
  #nextN = 1
  #firstN = 1
  #lastSeq = 0
  #given = 0
  #reserved = 0
  #error: string | undefined
  #isClosed = false
  #syncTimer: NodeJS.Timeout | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #ageTimer: NodeJS.Timeout | undefined

  constructor(options: PartOptions, log: FastifyBaseLogger, handlers: PartHandlers) {
    this.#options = options
    this.#log = log
    this.#handlers = handlers
    this.#highWater = new HighWaterFile(options.folder)
    const { least, most } = SEGMENT_BYTES
    this.#segmentBytes = Math.min(most, Math.max(least, Math.floor(options.maxBytes / SEGMENTS)))
  }

  /**
   * Makes the folder where there is none; where it cannot be made, it is tried again with the first
   * event.
   *
   * @throws why one that is there cannot be used
   */
  prepare(): void {
    try {
      this.#makeFolder()
    } catch (error) {
      // A link to nothing is there, too.
      if (lstatSync(this.#options.folder, { throwIfNoEntry: false }) !== undefined) throw error
    }
  }

  /** Reads back what is there. @throws a system error when it cannot be read */
  open(bounds: RecoveryBounds): Recovery {
    const { folder, isTrusted, bootId } = this.#options
    const recovery = recover(folder, isTrusted, this.#highWater.read(), bootId, bounds)
    this.#recovery = recovery
    this.#segments = recovery.segments
    this.#nextN = recovery.nextN
    // Not before what is missing is reported: until then the old bound tells of it.
    this.#firstN = recovery.missing?.n ?? recovery.segments[0]?.firstN ?? recovery.nextN
    this.#lastSeq = recovery.lastSeq
    this.#untold = recovery.unwritten
    return recovery
  }

  /** Begins to write. @param given the newest sequence number that may have been given to any event */
  begin(given: number): void {
    this.#given = given
    this.#reserved = given
    try {
      const { tail } = this.#recovery!
      this.#makeFolder()
      if (tail !== undefined) this.#writer = new SegmentWriter(this.#options.folder, tail, false)
      this.#writeHighWater(false)
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#ageTimer = setInterval(() => this.#prune(), AGE_MS)
    this.#ageTimer.unref()
  }

  /** Reports what was found missing and damaged when it was opened. */
  tellFound(): void {
    const { missing, damaged, unwritten } = this.#recovery!
    if (unwritten !== undefined) {
      this.#tellUnwritten(unwrittenLoss(unwritten, this.#options.isTrusted))
    }
    if (missing !== undefined) {
      this.#lose(lossOfHoles([missing], 'files of the journal are missing'))
      this.#firstN = this.#segments[0]?.firstN ?? this.#nextN
    }
    for (const { segment, scan } of damaged) this.#mend(segment, scan)
  }

  /** Looks through the older segments, one in a turn of the event loop, and mends what is damaged. */
  async verify(): Promise<void> {
    const { unseen } = this.#recovery!
    // Some thousand events, of which the ring keeps what is to be kept.
    this.#recovery = undefined
    for (const segment of unseen) {
      await turn()
      const index = this.#segments.indexOf(segment)
      const next = this.#segments[index + 1]
      // Removed meanwhile: what was in it is reported already.
      if (this.#isClosed || index === -1 || next === undefined) continue
      const scan = scanFile(this.#options.folder, segment, next.firstN - 1)
      if (!scan.isSound) this.#mend(segment, scan)
    }
    this.#prune()
  }

  /** Why it cannot be written; undefined while it can be. */
  get error(): string | undefined {
    return this.#error
  }

  /** Whether an event of this part is on disk. */
  holds({ seq }: PublishedEvent): boolean {
    const oldest = this.oldestSeq
    const isThere = oldest !== undefined && seq >= oldest && seq > this.#unwritten.droppedSeq
    return isThere && this.#error === undefined
  }

  /** Sequence number of the oldest event kept; undefined while there is none. */
  get oldestSeq(): number | undefined {
    return this.#segments[0]?.firstSeq
  }

  /** From this sequence number on, no event of this part was removed. */
  get completeFrom(): number {
    return this.#firstN === 1 ? 0 : (this.oldestSeq ?? this.#lastSeq + 1)
  }

  /** All events of this part up to this number are on disk, or are told as lost. */
  get writtenSeq(): number {
    return this.#error === undefined ? Number.POSITIVE_INFINITY : this.#lastSeq
  }

  get figures(): { events: number; bytes: number; lastSeq: number; unwritten: number } {
    return {
      events: this.#nextN - this.#firstN,
      bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, 0),
      lastSeq: this.#lastSeq,
      unwritten: this.#unwritten.size,
    }
  }

  /** Takes an event of this part. Never throws. */
  append(event: PublishedEvent): void {
    this.#given = event.seq
    if (this.#unwritten.size === 0 && this.#write(event)) return
    this.#unwritten.push(event)
    this.#reserved = Math.max(this.#reserved, event.seq)
    this.#tryHighWater()
  }

  /** A sequence number is given to an event that no part keeps. */
  reserve(seq: number): void {
    if (seq <= this.#reserved) return
    this.#given = seq
    this.#reserved = seq + RESERVED_NUMBERS - 1
    this.#tryHighWater()
  }

  /** Sequence numbers up to this one are not given again. */
  reserveTo(seq: number): void {
    this.#given = seq
    this.#reserved = seq
    this.#tryHighWater()
  }

  readerAfter(seq: number): PartReader {
    return new PartReader(this.#options.folder, this.#segments, seq)
  }

  /** Resolves when what was appended is as safe as the policy says it is when it is answered. */
  async settled(): Promise<void> {
    if (this.#options.sync !== 'always' || this.#unwritten.size > 0) return
    try {
      await Promise.all([this.#writer?.sync(), ...this.#finishing])
    } catch (error) {
      this.#failed(error as Error)
    }
  }

  /** What was published of losses is on disk. */
  forgetTold(): void {
    if (!this.#isUntoldPublished) return
    this.#isUntoldPublished = false
    this.#untold = undefined
    this.#tryHighWater()
  }

  /** @param given the newest sequence number given to any event */
  async close(given: number): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#syncTimer)
    clearInterval(this.#retryTimer)
    clearInterval(this.#ageTimer)
    this.#writeUnwritten()
    const lost = this.#unwritten.size
    if (lost > 0)
      this.#log.error({ lost }, 'events that could not be written end with this process')
    try {
      await Promise.all([this.#writer?.close(), ...this.#finishing])
      this.#given = given
      this.#reserved = given
      this.#writeHighWater(true)
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#highWater.close()
  }

  #makeFolder(): void {
    makeFolder(this.#options.folder)
    checkFolder(this.#options.folder)
  }

  /** @returns whether the event is written */
  #write(event: PublishedEvent): boolean {
    try {
      const line = encodeEvent({ n: this.#nextN, event })
      this.#writerFor(event.seq, line.length).append(line)
    } catch (error) {
      this.#failed(error as Error)
      return false
    }
    this.#nextN++
    this.#lastSeq = event.seq
    this.#reserved = Math.max(this.#reserved, event.seq)
    this.#tryHighWater()
    this.#syncSoon()
    return true
  }

  #writerFor(seq: number, length: number): SegmentWriter {
    const current = this.#writer
    if (current !== undefined) {
      const { bytes } = current.segment
      if (bytes === 0 || bytes + length <= this.#segmentBytes) return current
    }
    const { folder, isTrusted } = this.#options
    const segment: Segment = {
      name: segmentName(seq, this.#nextN),
      firstSeq: seq,
      firstN: this.#nextN,
      isTrusted,
      bytes: 0,
    }
    this.#writer = new SegmentWriter(folder, segment, true)
    this.#segments.push(segment)
    if (current !== undefined) this.#finish(current)
    setImmediate(() => this.#prune())
    return this.#writer
  }

  #finish(writer: SegmentWriter): void {
    const finishing = writer
      .close()
      .catch(error => this.#log.error({ err: error }, 'a file of the journal could not be synced'))
      .finally(() => this.#finishing.delete(finishing))
    this.#finishing.add(finishing)
  }

  /** Where it cannot be written, the lines themselves tell nearly as much. @returns whether it was */
  #tryHighWater(): boolean {
    try {
      this.#writeHighWater(false)
      return true
    } catch {
      return false
    }
  }

  #writeHighWater(isClean: boolean): void {
    this.#highWater.write({
      n: this.#nextN - 1,
      firstN: this.#firstN,
      seq: this.#lastSeq,
      given: this.#given,
      reserved: this.#reserved,
      bootId: this.#options.bootId,
      isClean,
      unwritten: addUnwritten(this.#untold, this.#unwritten.all),
    })
  }

  #syncSoon(): void {
    if (this.#options.sync !== 'interval' || this.#syncTimer !== undefined) return
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined
      this.#writer?.sync().catch(error => this.#failed(error as Error))
    }, SYNC_MS)
    this.#syncTimer.unref()
  }

  #failed(error: Error): void {
    this.#error = error.message
    this.#handlers.onFailed(error)
    const writer = this.#writer
    this.#writer = undefined
    writer?.close().catch(() => {})
    if (writer?.segment.bytes === 0) this.#drop(writer.segment)
    if (this.#isClosed || this.#retryTimer !== undefined) return
    this.#retryTimer = setInterval(() => this.#retry(), RETRY_MS)
    this.#retryTimer.unref()
  }

  #retry(): void {
    try {
      this.#makeFolder()
    } catch (error) {
      this.#failed(error as Error)
      return
    }
    if (!this.#writeUnwritten() || !this.#tryHighWater()) return
    clearInterval(this.#retryTimer)
    this.#retryTimer = undefined
    this.#error = undefined
    this.#handlers.onWrittenAgain()
    const { dropped } = this.#unwritten
    if (dropped === undefined) return
    this.#untold = addUnwritten(this.#untold, dropped)
    this.#unwritten.forgetDropped()
    this.#tellUnwritten(droppedLoss(dropped))
  }

  #writeUnwritten(): boolean {
    for (let event = this.#unwritten.first; event !== undefined; event = this.#unwritten.first) {
      if (!this.#write(event)) return false
      this.#unwritten.shift()
    }
    return true
  }

  /** Until the event that tells of it is on disk, the high water does. */
  #tellUnwritten(loss: JournalLoss): void {
    this.#isUntoldPublished = true
    if (this.#lose(loss)) this.forgetTold()
  }

  #lose(loss: JournalLoss): boolean {
    const { isTrusted } = this.#options
    const key = loss.key !== undefined && isTrusted ? `trusted-${loss.key}` : loss.key
    return this.#handlers.onLoss({ ...loss, key })
  }

  #mend(segment: Segment, scan: Scan): void {
    if (scan.holes.length > 0) {
      this.#lose(lossOfHoles(scan.holes, 'a file of the journal is damaged'))
    }
    try {
      const aside = repairSegment(this.#options.folder, segment, scan)
      this.#log.error({ file: aside }, 'a damaged file of the journal is set aside')
    } catch (error) {
      this.#log.error({ err: error, file: segment.name }, 'a file of the journal is damaged')
    }
  }

  /** Removes the oldest segments, while they are more than they may be, or too old. */
  #prune(): void {
    if (this.#isClosed) return
    for (let oldest = this.#removable(); oldest !== undefined; oldest = this.#removable()) {
      const { folder } = this.#options
      const endN = this.#segments[1]!.firstN - 1
      const scan = scanFile(folder, oldest.segment, endN)
      // Reported first and under its numbers: a kill of this process in between changes nothing.
      this.#lose(lossOfSegment(oldest.segment.firstN, endN, scan, oldest.reason))
      this.#firstN = endN + 1
      this.#tryHighWater()
      this.#drop(oldest.segment)
    }
  }

  #removable(): { segment: Segment; reason: string } | undefined {
    const [segment, next] = this.#segments
    if (segment === undefined || next === undefined) return undefined
    const { folder, maxBytes, maxAge } = this.#options
    const bytes = this.#segments.reduce((sum, one) => sum + one.bytes, 0)
    if (bytes > maxBytes)
      return { segment, reason: `the journal passed its bound of ${maxBytes} bytes` }
    return isOlderThan(folder, segment, maxAge)
      ? { segment, reason: 'events in the journal passed its bound of age' }
      : undefined
  }

  #drop(segment: Segment): void {
    this.#segments.splice(this.#segments.indexOf(segment), 1)
    try {
      rmSync(join(this.#options.folder, segment.name), { force: true })
    } catch {
      // A disk that has become read-only: the next start finds it, and knows that it was reported.
    }
  }
}
