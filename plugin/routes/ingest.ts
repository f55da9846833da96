/** `POST /telemetry/events`. What is accepted, and in which order it is checked: events/check.ts. */

import type { FastifyInstance } from 'fastify'
import type { PublishEventRequest } from '../../generated/types.ts'
import { BadRequestError } from '../errors.ts'
import { refuse, toEvent } from '../events/check.ts'
import type { Publisher } from '../stream/publisher.ts'

export function registerIngest(scope: FastifyInstance, publisher: Publisher): void {
  scope.post('/telemetry/events', async (request, reply) => {
    const refusal = refuse(request.body)
    if (refusal !== undefined) {
      request.log.debug(refusal, 'event refused')
      const error = new BadRequestError(refusal.message)
      return reply.send(Object.assign(error, { detail: refusal.detail }))
    }
    const event = publisher.publish(toEvent(request.body as PublishEventRequest))
    if (event === undefined) return reply.code(204).send()
    await publisher.settled()
    return reply.type('application/json; charset=utf-8').send(event.json)
  })
}
