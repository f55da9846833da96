/** A client of event streams that shares no code with the server: node:http and the frame format. */

import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { EventEnvelope } from '../../generated/types.ts'
import { PATIENCE_MS } from './wait.ts'

export interface Received {
  readonly id: number
  readonly envelope: EventEnvelope
  /** CLOCK_MONOTONIC in microseconds at receipt. */
  readonly atUs: number
}

export class SseClient {
  readonly events: Received[] = []
  readonly comments: string[] = []
  readonly response: IncomingMessage
  /** Whether the server ended the body properly. */
  isEnded = false
  readonly #request: ClientRequest
  readonly #waiting = new Set<() => void>()
  #text = ''

  private constructor(clientRequest: ClientRequest, response: IncomingMessage) {
    this.#request = clientRequest
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.#push(text))
    response.on('end', () => {
      this.isEnded = response.complete
      this.#wake()
    })
    response.on('error', () => this.#wake())
    response.on('close', () => this.#wake())
  }

  /** Resolves when the response's headers are there. */
  static open(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    return new Promise((resolve, reject) => {
      const clientRequest = request(url, { headers, agent: false }, response =>
        resolve(new SseClient(clientRequest, response))
      )
      clientRequest.on('error', reject)
      clientRequest.end()
    })
  }

  /** The first event that matches, received or yet to come. @throws after `timeout` ms */
  async find(
    matches: (envelope: EventEnvelope) => boolean,
    what: string,
    timeout = PATIENCE_MS
  ): Promise<Received> {
    await this.until(() => this.events.some(({ envelope }) => matches(envelope)), what, timeout)
    return this.events.find(({ envelope }) => matches(envelope))!
  }

  /** @throws after `timeout` ms, or when the stream is over without it */
  async until(isTrue: () => boolean, what: string, timeout = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + timeout
    while (!isTrue()) {
      const left = deadline - Date.now()
      if (left <= 0 || this.response.destroyed) {
        throw new Error(`the event stream never showed ${what} (${this.events.length} events)`)
      }
      await new Promise<void>(resolve => {
        const timer = setTimeout(done, left)
        const waiting = this.#waiting
        function done() {
          clearTimeout(timer)
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
      })
    }
  }

  close(): void {
    this.#request.destroy()
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }

  #push(text: string): void {
    const [seconds, nanoseconds] = process.hrtime()
    const atUs = seconds * 1e6 + nanoseconds / 1e3
    const frames = (this.#text + text).split('\n\n')
    this.#text = frames.pop() ?? ''
    for (const frame of frames) {
      const match = /^id: (\d+)\ndata: (.*)$/s.exec(frame)
      if (match === null) this.comments.push(frame)
      else this.events.push({ id: Number(match[1]), envelope: JSON.parse(match[2]!), atUs })
    }
    this.#wake()
  }
}
