/** The server itself is killed, restarted, or too far behind; S2 is the real one. */

import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope, TelemetryGapData } from '../../generated/types.ts'
import { note, startApp } from '../support/app.ts'
import { freePort } from '../support/free-port.ts'
import { postJson } from '../support/post-json.ts'
import type { Server } from '../support/server.ts'
import { waitFor } from '../support/wait.ts'
import { startProxy } from './proxy.ts'
import { BASIN, needS2, S2Lite, TOKEN } from './s2-lite.ts'
import {
  assertConsecutive,
  isDone,
  postNotes,
  startSinkServer,
  temporaryFolder,
  untilSink,
} from './support.ts'

const CRASHES = 1000

async function startLite(t: TestContext): Promise<S2Lite | undefined> {
  const command = needS2(t)
  return command === undefined ? undefined : S2Lite.start(t, command)
}

/** As a shim does: until the server has answered, and under one key however often. @throws after a minute */
async function report(port: number, serial: number): Promise<void> {
  const metadata = { supervisor_instance: 'test', supervisor_serial: String(serial) }
  const crash = {
    type: 'service_crashed',
    source: { kind: 'local_process', event: 'service.crashed', metadata },
    data: { service_name: 'victim', phase: 'running', pid: serial + 1 },
  }
  const url = `http://127.0.0.1:${port}/telemetry/events`
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    const answer = await postJson(url, crash).catch(() => undefined)
    if (answer !== undefined && answer.status < 500) return assert.equal(answer.status, 200)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`the server did not take crash ${serial} within a minute`)
}

test('the server killed with -9 again and again: each event once in S2, in order', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const port = await freePort()
  const env = {
    ...lite.env(),
    S2_STREAM: 'test',
    SYSMON_STATE_DIR: temporaryFolder(t),
    PORT: String(port),
  }
  let server: Server = await startSinkServer(t, env)
  let isReporting = true
  const lanes = Array.from({ length: 8 }, (_, lane) => lane)
  const reporting = Promise.all(
    lanes.map(async lane => {
      for (let serial = lane; serial < CRASHES; serial += lanes.length) await report(port, serial)
    })
  ).finally(() => {
    isReporting = false
  })
  let kills = 0
  while (isReporting && kills < 6) {
    await new Promise(resolve => setTimeout(resolve, 100 + Math.random() * 500))
    await server.stop('SIGKILL')
    kills++
    server = await startSinkServer(t, env)
  }
  await reporting
  await untilSink(server.url, 's2', isDone)
  t.diagnostic(`${kills} kills`)

  const envelopes = await lite.envelopes('test')
  const seqs = envelopes.map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
    'in order, none twice'
  )
  const serials = envelopes
    .filter(({ event }) => event.type === 'service_crashed')
    .map(({ event }) => Number(event.source.metadata!.supervisor_serial))
  assert.equal(serials.length, CRASHES)
  assert.equal(new Set(serials).size, CRASHES)
})

for (const [name, ill] of [
  ['is refused', { status: 500 }],
  ['lands and its answer is lost', 'swallow'],
] as const) {
  test(`a part of a batch is in S2 already, and the append of the rest ${name}: each event once`, async t => {
    const lite = await startLite(t)
    if (lite === undefined) return
    const proxy = await startProxy(t, lite.url)
    const isAppend = ({ method, url }: IncomingMessage) =>
      method === 'POST' && url!.includes('/records')
    const env = {
      ...lite.env(proxy.url),
      S2_STREAM: 'test',
      S2_LINGER_MS: '200',
      SYSMON_STATE_DIR: temporaryFolder(t),
    }
    const first = await startSinkServer(t, env)
    await untilSink(first.url, 's2', ({ state }) => state === 'delivering')
    // The first five land, and this server never knows.
    let appends = 0
    proxy.mischief = request => {
      if (!isAppend(request)) return 'pass'
      return ++appends === 1 ? 'swallow' : 'reset'
    }
    await postNotes(first.url, 0, 5)
    await waitFor(() => appends >= 2, 'a second append')
    await postNotes(first.url, 5, 10)
    await first.stop('SIGKILL')
    // The next one has all ten in a batch. Its first append is refused by S2, for the position.
    appends = 0
    proxy.mischief = request => (isAppend(request) && ++appends === 2 ? ill : 'pass')
    const second = await startSinkServer(t, env)
    const { failures } = await untilSink(second.url, 's2', isDone)
    assert.equal(failures, 1)
    assertConsecutive(
      (await lite.envelopes('test')).map(({ seq }) => seq),
      10
    )
  })
}

test('a restart goes on where the last process stopped; a new S2_STREAM gets what comes then', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const env = { ...lite.env(), SYSMON_STATE_DIR: temporaryFolder(t) }
  const seqsOf = (envelopes: EventEnvelope[]) => envelopes.map(({ seq }) => seq)
  const first = await startSinkServer(t, { ...env, S2_STREAM: 'one' })
  await postNotes(first.url, 0, 10)
  await first.stop()
  const second = await startSinkServer(t, { ...env, S2_STREAM: 'one' })
  await postNotes(second.url, 10, 20)
  await second.stop()
  const third = await startSinkServer(t, { ...env, S2_STREAM: 'two' })
  await postNotes(third.url, 20, 30)
  await third.stop()
  const one = await lite.read('one')
  assert.ok(one.length >= 20)
  assert.equal(new Set(one.map(({ headers }) => new Map(headers).get('origin'))).size, 1)
  const all = [...seqsOf(await lite.envelopes('one')), ...seqsOf(await lite.envelopes('two'))]
  assert.deepEqual(
    all,
    [...new Set(all)].sort((a, b) => a - b)
  )
  assert.ok(all.length >= 30)
})

test('what is gone before the sink came to it is a telemetry_gap, which S2 gets too', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  await lite.kill()
  const app = await startApp(t, {
    stateDir: false,
    ringEvents: 100,
    s2: {
      accessToken: TOKEN,
      basin: BASIN,
      stream: 'test',
      accountEndpoint: lite.url,
      basinEndpoint: lite.url,
    },
  })
  for (let n = 0; n < 350; n++) note(app, n)
  const health = () => app.sysmon.health().sinks![0]!
  assert.equal(health().lag_events, 350)
  await lite.boot()
  await waitFor(() => health().missed > 0 && isDone(health()), 'a gap, and the rest delivered')
  const envelopes = await lite.envelopes('test')
  const notes = envelopes.filter(({ event }) => event.type === 'note').map(({ seq }) => seq)
  assert.deepEqual(
    notes,
    Array.from({ length: 100 }, (_, index) => 251 + index)
  )
  const gaps = envelopes.filter(({ event }) => event.type === 'telemetry_gap')
  assert.equal(gaps.length, 1)
  const data = gaps[0]!.event.data as TelemetryGapData
  assert.equal(data.source, 'stream')
  assert.equal(data.lost, 250)
  assert.match(data.reason, /sink s2/)
  assert.equal(health().missed, 250)
})
