/** `GET`, `PUT` and `PATCH /telemetry`: which categories are captured. A change leaves an event. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import type {
  TelemetryConfigRequest,
  TelemetryConfiguredData,
  TelemetryState,
} from '../../generated/types.ts'
import { BadRequestError } from '../errors.ts'
import { CATEGORIES, TELEMETRY_CONFIGURED } from '../events/types.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'
import type { BodyConfig } from './json-body.ts'

/** A body is optional, and an empty one is none. */
const ROUTE = {
  schema: { body: { $ref: 'sysmon:TelemetryConfigRequest' } },
  config: { body: { isOptional: true, kept: ['storage', 'export'] } satisfies BodyConfig },
}
/** Characters kept of what a client calls itself. */
const MAX_USER_AGENT_LENGTH = 256
/** Of `storage`, and of `export`. */
const MAX_KEPT_BYTES = 64 * 1024

export function registerTelemetry(
  scope: FastifyInstance,
  stream: EventStream,
  publisher: Publisher
): void {
  const { capture } = publisher
  const state = (): TelemetryState => ({
    config: capture.toJSON(),
    seq: stream.seq,
    applied_at: capture.appliedAt?.toISOString(),
    dropped_events: stream.dropped,
  })
  /** Whoever turns something off does not do so unseen. */
  const change = (request: FastifyRequest, method: 'PUT' | 'PATCH'): TelemetryState => {
    const config = (request.body ?? null) as TelemetryConfigRequest
    refuseLarge(config)
    const isOn = (category: (typeof CATEGORIES)[number]) => capture.isCaptured(category)
    const before = CATEGORIES.filter(isOn)
    if (method === 'PUT') capture.put(config)
    else capture.patch(config)
    const data: TelemetryConfiguredData = {
      method,
      turned_on: CATEGORIES.filter(category => isOn(category) && !before.includes(category)),
      turned_off: before.filter(category => !isOn(category)),
      // Undefined where the request came by a Unix socket.
      address: request.socket.remoteAddress,
      user_agent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH),
    }
    request.log.warn(data, 'what is captured was changed')
    const kind = { type: TELEMETRY_CONFIGURED, category: 'monitor' } as const
    const source = { kind: 'local_process', event: 'telemetry.configured' } as const
    publisher.publish({ ts: Date.now() * 1000, ...kind, source, data }, 'server')
    return state()
  }

  scope.get('/telemetry', () => state())
  scope.put('/telemetry', ROUTE, request => change(request, 'PUT'))
  scope.patch('/telemetry', ROUTE, request => change(request, 'PATCH'))
}

/** It would be in every answer from then on. @throws {BadRequestError} */
function refuseLarge(config: TelemetryConfigRequest): void {
  for (const name of ['storage', 'export'] as const) {
    const bytes = Buffer.byteLength(JSON.stringify(config?.[name]) ?? '')
    if (bytes <= MAX_KEPT_BYTES) continue
    throw new BadRequestError(
      `body.${name} has ${bytes} bytes, and may have ${MAX_KEPT_BYTES}: leave it out, nothing is done with it`
    )
  }
}
