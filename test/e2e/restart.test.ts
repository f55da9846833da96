/**
 * The server killed, stopped and restarted around real OOM kills: a client that keeps only its last id
 * gets each of them once, in order.
 */

import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { EventEnvelope, Health, OomKillData } from '../../generated/types.ts'
import { allowWrites, dumpHalves, inject, overrun } from '../support/kernel-log.ts'
import {
  memoryGroup,
  oomKill,
  openKernelLog,
  readKernelLog,
  whyNoOomKills,
} from '../support/oom.ts'
import { type Server, startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const skip = whyNoOomKills() ?? false

function stateFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-restart-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const pidOf = ({ event }: EventEnvelope): number | undefined =>
  event.type === 'system_oom_kill' ? (event.data as OomKillData).pid : undefined

/** Reads what came after an id until it has these kills, and gives the kills and the last id. */
async function catchUp(
  server: Server,
  lastId: number,
  pids: readonly number[]
): Promise<{ kills: EventEnvelope[]; gaps: EventEnvelope[]; lastId: number }> {
  const client = await SseClient.open(
    lastId === 0 ? `${server.url}/telemetry/events?replay=all` : `${server.url}/telemetry/events`,
    lastId === 0 ? {} : { 'last-event-id': String(lastId) }
  )
  for (const pid of pids) {
    await client.find(envelope => pidOf(envelope) === pid, `the kill of ${pid}`)
  }
  const received = client.events
  client.close()
  return {
    kills: received.map(({ envelope }) => envelope).filter(each => pidOf(each) !== undefined),
    gaps: received
      .map(({ envelope }) => envelope)
      .filter(({ event }) => event.type === 'telemetry_gap'),
    lastId: received.at(-1)?.id ?? lastId,
  }
}

/** Waits until the server has read up to the record that was the newest at this call. @throws after 20 s */
async function untilRead(server: Server): Promise<void> {
  const log = openKernelLog()
  const newest = Number(readKernelLog(log).at(-1)!.split(',')[1])
  closeSync(log)
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const { kmsg } = (await (await fetch(`${server.url}/healthz`)).json()) as Health
    assert.equal(kmsg.state, 'watching')
    if (kmsg.last_seq! >= newest) return
    assert.ok(Date.now() < deadline, `it read up to ${kmsg.last_seq}, not to ${newest}`)
  }
}

describe('the server restarted in the same boot', { skip }, () => {
  test('killed -9 around kills, it tells each of them once, and which ones it was not there for', async t => {
    const env = { SYSMON_STATE_DIR: stateFolder(t) }
    const group = memoryGroup(t, 'sysmon-restart-1')
    const expected: Array<[pid: number, replayed: string | undefined]> = []
    const seen: EventEnvelope[] = []
    let lastId = 0
    for (let round = 0; round < 4; round++) {
      const server = await startServer(t, env)
      if (round > 0) {
        const dead = expected.slice(-1).map(([pid]) => pid)
        const caughtUp = await catchUp(server, lastId, dead)
        seen.push(...caughtUp.kills)
        lastId = caughtUp.lastId
      }
      const alive = await oomKill(t, group, `alive ${round}`)
      expected.push([alive, undefined])
      const caughtUp = await catchUp(server, lastId, [alive])
      seen.push(...caughtUp.kills)
      lastId = caughtUp.lastId
      await server.stop('SIGKILL')
      expected.push([await oomKill(t, group, `dead ${round}`), 'true'])
    }
    const own = new Set(expected.map(([pid]) => pid))
    assert.deepEqual(
      seen
        .filter(envelope => own.has(pidOf(envelope)!))
        .map(envelope => [pidOf(envelope), envelope.event.source.metadata?.replayed]),
      expected.slice(0, -1)
    )
    const ids = seen.map(({ seq }) => seq)
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
      'in order, none twice'
    )
  })

  test('killed in the middle of a dump, it reads it whole', async t => {
    allowWrites(t)
    const env = { SYSMON_STATE_DIR: stateFolder(t) }
    const { first, second, pid, comm } = dumpHalves()
    const server = await startServer(t, env)
    inject(...first)
    await untilRead(server)
    await server.stop('SIGKILL')
    const next = await startServer(t, env)
    inject(...second)
    const { kills } = await catchUp(next, 0, [pid])
    const { data, source } = kills.find(envelope => pidOf(envelope) === pid)!.event
    assert.equal((data as OomKillData).trigger_process_name, comm)
    assert.equal((data as OomKillData).mem_total_kb, 2_097_152)
    assert.equal(source.metadata?.partial, undefined)
  })

  test('what was overwritten while it was dead is one gap, however often it starts', async t => {
    allowWrites(t)
    const env = { SYSMON_STATE_DIR: stateFolder(t) }
    const server = await startServer(t, env)
    await untilRead(server)
    await server.stop('SIGKILL')
    overrun()
    for (let start = 0; start < 3; start++) {
      const next = await startServer(t, env)
      const { first, second, pid } = dumpHalves()
      inject(...first, ...second)
      const { gaps } = await catchUp(next, 0, [pid])
      const overruns = gaps.filter(({ event }) => event.source.event === 'kmsg.overrun')
      assert.equal(overruns.length, 1)
      assert.ok((overruns[0]!.event.data as { lost: number }).lost > 100)
      await next.stop('SIGKILL')
    }
  })
})
