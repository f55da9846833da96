/**
 * The sink that posts each event to a URL, one request for one event, in order. An event is delivered
 * when the other side says 2xx, and may come twice: its `webhook-id` is the same then.
 */

import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { retryAfterMs } from '../../backoff.ts'
import type { PublishedEvent } from '../../events/envelope.ts'
import { ALWAYS_CAPTURED } from '../../events/types.ts'
import type { EventFilter } from '../../stream/event-reader.ts'
import type { WebhookOptions } from '../../types.ts'
import { printable } from '../../units.ts'
import { SequenceOrigin } from '../sequence-origin.ts'
import { type Delivery, type Sink, SinkError, type SinkFault, type SinkLimits } from '../sink.ts'
import { webhookBody } from './webhook-body.ts'
import { signature } from './webhook-signature.ts'

/** Of the other side's words about a refusal. */
const MAX_SAID_LENGTH = 200
/** How long these are waited for, and the end of an answer. */
const HEAD_MS = 500
/** By which the other side says that it is the event that is wrong: it will not be taken later. */
const BAD_EVENT: readonly number[] = [400, 413, 422]
/** What passes, with what happens to servers and proxies (5xx). */
const PASSING: readonly number[] = [408, 409, 425, 429]
/** By which a receiver says that it wants no more: Standard Webhooks, "Delivery". */
const GONE = 410

export class WebhookSink implements Sink {
  readonly name = 'webhook'
  readonly limits: SinkLimits = {
    maxBytes: 1024 * 1024,
    maxEvents: 1,
    lingerMs: 0,
    timeoutMs: 15_000,
  }
  readonly filter: EventFilter
  readonly #options: WebhookOptions
  readonly #shownUrl: string
  readonly #origin = new SequenceOrigin()

  constructor(options: WebhookOptions) {
    this.#options = options
    // Behind the host of a Slack URL its secret begins.
    this.#shownUrl = new URL(options.url).origin
    this.filter =
      options.types === undefined
        ? { categories: new Set(ALWAYS_CAPTURED) }
        : { types: new Set(options.types) }
  }

  get state(): unknown {
    return this.#origin.state
  }

  async load(): Promise<void> {
    await client(new URL(this.#options.url))
  }

  async connect(saved: unknown): Promise<void> {
    this.#origin.resume(saved)
  }

  async deliver(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery> {
    for (const event of batch) await this.#post(event, signal)
    return {}
  }

  close(): void {}

  async #post(event: PublishedEvent, signal: AbortSignal): Promise<void> {
    const { url, format = 'event' } = this.#options
    const body = webhookBody(event, format, hostname())
    const headers = this.#headers(event, body)
    const response = await post(new URL(url), headers, body, signal)
    const status = response.statusCode ?? 0
    if (status >= 200 && status < 300) {
      drain(response)
      return
    }
    const said = (await head(response)).trim()
    const fault = faultOf(status)
    const what = `${this.#shownUrl} answered ${status}${said === '' ? '' : `: ${printable(said)}`}`
    throw new SinkError(fault, what, {
      afterMs:
        fault === 'retry' ? retryAfterMs(response.headers['retry-after'], Date.now()) : undefined,
    })
  }

  #headers({ seq }: PublishedEvent, body: Buffer | string): Record<string, string> {
    const { secret } = this.#options
    const id = `${this.#origin.name}.${seq}`
    const seconds = Math.floor(Date.now() / 1000)
    return {
      'content-type': 'application/json',
      'user-agent': 'fastify-sysmon',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      ...(secret === undefined
        ? {}
        : { 'webhook-signature': signature(secret, id, seconds, body) }),
    }
  }
}

function faultOf(status: number): SinkFault {
  if (status === GONE) return 'stopped'
  if (BAD_EVENT.includes(status)) return 'rejected'
  return PASSING.includes(status) || status >= 500 ? 'retry' : 'refused'
}

/** Not fetch(): its parser is WebAssembly, which takes 25 MB for a moment, on a machine that has none. */
function client({ protocol }: URL): Promise<typeof import('node:http')> {
  return protocol === 'https:'
    ? (import('node:https') as unknown as Promise<typeof import('node:http')>)
    : import('node:http')
}

async function post(
  url: URL,
  headers: Record<string, string>,
  body: Buffer | string,
  signal: AbortSignal
): Promise<IncomingMessage> {
  const { request } = await client(url)
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, signal }, resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** An answer that is not read keeps its connection, and so does one whose end never comes. */
function drain(response: IncomingMessage): void {
  const timer = setTimeout(() => response.destroy(), HEAD_MS)
  response.on('close', () => clearTimeout(timer)).resume()
}

/** The first characters of an answer, whose rest may never come. */
async function head(response: IncomingMessage): Promise<string> {
  const timer = setTimeout(() => response.destroy(), HEAD_MS)
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      return chunk.toString('utf8').slice(0, MAX_SAID_LENGTH)
    }
  } catch {
    // Then it says nothing more.
  } finally {
    clearTimeout(timer)
  }
  return ''
}
