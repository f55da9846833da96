/** `GET /telemetry/stream`: events as they come, and nothing else. */

import type { FastifyInstance } from 'fastify'
import { parameters } from '../../generated/schemas.ts'
import { splitLists } from './lists.ts'
import type { SseStreams } from './sse-streams.ts'

const NOT_ACCEPTABLE = {
  message:
    'this route answers with text/event-stream only: accept that, or ask GET /telemetry/events for a page of JSON',
}

export function registerStream(scope: FastifyInstance, streams: SseStreams): void {
  scope.get(
    '/telemetry/stream',
    {
      schema: { querystring: parameters.streamEvents.querystring },
      preValidation: splitLists,
      sse: { kind: 'only', heartbeat: false },
      // It would open a stream and throw its events away.
      exposeHeadRoute: false,
      // The refusal of @fastify/sse, in the form of ours.
      preSerialization: async (_, reply, payload) =>
        reply.statusCode === 406 ? NOT_ACCEPTABLE : payload,
    },
    (request, reply) => streams.open(request, reply)
  )
}
