/** Picking one container's events out of a stream, on a machine where others kill as well. */

import type { EventEnvelope } from '../../../generated/types.ts'
import type { SseClient } from '../../support/sse-client.ts'

export interface Kill {
  readonly process_name: string
  readonly pid: number
  readonly [field: string]: unknown
}

export interface Crash {
  readonly service_name: string
  readonly phase: string
  readonly [field: string]: unknown
}

export function crashes(client: SseClient): Crash[] {
  return dataOf(client, 'service_crashed') as unknown as Crash[]
}

/** The kills by the limit of this container's control group. */
export function killsOf(client: SseClient, containerId: string): Kill[] {
  return (dataOf(client, 'system_oom_kill') as unknown as Kill[]).filter(kill =>
    String(kill.oom_memcg).includes(containerId)
  )
}

function dataOf(client: SseClient, type: string): Record<string, unknown>[] {
  return client.events
    .filter(({ envelope }) => envelope.event.type === type)
    .map(({ envelope }) => envelope.event.data as Record<string, unknown>)
}

export function isCrashOf(service: string): (envelope: EventEnvelope) => boolean {
  return ({ event }) =>
    event.type === 'service_crashed' && (event.data as unknown as Crash).service_name === service
}

export function isKillOf(pid: number): (envelope: EventEnvelope) => boolean {
  return ({ event }) =>
    event.type === 'system_oom_kill' && (event.data as unknown as Kill).pid === pid
}
