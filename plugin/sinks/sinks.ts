/** From options to sinks that run, whatever is wrong with the options or the other side. */

import type { FastifyBaseLogger } from 'fastify'
import type { SinkHealth } from '../../generated/types.ts'
import { gapEvent } from '../events/gap.ts'
import type { Archive } from '../stream/archive.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'
import { CursorFile } from './cursor-file.ts'
import { chosenSinks, type SinkOptions } from './registry.ts'
import { SinkRunner, type SinkRunnerOptions } from './runner.ts'
import { asSinkError } from './sink.ts'

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
        const cursorFile = stateDir === undefined ? undefined : new CursorFile(stateDir, name, log)
        const onMissed = missedBy(name, publisher)
        this.#runners.push(new SinkRunner({ sink: create(), stream, cursorFile, log, onMissed }))
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

/** What was dropped before a sink came to it is told to everyone, to that sink too. */
function missedBy(name: string, publisher: Publisher): SinkRunnerOptions['onMissed'] {
  return (missed, before) => {
    const reason = `the sink ${name} was too far behind: events were gone before it came to them`
    const data = { source: 'stream', lost: missed, reason, to: before?.ts } as const
    const event = { ...gapEvent('sink.missed', data, { sink: name }), ts: Date.now() * 1000 }
    publisher.publish(event, 'server')
  }
}
