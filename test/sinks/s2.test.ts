/** Records in a real S2, behind a proxy that misbehaves where the test asks for it. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { type Mischief, startProxy } from './proxy.ts'
import { BASIN, needS2, S2Lite, type S2Record } from './s2-lite.ts'
import {
  assertConsecutive,
  isDone,
  post,
  postNotes,
  sinkHealth,
  startSinkServer,
  temporaryFolder,
  untilSink,
  watchGrowth,
} from './support.ts'

const STREAM = { S2_STREAM: 'test' }
/** Events that pass in the tests of outages. */
const EVENTS = 10_000
/** How long S2 is away at least, in ms. */
const AWAY = Number(process.env.SYSMON_S2_AWAY_S ?? 5) * 1000

const header = (record: S2Record, name: string): string | undefined =>
  record.headers?.find(([key]) => key === name)?.[1]

async function startLite(t: TestContext): Promise<S2Lite | undefined> {
  const command = needS2(t)
  return command === undefined ? undefined : S2Lite.start(t, command)
}

/** Each event once and in order, as the server published it. */
async function assertDelivered(lite: S2Lite, url: string, count: number): Promise<void> {
  const envelopes = await lite.envelopes('test')
  assertConsecutive(
    envelopes.map(({ seq }) => seq),
    count
  )
  const page = await fetch(`${url}/telemetry/events?limit=1000`, {
    headers: { accept: 'application/json' },
  })
  for (const event of (await page.json()) as EventEnvelope[]) {
    assert.deepEqual(envelopes[event.seq - 1], event)
  }
}

test('an event is a record: the envelope, its time, and headers to filter by', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, { ...lite.env(), S2_STREAM: 'a/{hostname}/{boot_id}' })
  const ts = 1_795_481_072_562_692
  const metadata = { boot_id: 'f744340c', kmsg_seq: '1976' }
  const kill = await post(server.url, {
    type: 'system_oom_kill',
    ts,
    source: { kind: 'local_process', event: 'linux.oom_kill', metadata },
    data: { process_name: 'é', pid: 8014, rss_kb: 66708 },
  })
  const note = await post(server.url, { type: 'note', category: 'page', data: { n: 1 } })
  await untilSink(server.url, 's2', isDone)
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const records = await lite.read(`a/${hostname()}/${bootId}`)
  assert.deepEqual(
    records.map(({ body }) => JSON.parse(body)),
    [kill, note]
  )
  const [first, second] = records
  assert.equal(first!.timestamp, Math.floor(ts / 1000))
  assert.equal(header(first!, 'type'), 'system_oom_kill')
  assert.equal(header(first!, 'category'), 'system')
  assert.equal(header(first!, 'seq'), '1')
  assert.equal(header(first!, 'key'), '["system_oom_kill","boot_id","f744340c","kmsg_seq","1976"]')
  assert.ok(header(first!, 'origin')!.startsWith(`${hostname()}.`))
  assert.equal(header(second!, 'key'), undefined)
  assert.equal(header(second!, 'origin'), header(first!, 'origin'))
})

test('events of any size and characters, and more of them than an append holds', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, { ...lite.env(), ...STREAM, S2_LINGER_MS: '200' })
  const large = 'é'.repeat(490_000)
  const type = '\ud800ü'.repeat(128)
  for (let n = 0; n < 4; n++) await post(server.url, { type, category: 'page', data: large })
  const odd = '\0\u001f\ud800\u2028\ufffd😀"\\'
  for (const data of [odd, odd.repeat(5000)])
    await post(server.url, { type, category: 'page', data })
  await postNotes(server.url, 0, 2500)
  await untilSink(server.url, 's2', isDone)
  await assertDelivered(lite, server.url, 2506)
})

test('s2 lite killed and restarted again and again while 10,000 events pass', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, {
    ...lite.env(),
    ...STREAM,
  })
  await untilSink(server.url, 's2', isDone)
  const endWatch = watchGrowth(t, server.process.pid!)
  let isPosting = true
  const posting = postNotes(server.url, 0, EVENTS).finally(() => {
    isPosting = false
  })
  let kills = 0
  while (isPosting && kills < 8) {
    await new Promise(resolve => setTimeout(resolve, Math.random() * 300))
    await lite.restart()
    kills++
  }
  await posting
  await untilSink(server.url, 's2', isDone)
  t.diagnostic(`${kills} kills`)
  await assertDelivered(lite, server.url, EVENTS)
  endWatch()
})

test('s2 lite away while more events pass than memory holds: they come later, and memory stays', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, { ...lite.env(), ...STREAM })
  const endWatch = watchGrowth(t, server.process.pid!)
  await postNotes(server.url, 0, 1000)
  await untilSink(server.url, 's2', isDone)
  await lite.kill()
  const awayUntil = Date.now() + AWAY
  await postNotes(server.url, 1000, EVENTS)
  const away = await sinkHealth(server.url, 's2')
  assert.equal(away.state, 'retrying')
  assert.ok(away.lag_events >= EVENTS - 1000)
  await new Promise(resolve => setTimeout(resolve, Math.max(0, awayUntil - Date.now())))
  await lite.boot()
  await untilSink(server.url, 's2', isDone)
  await assertDelivered(lite, server.url, EVENTS)
  endWatch()
})

const ILLS: readonly Mischief[] = [
  { status: 429, body: '{"code":"rate_limited","message":"slow down"}' },
  { status: 500, body: 'oops' },
  { status: 502 },
  { status: 412, body: '{}' },
  'garbage',
  'reset',
  'swallow',
  'swallow',
]

test('429, 500, garbage, resets, answers that get lost, while 10,000 events pass', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  let ills = 0
  // With more of them, eight failures in a row (15 s until the next attempt) are no rarity: after an
  // answer that got lost, an attempt takes two requests.
  const proxy = await startProxy(t, lite.url, () =>
    Math.random() < 0.75 ? 'pass' : ILLS[ills++ % ILLS.length]!
  )
  const server = await startSinkServer(t, { ...lite.env(proxy.url), ...STREAM })
  const endWatch = watchGrowth(t, server.process.pid!)
  await postNotes(server.url, 0, EVENTS)
  await untilSink(server.url, 's2', isDone, 120_000)
  t.diagnostic(`${ills} of ${proxy.requests()} requests befallen`)
  await assertDelivered(lite, server.url, EVENTS)
  endWatch()
})

test('s2 lite stopped while 10,000 events pass: attempts are given up, and nothing is written twice', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, { ...lite.env(), ...STREAM })
  const endWatch = watchGrowth(t, server.process.pid!)
  await postNotes(server.url, 0, 10)
  await untilSink(server.url, 's2', isDone)
  // What was sent meanwhile may be written when it goes on.
  process.kill(lite.pid, 'SIGSTOP')
  const stoppedUntil = Date.now() + AWAY
  await postNotes(server.url, 10, EVENTS)
  const { error } = await untilSink(server.url, 's2', ({ state }) => state === 'retrying')
  assert.match(error!, /no answer in 10 s/)
  await new Promise(resolve => setTimeout(resolve, Math.max(0, stoppedUntil - Date.now())))
  process.kill(lite.pid, 'SIGCONT')
  await untilSink(server.url, 's2', isDone)
  await assertDelivered(lite, server.url, EVENTS)
  endWatch()
})

test('over TLS: a certificate that nobody vouches for is named, with trust the events arrive', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  await lite.kill()
  await lite.boot(true)
  const env = { ...lite.env(`https://127.0.0.1:${lite.port}`), ...STREAM }
  const wary = await startSinkServer(t, env)
  await postNotes(wary.url, 0, 1)
  const { error } = await untilSink(wary.url, 's2', ({ state }) => state === 'retrying')
  assert.match(error!, /certificate.*DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/)
  const trusting = await startSinkServer(t, { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' })
  await postNotes(trusting.url, 0, 500)
  await untilSink(trusting.url, 's2', isDone)
  await lite.restart()
  await assertDelivered(lite, trusting.url, 500)
})

test('a token that is refused is told once and tried again slowly; publishing goes on', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const proxy = await startProxy(t, lite.url, () => ({
    status: 403,
    headers: { 'content-type': 'application/json' },
    body: '{"code":"permission_denied","message":"not yours"}',
  }))
  const server = await startSinkServer(t, { ...lite.env(proxy.url), ...STREAM })
  await postNotes(server.url, 0, 10)
  const { error, lag_events } = await untilSink(
    server.url,
    's2',
    ({ state }) => state === 'refused'
  )
  assert.match(error!, /S2_ACCESS_TOKEN.*not yours/)
  assert.ok(lag_events >= 10)
  await new Promise(resolve => setTimeout(resolve, 1000))
  assert.equal(proxy.requests(), 1)
  await server.said(/refuses events/)
  assert.equal(server.output().match(/refuses events/g)?.length, 1)
})

test('a page of something that is not S2 is called so', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const proxy = await startProxy(t, lite.url, () => 'garbage')
  const server = await startSinkServer(t, { ...lite.env(proxy.url), ...STREAM })
  const { error } = await untilSink(server.url, 's2', ({ state }) => state === 'retrying')
  assert.match(error!, /is not S2/)
})

test('a basin that is missing is named', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, { ...lite.env(), ...STREAM, S2_BASIN: 'no-such-basin' })
  const { error } = await untilSink(server.url, 's2', ({ state }) => state === 'refused')
  assert.match(error!, /no basin no-such-basin/)
})

for (const [name, value] of [
  ['S2_ACCESS_TOKEN', ''],
  ['S2_BASIN', 'Basin'],
  ['S2_STREAM', '{nonsense}'],
  ['S2_LINGER_MS', 'soon'],
  ['S2_BASIN_ENDPOINT', 'ftp://x'],
] as const) {
  test(`${name}="${value}": the server serves, and says which variable to mend`, async t => {
    const env = { S2_ACCESS_TOKEN: 'x', S2_BASIN: BASIN, S2_STREAM: 'test' }
    const server = await startSinkServer(t, { ...env, [name]: value })
    await postNotes(server.url, 0, 1)
    const { error } = await untilSink(server.url, 's2', ({ state }) => state === 'misconfigured')
    assert.ok(error!.startsWith(name), error)
    await server.said(/the sink is not used/)
    assert.equal(server.output().match(/the sink is not used/g)?.length, 1)
  })
}

test('of two machines with one stream the first stops and says so: they never interleave', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const first = await startSinkServer(t, { ...lite.env(), ...STREAM })
  await postNotes(first.url, 0, 20)
  await untilSink(first.url, 's2', isDone)
  const second = await startSinkServer(t, { ...lite.env(), ...STREAM })
  await postNotes(second.url, 100, 120)
  await untilSink(second.url, 's2', isDone)
  await postNotes(first.url, 20, 40)
  const { error } = await untilSink(first.url, 's2', ({ state }) => state === 'stopped')
  assert.match(error!, /another writer.*S2_STREAM/)
  await first.said(/delivers no more/)
  assert.equal(first.output().match(/delivers no more/g)?.length, 1)
  await postNotes(second.url, 120, 140)
  await untilSink(second.url, 's2', isDone)
  const origins = (await lite.read('test'))
    .filter(record => header(record, 'type') === 'note')
    .map(record => header(record, 'origin'))
  assert.equal(origins.length, 60)
  assert.equal(new Set(origins.slice(0, 20)).size, 1)
  assert.equal(new Set(origins.slice(20)).size, 1)
  assert.notEqual(origins[0], origins[59])
})

test('a stream that is deleted is made anew', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const server = await startSinkServer(t, { ...lite.env(), ...STREAM })
  await postNotes(server.url, 0, 20)
  await untilSink(server.url, 's2', isDone)
  await lite.run(['delete-stream', `s2://${BASIN}/test`])
  await postNotes(server.url, 20, 40)
  await untilSink(server.url, 's2', isDone)
  const seqs = (await lite.envelopes('test')).map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    Array.from({ length: 20 }, (_, index) => 21 + index)
  )
})

test('at SIGTERM what was just published is delivered still', async t => {
  const lite = await startLite(t)
  if (lite === undefined) return
  const folder = temporaryFolder(t)
  const server = await startSinkServer(t, {
    ...lite.env(),
    ...STREAM,
    S2_LINGER_MS: '60000',
    SYSMON_STATE_DIR: folder,
  })
  await untilSink(server.url, 's2', ({ state }) => state === 'delivering')
  await postNotes(server.url, 0, 200)
  const started = Date.now()
  assert.equal(await server.stop(), 0)
  assert.ok(Date.now() - started < 30_000, 'it waited for S2_LINGER_MS')
  assertConsecutive(
    (await lite.envelopes('test')).map(({ seq }) => seq),
    200
  )
  const cursor = JSON.parse(readFileSync(join(folder, 'sinks/s2'), 'utf8'))
  assert.equal(cursor.seq, 200)
})

test('at SIGTERM with S2 away the server ends in time all the same', async t => {
  const server = await startSinkServer(t, {
    S2_ACCESS_TOKEN: 'x',
    S2_BASIN: BASIN,
    S2_ACCOUNT_ENDPOINT: 'http://127.0.0.1:1',
    S2_BASIN_ENDPOINT: 'http://127.0.0.1:1',
  })
  await postNotes(server.url, 0, 5)
  const started = Date.now()
  assert.equal(await server.stop(), 0)
  assert.ok(Date.now() - started < 20_000)
  assert.match(server.output(), /closed before everything was delivered/)
})
