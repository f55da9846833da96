/** One event to the API: an HTTP request, and what its answer means for the event. */

import type { ClientRequest, IncomingMessage } from 'node:http'
import { http } from './built-ins.ts'

export type Outcome =
  | { readonly kind: 'accepted' }
  /** The API will never take it. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** It may take it later; not before `after` milliseconds where the API says so. */
  | { readonly kind: 'postponed'; readonly reason: string; readonly after?: number }

export type Post = (body: string) => Promise<Outcome>

/** For the whole request. */
const TIMEOUT_MS = 10_000
/** What the API asks for is honoured up to here. */
const MAX_RETRY_AFTER_MS = 300_000
const MAX_MESSAGE_LENGTH = 2048
/** Of the 4xx, those that say "not now": https://www.rfc-editor.org/rfc/rfc9110#section-15.5 */
const NOT_NOW = [408, 425, 429]

export async function createPost(url: URL): Promise<Post> {
  // https is loaded only where it is needed: with TLS it takes more memory than all the rest.
  const https = url.protocol === 'https:' ? await import('node:https') : undefined
  const options = { keepAlive: true, maxSockets: 1 }
  const agent = https === undefined ? new http.Agent(options) : new https.Agent(options)
  const send = https === undefined ? http.request : https.request

  return async body => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const attempt = (): Promise<Outcome> =>
      exchange(send(url, { agent, method: 'POST', headers, timeout: TIMEOUT_MS }), body)
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StaleConnection)) return postponed(error)
    }
    // The server closed the kept connection just as it was used again: that is no failure.
    return await attempt().catch(postponed)
  }
}

class StaleConnection extends Error {}

function exchange(sent: ClientRequest, body: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`))
    }, TIMEOUT_MS)
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isStale ? new StaleConnection() : error)
    })
    sent.on('response', response => {
      let message = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        if (message.length < MAX_MESSAGE_LENGTH) message += text
      })
      response.on('error', reject)
      response.on('end', () => resolve(judge(response, message.slice(0, MAX_MESSAGE_LENGTH))))
    })
    sent.on('close', () => clearTimeout(timer))
    sent.end(body)
  })
}

function judge({ statusCode: status = 0, headers }: IncomingMessage, message: string): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  if (status >= 400 && status < 500 && !NOT_NOW.includes(status)) {
    return { kind: 'refused', status, message }
  }
  const after = retryAfter(headers['retry-after'], Date.now())
  return { kind: 'postponed', reason: `the API answers ${status}`, after }
}

function postponed(error: unknown): Outcome {
  return { kind: 'postponed', reason: error instanceof Error ? error.message : String(error) }
}

/**
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 *
 * @param now in milliseconds
 * @returns milliseconds
 */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS)
}
