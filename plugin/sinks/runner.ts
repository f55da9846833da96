/**
 * Takes one sink through the stream: reads, batches, delivers, tries again, remembers how far it
 * came. It holds one batch of references and nothing else: what waits, waits in the stream.
 *
 * An event counts as delivered when the sink says so, not before: each is delivered at least once.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { SinkHealth, SinkState } from '../../generated/types.ts'
import { Backoff, jittered } from '../backoff.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { Archive } from '../stream/archive.ts'
import type { EventReader } from '../stream/event-reader.ts'
import type { EventStream } from '../stream/stream.ts'
import type { CursorFile } from './cursor-file.ts'
import { asSinkError, type Sink, SinkError, type SinkFault } from './sink.ts'

const RETRY = { firstMs: 100, lastMs: 15_000, hasJitter: true }
/** After a refusal, which a person has to mend. */
const REFUSED_MS = 60_000
/** What another side may ask for at most: longer, and a mended one would stand idle. */
const MAX_ASKED_MS = 5 * 60_000
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
}

export class SinkRunner {
  readonly #sink: Sink
  readonly #stream: EventStream
  readonly #cursorFile: CursorFile | undefined
  readonly #log: FastifyBaseLogger
  readonly #onMissed: SinkRunnerOptions['onMissed']
  readonly #reader: EventReader
  readonly #backoff = new Backoff(RETRY)
  readonly #savedState: unknown
  #seq: number
  /** Read and not delivered yet. */
  #pending: readonly PublishedEvent[] = []
  #state: SinkState = 'connecting'
  #isConnected = false
  /** No event waits for others to share its batch. */
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
  #attempt: AbortController | undefined
  /** The fault that was told last and still holds; later ones of its kind are no news. */
  #toldFault: SinkFault | undefined
  /** Unix ms at which the sink last had nothing to deliver. */
  #caughtUpAt = Date.now()
  #deliveredAt: number | undefined
  #delivered = 0
  #failures = 0
  #missed = 0
  #rejected = 0
  #error: string | undefined

  constructor({ sink, stream, cursorFile, log, onMissed }: SinkRunnerOptions) {
    this.#sink = sink
    this.#stream = stream
    this.#cursorFile = cursorFile
    this.#log = log.child({ sink: sink.name })
    this.#onMissed = onMissed
    let cursor = cursorFile?.read()
    if (cursor !== undefined && cursor.seq > stream.seq) {
      this.#log.warn(
        { delivered: cursor.seq, newest: stream.seq },
        'the stream begins anew below what was delivered: so does the sink, at the oldest event'
      )
      cursor = undefined
    }
    this.#seq = cursor?.seq ?? beforeOldest(stream)
    this.#savedState = cursor?.state
    this.#reader = stream.subscribe({ after: this.#seq }, {}, () => this.#endWait?.())
  }

  get name(): string {
    return this.#sink.name
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
      this.#attempt?.abort(new SinkError('retry', 'the application closed'))
      this.#endPause?.()
    }, timeoutMs)
    await this.#done
    clearTimeout(timer)
    this.#reader.close()
    this.#sink.close()
    this.#cursorFile?.close()
    if (this.#lag > 0) {
      const level = this.#cursorFile === undefined ? 'warn' : 'info'
      this.#log[level]({ left: this.#lag }, 'closed before everything was delivered')
    }
    if (this.#state !== 'stopped' && this.#state !== 'misconfigured') this.#state = 'closed'
  }

  get health(): SinkHealth {
    const [waiting] = this.#pending
    const since = waiting === undefined ? this.#caughtUpAt : waiting.ts / 1000
    return {
      name: this.#sink.name,
      state: this.#state,
      seq: this.#seq,
      lag_events: this.#lag,
      lag_ms: this.#lag === 0 ? 0 : Math.max(0, Math.round(Date.now() - since)),
      delivered: this.#delivered,
      failures: this.#failures,
      missed: this.#missed,
      rejected: this.#rejected,
      delivered_at: this.#deliveredAt,
      error: this.#error,
    }
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
      } catch (error) {
        const delay = this.#failed(asSinkError(error))
        if (delay === undefined) return
        await this.#pause(this.#lingers ? delay : Math.min(delay, CLOSING_MS))
      }
    }
  }

  async #connect(): Promise<void> {
    await this.#try(signal => this.#sink.connect(this.#sink.state ?? this.#savedState, signal))
    this.#isConnected = true
    this.#save()
    this.#succeeded()
  }

  /** The same batch until it is delivered. @returns undefined when the loop has to look around */
  async #nextBatch(): Promise<readonly PublishedEvent[] | undefined> {
    if (this.#pending.length === 0) {
      if (!this.#reader.hasMore) {
        this.#caughtUpAt = Date.now()
        await this.#wait()
        if (this.#lingers) await this.#pause(this.#sink.limits.lingerMs)
      }
      this.#read()
      // A long stretch of the journal without events for us: the reader calls back.
      if (this.#pending.length === 0 && this.#reader.hasMore) await this.#wait()
      if (this.#pending.length === 0) return undefined
    }
    return this.#pending.slice(0, this.#sink.limits.maxEvents)
  }

  #read(): void {
    const { events, missed } = this.#reader.read(this.#sink.limits.maxBytes, true)
    this.#pending = events
    if (missed === 0) return
    this.#missed += missed
    this.#onMissed(missed, events[0])
  }

  async #deliver(batch: readonly PublishedEvent[]): Promise<void> {
    const { rejected = 0, reason } = await this.#try(signal => this.#sink.deliver(batch, signal))
    const last = batch[batch.length - 1]!.seq
    this.#pending = this.#pending.slice(batch.length)
    this.#seq = last
    this.#delivered += batch.length - rejected
    this.#deliveredAt = Date.now() * 1000
    if (rejected > 0) {
      this.#rejected += rejected
      this.#log.error({ rejected, first: batch[0]!.seq, last, reason }, 'events were refused')
    }
    this.#save()
    this.#succeeded()
  }

  async #try<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = new AbortController()
    const { signal } = attempt
    this.#attempt = attempt
    const { timeoutMs } = this.#sink.limits
    const timer = setTimeout(
      () => attempt.abort(new SinkError('retry', `no answer in ${timeoutMs / 1000} s`)),
      timeoutMs
    )
    // Not every library lets go of a request when it is told to.
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    try {
      return await Promise.race([work(signal), aborted])
    } finally {
      clearTimeout(timer)
      this.#attempt = undefined
    }
  }

  #succeeded(): void {
    if (this.#toldFault !== undefined) {
      this.#log.info({ attempts: this.#backoff.failures + 1, left: this.#lag }, 'delivers again')
    }
    this.#toldFault = undefined
    this.#backoff.reset()
    this.#state = 'delivering'
  }

  /** @returns milliseconds until the next attempt; undefined when there is none */
  #failed(error: SinkError): number | undefined {
    const { fault, message } = error
    this.#failures++
    this.#error = message
    if (error.reconnect) this.#isConnected = false
    if (fault !== this.#toldFault) {
      const level = fault === 'retry' ? 'warn' : 'error'
      this.#log[level]({ err: error, left: this.#lag }, SAID[fault])
      this.#toldFault = fault
    } else {
      this.#log.debug({ err: error, left: this.#lag }, SAID[fault])
    }
    if (fault === 'stopped' || fault === 'misconfigured') {
      this.#state = fault
      return undefined
    }
    this.#state = fault === 'retry' ? 'retrying' : 'refused'
    const grownMs = this.#backoff.next()
    // Not before the time asked for, and not all at that time.
    if (error.afterMs !== undefined) return Math.min(error.afterMs, MAX_ASKED_MS) + grownMs
    return fault === 'refused' ? jittered(REFUSED_MS) : grownMs
  }

  #save(): void {
    const { state } = this.#sink
    this.#cursorFile?.write({ seq: this.#seq, state })
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

const SAID: Readonly<Record<SinkFault, string>> = {
  retry: 'the sink takes no events: they wait, and it is tried again',
  refused: 'the sink refuses events: they wait, and it is tried again every minute',
  misconfigured: 'the sink is not used: mend its configuration and start again',
  stopped: 'the sink delivers no more: mend the cause and start again',
}
