/**
 * One OTLP/HTTP request (https://opentelemetry.io/docs/specs/otlp/#otlphttp), for the SDK's exporter.
 *
 * The SDK's own transport repeats requests by itself, up to its timeout, and keeps status and
 * `Retry-After` to itself. The runner repeats without an end, so it has to know both.
 */

import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { retryAfterMs } from '../../backoff.ts'
import { SinkError } from '../sink.ts'

/** What the SDK read from the environment. */
export interface OtlpHttpSettings {
  readonly url: string
  readonly headers: () => Promise<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  readonly agentFactory: (protocol: string) => unknown
}

/** An answer is a few bytes; what is longer is no answer of a collector. */
const MAX_ANSWER_BYTES = 64 * 1024
/** Statuses by which a server says that it is the data that is wrong: it will not be taken later. */
const BAD_DATA: readonly number[] = [400, 413, 415, 422]
/** "The client SHOULD retry" with these, and with what happens to servers and proxies. */
const PASSING: readonly number[] = [408, 425, 429]

export type OtlpAnswer =
  | { readonly kind: 'taken'; readonly body: Buffer }
  | { readonly kind: 'rejected'; readonly reason: string }

/** @throws {SinkError} for everything after which the same request may succeed later */
export async function postOtlp(
  settings: OtlpHttpSettings,
  data: Uint8Array,
  signal: AbortSignal
): Promise<OtlpAnswer> {
  const { url, headers, compression, agentFactory } = settings
  const isHttps = new URL(url).protocol === 'https:'
  const { request } = await (isHttps ? import('node:https') : import('node:http'))
  const agent = (await agentFactory(isHttps ? 'https:' : 'http:')) as import('node:http').Agent
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    headers().then(ownHeaders => {
      const outgoing = request(url, { method: 'POST', headers: ownHeaders, agent, signal }, resolve)
      outgoing.on('error', reject)
      if (compression !== 'gzip') return outgoing.end(data)
      outgoing.setHeader('content-encoding', 'gzip')
      const gzip = createGzip()
      gzip.end(data)
      pipeline(gzip, outgoing).catch(reject)
      return
    }, reject)
  })
  const body = await readAnswer(response)
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return { kind: 'taken', body }
  const reason = `${url} answered ${status}${describe(body, response)}`
  if (BAD_DATA.includes(status)) return { kind: 'rejected', reason }
  const passes = PASSING.includes(status) || status >= 500
  throw new SinkError(passes ? 'retry' : 'refused', reason, {
    afterMs: passes ? retryAfterMs(response.headers['retry-after'], Date.now()) : undefined,
  })
}

async function readAnswer(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) {
      response.destroy()
      throw new SinkError('retry', 'the answer is longer than any collector sends')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function describe(body: Buffer, response: IncomingMessage): string {
  const type = response.headers['content-type'] ?? ''
  return /json|text/.test(type) ? `: ${body.toString('utf8', 0, 200)}` : ''
}
