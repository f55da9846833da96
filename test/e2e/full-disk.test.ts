/** The server on a full disk, killed: what only it had is told as lost, and what the kernel has is told again. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { EventEnvelope, Health, OomKillData, TelemetryGapData } from '../../generated/types.ts'
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
      // No kill before it: in the block of an earlier one there might be room for the next.
      if (!isFullAtStart) empty = fill(disk)
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

for (const first of [0, 50]) {
  test(
    `${first} events, then a full disk: what is taken meanwhile and ends with kill -9 is told, exactly`,
    { skip: whyNoSmallDisk },
    async t => {
      const disk = smallDisk(t, '1m')
      const env = { SYSMON_STATE_DIR: join(disk, 'state'), SYSMON_KMSG_PATH: '/nonexistent' }
      const server = await startServer(t, env)
      const post = async (data: string) => {
        const note = { type: 'note', category: 'system', data }
        const { status, text } = await postJson(`${server.url}/telemetry/events`, note)
        assert.equal(status, 200)
        return (JSON.parse(text) as EventEnvelope).seq
      }
      for (let i = 0; i < first; i++) await post('before')
      const empty = fill(disk)
      const given: number[] = []
      for (let i = 0; i < 100; i++) given.push(await post(`meanwhile ${'x'.repeat(200)}`))
      await server.stop('SIGKILL')
      empty()
      for (let start = 0; start < 3; start++) {
        const next = await startServer(t, env)
        const events = await eventsOf(next)
        const kept = events.filter(({ event }) => String(event.data).startsWith('meanwhile'))
        const gaps = events.filter(({ event }) => event.type === 'telemetry_gap')
        assert.deepEqual(
          gaps.map(({ event }) => (event.data as TelemetryGapData).lost),
          [given.length - kept.length],
          `start ${start}`
        )
        assert.ok(gaps.every(({ seq }) => seq > given.at(-1)!))
        const client = await SseClient.open(`${next.url}/telemetry/events`, {
          'last-event-id': String(given.at(-1)),
        })
        await client.find(({ event }) => event.type === 'telemetry_gap', 'the gap')
        client.close()
        await next.stop('SIGKILL')
      }
    }
  )
}
