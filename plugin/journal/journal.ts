/**
 * The journal: events on disk, so that they outlive the process that published them.
 *
 * Every event of the journalled categories is written before its publisher is answered. What cannot
 * be written waits in memory until it can be; what was lost, to a damaged file or to the bounds, is
 * reported. A segment is the unit of removal and of repair.
 */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { EventCategory, JournalHealth } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import { makeFolder } from '../state/make-folder.ts'
import { checkFolder } from '../state/open-file.ts'
import type { EventStore } from '../stream/event-store.ts'
import { HighWaterFile, RESERVED_NUMBERS } from './high-water.ts'
import { JournalReader } from './journal-reader.ts'
import { encodeEvent } from './line.ts'
import { type JournalLoss, lossOfHoles, lossOfSegment, uncertainLoss } from './loss.ts'
import { type Recovery, type RecoveryBounds, recover, scanFile } from './recovery.ts'
import { repairSegment } from './repair.ts'
import { isOlderThan, type Scan, type Segment, segmentName } from './segment.ts'
import { UnwrittenEvents } from './unwritten.ts'
import { SegmentWriter } from './writer.ts'

/**
 * When what was written is synced, so that it outlives a power cut too: before its publisher is
 * answered, soon after, or when the kernel likes.
 */
export type SyncPolicy = 'always' | 'interval' | 'never'

export interface JournalOptions {
  readonly folder: string
  readonly bootId: string
  readonly categories: ReadonlySet<EventCategory>
  readonly maxBytes: number
  /** Milliseconds. */
  readonly maxAge: number
  readonly sync: SyncPolicy
}

/** Milliseconds between a write and its sync, with the policy `interval`. */
const SYNC_INTERVAL = 100
/** Milliseconds between attempts to write again. */
const RETRY_INTERVAL = 1000
/** Milliseconds between looks at the age of the oldest segment. */
const AGE_INTERVAL = 10 * 60_000
const SEGMENTS = 32
const SEGMENT_BYTES = { least: 64 * 1024, most: 4 * 1024 * 1024 }
const MAX_UNWRITTEN_BYTES = 4 * 1024 * 1024

export class Journal implements EventStore {
  readonly #options: JournalOptions
  readonly #log: FastifyBaseLogger
  readonly #onLoss: (loss: JournalLoss) => void
  readonly #segmentBytes: number
  readonly #highWater: HighWaterFile
  readonly #unwritten = new UnwrittenEvents(MAX_UNWRITTEN_BYTES)
  #segments: Segment[] = []
  #writer: SegmentWriter | undefined
  /** The syncs, still under way, of segments that are written no more. */
  readonly #finishing = new Set<Promise<void>>()
  #recovery: Recovery | undefined
  #nextN = 1
  #firstN = 1
  #lastSeq = 0
  /** The newest sequence number given to any event. */
  #given = 0
  #reserved = 0
  #error: string | undefined
  #isClosed = false
  #syncTimer: NodeJS.Timeout | undefined
  #retryTimer: NodeJS.Timeout | undefined
  #ageTimer: NodeJS.Timeout | undefined

  /** @param onLoss told, never from within `append`, what was lost: to be published */
  constructor(
    options: JournalOptions,
    log: FastifyBaseLogger,
    onLoss: (loss: JournalLoss) => void
  ) {
    this.#options = options
    this.#log = log
    this.#onLoss = onLoss
    this.#highWater = new HighWaterFile(options.folder)
    const { least, most } = SEGMENT_BYTES
    this.#segmentBytes = Math.min(most, Math.max(least, Math.floor(options.maxBytes / SEGMENTS)))
  }

  /** Reads back what is there. @throws a system error when the folder cannot be read */
  open(bounds: RecoveryBounds): Recovery {
    const { folder, bootId } = this.#options
    makeFolder(folder)
    checkFolder(folder)
    const high = this.#highWater.read()
    const recovery = recover(folder, high, bootId, bounds)
    this.#recovery = recovery
    this.#segments = recovery.segments
    this.#nextN = recovery.nextN
    this.#firstN = recovery.segments[0]?.firstN ?? recovery.nextN
    this.#lastSeq = recovery.lastSeq
    this.#given = recovery.nextSeq - 1
    this.#reserved = recovery.nextSeq - 1
    try {
      if (recovery.tail !== undefined) {
        this.#writer = new SegmentWriter(folder, recovery.tail, false)
      }
      // Not before what is missing is reported: until then the old bound tells of it.
      if (recovery.missing !== undefined) this.#firstN = recovery.missing.n
      this.#writeHighWater(false)
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#ageTimer = setInterval(() => this.#prune(), AGE_INTERVAL)
    this.#ageTimer.unref()
    return recovery
  }

  /**
   * Reports what was found missing, then looks through the older segments, one in a turn of the event
   * loop, and mends what is damaged.
   */
  async verify(): Promise<void> {
    const { missing, damaged, uncertain, isAfterPowerCut, unseen, events } = this.#recovery!
    // Some thousand events, of which the ring keeps what is to be kept.
    this.#recovery = undefined
    if (missing !== undefined) {
      this.#onLoss(lossOfHoles([missing], 'files of the journal are missing'))
      this.#firstN = this.#segments[0]?.firstN ?? this.#nextN
    }
    for (const { segment, scan } of damaged) this.#mend(segment, scan)
    if (uncertain !== undefined || isAfterPowerCut) {
      this.#onLoss(uncertainLoss(uncertain, isAfterPowerCut, events.at(-1)?.ts))
    }
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

  /** Whether every event of this category is kept: none is sure to be while nothing can be written. */
  keeps(category: EventCategory): boolean {
    return this.#error === undefined && this.#options.categories.has(category)
  }

  /** Whether an event is on disk, and so need not be in memory. */
  holds({ seq, category }: PublishedEvent): boolean {
    const oldest = this.oldestSeq
    const isThere = oldest !== undefined && seq >= oldest && seq > this.#unwritten.droppedSeq
    return isThere && this.keeps(category)
  }

  /** Sequence number of the oldest event kept; undefined while there is none. */
  get oldestSeq(): number | undefined {
    return this.#segments[0]?.firstSeq
  }

  get writtenSeq(): number {
    return this.#error === undefined ? this.#given : this.#lastSeq
  }

  /** Takes every event that is published, in order. Never throws, and keeps those it is to keep. */
  append(event: PublishedEvent): void {
    this.#given = event.seq
    if (!this.#options.categories.has(event.category)) {
      this.#reserve(event.seq)
    } else if (this.#unwritten.size > 0 || !this.#write(event)) {
      this.#unwritten.push(event)
    }
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

  readerAfter(seq: number): JournalReader {
    return new JournalReader(this.#options.folder, this.#segments, seq)
  }

  get health(): JournalHealth {
    const { folder, sync } = this.#options
    return {
      state: this.#error === undefined ? 'writing' : 'memory',
      path: folder,
      sync,
      events: this.#nextN - this.#firstN,
      bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, 0),
      ...(this.oldestSeq === undefined ? {} : { oldest_seq: this.oldestSeq }),
      last_seq: this.#lastSeq,
      unwritten: this.#unwritten.size,
      ...(this.#error === undefined ? {} : { error: this.#error }),
    }
  }

  async close(): Promise<void> {
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
      this.#reserved = this.#given
      this.#writeHighWater(lost === 0)
    } catch (error) {
      this.#failed(error as Error)
    }
    this.#highWater.close()
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
    const { folder } = this.#options
    const segment: Segment = {
      name: segmentName(seq, this.#nextN),
      firstSeq: seq,
      firstN: this.#nextN,
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

  #reserve(seq: number): void {
    if (seq <= this.#reserved) return
    this.#reserved = seq + RESERVED_NUMBERS - 1
    this.#tryHighWater()
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
      reserved: this.#reserved,
      bootId: this.#options.bootId,
      isClean,
    })
  }

  #syncSoon(): void {
    if (this.#options.sync !== 'interval' || this.#syncTimer !== undefined) return
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined
      this.#writer?.sync().catch(error => this.#failed(error as Error))
    }, SYNC_INTERVAL)
    this.#syncTimer.unref()
  }

  #failed(error: Error): void {
    const { folder } = this.#options
    if (this.#error === undefined) {
      this.#log.error(
        { err: error, folder },
        'the journal cannot be written: events are kept in memory, and are lost if this process ends before it can be. Free space, or give this user a folder that it can write'
      )
    }
    this.#error = error.message
    const writer = this.#writer
    this.#writer = undefined
    writer?.close().catch(() => {})
    if (writer?.segment.bytes === 0) this.#drop(writer.segment)
    if (this.#isClosed || this.#retryTimer !== undefined) return
    this.#retryTimer = setInterval(() => this.#retry(), RETRY_INTERVAL)
    this.#retryTimer.unref()
  }

  #retry(): void {
    if (!this.#writeUnwritten() || !this.#tryHighWater()) return
    clearInterval(this.#retryTimer)
    this.#retryTimer = undefined
    this.#error = undefined
    this.#log.info({ folder: this.#options.folder }, 'the journal can be written again')
    const dropped = this.#unwritten.takeDropped()
    if (dropped !== undefined) {
      this.#onLoss({
        ...dropped,
        reason: 'the journal could not be written for too long: its oldest events were dropped',
      })
    }
  }

  #writeUnwritten(): boolean {
    for (let event = this.#unwritten.first; event !== undefined; event = this.#unwritten.first) {
      if (!this.#write(event)) return false
      this.#unwritten.shift()
    }
    return true
  }

  #mend(segment: Segment, scan: Scan): void {
    if (scan.holes.length > 0) {
      this.#onLoss(lossOfHoles(scan.holes, 'a file of the journal is damaged'))
    }
    try {
      const aside = repairSegment(this.#options.folder, segment, scan)
      this.#log.error({ file: aside }, 'a damaged file of the journal is set aside')
    } catch (error) {
      this.#log.error({ err: error, file: segment.name }, 'a file of the journal is damaged')
    }
  }

  /** Removes the oldest segments, while the journal is larger than it may be, or they are too old. */
  #prune(): void {
    if (this.#isClosed) return
    for (let oldest = this.#removable(); oldest !== undefined; oldest = this.#removable()) {
      const { folder } = this.#options
      const endN = this.#segments[1]!.firstN - 1
      const scan = scanFile(folder, oldest.segment, endN)
      // Reported first and under its numbers: a kill of this process in between changes nothing.
      this.#onLoss(lossOfSegment(oldest.segment.firstN, endN, scan, oldest.reason))
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
