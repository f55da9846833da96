/** From options to sinks that run, whatever is wrong with the options or the other side. */

import type { FastifyBaseLogger } from 'fastify'
import type { SinkHealth } from '../../generated/types.ts'
import { gapEvent } from '../events/gap.ts'
import type { Archive } from '../stream/archive.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'
import { CursorFile } from './cursor-file.ts'
import { OtlpSink } from './otlp/otlp-sink.ts'
import { SinkRunner, type SinkRunnerOptions } from './runner.ts'
import { resolveS2, type S2Options } from './s2/s2-config.ts'
import { S2Sink } from './s2/s2-sink.ts'
import { asSinkError, type Sink } from './sink.ts'

export interface SinkOptions {
  readonly s2: S2Options | false
  readonly otlp: boolean
}

export interface SinkParts {
  readonly stream: EventStream
  readonly publisher: Publisher
  /** Where positions are kept; absent: in memory only. */
  readonly stateDir: string | undefined
  readonly log: FastifyBaseLogger
}

/** A sink whose configuration is wrong: it is shown, and does nothing. */
interface Misconfigured {
  readonly health: SinkHealth
}

export class Sinks {
  readonly #runners: SinkRunner[] = []
  readonly #misconfigured: Misconfigured[] = []
  #s2: S2Sink | undefined

  constructor({ s2, otlp }: SinkOptions, { stream, publisher, stateDir, log }: SinkParts) {
    const add = (name: string, create: () => Sink): void => {
      try {
        const cursorFile = stateDir === undefined ? undefined : new CursorFile(stateDir, name, log)
        const onMissed = missedBy(name, publisher)
        const sink = create()
        this.#runners.push(new SinkRunner({ sink, stream, cursorFile, log, onMissed }))
      } catch (error) {
        const { message } = asSinkError(error)
        log.error({ sink: name }, `the sink is not used: ${message}`)
        this.#misconfigured.push({ health: { ...IDLE, name, error: message } })
      }
    }
    if (s2 !== false) {
      add('s2', () => {
        this.#s2 = new S2Sink(resolveS2(s2, process.env), log)
        return this.#s2
      })
    }
    if (otlp) add('otlp', () => new OtlpSink(process.env))
  }

  /** Where older events can be read back from; absent where no sink can do it. */
  get archive(): Archive | undefined {
    const s2 = this.#s2
    if (s2 === undefined) return undefined
    const seq = this.#runners.find(({ name }) => name === s2.name)?.health.seq ?? 0
    return { name: s2.name, read: (range, signal) => s2.readBack(seq, range, signal) }
  }

  /** Absent from /healthz where there is none. */
  get health(): SinkHealth[] | undefined {
    const all = [...this.#runners, ...this.#misconfigured].map(({ health }) => health)
    return all.length === 0 ? undefined : all
  }

  /** Never rejects. */
  async load(): Promise<void> {
    await Promise.all(this.#runners.map(runner => runner.load()))
  }

  start(): void {
    for (const runner of this.#runners) runner.start()
  }

  /** Before the server closes: nothing lingers any more. */
  hurry(): void {
    for (const runner of this.#runners) runner.hurry()
  }

  /** After the server has closed and nothing is published any more. @param timeout milliseconds */
  async close(timeout: number): Promise<void> {
    await Promise.all(this.#runners.map(runner => runner.close(timeout)))
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

/** What was dropped before a sink came to it is told to everyone, to that sink too. */
function missedBy(name: string, publisher: Publisher): SinkRunnerOptions['onMissed'] {
  return (missed, before) => {
    const reason = `the sink ${name} was too far behind: events were gone before it came to them`
    const to = before === undefined ? {} : { to: before.ts }
    const data = { source: 'stream', lost: missed, reason, ...to } as const
    publisher.publish({ ...gapEvent('sink.missed', data, { sink: name }), ts: Date.now() * 1000 })
  }
}
