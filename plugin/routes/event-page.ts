/**
 * `GET /telemetry/events` with `Accept: application/json`: a page of the retained events, and of those
 * before them that a sink can read back.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventCategory } from '../../generated/types.ts'
import type { Archive, ArchivedEvent } from '../stream/archive.ts'
import type { EventStream } from '../stream/stream.ts'
import { addToHeader } from './headers.ts'

export interface PageQuery {
  /** Sequence number of the first event wanted. */
  readonly offset?: number
  /** Unix milliseconds, inclusive. */
  readonly since?: number
  /** Unix milliseconds, exclusive. */
  readonly until?: number
  readonly limit?: number
  readonly category?: readonly EventCategory[]
  readonly type?: readonly string[]
}

const DEFAULT_LIMIT = 100
/** What a page waits at most for older events from elsewhere. */
const READ_BACK_TIMEOUT_MS = 2000
const COMMA = Buffer.from(',')

export interface PageSources {
  readonly stream: EventStream
  /** Where events are that are no longer retained here. */
  readonly archive: () => Archive | undefined
}

export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { stream, archive }: PageSources
): Promise<FastifyReply> {
  const {
    offset = 0,
    since,
    until,
    limit = DEFAULT_LIMIT,
    category,
    type,
  } = request.query as PageQuery
  const categories = category === undefined ? undefined : new Set(category)
  const types = type === undefined ? undefined : new Set(type)
  const page: Uint8Array[] = []
  let nextOffset: number | undefined
  // A long journal is not looked through in one go: the kernel log and other clients wait.
  let slice = await stream.storeTurns.next()
  const incomplete = { why: undefined as string | undefined }
  for await (const event of eventsOf(stream, archive(), { offset, since }, incomplete)) {
    if (slice.isOver()) slice = await stream.storeTurns.next()
    if (categories !== undefined && !categories.has(event.category)) continue
    if (types !== undefined && !types.has(event.type)) continue
    if (since !== undefined && event.ts < since * 1000) continue
    if (until !== undefined && event.ts >= until * 1000) continue
    if (page.length === limit) {
      nextOffset = event.seq
      break
    }
    page.push(event.json)
  }
  reply.header('x-has-more', String(nextOffset !== undefined))
  if (nextOffset !== undefined) reply.header('x-next-offset', String(nextOffset))
  if (incomplete.why !== undefined) {
    request.log.warn({ reason: incomplete.why }, 'older events could not be read back')
    reply.header('x-incomplete', 'true')
  }
  const parts: Uint8Array[] = [Buffer.from('[')]
  for (const [index, json] of page.entries()) {
    if (index > 0) parts.push(COMMA)
    parts.push(json)
  }
  parts.push(Buffer.from(']'))
  addToHeader(reply, 'vary', ['accept'])
  return reply
    .header('cache-control', 'no-cache')
    .type('application/json; charset=utf-8')
    .send(Buffer.concat(parts))
}

type PageEvent = Pick<ArchivedEvent, 'seq' | 'ts' | 'type' | 'category' | 'json'>

/** Only who asks for older events, by number or by time, waits for the network. */
async function* eventsOf(
  stream: EventStream,
  archive: Archive | undefined,
  { offset, since }: { offset: number; since: number | undefined },
  incomplete: { why: string | undefined }
): AsyncGenerator<PageEvent> {
  const [oldest] = stream.events(0)
  const before = oldest?.seq ?? stream.seq + 1
  const isOlder =
    offset > 0 ? offset < before : since !== undefined && since * 1000 < (oldest?.ts ?? Infinity)
  if (archive !== undefined && isOlder && before > 1) {
    const signal = AbortSignal.timeout(READ_BACK_TIMEOUT_MS)
    try {
      yield* archive.read({ from: offset, since, before }, signal)
    } catch (error) {
      incomplete.why = (error as Error).message
    }
  }
  yield* stream.events(offset)
}
