/** `GET`, `PUT` and `PATCH /telemetry`: which categories are captured. */

import type { FastifyInstance } from 'fastify'
import type { TelemetryConfig, TelemetryState } from '../../generated/types.ts'
import { BadRequestError } from '../errors.ts'
import { CaptureConfig } from '../stream/capture.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { EventStream } from '../stream/stream.ts'

const BODY = { body: { $ref: 'sysmon:TelemetryConfig' } }

export function registerTelemetry(
  scope: FastifyInstance,
  stream: EventStream,
  publisher: Publisher
): void {
  const { capture } = publisher
  const state = (): TelemetryState => ({
    config: capture.toJSON(),
    seq: stream.seq,
    ...(capture.appliedAt === undefined ? {} : { applied_at: capture.appliedAt.toISOString() }),
    dropped_events: stream.dropped,
  })
  const checked = (body: unknown): TelemetryConfig => {
    const config = body as TelemetryConfig
    const [refused] = CaptureConfig.refused(config)
    if (refused === undefined) return config
    throw new BadRequestError(
      `category ${refused} cannot be turned off: system and monitor events are always captured`
    )
  }

  scope.get('/telemetry', () => state())
  scope.put('/telemetry', { schema: BODY }, request => {
    capture.put(checked(request.body))
    return state()
  })
  scope.patch('/telemetry', { schema: BODY }, request => {
    capture.patch(checked(request.body))
    return state()
  })
}
