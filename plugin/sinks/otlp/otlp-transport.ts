/**
 * One OTLP/HTTP request (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
 *
 * The SDK's own transport repeats requests by itself, up to its timeout, and keeps status and
 * `Retry-After` to itself. The runner repeats without an end, so it has to know both.
 */

import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { retryAfterMs } from '../../backoff.ts'
import { SinkError, type SinkFault } from '../sink.ts'
import type { OtlpBody } from './otlp-answer.ts'

/** What the SDK read from the environment. */
export interface OtlpHttpSettings {
  readonly url: string
  readonly headers: () => Promise<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  readonly agentFactory: (protocol: string) => unknown
}

/** An answer is a few bytes; what is longer is no answer of a collector. */
const MAX_ANSWER_BYTES = 64 * 1024
/** By which a server says that it is the data that is wrong: it will not be taken later. */
const BAD_DATA: readonly number[] = [400, 413, 422]
/** "The client SHOULD retry" with these, and with what happens to servers and proxies. */
const PASSING: readonly number[] = [408, 425, 429]

/** @returns the body of a success @throws {SinkError} for everything else */
export async function postOtlp(
  settings: OtlpHttpSettings,
  data: Uint8Array,
  signal: AbortSignal
): Promise<OtlpBody> {
  const response = await send(settings, data, signal)
  const status = response.statusCode ?? 0
  const contentType = response.headers['content-type'] ?? ''
  if (status >= 200 && status < 300) return { contentType, body: await readAnswer(response) }
  // Who has seen enough of a request may cut the connection behind the answer.
  const body = await readAnswer(response).catch(() => Buffer.of())
  const text = /json|text/.test(contentType) ? body.toString('utf8', 0, 200).trim() : ''
  const said = text === '' ? '' : `: ${text}`
  const fault = faultOf(status)
  throw new SinkError(fault, `${shownUrl(settings.url)} answered ${status}${said}`, {
    afterMs:
      fault === 'retry' ? retryAfterMs(response.headers['retry-after'], Date.now()) : undefined,
  })
}

/** Without what may be secret in it. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function faultOf(status: number): SinkFault {
  if (BAD_DATA.includes(status)) return 'rejected'
  return PASSING.includes(status) || status >= 500 ? 'retry' : 'refused'
}

async function send(
  { url, headers, compression, agentFactory }: OtlpHttpSettings,
  data: Uint8Array,
  signal: AbortSignal
): Promise<IncomingMessage> {
  const isHttps = new URL(url).protocol === 'https:'
  const { request } = await (isHttps ? import('node:https') : import('node:http'))
  const agent = (await agentFactory(isHttps ? 'https:' : 'http:')) as import('node:http').Agent
  const ownHeaders = await headers()
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers: ownHeaders, agent, signal }, resolve)
    outgoing.on('error', reject)
    if (compression !== 'gzip') {
      outgoing.end(data)
      return
    }
    outgoing.setHeader('content-encoding', 'gzip')
    const gzip = createGzip()
    gzip.end(data)
    pipeline(gzip, outgoing).catch(reject)
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
