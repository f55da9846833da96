/**
 * `POST /telemetry/events` (what is accepted, and in which order it is checked: events/check.ts) and
 * `GET /telemetry/events`, an event stream, or a page for those who ask for JSON.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parameters } from '../../generated/schemas.ts'
import type { PublishEventRequest } from '../../generated/types.ts'
import { BadRequestError } from '../errors.ts'
import { refuse, toEvent } from '../events/check.ts'
import type { PublishedEvent } from '../events/envelope.ts'
import type { Publisher } from '../stream/publisher.ts'
import { type PageSources, sendPage } from './event-page.ts'
import type { BodyConfig } from './json-body.ts'
import { splitLists } from './lists.ts'
import { isFromSupervisor } from './peer.ts'
import type { SseStreams } from './sse-streams.ts'
import { type StartQuery, startOf } from './stream-start.ts'
import { timeOf } from './time-parameter.ts'

export interface EventsParts extends PageSources {
  readonly publisher: Publisher
  readonly streams: SseStreams
}

/** Of a longer envelope the bytes are sent as they are. */
const MAX_TEXT_BYTES = 16 * 1024

export function registerEvents(scope: FastifyInstance, parts: EventsParts): void {
  const { publisher, streams } = parts
  const config = { body: { kept: ['data', 'source', 'ts'] } satisfies BodyConfig }
  scope.post('/telemetry/events', { config }, (request, reply) => {
    const refusal = refuse(request.body)
    if (refusal !== undefined) {
      request.log.debug(refusal, 'event refused')
      const error = new BadRequestError(refusal.message)
      return reply.send(Object.assign(error, { detail: refusal.detail }))
    }
    const reporter = isFromSupervisor(request) ? 'supervisor' : 'http'
    const event = publisher.publish(toEvent(request.body as PublishEventRequest), reporter, true)
    if (event === undefined) return reply.code(204).send()
    // All that is posted in a turn of the event loop is answered at its end, each in the context of its own
    // request: it is written to disk at once, and a client is woken once for all of its answers.
    setImmediate(() => {
      const settling = publisher.settled()
      if (settling === undefined) answer(reply, event)
      else settling.then(() => answer(reply, event)).catch(error => reply.send(error))
    })
  })
  scope.get(
    '/telemetry/events',
    {
      schema: { querystring: parameters.readEvents.querystring },
      preValidation: [splitLists, checkTimes],
      sse: { kind: 'manual', heartbeat: false },
      // It would open a stream and throw its events away.
      exposeHeadRoute: false,
    },
    (request, reply) =>
      wantsPage(request) ? openPage(request, reply, parts) : streams.open(request, reply)
  )
}

function answer(reply: FastifyReply, { json }: PublishedEvent): void {
  try {
    reply.type('application/json; charset=utf-8')
    // A text leaves in one write with its head.
    reply.send(json.length > MAX_TEXT_BYTES ? json : json.toString())
  } catch (error) {
    reply.send(error)
  }
}

/** Before the schema, which could only say that they do not match a pattern. */
async function checkTimes({ query }: FastifyRequest): Promise<void> {
  for (const name of ['since', 'until']) {
    const text = (query as Record<string, unknown>)[name]
    if (typeof text === 'string') timeOf(name, text, Date.now())
  }
}

/** What a page has no use for must be right there, too. */
function openPage(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: PageSources
): Promise<FastifyReply> {
  startOf(request.headers['last-event-id'], request.query as StartQuery)
  return sendPage(request, reply, parts)
}

/** Parameters that make no sense for a stream: who gives one asks for a page. */
const PAGE_PARAMETERS = ['offset', 'since', 'until', 'limit', 'order'] as const

/** `format` says it outright; a parameter of the page does; else what the client accepts. */
function wantsPage({ url, query, headers }: FastifyRequest): boolean {
  const { format } = query as { format?: 'json' | 'sse' }
  if (format !== undefined) return format === 'json'
  // Of what was sent: some have a default.
  const given = new URL(url, 'http://localhost').searchParams
  return PAGE_PARAMETERS.some(name => given.has(name)) || acceptsJsonOnly(headers.accept)
}

/** Whether the client asks for JSON and not, with it, for an event stream. */
function acceptsJsonOnly(accept: string | undefined): boolean {
  if (accept === undefined) return false
  const refused = /;\s*q=0(?:\.0*)?\s*(?:;|$)/i
  const types = accept.split(',').filter(range => !refused.test(range))
  const names = types.map(range => range.split(';', 1)[0]!.trim().toLowerCase())
  return names.includes('application/json') && !names.includes('text/event-stream')
}
