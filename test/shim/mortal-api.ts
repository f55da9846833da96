/** The real server, killed with -9 at random, and a consumer that comes back with its last id. */

import type { TestContext } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { type Server, startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'
import { temporaryFolder } from './shim-process.ts'

export interface MortalApi {
  readonly url: string
  /** What the consumer was sent so far, as it came: nothing is sorted out. */
  readonly received: readonly EventEnvelope[]
  /** Kills until `stop`. @param interval from one start to the next kill, on average, in ms */
  killAtRandom(interval: number): { stop(): Promise<void>; count(): number }
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

export async function startMortalApi(t: TestContext): Promise<MortalApi> {
  const env: Record<string, string> = {
    SYSMON_KMSG_PATH: '/nonexistent',
    SYSMON_STATE_DIR: temporaryFolder(t),
  }
  let server: Server = await startServer(t, env)
  const { url } = server
  env.PORT = new URL(url).port

  const received: EventEnvelope[] = []
  let isOver = false
  let client: SseClient | undefined
  const consume = async () => {
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
  const consumed = consume()
  t.after(async () => {
    isOver = true
    client?.close()
    await consumed
  })

  return {
    url,
    received,
    killAtRandom(interval) {
      let stopped = false
      let count = 0
      const done = (async () => {
        while (!stopped) {
          await pause(Math.random() * 2 * interval)
          await server.stop('SIGKILL')
          count++
          await pause(Math.random() * interval)
          server = await startServer(t, env)
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
