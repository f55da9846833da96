/**
 * Event streams (SSE): `GET /telemetry/stream`, and `GET /telemetry/events` for those who do not ask
 * for JSON.
 *
 * `@fastify/sse` does the handshake. Frames are written past its `send()`: every event is serialised
 * once and the same bytes go to all streams, several in one write (measured at 0.5-0.7 against 5-6
 * microseconds a delivery). A reader that does not keep up holds at most `streamBuffer` bytes; the
 * rest waits in the ring, and what the ring drops meanwhile is told to the reader in a comment.
 */

import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventCategory } from '../../generated/types.ts'
import { TooManyStreamsError } from '../errors.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { ResolvedOptions } from '../options.ts'
import type { EventFilter, EventReader } from '../stream/event-reader.ts'
import type { EventStream, StartAt } from '../stream/stream.ts'

/** Seconds after which a client that found all streams taken may try again. */
const RETRY_AFTER_S = 5
/** Frames joined for one write, in bytes: more brings no speed and costs memory for each reader. */
const MAX_WRITE_BYTES = 256 * 1024
const KEEPALIVE = Buffer.from(':\n\n')

export interface StreamQuery {
  readonly replay?: string
  readonly category?: readonly EventCategory[]
  readonly type?: readonly string[]
}

/** All open event streams, and the timer they share. */
export class SseStreams {
  readonly #stream: EventStream
  readonly #options: ResolvedOptions
  readonly #open = new Set<SseConnection>()
  #timer: NodeJS.Timeout | undefined
  #lastJoined: { first: number; last: number; count: number; bytes: Buffer } | undefined

  constructor(stream: EventStream, options: ResolvedOptions) {
    this.#stream = stream
    this.#options = options
  }

  /** Answers a request with an event stream. Returns at once; the stream goes on by itself. */
  open(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    const { maxStreams, keepAlive } = this.#options
    if (this.#open.size >= maxStreams) {
      return reply.header('retry-after', RETRY_AFTER_S).send(new TooManyStreamsError(maxStreams))
    }
    const query = request.query as StreamQuery
    // hijack(), because handlerTimeout ends what is not answered when the handler has returned.
    reply.hijack()
    reply.sse.keepAlive()
    reply.sse.sendHeaders()
    reply.raw.flushHeaders()
    const connection: SseConnection = new SseConnection(
      reply.raw,
      this.#options.streamBuffer,
      onReadable =>
        this.#stream.subscribe(
          startOf(reply.sse.lastEventId, query.replay),
          filterOf(query),
          onReadable
        ),
      events => this.#join(events),
      () => this.#remove(connection)
    )
    this.#open.add(connection)
    this.#timer ??= setInterval(() => this.#keepAlive(), Math.max(5, keepAlive / 15))
    connection.pump()
    return undefined
  }

  /** Ends all streams after their last events; those that do not take them in time are cut. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map(stream => stream.end(this.#options.closeTimeout)))
  }

  /** One buffer of several frames, shared by the readers that are at the same place. */
  #join(events: readonly PublishedEvent[]): Buffer {
    if (events.length === 1) return events[0]!.frame
    const first = events[0]!.seq
    const last = events[events.length - 1]!.seq
    const known = this.#lastJoined
    // Only an unfiltered run is determined by its ends.
    const isRun = last - first + 1 === events.length
    if (isRun && known?.first === first && known.last === last) return known.bytes
    const bytes = Buffer.concat(events.map(event => event.frame))
    if (isRun) {
      this.#lastJoined = { first, last, count: events.length, bytes }
      // Held for this turn of the loop only, in which all readers are woken.
      setImmediate(() => {
        this.#lastJoined = undefined
      })
    }
    return bytes
  }

  #keepAlive(): void {
    const before = performance.now() - this.#options.keepAlive
    for (const connection of this.#open) connection.keepAlive(before)
  }

  #remove(connection: SseConnection): void {
    this.#open.delete(connection)
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

class SseConnection {
  readonly #raw: ServerResponse
  readonly #buffer: number
  readonly #reader: EventReader
  readonly #join: (events: readonly PublishedEvent[]) => Buffer
  #lastWrite = performance.now()
  #isEnding = false
  #missed = 0
  readonly #onFlushed = () => {
    if (this.#reader.hasMore || this.#isEnding) this.pump()
  }

  constructor(
    raw: ServerResponse,
    buffer: number,
    subscribe: (onReadable: () => void) => EventReader,
    join: (events: readonly PublishedEvent[]) => Buffer,
    onClose: () => void
  ) {
    this.#raw = raw
    this.#buffer = buffer
    this.#join = join
    this.#reader = subscribe(() => this.pump())
    raw.once('close', () => {
      this.#reader.close()
      onClose()
    })
  }

  /** Writes what there is to read and what fits; goes on by itself when the socket took it. */
  pump(): void {
    const raw = this.#raw
    while (!raw.destroyed && !raw.writableEnded) {
      const waiting = raw.writableLength
      const room = Math.min(this.#buffer - waiting, MAX_WRITE_BYTES)
      const { events, missed } = this.#reader.read(room, waiting === 0)
      this.#missed += missed
      // Told once, in the place of what is missing, and not to a client that takes nothing now.
      if (this.#missed > 0 && (events.length > 0 || waiting === 0)) {
        this.#write(missedComment(this.#missed))
        this.#missed = 0
      }
      if (events.length === 0) break
      this.#write(this.#join(events))
    }
    if (this.#isEnding && !this.#reader.hasMore && !raw.writableEnded) {
      if (this.#missed > 0) this.#write(missedComment(this.#missed))
      this.#missed = 0
      raw.end()
    }
  }

  keepAlive(before: number): void {
    // A reader that has bytes waiting needs no sign of life from us: it owes us one.
    if (this.#lastWrite <= before && this.#raw.writableLength === 0) this.#write(KEEPALIVE)
  }

  /** @param timeout milliseconds until the connection is cut */
  end(timeout: number): Promise<void> {
    return new Promise(resolve => {
      const raw = this.#raw
      if (raw.destroyed || raw.writableFinished) return resolve()
      const timer = setTimeout(() => raw.destroy(), timeout)
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      raw.once('finish', done)
      raw.once('close', done)
      this.#isEnding = true
      this.pump()
    })
  }

  #write(bytes: Buffer | string): void {
    this.#lastWrite = performance.now()
    this.#raw.write(bytes, this.#onFlushed)
  }
}

function missedComment(missed: number): string {
  const gap = JSON.stringify({
    source: 'stream',
    lost: missed,
    reason: 'no longer retained',
  })
  return `: telemetry_gap ${gap}\n\n`
}

/** A non-empty Last-Event-ID beats `replay`; one that is no number, or 0, means from now. */
function startOf(lastEventId: string | null, replay: string | undefined): StartAt {
  if (lastEventId !== null && lastEventId !== '') {
    const seq = /^\d+$/.test(lastEventId) ? Number(lastEventId) : 0
    return seq > 0 ? { after: seq } : 'now'
  }
  return replay === 'all' ? 'oldest' : 'now'
}

function filterOf(query: StreamQuery): EventFilter {
  return {
    categories: query.category && new Set(query.category),
    types: query.type && new Set(query.type),
  }
}
