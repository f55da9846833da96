/** What a collector refuses, and what is no answer of one: the real server before a collector of the test's own. */

import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { type OtlpHttpSettings, postOtlp } from '../../plugin/sinks/otlp/otlp-transport.ts'
import type { SinkFault } from '../../plugin/sinks/sink.ts'
import { waitFor } from '../support/wait.ts'
import { type Refusal, startJsonCollector } from './json-collector.ts'
import { startProxy } from './proxy.ts'
import {
  isDone,
  post,
  postNotes,
  rejectionGaps,
  sinkHealth,
  startSinkServer,
  temporaryFolder,
  untilSink,
} from './support.ts'

const JSON_PROTOCOL = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }

test('413 for a batch: its events arrive in smaller ones, none is lost', async t => {
  const collector = await startJsonCollector(t, ({ bytes }) =>
    bytes > 1500 ? { status: 413 } : undefined
  )
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...JSON_PROTOCOL,
  })
  await postNotes(server.url, 0, 40)
  const { rejected } = await untilSink(server.url, 'otlp', isDone)
  assert.equal(rejected, 0)
  assert.ok(collector.asked.some(({ bytes }) => bytes > 1500))
  const seqs = Array.from({ length: 40 }, (_, index) => index + 1)
  assert.deepEqual(collector.taken.slice(0, 40), seqs)
  assert.deepEqual(await rejectionGaps(server.url), [])
})

test('a 400 for one record: it alone is lost, and a telemetry_gap tells which it was', async t => {
  const collector = await startJsonCollector(t, ({ types }) =>
    types.includes('bad') ? { status: 400, body: 'no such tenant: bad' } : undefined
  )
  const folder = temporaryFolder(t)
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...JSON_PROTOCOL,
    SYSMON_STATE_DIR: folder,
  }
  const server = await startSinkServer(t, env)
  await postNotes(server.url, 0, 25)
  const bad = await post(server.url, { type: 'bad', category: 'page' })
  await postNotes(server.url, 25, 50)
  const { rejected } = await untilSink(
    server.url,
    'otlp',
    each => isDone(each) && each.rejected > 0
  )
  assert.equal(rejected, 1)
  const [gap, ...others] = await rejectionGaps(server.url)
  assert.deepEqual(others, [])
  assert.deepEqual(gap!.event.source.metadata?.sink, 'otlp')
  assert.deepEqual(gap!.event.source.metadata?.seq, String(bad.seq))
  assert.deepEqual(gap!.event.data, {
    source: 'stream',
    lost: 1,
    reason: `the sink otlp gave up event ${bad.seq} (bad), which the other side refuses: ${collector.url}/v1/logs answered 400: no such tenant: bad`,
    from: bad.event.ts,
    to: bad.event.ts,
  })
  // The gap went to the collector too, after all that came before it.
  const all = Array.from({ length: gap!.seq }, (_, index) => index + 1)
  await waitFor(() => collector.taken.includes(gap!.seq), 'the gap')
  assert.deepEqual(
    collector.taken.filter(seq => seq <= gap!.seq),
    all.filter(seq => seq !== bad.seq)
  )
  assert.equal(collector.asked.filter(({ seqs }) => String(seqs) === String(bad.seq)).length, 1)
  await server.said(/events were refused, and are given up/)
  assert.equal(server.output().match(/events were refused, and are given up/g)?.length, 1)
  // After a restart it is neither sent nor told again.
  await server.stop()
  const before = collector.asked.length
  const again = await startSinkServer(t, env)
  await postNotes(again.url, 50, 51)
  await untilSink(again.url, 'otlp', isDone)
  assert.equal((await rejectionGaps(again.url)).length, 1)
  const later = collector.asked.slice(before).flatMap(({ seqs }) => seqs)
  assert.ok(later.length > 0 && later.every(seq => seq > gap!.seq))
})

test('a collector that refuses every event: some are given up, their gaps beget no others, and the rest waits', async t => {
  const collector = await startJsonCollector(t, () => ({ status: 400 }))
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...JSON_PROTOCOL,
  })
  await postNotes(server.url, 0, 100)
  const health = await untilSink(server.url, 'otlp', ({ state }) => state === 'refused')
  assert.equal(health.rejected, 20)
  assert.match(health.error!, /none of the last 20 events was taken/)
  assert.ok(health.lag_events >= 80)
  assert.equal((await rejectionGaps(server.url)).length, 20)
})

test('partial success: what was refused of a batch is counted and told, and the batch is not sent again', async t => {
  const collector = await startJsonCollector(t, ({ types }) =>
    types.includes('note')
      ? {
          status: 200,
          type: 'application/json',
          body: '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}',
        }
      : undefined
  )
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...JSON_PROTOCOL,
  })
  await postNotes(server.url, 0, 5)
  const health = await untilSink(server.url, 'otlp', each => isDone(each) && each.rejected > 0)
  const batches = collector.asked.filter(({ types }) => types.includes('note'))
  const sizes = batches.map(({ seqs }) => Math.min(seqs.length, 2))
  assert.equal(
    health.rejected,
    sizes.reduce((sum, size) => sum + size, 0)
  )
  assert.equal(
    new Set(batches.flatMap(({ seqs }) => seqs)).size,
    batches.flatMap(({ seqs }) => seqs).length
  )
  const gaps = await rejectionGaps(server.url)
  assert.equal(gaps.length, batches.length)
  assert.match(JSON.stringify(gaps[0]!.event.data), /too old/)
})

test('a collector that cuts the connection of what is too long for it: smaller ones get through', async t => {
  // As a proxy does that has read the length, and no more than that.
  let lengths: number[] = []
  const server = createServer(socket => {
    socket.on('error', () => {})
    let text = ''
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      const head = /content-length: (\d+)[\s\S]*?\r\n\r\n/i.exec(text)
      if (head === null) return
      const length = Number(head[1])
      if (length > 4000) {
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n', () =>
          socket.resetAndDestroy()
        )
      } else if (text.length >= head.index + head[0].length + length) {
        lengths = [...lengths, length]
        text = ''
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      }
    })
  }).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  const sysmon = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
  await postNotes(sysmon.url, 0, 200)
  const { rejected } = await untilSink(sysmon.url, 'otlp', isDone)
  assert.equal(rejected, 0)
  assert.ok(lengths.length > 5)
})

const JSON_TYPE = 'application/json; charset=utf-8'
const NO_ANSWERS: readonly Refusal[] = [
  { status: 200, type: 'text/html', body: '<html>please log in</html>' },
  { status: 202, type: 'text/html', body: '<html>please log in</html>' },
  { status: 200, type: '', body: '<!doctype html><p>hello' },
  { status: 200, type: 'text/plain', body: 'ok' },
  { status: 200, type: JSON_TYPE, body: '[]' },
  { status: 200, type: JSON_TYPE, body: '{"error":"token expired"}' },
]
const ANSWERS: readonly Refusal[] = [
  { status: 200, type: 'text/html', body: '' },
  { status: 204, type: '', body: '' },
  // Also to what was sent as protobuf: it says what it is.
  { status: 200, type: JSON_TYPE, body: '{}' },
  { status: 200, type: JSON_TYPE, body: '{"fieldOfLaterVersion":1}' },
  { status: 200, type: JSON_TYPE, body: '{"partialSuccess":{}}' },
]
for (const protocol of ['http/json', 'http/protobuf']) {
  test(`${protocol}: what is no answer of a collector is no success, and what is one is`, async t => {
    let answer: Refusal = ANSWERS[0]!
    const proxy = await startProxy(t, 'http://127.0.0.1:1', () => {
      const { type = '', ...rest } = answer
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
      return { ...rest, headers }
    })
    const server = await startSinkServer(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${proxy.url}/otlp/`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    })
    let notes = 0
    for (const [index, bad] of NO_ANSWERS.entries()) {
      answer = bad
      await postNotes(server.url, notes, ++notes)
      const away = await untilSink(server.url, 'otlp', ({ state }) => state === 'retrying')
      assert.match(away.error!, /no answer of OTLP/, JSON.stringify(bad))
      answer = ANSWERS[index % ANSWERS.length]!
      const { rejected } = await untilSink(server.url, 'otlp', isDone)
      assert.equal(rejected, 0)
    }
  })
}

test('an answer that is longer than any collector sends is not read to its end, and is none', async t => {
  const body = `{}${' '.repeat(70_000)}`
  const collector = await startJsonCollector(t, () => ({ status: 200, type: JSON_TYPE, body }))
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...JSON_PROTOCOL,
  })
  await postNotes(server.url, 0, 1)
  const { state, error } = await untilSink(
    server.url,
    'otlp',
    each => each.state === 'retrying' || isDone(each)
  )
  assert.equal(state, 'retrying')
  assert.match(error!, /longer than any collector sends/)
})

test('what is secret in an endpoint is not told', async t => {
  const proxy = await startProxy(t, 'http://127.0.0.1:1', () => ({ status: 401 }))
  const { port } = new URL(proxy.url)
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `http://me:secret@127.0.0.1:${port}/v1/logs?token=secret`,
  })
  await postNotes(server.url, 0, 1)
  const { error } = await untilSink(server.url, 'otlp', ({ state }) => state === 'refused')
  assert.equal(error, `http://127.0.0.1:${port}/v1/logs answered 401`)
  assert.doesNotMatch(server.output(), /secret/)
})

const FAULTS: ReadonlyArray<[SinkFault, statuses: readonly number[]]> = [
  ['rejected', [400, 413, 422]],
  ['retry', [408, 425, 429, 500, 502, 503, 504]],
  ['refused', [301, 307, 401, 403, 404, 405, 409, 415, 431]],
]

test('each status says whether it is the data, the moment or the setting that is wrong', async t => {
  let status = 200
  const headers = { 'retry-after': '7' }
  const proxy = await startProxy(t, 'http://127.0.0.1:1', () => ({ status, headers }))
  const settings: OtlpHttpSettings = {
    url: proxy.url,
    headers: async () => ({}),
    compression: 'none',
    agentFactory: () => undefined,
  }
  const { signal } = new AbortController()
  for (const [fault, statuses] of FAULTS) {
    for (status of statuses) {
      // Only what passes is waited for as long as was asked.
      const afterMs = fault === 'retry' ? 7000 : undefined
      const asked = postOtlp(settings, Buffer.from('{}'), signal)
      await assert.rejects(asked, { fault, afterMs }, String(status))
    }
  }
})

test('415 is for a person to mend: the events wait', async t => {
  const collector = await startJsonCollector(t, () => ({ status: 415 }))
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...JSON_PROTOCOL,
  })
  await postNotes(server.url, 0, 1)
  const { rejected } = await untilSink(server.url, 'otlp', ({ state }) => state === 'refused')
  assert.equal(rejected, 0)
})

test('OTEL_LOGS_EXPORTER=console: records are lines of JSON on standard output', async t => {
  const server = await startSinkServer(t, { OTEL_LOGS_EXPORTER: 'console' })
  await post(server.url, { type: 'note', category: 'console', ts: 1764000000000123 })
  await postNotes(server.url, 0, 2)
  await untilSink(server.url, 'console', isDone)
  await server.said(/(?:^\{"timeUnixNano".*\n[\s\S]*){3}/m)
  const lines = server
    .output()
    .split('\n')
    .filter(line => line.startsWith('{"timeUnixNano"'))
  const records = lines.map(line => JSON.parse(line))
  assert.equal(records.length, 3)
  assert.equal(records[0].eventName, 'note')
  assert.equal(records[0].timeUnixNano, '1764000000000123000')
  assert.match(records[1].timeUnixNano, /^\d{19}$/)
  assert.deepEqual(
    records.map(({ attributes }) => attributes['sysmon.seq']),
    [1, 2, 3]
  )
})

test('OTEL_LOGS_EXPORTER=none: there is no sink', async t => {
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_LOGS_EXPORTER: 'none',
  })
  await assert.rejects(sinkHealth(server.url, 'otlp'), /no sink otlp/)
})

test('a malformed variable is told once in the log, and in /healthz', async t => {
  const server = await startSinkServer(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization: Bearer secret',
  })
  const { state, error } = await sinkHealth(server.url, 'otlp')
  assert.equal(state, 'misconfigured')
  assert.match(error!, /^OTEL_EXPORTER_OTLP_HEADERS must be name=value/)
  await server.said(/OTEL_EXPORTER_OTLP_HEADERS/)
  assert.equal(server.output().match(/OTEL_EXPORTER_OTLP_HEADERS/g)?.length, 1)
  assert.doesNotMatch(server.output(), /secret/)
})
