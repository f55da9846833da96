/** From options to sinks that run, whatever is wrong with the options or the other side. */

import type { FastifyBaseLogger } from 'fastify'
import type { EventEnvelope, SinkHealth } from '../../generated/types.ts'
import type { PublishedEvent, TelemetryEventInput } from '../events/envelope.ts'
import { gapEvent } from '../events/gap.ts'
import { reporterOf } from '../events/reporter.ts'
import { TELEMETRY_GAP } from '../events/types.ts'
import type { Archive } from '../stream/archive.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'
import { CursorFile } from './cursor-file.ts'
import { chosenSinks, type SinkOptions } from './registry.ts'
import { SinkRunner, type SinkRunnerOptions } from './runner.ts'
import { asSinkError } from './sink.ts'

/** The name of what happened, in the events that tell of what a sink gave up. */
const SINK_REJECTED = 'sink.rejected'
/** Of an event's type, where it is told of. */
const MAX_TYPE_LENGTH = 100

export interface SinkParts {
  readonly stream: EventStream
  readonly publisher: Publisher
  /** Where positions are kept; absent: in memory only. */
  readonly stateDir: string | undefined
  readonly log: FastifyBaseLogger
}

export class Sinks {
  readonly #runners: SinkRunner[] = []
  /** Of those whose configuration is wrong: they are shown, and do nothing. */
  readonly #misconfigured: SinkHealth[] = []

  constructor(options: SinkOptions, { stream, publisher, stateDir, log }: SinkParts) {
    for (const { name, create } of chosenSinks(options, process.env, log)) {
      try {
        const sink = create()
        if (sink === undefined) continue
        const cursorFile =
          stateDir === undefined ? undefined : new CursorFile(stateDir, sink.name, log)
        const losses = lossesOf(sink.name, publisher)
        this.#runners.push(new SinkRunner({ sink, stream, cursorFile, log, ...losses }))
      } catch (error) {
        const { message } = asSinkError(error)
        log.error({ sink: name }, `the sink is not used: ${message}`)
        this.#misconfigured.push({ ...IDLE, name, error: message })
      }
    }
  }

  /** Where older events can be read back from; absent where no sink can do it. */
  get archive(): Archive | undefined {
    return this.#runners.find(({ archive }) => archive !== undefined)?.archive
  }

  /** Absent from /healthz where there is none. */
  get health(): SinkHealth[] | undefined {
    const all = [...this.#runners.map(({ health }) => health), ...this.#misconfigured]
    return all.length === 0 ? undefined : all
  }

  /** Never rejects. */
  async load(): Promise<void> {
    await Promise.all(this.#runners.map(runner => runner.load()))
  }

  start(): void {
    for (const runner of this.#runners) runner.start()
  }

  /** Before the server closes: no event waits for others any more. */
  stopLingering(): void {
    for (const runner of this.#runners) runner.stopLingering()
  }

  /** After the server has closed and nothing is published any more. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all(this.#runners.map(runner => runner.close(timeoutMs)))
  }
}

const IDLE: SinkHealth = {
  name: '',
  state: 'misconfigured',
  seq: 0,
  lag_events: 0,
  lag_ms: 0,
  delivered: 0,
  failures: 0,
  missed: 0,
  rejected: 0,
}

/** What a sink lost is told to everyone, to that sink too. */
function lossesOf(
  name: string,
  publisher: Publisher
): Pick<SinkRunnerOptions, 'onMissed' | 'onRejected'> {
  const tell = (gap: TelemetryEventInput): void => {
    publisher.publish({ ...gap, ts: Date.now() * 1000 }, 'server')
  }
  return {
    onMissed(missed, before) {
      const reason = `the sink ${name} was too far behind: events were gone before it came to them`
      const data = { source: 'stream', lost: missed, reason, to: before?.ts } as const
      tell(gapEvent('sink.missed', data, { sink: name }))
    },
    onRejected(batch, lost, why) {
      // That these were refused was told by the count, and would be refused as well.
      if (batch.length === 1 && isAboutRejection(batch[0]!)) return
      const [first, last] = [batch[0]!, batch.at(-1)!]
      const which =
        batch.length === 1
          ? `event ${first.seq} (${first.type.slice(0, MAX_TYPE_LENGTH)})`
          : `${lost} of the events ${first.seq} to ${last.seq}`
      const reason = `the sink ${name} gave up ${which}, which the other side refuses: ${why}`
      const seq = batch.length === 1 ? String(first.seq) : `${first.seq}-${last.seq}`
      const data = { source: 'stream', lost, reason, from: first.ts, to: last.ts } as const
      tell(gapEvent(SINK_REJECTED, data, { sink: name, seq }))
    },
  }
}

function isAboutRejection({ type, json }: PublishedEvent): boolean {
  if (type !== TELEMETRY_GAP) return false
  const { event } = JSON.parse(json.toString()) as EventEnvelope
  const { source } = event
  return source.event === SINK_REJECTED && reporterOf(source.metadata) === 'server'
}
