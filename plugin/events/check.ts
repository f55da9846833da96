/**
 * What refuses a body that is to become an event, and what makes the event of one that passes: for
 * `POST /telemetry/events` and for the host application alike. The checks come in the contract's
 * order (type, category, source.kind, data), then the rest of the body against its schema. What
 * passes is stored as sent.
 */

import type { EventCategory, EventSource, PublishEventRequest } from '../../generated/types.ts'
import { withoutUndefined } from '../objects.ts'
import { describeErrors, validatorOf } from '../schema.ts'
import type { TelemetryEventInput } from './envelope.ts'
import type { JsonCopy } from './json-copy.ts'
import {
  CATEGORIES,
  categoryOfType,
  flawOf,
  isCategory,
  isDataRequired,
  schemaOfType,
  serverKeysOf,
} from './types.ts'

/** A refusal: the contract's message, and what in particular to mend where that does not say it. */
export interface Refusal {
  readonly message: string
  readonly detail?: string
}

const validateRequest = validatorOf('PublishEventRequest')
const FIELDS = ['type', 'category', 'source', 'data', 'ts']

/**
 * @param isServer the event is the server's own, or the host application's: `source.kind` may be
 *   `kernel_api`, and a field that is not known is a mistake of who wrote it
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
  const wrong = refuseData(type, data)
  if (wrong !== undefined) return { message: 'invalid data', detail: wrong }
  const rest = hasEmptyKind(source) ? { ...body, source: { ...source, kind: undefined } } : body
  if (!validateRequest(withoutUndefined<object>(rest))) {
    return { message: describeErrors(validateRequest.errors, 'body') }
  }
  const unknown = isServer ? Object.keys(body).find(name => !FIELDS.includes(name)) : undefined
  if (unknown !== undefined) return { message: `body has the unknown field "${unknown}"` }
  const taken = isServer ? undefined : takenKey(type, source as PublishEventRequest['source'])
  if (taken === undefined) return undefined
  return { message: `source.metadata.${taken} of ${type} is the server's own: leave it out` }
}

/** A key of its metadata that only this server may write. */
function takenKey(type: string, source: PublishEventRequest['source']): string | undefined {
  const keys = serverKeysOf(type)
  if (keys.length === 0) return undefined
  const { metadata = {} } = sourceOf(source)
  return keys.find(key => Object.hasOwn(metadata, key))
}

function refuseData(type: string, data: unknown): string | undefined {
  const schema = schemaOfType(type)
  if (schema === undefined) return undefined
  if (data === undefined || data === null) {
    return isDataRequired(type) ? `data is required for ${type}` : undefined
  }
  const validate = validatorOf(schema)
  return validate(data) ? flawOf(type, data) : describeErrors(validate.errors, 'data')
}

/** The event of an accepted body. @param copy of its data, to be published in its place */
export function toEvent(body: PublishEventRequest, copy?: JsonCopy): TelemetryEventInput {
  const { type, category, source, ts } = body
  const data = copy === undefined ? body.data : copy.value
  return {
    ts: ts ?? Date.now() * 1000,
    type,
    category: categoryOfType(type) ?? (category as EventCategory),
    source: sourceOf(source),
    data: data ?? undefined,
    dataJson: data === null ? undefined : copy?.json,
  }
}

/** What is null, or an empty name, is absent; what the API does not know of is left out. */
function sourceOf(source: PublishEventRequest['source']): EventSource {
  const { kind, event, metadata } = source ?? {}
  return {
    kind: kind || 'local_process',
    event: event || undefined,
    metadata: withoutNull(metadata ?? undefined),
  }
}

type Metadata = Readonly<Record<string, string | null>>

function withoutNull(metadata: Metadata | undefined): Record<string, string> | undefined {
  if (metadata === undefined || !Object.values(metadata).includes(null)) {
    return metadata as Record<string, string> | undefined
  }
  const entries = Object.entries(metadata).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as Record<string, string>
}

function hasEmptyKind(source: unknown): source is { kind: '' } {
  return (source as { kind?: unknown } | null | undefined)?.kind === ''
}
