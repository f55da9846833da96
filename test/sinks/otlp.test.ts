/** OTLP logs, with a real collector behind a proxy that misbehaves where the test asks for it. */

import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { Collector, type LogRecord, needCollector } from './collector.ts'
import { type Mischief, startProxy } from './proxy.ts'
import {
  assertConsecutive,
  isDone,
  post,
  postNotes,
  startSinkServer,
  temporaryFolder,
  untilSink,
  watchGrowth,
} from './support.ts'

/** Records in the order in which they arrived first. */
function distinct(records: readonly LogRecord[]): LogRecord[] {
  return [...new Map([...records].reverse().map(each => [uid(each), each])).values()].reverse()
}
const uid = ({ attributes }: LogRecord): unknown => attributes['log.record.uid']
const seqOf = ({ attributes }: LogRecord): number => attributes['sysmon.seq'] as number

const KILL = {
  type: 'system_oom_kill',
  ts: 1795481072562692,
  source: {
    kind: 'local_process',
    event: 'linux.oom_kill',
    metadata: { boot_id: 'f744340c', kmsg_seq: '1976' },
  },
  data: {
    process_name: 'tmux: server',
    pid: 8014,
    rss_kb: 66708,
    uid: 1000,
    task_memcg: '/oomt',
    top_tasks: [{ pid: 8014, name: 'tmux: server', rss_kb: 66708 }],
    diagnosis: { cause: 'memory ran out', evidence: ['there is no swap'], next: 'look' },
  },
}

for (const protocol of ['http/protobuf', 'http/json']) {
  test(`${protocol}: events arrive as log records by the semantic conventions`, async t => {
    const command = needCollector(t)
    if (command === undefined) return
    const collector = await Collector.start(t, command)
    const server = await startSinkServer(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=overridden',
      OTEL_SERVICE_NAME: 'watcher',
    })
    await post(server.url, KILL)
    await post(server.url, {
      type: 'service_crashed',
      data: {
        service_name: 'chromium',
        group_name: 'browsers',
        phase: 'running',
        pid: 7,
        exit_code: 3,
      },
    })
    await post(server.url, { type: 'telemetry_gap', data: { source: 'kmsg', reason: 'overrun' } })
    const own = { n: 1.5, list: ['a', true, null, { deep: 'ü' }], empty: {} }
    await post(server.url, { type: 'note', category: 'page', data: own })
    await post(server.url, { type: 'bare', category: 'page' })
    await untilSink(server.url, 'otlp', isDone)
    const records = () => collector.records()
    await waitFor(() => records().length === 5, 'five records')
    const [kill, crash, gap, note, bare] = records()

    assert.equal(kill!.timeUnixNano, '1795481072562692000')
    assert.equal(kill!.eventName, 'system_oom_kill')
    assert.deepEqual([kill!.severityNumber, kill!.severityText], [17, 'ERROR'])
    assert.deepEqual(kill!.body, KILL.data)
    assert.deepEqual(kill!.attributes, {
      'log.record.uid': '["system_oom_kill","boot_id","f744340c","kmsg_seq","1976"]',
      'sysmon.seq': 1,
      'sysmon.category': 'system',
      'sysmon.source.kind': 'local_process',
      'sysmon.source.event': 'linux.oom_kill',
      'sysmon.source.metadata.boot_id': 'f744340c',
      'sysmon.source.metadata.kmsg_seq': '1976',
      'sysmon.source.metadata.reporter': 'http',
      'process.pid': 8014,
      'process.executable.name': 'tmux: server',
      'process.real_user.id': 1000,
      'process.linux.cgroup': '/oomt',
      'sysmon.diagnosis.cause': 'memory ran out',
      'sysmon.diagnosis.next': 'look',
    })
    assert.equal(kill!.resource['service.name'], 'watcher')
    assert.equal(kill!.resource['deployment.environment.name'], 'test')
    assert.equal(kill!.resource['host.name'], hostname())
    assert.equal(kill!.resource['os.type'], 'linux')

    assert.equal(crash!.severityText, 'ERROR')
    assert.equal(crash!.attributes['service.name'], 'chromium')
    assert.equal(crash!.attributes['service.namespace'], 'browsers')
    assert.equal(crash!.attributes['process.exit.code'], 3)
    assert.deepEqual([gap!.severityNumber, gap!.severityText], [13, 'WARN'])
    assert.deepEqual([note!.severityNumber, note!.severityText], [9, 'INFO'])
    assert.deepEqual(note!.body, own)
    assert.equal(bare!.body, null)
  })
}

test('a collector killed, restarted and away while 10,000 events pass: each arrives, in order', async t => {
  const command = needCollector(t)
  if (command === undefined) return
  const collector = await Collector.start(t, command)
  const server = await startSinkServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url })
  const endWatch = watchGrowth(t, server.process.pid!)
  await postNotes(server.url, 0, 300)
  await collector.stop('SIGKILL')
  await postNotes(server.url, 300, 9700)
  const away = await untilSink(server.url, 'otlp', ({ state }) => state === 'retrying')
  assert.ok(away.lag_events > 0 && away.lag_ms > 0 && away.error !== undefined)
  await collector.boot()
  await postNotes(server.url, 9700, 10_000)
  await untilSink(server.url, 'otlp', isDone)
  // What a killed collector had taken and not written is lost there; it had said it was taken.
  const later = () =>
    distinct(collector.records())
      .map(seqOf)
      .filter(seq => seq > 300)
  await waitFor(() => later().length >= 9700, 'all records')
  assert.deepEqual(
    later(),
    Array.from({ length: 9700 }, (_, index) => 301 + index)
  )
  endWatch()
})

test('429, 500, 503, garbage, resets and answers that get lost: every event arrives', async t => {
  const command = needCollector(t)
  if (command === undefined) return
  const collector = await Collector.start(t, command)
  const ills: readonly Mischief[] = [
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 503 },
    { status: 500, body: 'oops' },
    'garbage',
    'reset',
    'swallow',
  ]
  let turn = 0
  const proxy = await startProxy(t, collector.url, () => {
    turn++
    return turn % 2 === 0 ? 'pass' : ills[Math.floor(turn / 2) % ills.length]!
  })
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${proxy.url}/v1/logs`,
  })
  for (let n = 0; n < 1200; n += 100) {
    await postNotes(server.url, n, n + 100)
    await untilSink(server.url, 'otlp', isDone)
  }
  assert.ok(turn >= 2 * ills.length, 'each ill befell it')
  await waitFor(() => distinct(collector.records()).length >= 1200, 'all records')
  assertConsecutive(distinct(collector.records()).map(seqOf), 1200)
})

test('Retry-After is waited for', async t => {
  const asked: number[] = []
  const proxy = await startProxy(t, 'http://127.0.0.1:1', () => {
    asked.push(Date.now())
    return { status: asked.length === 1 ? 429 : 200, headers: { 'retry-after': '2' } }
  })
  const server = await startSinkServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: proxy.url })
  await postNotes(server.url, 0, 1)
  await untilSink(server.url, 'otlp', isDone)
  assert.ok(asked[1]! - asked[0]! >= 2000)
})

test('credentials that are refused are told once, and the events wait', async t => {
  const proxy = await startProxy(t, 'http://127.0.0.1:1', () => ({ status: 401 }))
  const server = await startSinkServer(t, { OTEL_EXPORTER_OTLP_ENDPOINT: proxy.url })
  await postNotes(server.url, 0, 10)
  const health = await untilSink(server.url, 'otlp', ({ state }) => state === 'refused')
  assert.ok(health.lag_events >= 10)
  assert.match(health.error!, /401/)
  await new Promise(resolve => setTimeout(resolve, 1000))
  assert.equal(proxy.requests(), 1)
  await server.said(/refuses events/)
  assert.equal(server.output().match(/refuses events/g)?.length, 1)
})

test('a proxy of headers and gzip: both reach the other side', async t => {
  const seen: Record<string, unknown>[] = []
  const proxy = await startProxy(t, 'http://127.0.0.1:1', ({ headers }) => {
    seen.push(headers)
    return { status: 200 }
  })
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: proxy.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret,x=1',
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x=2',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  })
  await postNotes(server.url, 0, 1)
  await untilSink(server.url, 'otlp', isDone)
  const [headers] = seen
  assert.equal(headers!['api-key'], 'secret')
  assert.equal(headers!.x, '2')
  assert.equal(headers!['content-encoding'], 'gzip')
})

test('at SIGTERM what was just published is delivered still', async t => {
  const command = needCollector(t)
  if (command === undefined) return
  const collector = await Collector.start(t, command)
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    SYSMON_STATE_DIR: temporaryFolder(t),
  })
  await untilSink(server.url, 'otlp', ({ state }) => state === 'delivering')
  await postNotes(server.url, 0, 200)
  assert.equal(await server.stop(), 0)
  await waitFor(() => collector.records().length >= 200, 'all records')
  assertConsecutive(collector.records().map(seqOf), 200)
})
