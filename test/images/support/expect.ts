/** Picking one container's events out of a stream, on a machine where others kill as well. */

import type { EventEnvelope } from '../../../generated/types.ts'
import type { Received, SseClient } from '../../support/sse-client.ts'
import { PATIENCE_MS, sleep } from '../../support/wait.ts'
import type { Container } from './container.ts'

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

/** How often the kernel prints whole dumps: ten in 5 s, of all who kill on this machine. */
const DUMP_INTERVAL_MS = 6000

/**
 * Causes kills in a container until one is told whole: where others on this machine cause kills as
 * well, the kernel may print no more than its kill line.
 *
 * @param cause brings one about, in time
 */
export async function untilKill(
  container: Container,
  events: SseClient,
  cause: () => Promise<unknown>
): Promise<Kill> {
  const pids = new Set<number>()
  const look = () => {
    for (const { hostPid } of container.processes()) pids.add(hostPid)
  }
  const isOurs = ({ pid, oom_memcg }: Kill) =>
    pids.has(pid) || String(oom_memcg).includes(container.id)
  const timer = setInterval(look, 100)
  try {
    for (let tries = 1; ; tries++) {
      const seen = events.events.length
      await cause()
      const isIt = ({ envelope: { event } }: Received) =>
        event.type === 'system_oom_kill' && isOurs(event.data as unknown as Kill)
      const news = () => events.events.slice(seen).filter(isIt)
      await events.until(() => news().length > 0, 'the kill', PATIENCE_MS)
      const whole = news().find(one => one.envelope.event.source?.metadata?.partial === undefined)
      if (whole !== undefined) return whole.envelope.event.data as unknown as Kill
      if (tries === 10) throw new Error('the kernel printed no whole dump')
      await sleep(DUMP_INTERVAL_MS)
    }
  } finally {
    clearInterval(timer)
  }
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
