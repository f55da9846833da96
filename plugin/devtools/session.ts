/**
 * The browser's own session of the DevTools protocol over one WebSocket. What comes is neither trusted
 * nor let get in the way: messages are bounded, and who sends more than a share of the processor's time
 * can take is read more slowly.
 */

import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js'
import type { WebSocket } from 'ws'

type Commands = ProtocolMapping.Commands
export type Params<Method extends keyof Commands> = Commands[Method]['paramsType'][0]
export type Result<Method extends keyof Commands> = Commands[Method]['returnType']

/** The longest address that Chromium shows is 2 MiB, and JSON may write a character in six. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const HANDSHAKE_TIMEOUT_MS = 5000
/** Of each second, so many milliseconds are spent on messages at most, and so many bytes read. */
const BUDGET_MS = 100
const BUDGET_BYTES = 32 * 1024 * 1024
const WINDOW_MS = 1000
const MAX_WAITING_CALLS = 1000

export interface SessionHandlers {
  readonly onEvent: (method: string, params: unknown) => void
  /** Told once, after all calls that wait were refused. */
  readonly onClose: (reason: string) => void
}

interface WaitingCall {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export class Session {
  readonly #socket: WebSocket
  readonly #handlers: SessionHandlers
  readonly #calls = new Map<number, WaitingCall>()
  #lastId = 0
  #reason: string | undefined
  #windowEnds = 0
  #spentMs = 0
  #spentBytes = 0
  #resumeTimer: NodeJS.Timeout | undefined
  #isClosed = false

  private constructor(socket: WebSocket, handlers: SessionHandlers) {
    this.#socket = socket
    this.#handlers = handlers
    socket.on('message', (data: Buffer) => this.#onMessage(data))
    socket.on('error', error => {
      this.#reason ??= error.message
    })
    socket.on('close', () => this.#onClose())
  }

  /** @throws with what is wrong, in words */
  static async open(url: string, handlers: SessionHandlers, signal: AbortSignal): Promise<Session> {
    // Only who watches a browser needs it.
    const { WebSocket: Socket } = await import('ws')
    signal.throwIfAborted()
    const socket = new Socket(url, {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    })
    const abort = () => socket.terminate()
    signal.addEventListener('abort', abort, { once: true })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve)
        socket.once('error', reject)
      })
    } finally {
      signal.removeEventListener('abort', abort)
    }
    return new Session(socket, handlers)
  }

  /** @throws where the browser refuses it, does not answer in time, or is gone */
  call<Method extends keyof Commands>(
    method: Method,
    params: Params<Method>,
    timeoutMs: number
  ): Promise<Result<Method>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Error('the connection is closed'))
      if (this.#calls.size >= MAX_WAITING_CALLS) return reject(new Error('too many calls wait'))
      const id = ++this.#lastId
      const timer = setTimeout(() => {
        this.#calls.delete(id)
        reject(new Error(`${method} was not answered`))
      }, timeoutMs)
      timer.unref()
      this.#calls.set(id, { resolve: resolve as (result: unknown) => void, reject, timer })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  close(reason: string): void {
    this.#reason ??= reason
    this.#socket.terminate()
  }

  #onMessage(data: Buffer): void {
    if (this.#isClosed) return
    const before = performance.now()
    try {
      this.#handle(JSON.parse(data.toString()))
    } catch {
      // No JSON, or not what the protocol says: such a browser is not believed.
      this.close('it sends what is no message of the DevTools protocol')
      return
    }
    this.#slowDown(performance.now(), performance.now() - before, data.length)
  }

  #handle(message: { id?: unknown; method?: unknown; params?: unknown } & Record<string, unknown>) {
    const { id, method, params, result, error, sessionId } = message
    if (typeof id === 'number') {
      const call = this.#calls.get(id)
      if (call === undefined) return
      this.#calls.delete(id)
      clearTimeout(call.timer)
      if (typeof result === 'object' && result !== null) call.resolve(result)
      else call.reject(new Error(String((error as { message?: unknown } | undefined)?.message)))
    } else if (typeof method === 'string' && sessionId === undefined) {
      this.#handlers.onEvent(method, params)
    }
  }

  #slowDown(now: number, spentMs: number, bytes: number): void {
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW_MS
      this.#spentMs = 0
      this.#spentBytes = 0
    }
    this.#spentMs += spentMs
    this.#spentBytes += bytes
    if (this.#spentMs < BUDGET_MS && this.#spentBytes < BUDGET_BYTES) return
    if (this.#resumeTimer !== undefined) return
    this.#socket.pause()
    this.#resumeTimer = setTimeout(() => {
      this.#resumeTimer = undefined
      this.#socket.resume()
    }, this.#windowEnds - now)
    this.#resumeTimer.unref()
  }

  #onClose(): void {
    this.#isClosed = true
    clearTimeout(this.#resumeTimer)
    const reason = this.#reason ?? 'the browser closed the connection'
    for (const { reject, timer } of this.#calls.values()) {
      clearTimeout(timer)
      reject(new Error(reason))
    }
    this.#calls.clear()
    this.#handlers.onClose(reason)
  }
}
