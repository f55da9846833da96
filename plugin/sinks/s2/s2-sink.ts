/**
 * The sink for S2 (https://s2.dev), by its SDK, which is loaded only where S2 is configured.
 *
 * None twice: every append names the position at which it must land (`matchSeqNum`), so that of an
 * append and its repetitions at most one does. An append without an answer is simply tried again;
 * when S2 then answers that the stream is longer, what stands there is read: if it is the batch, it
 * had landed. The position is in the cursor file before anything is sent, so that the same holds for
 * an append of a process that was killed. The SDK itself repeats nothing (its default would).
 *
 * If something else stands there, another writer shares the stream. Who comes later takes it over;
 * who wrote before and finds it taken stops and says so. So two never interleave, and neither is
 * silent.
 */

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { AppendInput, S2Basin, S2Stream } from '@s2-dev/streamstore'
import type { FastifyBaseLogger } from 'fastify'
import type { PublishedEvent } from '../../events/envelope.ts'
import type { ArchivedEvent, ArchiveRange } from '../../stream/archive.ts'
import { type Delivery, type Sink, SinkError, type SinkLimits } from '../sink.ts'
import {
  codeOf,
  loadS2,
  openBasin,
  type S2Sdk,
  statusOf,
  toAppendError,
  toSinkError,
} from './s2-client.ts'
import type { S2Target } from './s2-config.ts'
import { readBack } from './s2-read-back.ts'
import { compareRecord, headerOf, isCommand, type ReadFields, toRecord } from './s2-record.ts'

/**
 * S2 takes 1,000 records and 1 MiB in an append, headers included. Smaller batches bring no less
 * through (one is under way while the next gathers), and what the SDK makes of one dies young: of
 * 250 it took 4 MB more while it caught up. Still smaller ones take longer where attempts fail.
 */
const MAX_BATCH_BYTES = 256 * 1024
const MAX_BATCH_EVENTS = 100
const TIMEOUT_MS = 10_000

/** What the cursor file keeps. */
interface S2State {
  /** Whose sequence numbers these are; made once for each run of them. */
  readonly origin: string
  readonly basin: string
  readonly stream: string
  /** Where the next record of ours goes. */
  readonly position: number
}

export class S2Sink implements Sink {
  readonly name = 's2'
  readonly limits: SinkLimits
  readonly #target: S2Target
  readonly #log: FastifyBaseLogger
  #sdk: S2Sdk | undefined
  #stream: S2Stream | undefined
  #basin: S2Basin | undefined
  #origin = `${hostname()}.${randomBytes(6).toString('base64url')}`
  #position: number | undefined
  /** S2 refused the position: what stands there is looked at before the next append. */
  #mustLook = false
  /** The last event that is known to be in the stream; an attempt may fail with a part of its batch there. */
  #landed = 0
  #hasLoaded = false
  /** Whether this process has written to the stream, and so would notice another writer. */
  #hasWritten = false
  /** Another writer's record was seen, and is looked for once more before that is believed. */
  #hasSeenForeign = false

  constructor(target: S2Target, log: FastifyBaseLogger) {
    this.#target = target
    this.#log = log
    this.limits = {
      maxBytes: MAX_BATCH_BYTES,
      maxEvents: MAX_BATCH_EVENTS,
      lingerMs: target.lingerMs,
      timeoutMs: TIMEOUT_MS,
    }
  }

  get state(): S2State | undefined {
    if (this.#position === undefined) return undefined
    const { basin, stream } = this.#target
    return { origin: this.#origin, basin, stream, position: this.#position }
  }

  async load(): Promise<void> {
    this.#sdk ??= await loadS2()
    this.#basin ??= openBasin(this.#sdk, this.#target)
    this.#stream ??= this.#basin.stream(this.#target.stream)
  }

  async connect(saved: unknown, signal: AbortSignal): Promise<void> {
    const { basin, stream } = this.#target
    await this.load()
    this.#mustLook = false
    const tail = await this.#tail(signal)
    if (!this.#hasLoaded && isState(saved)) {
      this.#origin = saved.origin
      if (saved.basin === basin && saved.stream === stream) this.#position = saved.position
    }
    this.#hasLoaded = true
    if (this.#position !== undefined && this.#position > tail) {
      this.#log.warn({ basin, stream }, 'the S2 stream was deleted: events go on in a new one')
      this.#position = undefined
    }
    this.#position ??= tail
  }

  async deliver(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery> {
    for (;;) {
      const rest = batch.filter(({ seq }) => seq > this.#landed)
      if (rest.length === 0) break
      if (this.#mustLook) {
        await this.#look(rest, signal)
        this.#mustLook = false
        continue
      }
      try {
        await this.#append(rest, signal)
      } catch (error) {
        if (statusOf(error) !== 412 || signal.aborted) throw toAppendError(error, this.#target)
        this.#mustLook = true
      }
    }
    this.#hasWritten = true
    this.#hasSeenForeign = false
    return {}
  }

  readBack(
    delivered: number,
    range: ArchiveRange,
    signal: AbortSignal
  ): AsyncGenerator<ArchivedEvent> {
    if (this.#stream === undefined || this.#position === undefined) {
      throw new SinkError('retry', 'S2 has not been reached yet')
    }
    const end = { origin: this.#origin, position: this.#position, seq: delivered }
    return readBack(this.#stream, end, range, signal)
  }

  close(): void {
    this.#stream?.close().catch(() => {})
  }

  /** Position after the last record; the stream is created when it is missing. */
  async #tail(signal: AbortSignal): Promise<number> {
    const stream = this.#stream!
    try {
      const { tail } = await stream.checkTail({ signal })
      signal.throwIfAborted()
      return tail.seqNum
    } catch (error) {
      if (codeOf(error) !== 'stream_not_found') throw toSinkError(error, this.#target)
    }
    try {
      await this.#basin!.streams.create({ stream: stream.name }, { signal })
      this.#log.info({ basin: this.#target.basin, stream: stream.name }, 'S2 stream created')
      return 0
    } catch (error) {
      throw toSinkError(error, this.#target)
    }
  }

  async #append(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<void> {
    const position = this.#position!
    const input = this.#toInput(batch, position)
    const { start, end } = await this.#stream!.append(input, { signal })
    // An attempt that was given up changes nothing any more: the next one finds out what landed.
    signal.throwIfAborted()
    // A proxy may have answered in the place of S2: then what has landed is not known.
    if (start.seqNum !== position || end.seqNum !== position + batch.length) {
      throw new SinkError('retry', 'S2 acknowledged something else than what was appended')
    }
    this.#position = end.seqNum
    this.#landed = batch.at(-1)!.seq
  }

  /** @throws {SinkError} for more than S2 takes in an append, also of a single event */
  #toInput(batch: readonly PublishedEvent[], position: number): AppendInput {
    const { AppendInput, AppendRecord } = this.#sdk!
    const records = batch.map(event => toRecord(AppendRecord, event, this.#origin))
    try {
      return AppendInput.create(records, { matchSeqNum: position })
    } catch (error) {
      throw new SinkError('rejected', (error as Error).message, { cause: error })
    }
  }

  /**
   * The stream is longer than it was thought to be: looks what stands there, and goes beyond what is
   * ours.
   */
  async #look(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<void> {
    const position = this.#position!
    let next = 0
    for (const record of await this.#readFrom(position, signal)) {
      // What lies beyond the batch is the next one's to look at.
      if (next === batch.length) break
      if (!isCommand(record)) {
        const what = compareRecord(record, batch[next]!, this.#origin)
        if (what === 'foreign') {
          if (this.#position === position) throw this.#foreign(record)
          break
        }
        if (what === 'same') this.#landed = batch[next++]!.seq
      }
      this.#position = record.seqNum + 1
    }
    if (this.#position === position) {
      throw new SinkError('retry', 'S2 refused an append and did not show why', { reconnect: true })
    }
  }

  async #readFrom(position: number, signal: AbortSignal) {
    try {
      const limits = { count: MAX_BATCH_EVENTS }
      const range = { start: { from: { seqNum: position } }, stop: { limits } }
      const { records } = await this.#stream!.read(range, { as: 'bytes', signal })
      signal.throwIfAborted()
      return records
    } catch (error) {
      // The stream is shorter than it was: deleted and made anew.
      if (statusOf(error) !== 416) throw toSinkError(error, this.#target)
      throw new SinkError('retry', 'the S2 stream has become shorter', { reconnect: true })
    }
  }

  #foreign(record: ReadFields & { readonly timestamp: Date }): SinkError {
    const { basin, stream } = this.#target
    const who = `${headerOf(record, 'origin') ?? 'one that names itself not'}, at ${record.timestamp.toISOString()}`
    if (!this.#hasSeenForeign) {
      this.#hasSeenForeign = true
      return new SinkError('retry', `the S2 stream ${basin}/${stream} has a record of ${who}`)
    }
    this.#hasSeenForeign = false
    if (this.#hasWritten) {
      return new SinkError(
        'stopped',
        `the S2 stream ${basin}/${stream} was taken over by another writer (${who}): give each machine a stream of its own by S2_STREAM, then start again`
      )
    }
    this.#log.warn({ basin, stream, writer: who }, 'taking the S2 stream over from another writer')
    this.#position = undefined
    return new SinkError('retry', `the S2 stream was written by ${who}`, { reconnect: true })
  }
}

function isState(value: unknown): value is S2State {
  const state = value as Partial<S2State> | null | undefined
  return typeof state?.origin === 'string' && Number.isSafeInteger(state.position)
}
