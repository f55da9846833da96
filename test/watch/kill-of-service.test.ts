/** Which kill took the process of a service: by its pid and the time, and never by less. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventEnvelope, OomKillData, ServiceCrashedData } from '../../generated/types.ts'
import { RecentDeaths } from '../../plugin/stream/recent-deaths.ts'
import { killOfService } from '../../plugin/watch/kill-of-service.ts'
import { startApp } from '../support/app.ts'
import { allowWrites, inject, killLine } from '../support/kernel-log.ts'
import { memoryGroup, oomKill, whyNoOomKills } from '../support/oom.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'

const SECOND_US = 1_000_000

function killsOf(...all: [seq: number, pid: number, ts: number][]): RecentDeaths {
  const kills = new RecentDeaths()
  for (const [seq, pid, ts] of all) kills.add({ seq, pid, ts, process_name: 'chromium' })
  return kills
}

const crash = (more: object = {}, ts = 100 * SECOND_US) => ({
  ts,
  data: { service_name: 'chromium', phase: 'running', pid: 7, ...more },
})
const shared = () => true

test('the kill of its pid, around the time of the report', () => {
  const kills = killsOf([1, 7, 80 * SECOND_US], [2, 7, 99 * SECOND_US], [3, 8, 99 * SECOND_US])
  assert.equal(killOfService(kills, crash(), shared), 2)
  assert.equal(killOfService(kills, crash({ signal: 'SIGKILL' }), shared), 2)
  assert.equal(killOfService(kills, crash({}, 85 * SECOND_US), shared), 1)
  assert.equal(killOfService(kills, crash({ pid: 8 }), shared), 3)
})

test('none by another signal, at another time, of another pid, without one, in a container', () => {
  const kills = killsOf([2, 7, 99 * SECOND_US])
  for (const other of [{ signal: 'SIGSEGV' }, { pid: 9 }, { pid: undefined }]) {
    assert.equal(killOfService(kills, crash(other), shared), undefined)
  }
  for (const seconds of [90, 110]) {
    assert.equal(killOfService(kills, crash({}, seconds * SECOND_US), shared), undefined)
  }
  assert.equal(
    killOfService(kills, crash(), () => false),
    undefined
  )
})

test('in a container the only kill of its name that is no renderer', () => {
  const apart = () => false
  const nameOf = (pid: number) => (pid === 7 ? 'chromium' : undefined)
  const find = (kills: RecentDeaths, more: object = { signal: 'SIGKILL' }) =>
    killOfService(kills, crash(more), apart, nameOf)
  const one = new RecentDeaths()
  one.add({ seq: 1, pid: 4711, ts: 99 * SECOND_US, process_name: 'other', oom_score_adj: 0 })
  one.add({ seq: 2, pid: 4712, ts: 99 * SECOND_US, process_name: 'chromium', oom_score_adj: 0 })
  assert.equal(find(one), 2)
  assert.equal(find(one, { signal: 'SIGKILL', pid: 8 }), undefined, 'its name is not known')
  assert.equal(find(one, {}), undefined, 'nor is it known that it was killed')
  one.add({ seq: 3, pid: 4713, ts: 99 * SECOND_US, process_name: 'chromium', oom_score_adj: 300 })
  assert.equal(find(one), undefined, 'one of two')
  const renderer = new RecentDeaths()
  renderer.add({ seq: 4, pid: 1, ts: 99 * SECOND_US, process_name: 'chromium', oom_score_adj: 300 })
  assert.equal(find(renderer), undefined)
})

test('the newest are remembered', () => {
  const kills = new RecentDeaths()
  for (let seq = 1; seq <= 1000; seq++) kills.add({ seq, pid: seq, ts: seq, process_name: 'x' })
  assert.equal(kills.between(0, 2000).length, 64)
  assert.equal(kills.between(1000, 1000)[0]?.seq, 1000)
})

test(
  'a service that the kernel really killed: both events, the second names the first',
  { skip: whyNoOomKills() ?? false },
  async t => {
    const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-linked-'))
    t.after(() => rmSync(stateDir, { recursive: true }))
    const server = await startServer(t, { SYSMON_STATE_DIR: stateDir })
    const pid = await oomKill(t, memoryGroup(t, `sysmon-linked-${process.pid}`), 'linked')
    const page = `${server.url}/telemetry/events?format=json&type=system_oom_kill`
    const findKill = async () => {
      const kills = (await (await fetch(page)).json()) as EventEnvelope[]
      return kills.find(one => (one.event.data as { pid: number }).pid === pid)
    }
    // Only a kill that was told before the crash can be named by it.
    await waitFor(async () => (await findKill()) !== undefined, 'the kill')
    const data = { service_name: 'linked', phase: 'running', pid, signal: 'SIGKILL' }
    const post = async (metadata: Record<string, string>) =>
      (await postBySocket(join(stateDir, 'api.sock'), {
        type: 'service_crashed',
        source: { kind: 'local_process', event: 'service.crashed', metadata },
        data,
      })) as EventEnvelope
    const metadata = { supervisor_instance: 's', supervisor_serial: '1' }
    const { seq, event } = await post(metadata)
    const kill = (await findKill())!
    assert.equal((event.data as ServiceCrashedData).oom_kill_seq, kill.seq)
    assert.ok(kill.seq < seq)
    const again = await post(metadata)
    assert.equal(again.seq, seq, 'delivered again it is the same event')
    const other = await fetch(`${server.url}/telemetry/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'service_crashed', data }),
    })
    const posted = (await other.json()) as EventEnvelope
    assert.equal(
      (posted.event.data as ServiceCrashedData).oom_kill_seq,
      undefined,
      'anyone may say it'
    )
  }
)

test(
  'a report that waited for the server finds the kill, though the log is not read yet',
  { skip: whyNoOomKills() ?? false },
  async t => {
    allowWrites(t)
    const stateDir = temporaryFolder(t)
    const options = { stateDir, kmsgPath: '/dev/kmsg' }
    const first = await startApp(t, options)
    first.sysmon.health()
    await first.close()
    const { line, pid } = killLine()
    // Many turns of the event loop.
    inject(...Array.from({ length: 20_000 }, () => 'x'), line)
    const app = await startApp(t, options)
    const metadata = { supervisor_instance: 's', supervisor_serial: '1' }
    const { seq, event } = (await postBySocket(join(stateDir, 'api.sock'), {
      type: 'service_crashed',
      source: { kind: 'local_process', event: 'service.crashed', metadata },
      data: { service_name: 'chromium', phase: 'running', pid, signal: 'SIGKILL' },
    })) as EventEnvelope
    const { oom_kill_seq } = event.data as ServiceCrashedData
    assert.ok(oom_kill_seq! < seq)
    const kills = await app.inject('/telemetry/events?format=json&type=system_oom_kill')
    const kill = (kills.json() as EventEnvelope[]).find(one => one.seq === oom_kill_seq)
    assert.equal((kill?.event.data as OomKillData).pid, pid)
  }
)

function postBySocket(socketPath: string, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const options = { socketPath, path: '/telemetry/events', method: 'POST', headers }
    const sent = request(options, response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => {
        text += part
      })
      response.on('end', () => resolve(JSON.parse(text)))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}
