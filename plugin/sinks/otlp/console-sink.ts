/**
 * Log records on standard output, one line of JSON each: `OTEL_LOGS_EXPORTER=console`, for looking at
 * them. Nothing is loaded for it.
 */

import type { PublishedEvent } from '../../events/envelope.ts'
import { SequenceOrigin } from '../sequence-origin.ts'
import type { Delivery, Sink, SinkLimits } from '../sink.ts'
import { toLogFields } from './otlp-record.ts'

export class ConsoleSink implements Sink {
  readonly name = 'console'
  readonly limits: SinkLimits = {
    maxBytes: 64 * 1024,
    maxEvents: 100,
    lingerMs: 0,
    timeoutMs: 10_000,
  }
  readonly #origin = new SequenceOrigin()

  get state(): unknown {
    return this.#origin.state
  }

  async load(): Promise<void> {}

  async connect(saved: unknown): Promise<void> {
    this.#origin.resume(saved)
  }

  async deliver(batch: readonly PublishedEvent[]): Promise<Delivery> {
    const lines = batch.map(event => `${recordLine(event, this.#origin.name)}\n`)
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(lines.join(''), error => {
        if (error) reject(error)
        else resolve()
      })
    })
    return {}
  }

  close(): void {}
}

/** As OTLP's JSON has it, but for the values, which are plain. */
function recordLine(event: PublishedEvent, origin: string): string {
  const { hrTime, ...fields } = toLogFields(event, origin)
  const [seconds, nanoseconds] = hrTime
  const timeUnixNano = `${seconds}${String(nanoseconds).padStart(9, '0')}`
  return JSON.stringify({ timeUnixNano, ...fields })
}
