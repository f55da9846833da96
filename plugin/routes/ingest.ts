/**
 * `POST /telemetry/events`: checks in the contract's order (type, category, source.kind, data), then
 * the rest of the body against its schema. What passes is stored as sent.
 */

import type { FastifyInstance } from 'fastify'
import type { EventCategory, PublishEventRequest } from '../../generated/types.ts'
import { BadRequestError } from '../errors.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import {
  CATEGORIES,
  categoryOfType,
  isCategory,
  SERVICE_CRASHED,
  SYSTEM_OOM_KILL,
  TELEMETRY_GAP,
} from '../events/types.ts'
import type { Publisher } from '../stream/publisher.ts'
import { explainErrors, validatorOf } from './validation.ts'

/** A refusal: the contract's message, and what in particular to mend where that does not say it. */
export interface Refusal {
  readonly message: string
  readonly detail?: string
}

const DATA_VALIDATORS = new Map([
  [SYSTEM_OOM_KILL, validatorOf('OomKillData')],
  [SERVICE_CRASHED, validatorOf('ServiceCrashedData')],
  [TELEMETRY_GAP, validatorOf('TelemetryGapData')],
])

const validateRequest = validatorOf('PublishEventRequest')

/**
 * @param isServer the event is the server's own: `source.kind` may be `kernel_api`
 * @returns what is wrong with the body, or undefined
 */
export function refuse(body: unknown, isServer = false): Refusal | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { message: 'the body must be a JSON object with a type' }
  }
  const { type, category, source, data } = body as Record<string, unknown>
  if (type === undefined || type === null || type === '') return { message: 'type is required' }
  if (typeof type !== 'string') {
    return {
      message: 'type is required',
      detail: `type must be a string, not ${typeof type === 'object' ? 'an object' : String(type)}`,
    }
  }
  if (categoryOfType(type) === undefined) {
    if (category === undefined || category === null) {
      return { message: 'category is required for unknown event type' }
    }
    if (!isCategory(category)) {
      return {
        message: 'invalid category',
        detail: `category must be one of ${CATEGORIES.join(', ')}`,
      }
    }
  }
  if (!isServer && (source as { kind?: unknown } | null | undefined)?.kind === 'kernel_api') {
    return { message: 'source.kind kernel_api is reserved for server-generated events' }
  }
  const validateData = DATA_VALIDATORS.get(type)
  if (validateData !== undefined && !validateData(data)) {
    const detail =
      data === undefined || data === null
        ? `data is required for ${type}`
        : explainErrors(validateData.errors, 'data')
    return { message: 'invalid data', detail }
  }
  // For a known type the caller's category is ignored, whatever it is.
  const rest = categoryOfType(type) === undefined ? body : { ...body, category: undefined }
  if (!validateRequest(rest === body ? body : withoutUndefined(rest))) {
    return { message: explainErrors(validateRequest.errors, 'body') }
  }
  return undefined
}

/** The event of an accepted body. */
export function toEvent(body: PublishEventRequest): TelemetryEventInput {
  const { type, category, source, data, ts } = body
  return {
    ts: ts ?? Date.now() * 1000,
    type,
    category: categoryOfType(type) ?? (category as EventCategory),
    source: source ?? { kind: 'local_process' },
    data: data ?? undefined,
  }
}

function withoutUndefined(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
}

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
