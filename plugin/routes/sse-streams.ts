/**
 * Event streams (SSE): `GET /telemetry/stream`, and `GET /telemetry/events` for those who do not ask
 * for JSON.
 *
 * `@fastify/sse` does the handshake. Frames are written past its `send()`: every event is serialised
 * once and the same bytes go to all streams, several in one write (measured at 0.5-0.7 against 5-6
 * microseconds a delivery). A reader that does not keep up holds so many bytes at most; the rest waits in
 * the ring, and what the ring drops meanwhile is told to the reader in a comment.
 */

import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import type { EventCategory } from '../../generated/types.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { ResolvedOptions } from '../options.ts'
import type { EventFilter } from '../stream/event-reader.ts'
import type { EventStream } from '../stream/stream.ts'
import { JoinedFrames } from './joined-frames.ts'
import { SseConnection } from './sse-connection.ts'
import { StreamMemory } from './stream-memory.ts'
import { StreamPlaces } from './stream-places.ts'
import { type StartQuery, startOf } from './stream-start.ts'

interface StreamQuery extends StartQuery {
  readonly category?: readonly EventCategory[]
  readonly type?: readonly string[]
}

/** All open event streams, and the timer they share. */
export class SseStreams {
  readonly #stream: EventStream
  readonly #options: ResolvedOptions
  readonly #log: FastifyBaseLogger
  readonly #places: StreamPlaces
  readonly #memory: StreamMemory
  readonly #open = new Set<SseConnection>()
  #timer: NodeJS.Timeout | undefined
  #lastJoined: { first: number; last: number; frames: JoinedFrames } | undefined

  constructor(stream: EventStream, options: ResolvedOptions, log: FastifyBaseLogger) {
    this.#stream = stream
    this.#options = options
    this.#log = log
    this.#places = new StreamPlaces(options)
    this.#memory = new StreamMemory(options.streamBuffer, options.streamBufferTotal)
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size
  }

  /**
   * Answers a request with an event stream. Returns at once; the stream goes on by itself.
   *
   * @throws {TooManyStreamsError | BadRequestError}
   */
  open(request: FastifyRequest, reply: FastifyReply): undefined {
    // Its client left before it came here: no 'close' would ever give its place back.
    if (reply.raw.destroyed) return void reply.hijack()
    const query = request.query as StreamQuery
    const start = startOf(request.headers['last-event-id'], query)
    const leave = this.#places.take(request)
    reply.header('x-sse-content-type', 'application/json')
    // hijack(), because handlerTimeout ends what is not answered when the handler has returned.
    reply.hijack()
    reply.sse.keepAlive()
    sendHeaders(reply)
    const connection: SseConnection = new SseConnection({
      raw: reply.raw,
      memory: this.#memory,
      subscribe: onReadable => this.#stream.subscribe(start, filterOf(query), onReadable),
      join: events => this.#join(events),
      onClose: () => {
        leave()
        this.#remove(connection)
      },
    })
    this.#open.add(connection)
    this.#timer ??= setInterval(() => this.#tick(), Math.max(5, this.#options.keepAlive / 15))
    connection.pump()
    return undefined
  }

  /** Ends all streams after their last events; those that do not take them in time are cut. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(stream => stream.end(this.#options.closeTimeout)))
  }

  /** The frames of a batch, shared by the readers that are at the same place. */
  #join(events: readonly PublishedEvent[]): JoinedFrames {
    const first = events[0]!.seq
    const last = events[events.length - 1]!.seq
    const known = this.#lastJoined
    // Only an unfiltered run is determined by its ends.
    const isRun = last - first + 1 === events.length
    if (isRun && known?.first === first && known.last === last) return known.frames
    const frames = new JoinedFrames(events)
    if (isRun) {
      this.#lastJoined = { first, last, frames }
      // Held for this turn of the loop only, in which all readers are woken.
      setImmediate(() => {
        this.#lastJoined = undefined
      })
    }
    return frames
  }

  #tick(): void {
    for (const connection of this.#open) connection.tick(this.#options.keepAlive)
    const cut = this.#memory.cutStalled()
    if (cut > 0) this.#log.warn({ streams: cut }, 'event streams that took nothing were cut')
  }

  #remove(connection: SseConnection): void {
    this.#open.delete(connection)
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

/**
 * At once, with those of the host's hooks. Not by @fastify/sse, which also sends `connection`: HTTP/2 knows no
 * such header, and Node warns of it.
 */
function sendHeaders(reply: FastifyReply): void {
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    // For nginx.
    'x-accel-buffering': 'no',
    ...(reply.getHeaders() as OutgoingHttpHeaders),
  })
  reply.raw.flushHeaders()
}

function filterOf(query: StreamQuery): EventFilter {
  return {
    categories: query.category && new Set(query.category),
    types: query.type && new Set(query.type),
  }
}
