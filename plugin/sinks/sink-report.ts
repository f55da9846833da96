/** What is told of a sink: its counts and its state in /healthz, and in the log what changes. */

import type { FastifyBaseLogger } from 'fastify'
import type { SinkHealth, SinkState } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { SinkError, SinkFault } from './sink.ts'

/** Where it stands in the stream. */
export interface SinkPlace {
  /** The last event delivered. */
  readonly seq: number
  readonly lag: number
  /** The oldest event that was read and is not delivered. */
  readonly waiting: PublishedEvent | undefined
}

export class SinkReport {
  readonly #name: string
  readonly #log: FastifyBaseLogger
  #state: SinkState = 'connecting'
  /** The fault that was told last and still holds; later ones of its kind are no news. */
  #toldFault: SinkFault | undefined
  /** Unix ms at which the sink last had nothing to deliver. */
  #caughtUpAtMs = Date.now()
  /** Unix microseconds. */
  #deliveredAt: number | undefined
  #delivered = 0
  #failures = 0
  #missed = 0
  #rejected = 0
  #error: string | undefined

  constructor(name: string, log: FastifyBaseLogger) {
    this.#name = name
    this.#log = log
  }

  caughtUp(): void {
    this.#caughtUpAtMs = Date.now()
  }

  missed(events: number): void {
    this.#missed += events
  }

  delivered(events: number): void {
    this.#delivered += events
    this.#deliveredAt = Date.now() * 1000
  }

  rejected(batch: readonly PublishedEvent[], rejected: number, reason: string): void {
    this.#rejected += rejected
    const [first, last] = [batch[0]!.seq, batch.at(-1)!.seq]
    this.#log.error({ rejected, first, last, reason }, 'events were refused, and are given up')
  }

  /** An attempt went well. @param attempts how many it took */
  works(attempts: number, lag: number): void {
    if (this.#toldFault !== undefined) this.#log.info({ attempts, left: lag }, 'delivers again')
    this.#toldFault = undefined
    this.#state = 'delivering'
  }

  /** A batch was refused, of which a part may be taken. */
  refusedBatch(error: SinkError, events: number): void {
    this.#count(error)
    // It answers, at least.
    if (this.#state === 'retrying') this.#state = 'delivering'
    if (this.#toldFault === 'retry') this.#toldFault = undefined
    this.#log.debug({ err: error, events }, 'a batch was refused')
  }

  failed(error: SinkError, lag: number): void {
    const { fault } = error
    this.#count(error)
    this.#state = fault === 'rejected' ? 'refused' : fault === 'retry' ? 'retrying' : fault
    const isNews = fault !== this.#toldFault
    this.#toldFault = fault
    const level = !isNews ? 'debug' : fault === 'retry' ? 'warn' : 'error'
    this.#log[level]({ err: error, left: lag }, SAID[fault])
  }

  /** @param isKept whether what is left is delivered after a restart */
  closed(lag: number, isKept: boolean): void {
    if (lag > 0) {
      this.#log[isKept ? 'info' : 'warn']({ left: lag }, 'closed before everything was delivered')
    }
    if (this.#state !== 'stopped' && this.#state !== 'misconfigured') this.#state = 'closed'
  }

  health({ seq, lag, waiting }: SinkPlace): SinkHealth {
    const sinceMs = waiting === undefined ? this.#caughtUpAtMs : waiting.ts / 1000
    return {
      name: this.#name,
      state: this.#state,
      seq,
      lag_events: lag,
      lag_ms: lag === 0 ? 0 : Math.max(0, Math.round(Date.now() - sinceMs)),
      delivered: this.#delivered,
      failures: this.#failures,
      missed: this.#missed,
      rejected: this.#rejected,
      delivered_at: this.#deliveredAt,
      error: this.#error,
    }
  }

  #count({ message }: SinkError): void {
    this.#failures++
    this.#error = message
  }
}

const SAID: Readonly<Record<SinkFault, string>> = {
  rejected: 'the sink refuses what it is asked: it is asked again every minute',
  retry: 'the sink takes no events: they wait, and it is tried again',
  refused: 'the sink refuses events: they wait, and it is tried again every minute',
  misconfigured: 'the sink is not used: mend its configuration and start again',
  stopped: 'the sink delivers no more: mend the cause and start again',
}
