/** The server on a full disk, killed: what only it had is told as lost, and what the kernel has is told again. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { EventEnvelope, Health, OomKillData } from '../../generated/types.ts'
import { allowWrites, inject, killLine } from '../support/kernel-log.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { postJson } from '../support/post-json.ts'
import { type Server, startServer } from '../support/server.ts'
import { fill, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { SseClient } from '../support/sse-client.ts'

const skip = whyNoSmallDisk || (whyNoOomKills() ?? false)

const isKillOf =
  (pid: number) =>
  ({ event }: EventEnvelope): boolean =>
    event.type === 'system_oom_kill' && (event.data as OomKillData).pid === pid

/** Injects a kill and waits until a client has its event. */
async function killOn({ url }: Server): Promise<number> {
  const client = await SseClient.open(`${url}/telemetry/events`)
  const { line, pid } = killLine()
  inject(line)
  await client.find(isKillOf(pid), `the kill of ${pid}`)
  client.close()
  return pid
}

/** The last block of the journal's file has room yet: posts until it is full. */
async function untilInMemory({ url }: Server): Promise<void> {
  for (;;) {
    const health = (await (await fetch(`${url}/healthz`)).json()) as Health
    if (health.journal.state !== 'writing') return
    const note = { type: 'note', category: 'system', data: 'x'.repeat(200) }
    assert.equal((await postJson(`${url}/telemetry/events`, note)).status, 200)
  }
}

async function eventsOf({ url }: Server): Promise<EventEnvelope[]> {
  const headers = { accept: 'application/json' }
  const answer = await fetch(`${url}/telemetry/events?limit=1000`, { headers })
  return (await answer.json()) as EventEnvelope[]
}

describe('a kill on a full disk', { skip }, () => {
  for (const [when, isFullAtStart] of [
    ['while it runs', false],
    ['since before its first start', true],
  ] as const) {
    test(`full ${when}: after kill -9 the kill is told again, once`, async t => {
      allowWrites(t)
      const disk = smallDisk(t, '1m')
      const env = { SYSMON_STATE_DIR: join(disk, 'state') }
      let empty = isFullAtStart ? fill(disk) : () => {}
      const first = await startServer(t, env)
      if (!isFullAtStart) {
        await killOn(first)
        empty = fill(disk)
      }
      await untilInMemory(first)
      const pid = await killOn(first)
      await first.stop('SIGKILL')
      empty()
      for (let start = 0; start < 3; start++) {
        const next = await startServer(t, env)
        const again = (await eventsOf(next)).filter(isKillOf(pid))
        assert.equal(again.length, 1, `start ${start}`)
        assert.equal(again[0]!.event.source.metadata?.replayed, 'true')
        await next.stop('SIGKILL')
      }
    })
  }
})
