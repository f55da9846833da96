/** The real server, killed with -9 at random, and consumers that come back with their last id. */

import type { TestContext } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { type Server, startServer } from './server.ts'
import { SseClient } from './sse-client.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface MortalApi {
  readonly url: string
  /** What the first consumer was sent so far, as it came: nothing is sorted out. */
  readonly received: readonly EventEnvelope[]
  /** The same for each consumer. */
  readonly consumers: ReadonlyArray<readonly EventEnvelope[]>
  /** Kills until `stop`. @param interval from one start to the next kill, on average, in ms */
  killAtRandom(interval: number): { stop(): Promise<void>; count(): number }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** @param env of the server; without any it watches no kernel log */
export async function startMortalApi(
  t: TestContext,
  { consumers = 1, env = { SYSMON_KMSG_PATH: 'off' } as Record<string, string> } = {}
): Promise<MortalApi> {
  const settings: Record<string, string> = { SYSMON_STATE_DIR: temporaryFolder(t), ...env }
  let server: Server = await startServer(t, settings)
  const { url } = server
  settings.PORT = new URL(url).port
  const all = Array.from({ length: consumers }, () => consume(t, url))

  return {
    url,
    received: all[0]!,
    consumers: all,
    killAtRandom(interval) {
      let stopped = false
      let count = 0
      const done = (async () => {
        while (!stopped) {
          await pause(Math.random() * 2 * interval)
          await server.stop('SIGKILL')
          count++
          await pause(Math.random() * interval)
          server = await startServer(t, settings)
        }
      })()
      const stop = () => {
        stopped = true
        return done
      }
      return { stop, count: () => count }
    },
  }
}

/** Follows the stream from its beginning for as long as the test lasts, whatever becomes of the server. */
function consume(t: TestContext, url: string): readonly EventEnvelope[] {
  const received: EventEnvelope[] = []
  let isOver = false
  let client: SseClient | undefined
  const follow = async () => {
    while (!isOver) {
      const last = received.at(-1)?.seq
      const headers = last === undefined ? undefined : { 'last-event-id': String(last) }
      const stream = `${url}/telemetry/events?replay=all`
      client = await SseClient.open(stream, headers).catch(() => undefined)
      if (client === undefined) await pause(20)
      for (let taken = 0; client !== undefined; ) {
        for (const { envelope } of client.events.slice(taken)) received.push(envelope)
        taken = client.events.length
        const known = taken
        await client.until(() => client!.events.length > known, 'more', 3_600_000).catch(() => {})
        if (client.events.length === known) break
      }
    }
  }
  const done = follow()
  t.after(async () => {
    isOver = true
    client?.close()
    await done
  })
  return received
}
