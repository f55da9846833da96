/** What is posted to the API. Pure. */

import type {
  PublishEventRequest,
  ServiceCrashedData,
  TelemetryGapData,
} from '../generated/types.ts'

/** What makes an event that is posted twice one event: a run of supervisord, and a number in it. */
export interface Identity {
  readonly instance: string
  readonly serial: string | undefined
}

/** @param ts when supervisord reported it, in Unix microseconds */
export function crashRequest(
  data: ServiceCrashedData,
  identity: Identity,
  ts: number
): PublishEventRequest {
  return request('service_crashed', 'service.crashed', data, identity, ts)
}

/** @param ts when the loss was noticed, in Unix microseconds */
export function gapRequest(
  data: Omit<TelemetryGapData, 'source'>,
  identity: Identity,
  ts: number
): PublishEventRequest {
  return request('telemetry_gap', 'telemetry.gap', { source: 'supervisord', ...data }, identity, ts)
}

function request(
  type: string,
  event: string,
  data: ServiceCrashedData | TelemetryGapData,
  { instance, serial }: Identity,
  ts: number
): PublishEventRequest {
  const metadata: Record<string, string> = { supervisor_instance: instance }
  if (serial !== undefined) metadata.supervisor_serial = serial
  return { type, source: { kind: 'local_process', event, metadata }, data, ts }
}
