/**
 * `GET /telemetry/events` for those who ask for JSON: a page of the retained events, and of those before
 * them that can be read back from elsewhere.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { EventCategory } from '../../generated/types.ts'
import type { Archive, ArchivedEvent } from '../stream/archive.ts'
import type { EventStream } from '../stream/stream.ts'
import { addToHeader } from './headers.ts'
import { timeOf } from './time-parameter.ts'

interface PageQuery {
  /** Sequence number of the first event wanted. */
  readonly offset?: number
  /** See time-parameter.ts. The first is inclusive, the second exclusive. */
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly order?: 'asc' | 'desc'
  readonly category?: readonly EventCategory[]
  readonly type?: readonly string[]
}

const MAX_LIMIT = 1000
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
  sources: PageSources
): Promise<FastifyReply> {
  const query = request.query as PageQuery
  const limit = Math.min(Math.max(query.limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT)
  const range = rangeOf(query)
  const incomplete: Incomplete = { why: undefined }
  const read = query.order === 'desc' ? newestFirst : oldestFirst
  // One more than the page holds tells whether there is more, and where it begins.
  const events = await read(sources, range, limit + 1, incomplete)
  const next = events[limit]
  reply.header('x-has-more', String(next !== undefined))
  if (next !== undefined) reply.header('x-next-offset', String(next.seq))
  if (incomplete.why !== undefined) {
    request.log.warn({ reason: incomplete.why }, 'older events could not be read back')
    reply.header('x-incomplete', 'true')
  }
  const parts: Uint8Array[] = [Buffer.from('[')]
  for (const [index, { json }] of events.slice(0, limit).entries()) {
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

/** What is asked for, in the terms of events. */
interface Range {
  /** The first sequence number; 0: none is given. */
  readonly offset: number
  /** Unix milliseconds. */
  readonly since: number | undefined
  readonly passes: (event: PageEvent) => boolean
}

/** Why older events are missing from the page. */
interface Incomplete {
  why: string | undefined
}

function rangeOf(query: PageQuery): Range {
  const now = Date.now()
  const offset = Math.max(query.offset ?? 0, 0)
  const given = timeOf('since', query.since, now)
  // A number says more than a time.
  const since = query.offset === undefined ? given : undefined
  const until = timeOf('until', query.until, now)
  const categories = query.category && new Set(query.category)
  const types = query.type && new Set(query.type)
  const passes = ({ ts, category, type }: PageEvent) =>
    (categories === undefined || categories.has(category)) &&
    (types === undefined || types.has(type)) &&
    (since === undefined || ts >= since * 1000) &&
    (until === undefined || ts < until * 1000)
  return { offset, since, passes }
}

async function oldestFirst(
  sources: PageSources,
  range: Range,
  count: number,
  incomplete: Incomplete
): Promise<PageEvent[]> {
  const { stream, archive } = sources
  const found: PageEvent[] = []
  // A long journal is not looked through in one go: the kernel log and other clients wait.
  let slice = await stream.storeTurns.next()
  for await (const event of eventsOf(stream, archive(), range, incomplete)) {
    if (slice.isOver()) slice = await stream.storeTurns.next()
    if (range.passes(event) && found.push(event) === count) break
  }
  return found
}

/**
 * Those in memory from the newest on. Beyond them the newest of what is on disk, which can be read
 * from the oldest on only; what is kept outside this machine is not asked for.
 */
async function newestFirst(
  { stream }: PageSources,
  { offset, passes }: Range,
  count: number
): Promise<PageEvent[]> {
  const last = offset > 0 ? offset : Number.POSITIVE_INFINITY
  const found: PageEvent[] = []
  let oldestSeen = stream.seq + 1
  for (const event of stream.newestInMemory()) {
    oldestSeen = event.seq
    if (event.seq <= last && passes(event) && found.push(event) === count) return found
  }
  const older: PageEvent[] = []
  let slice = await stream.storeTurns.next()
  for (const event of stream.events(0)) {
    if (event.seq >= oldestSeen || event.seq > last) break
    if (slice.isOver()) slice = await stream.storeTurns.next()
    if (!passes(event)) continue
    older.push(event)
    if (older.length > count - found.length) older.shift()
  }
  return [...found, ...older.reverse()]
}

type PageEvent = Pick<ArchivedEvent, 'seq' | 'ts' | 'type' | 'category' | 'json'>

/** Only who asks for older events, by number or by time, waits for the network. */
async function* eventsOf(
  stream: EventStream,
  archive: Archive | undefined,
  { offset, since }: Range,
  incomplete: Incomplete
): AsyncGenerator<PageEvent> {
  const before = stream.completeFrom
  const [oldest] = stream.events(before)
  const isOlder =
    offset > 0 ? offset < before : since !== undefined && since * 1000 < (oldest?.ts ?? Infinity)
  let next = offset
  if (archive !== undefined && isOlder && before > 1) {
    const signal = AbortSignal.timeout(READ_BACK_TIMEOUT_MS)
    try {
      for await (const event of archive.read({ from: offset, since, before }, signal)) {
        yield event
        next = event.seq + 1
      }
    } catch (error) {
      incomplete.why = (error as Error).message
    }
  }
  // Of those before them too, some may be here.
  yield* stream.events(next)
}
