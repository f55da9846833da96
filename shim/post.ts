/** One event to the API: an HTTP request, and what its answer means for the event. */

import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { basename, dirname } from 'node:path'
import { fs, http } from './built-ins.ts'
import type { Log } from './own-log.ts'

export type Outcome =
  | { readonly kind: 'accepted' }
  /** The API will never take it. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** It may take it later; not before `afterMs` where the API says so. */
  | {
      readonly kind: 'postponed'
      readonly reason: string
      readonly afterMs?: number
      readonly status?: number
    }

export type Post = (body: string) => Promise<Outcome>

/** Where the API is. */
export interface Target {
  /** By TCP; or the route only, where `socketPath` alone is used. */
  readonly url: URL
  /** A Unix socket of the API, which proves who listens and who asks. */
  readonly socketPath?: string
  /** Whether to post to `url` where nobody listens on the socket. */
  readonly isSocketOptional: boolean
  /** For `url`. Asked for again when the API does not take it. */
  readonly readToken?: () => string
}

/** For the whole request. */
const TIMEOUT_MS = 10_000
/** What the API asks for is honoured up to here. */
const MAX_RETRY_AFTER_MS = 300_000
const MAX_MESSAGE_LENGTH = 2048
const MAX_REASON_LENGTH = 200
/**
 * Of the 4xx, those that are about the event (https://www.rfc-editor.org/rfc/rfc9110#section-15.5).
 * The others are about who asks whom: a wrong token, a wrong port. What is mended is tried again.
 */
const ABOUT_THE_EVENT = [400, 413, 422]

export function createPost(target: Target, log: Log): Post {
  const { url, socketPath, isSocketOptional, readToken } = target
  let clients: Clients | undefined
  const client = () => (clients ??= createClients(url.protocol === 'https:'))
  let token = readToken?.()
  let isDenied = false

  const byUrl = (options: RequestOptions): ClientRequest => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const { request, agent } = client().byUrl
    return request(url, { ...options, agent, headers: { ...options.headers, ...authorization } })
  }
  const bySocket = (options: RequestOptions, path: string): ClientRequest => {
    const { request, agent } = client().bySocket
    return request({ ...options, socketPath: shortPath(path), path: url.pathname, agent })
  }

  return async body => {
    const request = {
      method: 'POST',
      timeout: TIMEOUT_MS,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    }
    const attempt = async (): Promise<Outcome> => {
      if (socketPath !== undefined && (!isSocketOptional || isSocket(socketPath))) {
        try {
          return await exchange(bySocket(request, socketPath), body)
        } catch (error) {
          if (!isSocketOptional || !(error instanceof Unreachable)) throw error
          if (DENIED.includes(error.code) && !isDenied) {
            isDenied = true
            log.warn(
              { err: error.message },
              "the API's socket is closed to this user: events go by HTTP, which proves nothing. Run the shim with the socket's group"
            )
          }
        }
      }
      const outcome = await exchange(byUrl(request), body)
      if (outcome.kind === 'postponed' && outcome.status === 401) token = readToken?.()
      return outcome
    }
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StaleConnection)) return postponed(error)
    }
    // The server closed the kept connection just as it was used again: that is no failure.
    return await attempt().catch(postponed)
  }
}

interface Client {
  readonly request: typeof import('node:http').request
  readonly agent: Agent
}

interface Clients {
  readonly bySocket: Client
  readonly byUrl: Client
}

function createClients(isSecure: boolean): Clients {
  const options = { keepAlive: true, maxSockets: 1 }
  const { request, Agent } = http()
  const plain = { request, agent: new Agent(options) }
  if (!isSecure) return { bySocket: plain, byUrl: plain }
  // Loaded only where it is needed: with TLS it takes more memory than all the rest.
  const https = process.getBuiltinModule('node:https')
  const secure = { request: https.request, agent: new https.Agent(options) }
  return { bySocket: plain, byUrl: secure }
}

class StaleConnection extends Error {}

/** Nothing was sent. */
class Unreachable extends Error {
  readonly code: string

  constructor({ code = '', message }: NodeJS.ErrnoException) {
    super(message)
    this.code = code
  }
}

const DENIED = ['EACCES', 'EPERM']

function exchange(sent: ClientRequest, body: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let isConnected: boolean | undefined
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`))
    }, TIMEOUT_MS)
    sent.on('socket', socket => {
      isConnected = !socket.connecting
      // Not on one that is kept and used again: they would gather there.
      if (isConnected) return
      socket.once('connect', () => {
        isConnected = true
      })
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      if (isStale) reject(new StaleConnection())
      else reject(isConnected ? error : new Unreachable(error))
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
  if (status >= 200 && status < 300) {
    // The event, or nothing. A page says that something else listens on this port.
    if (message === '' || /^\s*\{/.test(message)) return { kind: 'accepted' }
    return postponed(`the API answers ${status}, but no JSON: is it another server?`, status)
  }
  if (ABOUT_THE_EVENT.includes(status)) return { kind: 'refused', status, message }
  const afterMs = retryAfter(headers['retry-after'], Date.now())
  const said = message === '' ? '' : `: ${message.slice(0, MAX_REASON_LENGTH)}`
  return { ...postponed(`the API answers ${status}${said}`, status), afterMs }
}

function postponed(error: unknown, status?: number): Outcome & { kind: 'postponed' } {
  return {
    kind: 'postponed',
    reason: error instanceof Error ? error.message : String(error),
    status,
  }
}

/** A link in its place may lead anywhere, and where everybody can make one it may be anybody's. */
function isSocket(path: string): boolean {
  try {
    const { uid, mode } = fs.lstatSync(path)
    if ((mode & fs.constants.S_IFMT) !== fs.constants.S_IFSOCK) return false
    if (uid === 0 || uid === process.geteuid?.()) return true
    return (fs.statSync(dirname(path)).mode & OTHERS_WRITE) === 0
  } catch {
    return false
  }
}

const OTHERS_WRITE = 0o002

/** unix(7): `sun_path` has 108 bytes, the last one 0. */
const MAX_SOCKET_PATH_BYTES = 107

/** By its folder's descriptor where the path is too long for a socket. @throws a system error */
function shortPath(path: string): string {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path
  socketFolder ??= fs.openSync(dirname(path), fs.constants.O_RDONLY | fs.constants.O_DIRECTORY)
  return `/proc/self/fd/${socketFolder}/${basename(path)}`
}

let socketFolder: number | undefined

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
