/**
 * The one way into the stream, for the kernel's watcher, for `POST /telemetry/events` and for the
 * host application: filters by category, says who reports the event, and recognises what was
 * published before.
 */

import type { EventEnvelope, OomKillData, ProcessCrashedData } from '../../generated/types.ts'
import {
  envelopeOf,
  openFrame,
  type PublishedEvent,
  readEnvelope,
  sealEnvelope,
  type TelemetryEventInput,
} from '../events/envelope.ts'
import { type Reporter, reportedBy, reporterOf } from '../events/reporter.ts'
import {
  isAlwaysCaptured,
  PROCESS_CRASHED,
  SERVICE_CRASHED,
  SYSTEM_OOM_KILL,
} from '../events/types.ts'
import { CaptureConfig } from './capture.ts'
import type { EventStore } from './event-store.ts'
import { type FirstPublished, keyOf, PublishedKeys } from './published-keys.ts'
import { RecentDeaths } from './recent-deaths.ts'
import type { EventStream } from './stream.ts'

export interface PublisherOptions {
  /** Where events are kept on disk. */
  readonly store?: Pick<EventStore, 'settled'> | undefined
  /** `telemetry_session_id` of the metadata of every event, until another one is put. */
  readonly sessionId?: string | undefined
  /** Finds the kernel's kill of which an event of another reporter tells, too. */
  readonly killOf?: ((input: TelemetryEventInput) => number | undefined) | undefined
  /** Finds the fault that the kernel logged of it, likewise. */
  readonly faultOf?: ((input: TelemetryEventInput) => number | undefined) | undefined
  /** Told of each event that is published for the first time. */
  readonly onPublished?: ((input: TelemetryEventInput, reporter: Reporter) => void) | undefined
  /** Told of an event whose key an earlier one with other data has: both are published. */
  readonly onKeyReused?: ((event: PublishedEvent, firstSeq: number) => void) | undefined
}

/** What became of an event. */
interface Taken {
  readonly event: PublishedEvent
  /** As it was published; absent where it was before. */
  readonly reported?: TelemetryEventInput
}

export class Publisher {
  readonly capture: CaptureConfig
  /** What the kernel killed of late, for who tells of what died by it. */
  readonly kills = new RecentDeaths()
  /** Of which processes the kernel logged of late that a fault ended them. */
  readonly crashes = new RecentDeaths()
  readonly #stream: EventStream
  readonly #options: PublisherOptions
  readonly #keys = new PublishedKeys()
  readonly #counts: Record<Reporter, number> = {
    kernel: 0,
    supervisor: 0,
    devtools: 0,
    server: 0,
    http: 0,
  }

  constructor(stream: EventStream, options: PublisherOptions = {}) {
    this.#stream = stream
    this.#options = options
    this.capture = new CaptureConfig(options.sessionId)
  }

  /** Events published by this process, by who reported them. */
  get counts(): Readonly<Record<Reporter, number>> {
    return this.#counts
  }

  /**
   * To be called at the end of a turn of the event loop: what was published in it is written at once.
   * Resolves when it is kept as safely as it is to be before it is acknowledged; undefined where it is
   * already.
   */
  settled(): Promise<unknown> | undefined {
    return this.#options.store?.settled()
  }

  /**
   * @param isSettled who publishes it tells nobody of it before {@link settled}
   * @returns the published event, the first one where its key was published before, or undefined
   *   when its category is not captured (no sequence number is used then)
   */
  publish(
    input: TelemetryEventInput,
    reporter: Reporter,
    isSettled = false
  ): PublishedEvent | undefined {
    return this.#take(input, reporter, isSettled)?.event
  }

  /**
   * As {@link publish}, for who wants the envelope as an object.
   *
   * @param input its data is as JSON has it, and goes to the caller with the envelope
   */
  publishEnvelope(input: TelemetryEventInput, reporter: Reporter): EventEnvelope | undefined {
    const taken = this.#take(input, reporter, false)
    if (taken === undefined) return undefined
    const { event, reported } = taken
    return reported === undefined ? readEnvelope(event) : envelopeOf(event, reported)
  }

  #take(input: TelemetryEventInput, reporter: Reporter, isSettled: boolean): Taken | undefined {
    const { ts, type, category, data } = input
    if (!this.capture.isCaptured(category) && !isAlwaysCaptured(type, reporter)) return undefined
    const source = reportedBy(input.source, reporter, this.capture.sessionId)
    const dataJson = input.dataJson ?? dataJsonOf(input)
    const reported = this.#linked({ ts, type, category, source, data, dataJson }, reporter)
    const key = keyOf(input, dataJson)
    if (key === undefined) {
      return { event: this.#publish(reported, reporter, isSettled), reported }
    }
    // Who is trusted has the keys that it gives to itself, whatever others published under them. What
    // anyone posts is known again where it says the same, by whomever that was said.
    const isTrusted = reporter !== 'http'
    const first = isTrusted ? this.#keys.find(key, reporter) : this.#keys.findAny(key)
    if (first !== undefined && (isTrusted || first.isSame)) {
      return { event: this.#first(first, reported) }
    }
    const event = this.#publish(reported, reporter, isSettled)
    if (first !== undefined) this.#options.onKeyReused?.(event, first.seq)
    else this.#keys.remember(key, event, reporter, this.#stream.isStored(event))
    return { event, reported }
  }

  /** Names the kill, where a proven supervisor tells of a process that the kernel killed. */
  #linked(input: TelemetryEventInput, reporter: Reporter): TelemetryEventInput {
    if (reporter !== 'supervisor' || input.type !== SERVICE_CRASHED) return input
    const killSeq = this.#options.killOf?.(input)
    const faultSeq = killSeq === undefined ? this.#options.faultOf?.(input) : undefined
    if (killSeq === undefined && faultSeq === undefined) return input
    const seqs = { oom_kill_seq: killSeq, process_crashed_seq: faultSeq }
    return { ...input, data: { ...(input.data as object), ...seqs }, dataJson: undefined }
  }

  #publish(input: TelemetryEventInput, reporter: Reporter, isSettled: boolean): PublishedEvent {
    this.#counts[reporter]++
    const event = this.#stream.publish(input, isSettled)
    if (reporter === 'kernel') this.#rememberDeath(event.seq, input)
    this.#options.onPublished?.(input, reporter)
    return event
  }

  #rememberDeath(
    seq: number,
    { type, ts, data }: Pick<TelemetryEventInput, 'type' | 'ts' | 'data'>
  ) {
    if (data === undefined || data === null) return
    if (type === SYSTEM_OOM_KILL) this.kills.add({ seq, ts, ...(data as OomKillData) })
    if (type !== PROCESS_CRASHED) return
    const { pid, process_name = '' } = data as ProcessCrashedData
    if (pid !== undefined) this.crashes.add({ seq, ts, pid, process_name })
  }

  /** The event first published; where it is kept no more, what is delivered again, by its number. */
  #first({ seq, frame }: FirstPublished, input: TelemetryEventInput): PublishedEvent {
    return this.#stream.find(seq) ?? (frame ? openFrame(frame) : sealEnvelope(seq, input))
  }

  /** Learns the keys of events that were published before this process. */
  restore(events: readonly PublishedEvent[]): void {
    for (const published of events) {
      const { event } = readEnvelope(published)
      const key = keyOf(event, dataJsonOf(event))
      if (key === undefined) continue
      const reporter = reporterOf(event.source.metadata)
      if (reporter === 'kernel') this.#rememberDeath(published.seq, event)
      if (this.#keys.find(key, reporter) !== undefined) continue
      this.#keys.remember(key, published, reporter, this.#stream.isStored(published))
    }
  }
}

/** @returns undefined where it has none; null is none */
function dataJsonOf({ data }: Pick<TelemetryEventInput, 'data'>): string | undefined {
  return data === null ? undefined : JSON.stringify(data)
}
