/**
 * Takes one sink through the stream: reads, batches, delivers, tries again, remembers how far it
 * came. It holds one batch of references and nothing else: what waits, waits in the stream.
 *
 * An event counts as delivered when the sink says so, not before: each is delivered at least once.
 * One that the other side refuses also when it stands alone is given up, counted and told.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { SinkHealth } from '../../generated/types.ts'
import { Backoff, jittered } from '../backoff.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { Archive } from '../stream/archive.ts'
import type { EventReader } from '../stream/event-reader.ts'
import type { EventStream } from '../stream/stream.ts'
import { Attempt } from './attempt.ts'
import { BatchSize } from './batch-size.ts'
import type { CursorFile } from './cursor-file.ts'
import { asSinkError, type Delivery, type Sink, SinkError } from './sink.ts'
import { SinkReport } from './sink-report.ts'

const RETRY = { firstMs: 100, lastMs: 15_000, hasJitter: true }
/** After a refusal, which a person has to mend. */
const REFUSED_MS = 60_000
/** What another side may ask for at most: longer, and a mended one would stand idle. */
const MAX_ASKED_MS = 5 * 60_000
/** A batch that fails so often is halved, and halved again. */
const HALVE_EACH = 3
/**
 * After so many events in a row that were given up, none taken between, the sink waits as after a
 * refusal: a side that refuses everything, because it is set up wrong, does not cost them all at once.
 */
export const MAX_REJECTED_IN_A_ROW = 20
/** Longest pause between attempts once the application closes. */
const CLOSING_MS = 100

export interface SinkRunnerOptions {
  readonly sink: Sink
  readonly stream: EventStream
  /** Absent: the position is kept in memory only. */
  readonly cursorFile?: CursorFile | undefined
  readonly log: FastifyBaseLogger
  /** Told of events that the stream dropped before the sink came to them. */
  readonly onMissed: (missed: number, before: PublishedEvent | undefined) => void
  /** Told of events of a batch that were given up, because the other side refuses them for good. */
  readonly onRejected: (batch: readonly PublishedEvent[], rejected: number, reason: string) => void
  /** Milliseconds after a refusal. Default: a minute. */
  readonly refusedMs?: number
}

export class SinkRunner {
  readonly #options: SinkRunnerOptions
  readonly #sink: Sink
  readonly #stream: EventStream
  readonly #report: SinkReport
  readonly #reader: EventReader
  readonly #backoff = new Backoff(RETRY)
  readonly #attempt = new Attempt()
  readonly #size: BatchSize
  readonly #savedState: unknown
  #seq: number
  /** Read and not delivered yet. */
  #pending: readonly PublishedEvent[] = []
  #isConnected = false
  /** Events wait for others to share their batch. */
  #lingers = true
  /** The loop ends when there is nothing left to deliver. */
  #endsWhenEmpty = false
  /** The loop ends now. */
  #isOver = false
  #done: Promise<void> | undefined
  /** Set while there is nothing to deliver. */
  #endWait: (() => void) | undefined
  /** Set while something lingers, or is tried again later. */
  #endPause: (() => void) | undefined
  /** Events given up since one was taken. */
  #rejectedInARow = 0

  constructor(options: SinkRunnerOptions) {
    const { sink, stream, cursorFile } = options
    const log = options.log.child({ sink: sink.name })
    this.#options = options
    this.#sink = sink
    this.#stream = stream
    this.#report = new SinkReport(sink.name, log)
    this.#size = new BatchSize(sink.limits)
    let cursor = cursorFile?.read()
    if (cursor !== undefined && cursor.seq > stream.seq) {
      log.warn(
        { delivered: cursor.seq, newest: stream.seq },
        'the stream begins anew below what was delivered: so does the sink, at the oldest event'
      )
      cursor = undefined
    }
    this.#seq = cursor?.seq ?? beforeOldest(stream)
    this.#savedState = cursor?.state
    this.#reader = stream.subscribe({ after: this.#seq }, sink.filter ?? {}, () =>
      this.#endWait?.()
    )
  }

  /** Never rejects: what fails here fails again in {@link start}, and is told there. */
  async load(): Promise<void> {
    await this.#sink.load().catch(() => {})
  }

  start(): void {
    // Closed while it loaded: what there is stays in the journal.
    if (!this.#endsWhenEmpty) this.#done ??= this.#run()
  }

  /** The application is about to close: no event waits for others any more. */
  stopLingering(): void {
    this.#lingers = false
    this.#endPause?.()
  }

  /** Delivers what there still is. @param timeoutMs after which the rest is left */
  async close(timeoutMs: number): Promise<void> {
    this.#endsWhenEmpty = true
    this.stopLingering()
    this.#endWait?.()
    const timer = setTimeout(() => {
      this.#isOver = true
      this.#attempt.abort('the application closed')
      this.#endPause?.()
    }, timeoutMs)
    await this.#done
    clearTimeout(timer)
    if (this.#sink.filter !== undefined && this.#isConnected) this.#save()
    this.#reader.close()
    this.#sink.close()
    this.#options.cursorFile?.close()
    this.#report.closed(this.#lag, this.#options.cursorFile !== undefined)
  }

  get health(): SinkHealth {
    return this.#report.health({ seq: this.#seq, lag: this.#lag, waiting: this.#pending[0] })
  }

  /** Absent where the sink's other side cannot be asked for older events. */
  get archive(): Archive | undefined {
    const sink = this.#sink
    if (sink.readBack === undefined) return undefined
    return { name: sink.name, read: (range, signal) => sink.readBack!(this.#seq, range, signal) }
  }

  get #lag(): number {
    return this.#stream.seq - this.#seq
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        if (this.#endsWhenEmpty && this.#pending.length === 0 && !this.#reader.hasMore) return
        if (!this.#isConnected) await this.#connect()
        const batch = await this.#nextBatch()
        if (batch !== undefined) await this.#deliver(batch)
      } catch (reason) {
        const error = asSinkError(reason)
        if (error.reconnect) this.#isConnected = false
        this.#report.failed(error, this.#lag)
        const waitMs = this.#waitAfter(error)
        if (waitMs === undefined) return
        await this.#pause(waitMs)
      }
    }
  }

  async #connect(): Promise<void> {
    await this.#try(signal => this.#sink.connect(this.#sink.state ?? this.#savedState, signal))
    this.#isConnected = true
    this.#save()
    this.#succeeded()
  }

  /** @returns undefined when the loop has to look around */
  async #nextBatch(): Promise<readonly PublishedEvent[] | undefined> {
    if (this.#pending.length === 0) {
      if (!this.#reader.hasMore) {
        // What the sink does not deliver lies behind it too.
        this.#seq = this.#reader.position
        this.#report.caughtUp()
        await this.#wait()
        if (this.#lingers) await this.#pause(this.#sink.limits.lingerMs)
      }
      this.#read()
      // A long stretch of the journal without events for us: the reader calls back.
      if (this.#pending.length === 0 && this.#reader.hasMore) await this.#wait()
      if (this.#pending.length === 0) return undefined
    }
    return this.#size.take(this.#pending, performance.now())
  }

  #read(): void {
    const { events, missed } = this.#reader.read(this.#sink.limits.maxBytes, true)
    this.#pending = events
    if (missed === 0) return
    this.#report.missed(missed)
    this.#options.onMissed(missed, events[0])
  }

  async #deliver(batch: readonly PublishedEvent[]): Promise<void> {
    let delivery: Delivery
    try {
      delivery = await this.#try(signal => this.#sink.deliver(batch, signal))
    } catch (reason) {
      const error = asSinkError(reason)
      if (error.fault === 'rejected') return this.#onRejected(batch, error)
      // A side that cuts the connection where a batch is too large for it says nothing else.
      if (this.#backoff.failures % HALVE_EACH === HALVE_EACH - 1) this.#size.halve(batch)
      throw error
    }
    const { rejected = 0, reason = '' } = delivery
    if (rejected > 0) this.#giveUp(batch, rejected, reason)
    this.#report.delivered(batch.length - rejected)
    this.#rejectedInARow = 0
    this.#size.taken()
    this.#moveBehind(batch)
    this.#succeeded()
  }

  /** Of several events a part is tried next; one alone is given up. */
  #onRejected(batch: readonly PublishedEvent[], error: SinkError): void {
    this.#report.refusedBatch(error, batch.length)
    this.#backoff.reset()
    if (batch.length > 1) {
      this.#size.refused(batch, performance.now())
      return
    }
    this.#giveUp(batch, 1, error.message)
    this.#size.foundFault()
    this.#moveBehind(batch)
    this.#rejectedInARow++
    if (this.#rejectedInARow % MAX_REJECTED_IN_A_ROW !== 0) return
    const told = `none of the last ${this.#rejectedInARow} events was taken: ${error.message}`
    throw new SinkError('refused', told, { cause: error })
  }

  /** Told before the position moves: after a crash it is told again rather than not at all. */
  #giveUp(batch: readonly PublishedEvent[], rejected: number, reason: string): void {
    this.#report.rejected(batch, rejected, reason)
    this.#options.onRejected(batch, rejected, reason)
  }

  #moveBehind(batch: readonly PublishedEvent[]): void {
    this.#pending = this.#pending.slice(batch.length)
    this.#seq = batch.at(-1)!.seq
    this.#save()
  }

  #succeeded(): void {
    this.#report.works(this.#backoff.failures + 1, this.#lag)
    this.#backoff.reset()
  }

  /** @returns milliseconds until the next attempt; undefined when there is none */
  #waitAfter({ fault, afterMs }: SinkError): number | undefined {
    if (fault === 'stopped' || fault === 'misconfigured') return undefined
    // Who refuses every event is not offered the others too while the application closes.
    if (this.#rejectedInARow > 0 && fault === 'refused' && !this.#lingers) return undefined
    const grownMs = this.#backoff.next()
    const { refusedMs = REFUSED_MS } = this.#options
    const waitMs =
      afterMs !== undefined
        ? // Not before the time asked for, and not all at that time.
          Math.min(afterMs, MAX_ASKED_MS) + grownMs
        : fault === 'retry'
          ? grownMs
          : jittered(refusedMs)
    return this.#lingers ? waitMs : Math.min(waitMs, CLOSING_MS)
  }

  #try<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#attempt.run(this.#sink.limits.timeoutMs, work)
  }

  #save(): void {
    this.#options.cursorFile?.write({ seq: this.#seq, state: this.#sink.state })
  }

  /** Until the reader has something, or the application closes. */
  async #wait(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#endWait = resolve
    })
    this.#endWait = undefined
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer)
        this.#endPause = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#endPause = end
    })
  }
}

/** The number before the oldest event that is kept anywhere. */
function beforeOldest(stream: EventStream): number {
  for (const event of stream.events(0)) return event.seq - 1
  return stream.seq
}
