/** How `sysmon tail` and `sysmon doctor` ask a running server: an answer in time, and the frames of its stream. */

import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { type Frame, SseParser } from '../sse-parser.ts'
import { printable } from '../units.ts'
import { secretVariable, UsageError } from './usage.ts'

/** The server's headers must be there after this long, in ms. */
const ANSWER_MS = 10_000
/** Idle time of the connection before the kernel asks the other side, in ms; it asks ten times, each second. */
const KEEP_ALIVE_MS = 15_000

/**
 * The server that a command asks: where this shell's `sysmon serve` would listen, unless it is named.
 * @param given what the user typed
 * @throws {UsageError}
 */
export function serverUrl(given: string | undefined): string {
  const { KERNEL_IMAGES_API_BASE_URL, PORT } = process.env
  const base = given ?? (KERNEL_IMAGES_API_BASE_URL || `http://127.0.0.1:${PORT || 10001}`)
  if (!URL.canParse(base) || !/^https?:/.test(base)) {
    throw new UsageError(`"${base}" is no http URL such as http://127.0.0.1:10001`)
  }
  return base.replace(/\/+$/, '')
}

/**
 * The frames of a stream. The first one is empty: it says that the stream is open, so that nothing which the server
 * publishes from then on is missed.
 *
 * @param lastId the newest event that was read; empty: none was
 * @throws {UsageError} for an answer that a person must mend; another error for what passes
 */
export async function* frames(url: URL, lastId = ''): AsyncGenerator<Frame> {
  const headers: Record<string, string> = { accept: 'text/event-stream', ...authorization() }
  if (lastId !== '') headers['last-event-id'] = lastId
  const response = await open(url, headers)
  const { statusCode, headers: answered } = response
  if (statusCode === 400) throw new UsageError(await messageOf(response))
  if (statusCode !== 200) response.destroy()
  if (statusCode === 503) throw new Error('the server has no stream to spare')
  if (statusCode === 401) {
    throw new UsageError(
      `${url.origin} asks for a token: set SYSMON_READ_TOKEN or SYSMON_TOKEN to one that may read`
    )
  }
  if (answered.location !== undefined) {
    const there = new URL(answered.location, url).href.replace(/\/telemetry\/stream.*/, '')
    throw new UsageError(`${url.origin} answered that it is at ${there}: give that as --url`)
  }
  if (statusCode !== 200) {
    throw new UsageError(`${url} answered ${statusCode}: is this a sysmon server?`)
  }
  response.setEncoding('utf8')
  const parser = new SseParser()
  try {
    yield { id: undefined, data: undefined, comment: undefined }
    for await (const chunk of response) yield* parser.push(chunk as string)
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    throw new Error(`the stream broke off (${code ?? message})`)
  } finally {
    response.destroy()
  }
}

/** @returns the status and what the body says as JSON @throws for no answer, and for one that is no JSON */
export async function getJson(url: URL): Promise<{ status: number; body: unknown }> {
  const response = await open(url, { accept: 'application/json', ...authorization() })
  return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) }
}

/** What went wrong with a connection, in words. */
export function describe(error: unknown): string {
  // Where a name has several addresses and none answers, only the code says so.
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || String(error)
}

function authorization(): Record<string, string> {
  const token = secretVariable('SYSMON_READ_TOKEN') ?? secretVariable('SYSMON_TOKEN')
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

/**
 * The response as soon as its headers are there. Not by fetch(): the first one of a process waits for
 * ever when the server closes the connection while undici still compiles its parser (Node 20).
 */
function open(url: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http
    const request = get(url, { headers, agent: false }, response => {
      clearTimeout(timer)
      resolve(response)
    })
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer in ${ANSWER_MS / 1000} s`)),
      ANSWER_MS
    )
    // A machine that is gone without a word is noticed after some 25 s.
    request.on('socket', socket => socket.setKeepAlive(true, KEEP_ALIVE_MS))
    request.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

/** What the server says is wrong with the question. */
async function messageOf(response: IncomingMessage): Promise<string> {
  try {
    const { message } = JSON.parse(await text(response)) as { message?: unknown }
    if (typeof message === 'string') return printable(message)
  } catch {
    // Then it is no answer of such a server.
  }
  return 'the server answered 400: is this a sysmon server?'
}
