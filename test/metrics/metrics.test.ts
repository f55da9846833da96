/** `GET /metrics`: names, values, and what nobody can make of them. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { Counter, type OpenMetricsContentType, Registry } from 'prom-client'
import { type SchemaName, schemas } from '../../generated/schemas.ts'
import { sysmonPlugin } from '../../plugin/index.ts'
import {
  CAUSES,
  CONSTRAINTS,
  GAP_SOURCES,
  MAX_SERVICES,
  PHASES,
  PRESSURE_REASONS,
  ROLES,
} from '../../plugin/metrics/event-counters.ts'
import { SINK_STATES } from '../../plugin/metrics/health-metrics.ts'
import { call, listen, openStream, post, startApp } from '../support/app.ts'
import { codeSpansOf, tableUnder } from '../support/papers.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { noPromtool, runPromtool, Scrape, scrape } from './support.ts'

const KILL = {
  process_name: 'chrome',
  pid: 7,
  rss_kb: 1,
  constraint: 'memcg',
  top_tasks: [],
  victim: { role: 'renderer' },
}
const crash = (service_name: string, phase = 'running') => ({
  type: 'service_crashed',
  data: { service_name, phase },
})

test('a scrape is right by promtool, and its names are those of the docs', async t => {
  // A sink that is there and does not work.
  const app = await startApp(t, {
    metrics: true,
    stateDir: temporaryFolder(t),
    kmsgPath: join(temporaryFolder(t), 'none'),
    webhook: { url: 'http://127.0.0.1:1/' },
  })
  const { text, names } = await scrape(app)
  const documented = tableUnder('docs/metrics.md', '## What there is').flatMap(([first]) =>
    codeSpansOf(first!)
  )
  assert.deepEqual(names.sort(), documented.sort())
  await t.test('promtool check metrics', { skip: noPromtool }, () => {
    assert.equal(runPromtool(['check', 'metrics'], text), '')
  })
})

test('the known values of labels are those of the document', () => {
  const enumOf = (name: SchemaName) => (schemas[name] as { enum: string[] }).enum
  assert.deepEqual(CONSTRAINTS, enumOf('OomConstraint'))
  assert.deepEqual(ROLES, enumOf('ProcessRole'))
  assert.deepEqual(PHASES, enumOf('ServiceCrashPhase'))
  assert.deepEqual(CAUSES, enumOf('PageCrashCause'))
  assert.deepEqual(GAP_SOURCES, enumOf('TelemetryGapSource'))
  assert.deepEqual(SINK_STATES, enumOf('SinkState'))
  const { properties } = schemas.MemoryPressureData as {
    properties: { reason: { enum?: string[] } }
  }
  assert.deepEqual(PRESSURE_REASONS, properties.reason.enum)
})

test('without the option there is no such route', async t => {
  const app = await startApp(t)
  assert.equal((await app.inject('/metrics')).statusCode, 404)
})

test('what can be known before is there at 0', async t => {
  const now = await scrape(await startApp(t, { metrics: true }))
  for (const series of [
    'sysmon_oom_kills_total{constraint="memcg",role="renderer",reporter="kernel"}',
    'sysmon_oom_kills_total{constraint="none",role="other",reporter="kernel"}',
    'sysmon_page_crashes_total{cause="oom_kill",reporter="devtools"}',
    'sysmon_process_crashes_total{role="gpu",reporter="devtools"}',
    'sysmon_telemetry_gaps_total{source="kmsg",reporter="kernel"}',
    'sysmon_telemetry_lost_total{source="supervisord",reporter="supervisor"}',
    'sysmon_memory_pressure_events_total{reason="pressure",reporter="server"}',
    'sysmon_events_published_total{reporter="http"}',
  ]) {
    assert.equal(now.value(series), 0, series)
  }
})

test('each event counts once, by whose word it is', async t => {
  const app = await startApp(t, { metrics: true })
  const source = { kind: 'local_process', metadata: { boot_id: 'b', kmsg_seq: '1' } }
  const kill = { type: 'system_oom_kill', source, data: KILL }
  await post(app, kill)
  await post(app, kill)
  app.sysmon.publish({ type: 'system_oom_kill', data: { ...KILL, constraint: undefined } } as never)
  await post(app, crash('chromium'))
  await post(app, crash('chromium', 'gave_up'))
  await post(app, { type: 'page_crashed', category: 'page' })
  await post(app, { type: 'page_crashed', data: { cause: 'oom_kill' } })
  await post(app, { type: 'process_crashed', data: { process_name: 'x', pid: 3, role: 'gpu' } })
  await post(app, { type: 'telemetry_gap', data: { source: 'kmsg', lost: 5, reason: 'so' } })
  await post(app, { type: 'telemetry_gap', data: { source: 'kmsg', reason: 'so' } })
  await post(app, { type: 'anything', category: 'console' })
  const now = await scrape(app)
  const values = {
    'sysmon_oom_kills_total{constraint="memcg",role="renderer",reporter="http"}': 1,
    'sysmon_oom_kills_total{constraint="unknown",role="renderer",reporter="server"}': 1,
    'sysmon_service_crashes_total{service="chromium",phase="startup",reporter="http"}': 0,
    'sysmon_service_crashes_total{service="chromium",phase="running",reporter="http"}': 1,
    'sysmon_service_crashes_total{service="chromium",phase="gave_up",reporter="http"}': 1,
    'sysmon_page_crashes_total{cause="unknown",reporter="http"}': 1,
    'sysmon_page_crashes_total{cause="oom_kill",reporter="http"}': 1,
    'sysmon_process_crashes_total{role="gpu",reporter="http"}': 1,
    'sysmon_telemetry_gaps_total{source="kmsg",reporter="http"}': 2,
    'sysmon_telemetry_lost_total{source="kmsg",reporter="http"}': 5,
    'sysmon_events_published_total{reporter="http"}': 9,
    'sysmon_events_published_total{reporter="server"}': 1,
  }
  for (const [series, value] of Object.entries(values)) {
    assert.equal(now.value(series), value, series)
  }
  assert.equal(now.sum('sysmon_oom_kills_total', { reporter: 'kernel' }), 0, 'nobody forges one')
})

test('who makes up names of services makes no series without end, and hides nobody', async t => {
  const app = await startApp(t, { metrics: true })
  for (let i = 0; i < MAX_SERVICES + 20; i++) await post(app, crash(`made-up-${i}`))
  await post(app, crash('x'.repeat(101)))
  await post(app, crash('"}\n\\'))
  app.sysmon.publish(crash('chromium') as never)
  const now = await scrape(app)
  const series = now.text.match(/^sysmon_service_crashes_total\{.*reporter="http".*$/gm) ?? []
  assert.equal(series.length, (MAX_SERVICES + 1) * PHASES.length)
  const other = { service: 'other', phase: 'running', reporter: 'http' }
  assert.equal(now.sum('sysmon_service_crashes_total', other), 22)
  const own = { service: 'chromium', phase: 'running', reporter: 'server' }
  assert.equal(now.sum('sysmon_service_crashes_total', own), 1)
})

test('names of services are escaped', { skip: noPromtool }, async t => {
  const app = await startApp(t, { metrics: true })
  await post(app, crash('a "quoted"\nname \\ {with} all'))
  runPromtool(['check', 'metrics'], (await scrape(app)).text)
})

test('what /healthz says is what is scraped', async t => {
  const stateDir = temporaryFolder(t)
  const app = await startApp(t, { metrics: true, stateDir, maxStreams: 7 })
  await openStream(t, `${await listen(app)}/telemetry/stream`)
  await post(app, crash('chromium'))
  const now = await scrape(app)
  const { stream, journal } = app.sysmon.health()
  const values = {
    sysmon_healthy: 1,
    sysmon_stream_last_sequence: stream.seq,
    sysmon_stream_retained_events: stream.retained,
    sysmon_stream_retained_bytes: stream.retained_bytes,
    sysmon_stream_readers: 1,
    sysmon_sse_streams: 1,
    sysmon_sse_streams_limit: 7,
    sysmon_journal_writable: 1,
    sysmon_journal_events: 1,
    sysmon_journal_bytes: journal.bytes,
    sysmon_journal_unwritten_events: 0,
    // No kernel log, no browser and no spool are wanted here, and no sink.
    sysmon_kmsg_watching: undefined,
    sysmon_kmsg_records_lost_total: undefined,
    sysmon_devtools_watching: undefined,
    sysmon_spool_waiting_events: undefined,
    sysmon_sink_lag_events: undefined,
  }
  for (const [name, value] of Object.entries(values)) assert.equal(now.sum(name), value, name)
})

test('what does not work is 0, and in a state', async t => {
  const stateDir = join(temporaryFolder(t), 'file')
  writeFileSync(stateDir, '')
  const kmsgPath = join(temporaryFolder(t), 'none')
  const webhook = { url: 'http://127.0.0.1:1/' }
  const app = await startApp(t, { metrics: true, stateDir, kmsgPath, webhook })
  const now = await scrape(app)
  assert.equal(now.sum('sysmon_healthy'), 0)
  assert.equal(now.sum('sysmon_kmsg_watching'), 0)
  assert.equal(now.sum('sysmon_journal_writable'), 0)
  assert.equal(now.sum('sysmon_sink_state', { sink: 'webhook' }), 1, 'in one state')
})

test('a restart counts nothing again', async t => {
  const stateDir = temporaryFolder(t)
  const first = await startApp(t, { metrics: true, stateDir })
  await post(first, crash('chromium'))
  await first.close()
  const app = await startApp(t, { metrics: true, stateDir })
  const now = await scrape(app)
  assert.equal(now.sum('sysmon_stream_last_sequence'), 1)
  assert.equal(now.sum('sysmon_service_crashes_total'), undefined)
  assert.equal(now.sum('sysmon_events_published_total'), 0)
})

test('a scraper is a reader: it needs the token, and no other right', async t => {
  const tokens = { readToken: 'read-1', postToken: 'post-1' }
  const app = await startApp(t, { metrics: true, ...tokens })
  const status = async (token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return (await call(app, { url: '/metrics', headers })).status
  }
  assert.deepEqual(
    [await status(), await status('post-1'), await status('read-1')],
    [401, 401, 200]
  )
  const open = await startApp(t, { metrics: true })
  const remote = await open.inject({ url: '/metrics', remoteAddress: '192.0.2.7' })
  assert.equal(remote.statusCode, 403)
})

// --- in the host's registry ---------------------------------------------------------------------

const hostRegistry = (): Registry => {
  const registry = new Registry()
  new Counter({ name: 'host_total', help: 'Its own.', registers: [registry] }).inc()
  return registry
}
const closed = async (app: FastifyInstance): Promise<void> => {
  await app.close()
}

test("the host's registry has them beside its own, until the application closes", async t => {
  const registry = hostRegistry()
  const app = await startApp(t, { metrics: { registry }, prefix: '/ops' })
  const text = await registry.metrics()
  assert.match(text, /^host_total 1$/m)
  assert.match(text, /^sysmon_healthy 1$/m)
  assert.doesNotMatch(text, /^process_/m, 'these are the host’s')
  const { body } = await app.inject('/ops/metrics')
  assert.match(body, /^host_total 1$/m)
  await closed(app)
  assert.deepEqual(
    registry.getMetricsAsArray().map(({ name }) => name),
    ['host_total']
  )
  const again = await startApp(t, { metrics: { registry } })
  assert.match((await again.inject('/metrics')).body, /^sysmon_healthy 1$/m)
})

test('no cache keeps a scrape', async t => {
  const { headers } = await call(await startApp(t, { metrics: true }), { url: '/metrics' })
  assert.equal(headers['cache-control'], 'no-store')
})

test('a host with a route of its own keeps it', async t => {
  const registry = hostRegistry()
  const before = (app: FastifyInstance) => app.get('/metrics', () => registry.metrics())
  const app = await startApp(t, { metrics: { registry, route: false } }, { before })
  assert.match((await app.inject('/metrics')).body, /^sysmon_healthy 1$/m)
})

test('a registry in the OpenMetrics format is answered as such', async t => {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const app = await startApp(t, { metrics: { registry } })
  const { headers, body } = await app.inject('/metrics')
  assert.match(String(headers['content-type']), /^application\/openmetrics-text/)
  assert.match(body, /^sysmon_oom_kills_total\{.*\} 0$/m)
  assert.match(body, /# EOF\n$/)
  await closed(app)
  assert.deepEqual(registry.getMetricsAsArray(), [])
})

test('two at a time in one registry are refused, and so is what is none', async t => {
  const registry = hostRegistry()
  await startApp(t, { metrics: { registry } })
  const names = () => registry.getMetricsAsArray().length
  const before = names()
  const refused = async (metrics: unknown, message: RegExp) => {
    const app = Fastify()
    await assert.rejects(
      async () => app.register(sysmonPlugin, { kmsgPath: false, metrics: metrics as boolean }),
      {
        code: 'FST_SYSMON_INVALID_OPTION',
        message,
      }
    )
  }
  await refused({ registry }, /"metrics" cannot use this registry: .*sysmon_\w+ has already been/)
  assert.equal(names(), before, 'what was there is there')
  await refused({}, /"metrics.registry" must be a Registry of prom-client/)
  await refused('yes', /"metrics" must be true, false or \{ registry \}/)
})

// --- as a command -------------------------------------------------------------------------------

test('sysmon serve has them by a variable', async t => {
  const { url } = await startServer(t, { SYSMON_METRICS: 'true', SYSMON_KMSG_PATH: 'false' })
  const answer = await fetch(`${url}/metrics`)
  assert.equal(answer.status, 200)
  const now = new Scrape(await answer.text())
  assert.equal(now.sum('sysmon_healthy'), 1)
  assert.ok(now.sum('process_resident_memory_bytes')! > 1e6)
})

test('without prom-client it says what to install', async t => {
  const hooks = join(temporaryFolder(t), 'hooks.mjs')
  writeFileSync(
    hooks,
    `export async function resolve(name, context, next) {
      if (name !== 'prom-client') return next(name, context)
      throw Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' })
    }`
  )
  const register = `import { register } from 'node:module'; register('file://${hooks}')`
  const node = ['--import', `data:text/javascript,${encodeURIComponent(register)}`]
  const env = { SYSMON_METRICS: 'true', SYSMON_KMSG_PATH: 'false' }
  await assert.rejects(
    startServer(t, env, { node }),
    /"metrics" needs the package prom-client, which is not installed: npm install prom-client@15/
  )
  // And who wants none needs none.
  await startServer(t, { SYSMON_KMSG_PATH: 'false' }, { node })
})
