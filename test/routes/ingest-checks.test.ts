/** `POST /telemetry/events`: what is accepted, what is refused, in which order, with which words. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { CATEGORIES } from '../../plugin/events/types.ts'
import { call, page, post, refused, startApp } from '../support/app.ts'

const custom = { type: 'note', category: 'console' }
const kill = { type: 'system_oom_kill', data: { process_name: 'a) b (c', pid: 7, rss_kb: 0 } }
const crash = { type: 'service_crashed', data: { service_name: 'web', phase: 'running' } }
const gap = { type: 'telemetry_gap', data: { source: 'supervisord', reason: 'full' } }
const kernelApi = { kind: 'kernel_api' }

const TYPE = 'type is required'
const NO_CATEGORY = 'category is required for unknown event type'
const CATEGORY = 'invalid category'
const KERNEL_API = 'source.kind kernel_api is reserved for server-generated events'
const DATA = 'invalid data'

test('an accepted event is answered 200 with its envelope, as the page has it', async t => {
  const app = await startApp(t)
  const source = { kind: 'extension', event: 'e', metadata: { a: 'b', reporter: 'http' } }
  const sent = { ...custom, source, data: { a: [1, null] }, ts: 5 }
  const { status, headers, body } = await post(app, sent)
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/json; charset=utf-8')
  assert.deepEqual(body, { seq: 1, event: sent })
  assert.deepEqual((await page(app)).events, [body])
})

for (const category of CATEGORIES) {
  test(`category ${category} is accepted for a type of the caller's own`, async t => {
    const app = await startApp(t)
    const { status, body } = await post(app, { type: 'note', category })
    assert.equal(status, 200)
    assert.equal((body as EventEnvelope).event.category, category)
  })
}

for (const [name, body, message] of [
  ['no type', { category: 'console' }, TYPE],
  ['an empty type', { ...custom, type: '' }, TYPE],
  ['a null type', { ...custom, type: null }, TYPE],
  ['a type that is a number', { ...custom, type: 7 }, TYPE],
  ['a type that is an array', { ...custom, type: ['note'] }, TYPE],
  ['no category', { type: 'note' }, NO_CATEGORY],
  ['a null category', { type: 'note', category: null }, NO_CATEGORY],
  ['an unknown category', { type: 'note', category: 'Console' }, CATEGORY],
  ['an empty category', { type: 'note', category: '' }, CATEGORY],
  ['a category that is a number', { type: 'note', category: 1 }, CATEGORY],
  ['a category in an array', { type: 'note', category: ['console'] }, CATEGORY],
  ['source.kind kernel_api', { ...custom, source: kernelApi }, KERNEL_API],
  ['source.kind kernel_api for a known type', { ...crash, source: kernelApi }, KERNEL_API],
  ['a known type without data', { type: 'system_oom_kill' }, DATA],
  ['a known type with null data', { ...kill, data: null }, DATA],
  ['data of a kill without rss_kb', { ...kill, data: { process_name: 'a', pid: 1 } }, DATA],
  ['data of a kill with "7" for 7', { ...kill, data: { ...kill.data, pid: '7' } }, DATA],
  ['a crash of an unknown phase', { ...crash, data: { ...crash.data, phase: 'RUNNING' } }, DATA],
  [
    'a crash that gave up and has a pid',
    { ...crash, data: { ...crash.data, phase: 'gave_up', pid: 1 } },
    DATA,
  ],
  ['a gap of an unknown source', { ...gap, data: { ...gap.data, source: 'disk' } }, DATA],
] as const) {
  test(`${name}: 400 ${message}`, async t => {
    const app = await startApp(t)
    const error = await refused(app, body)
    assert.deepEqual([error.status, error.message], [400, message])
  })
}

test('the checks come in order: type, category, source.kind, data, the rest', async t => {
  const app = await startApp(t)
  const message = async (body: unknown) => (await refused(app, body)).message
  const rest = { ts: 'x', extra: 1 }
  assert.equal(await message({ type: 7, category: 'x', source: kernelApi, ...rest }), TYPE)
  assert.equal(await message({ source: kernelApi, data: 1 }), TYPE)
  assert.equal(await message({ type: 'note', source: kernelApi, ...rest }), NO_CATEGORY)
  assert.equal(await message({ type: 'n', category: 'x', source: kernelApi, ...rest }), CATEGORY)
  assert.equal(await message({ ...custom, source: kernelApi, ...rest }), KERNEL_API)
  assert.equal(await message({ ...kill, data: 1, source: kernelApi, ...rest }), KERNEL_API)
  assert.equal(await message({ ...kill, data: 1, source: { kind: 'cdp' }, ...rest }), DATA)
})

test('a refusal whose message does not say what to mend has a detail that does', async t => {
  const app = await startApp(t)
  const detail = async (body: unknown) => (await refused(app, body)).detail ?? ''
  assert.match(await detail({ type: 7, category: 'console' }), /type must be a string, not 7/)
  assert.match(await detail({ type: 'n', category: 'x' }), /console, network, .*platform/)
  assert.match(await detail({ type: 'system_oom_kill' }), /data is required for system_oom_kill/)
  assert.match(await detail({ ...kill, data: { process_name: 'a' } }), /data\.pid is required/)
  assert.match(
    await detail({
      ...kill,
      data: { ...kill.data, top_tasks: [{ pid: 1, name: 'a', rss_kb: -1 }] },
    }),
    /data\.top_tasks\[0\]\.rss_kb must be >= 0/
  )
  assert.match(await detail({ ...crash, data: { ...crash.data, phase: 'x' } }), /startup, running/)
})

for (const [name, body, message] of [
  ['an unknown source.kind', { ...custom, source: { kind: 'x' } }, /source\.kind.*cdp, kernel_api/],
  ['a source that is text', { ...custom, source: 'cdp' }, /source must be object/],
  [
    'metadata that is no text',
    { ...custom, source: { kind: 'cdp', metadata: { pid: 7 } } },
    /source\.metadata\.pid must be string/,
  ],
  ['a type over 256 characters', { ...custom, type: 'x'.repeat(257) }, /type.*256/],
  ['a ts that is text', { ...custom, ts: '7' }, /ts must be integer/],
  ['a ts with a fraction', { ...custom, ts: 1.5 }, /ts must be integer/],
  ['a negative ts', { ...custom, ts: -1 }, /ts must be >= 0/],
] as const) {
  test(`${name}: 400, and the message names it`, async t => {
    const app = await startApp(t)
    const error = await refused(app, body)
    assert.equal(error.status, 400)
    assert.match(error.message, message)
  })
}

for (const [name, body] of [
  ['a field that is not known', { ...custom, sequence: 1, seq: 7, truncated: true }],
  ['a field of source that is not known', { ...custom, source: { x: 1 } }],
  ['a source without kind', { ...custom, source: {} }],
  ['a source that is null', { ...custom, source: null }],
  ['a source of nulls', { ...custom, source: { kind: null, event: null, metadata: null } }],
  ['a source of empty names', { ...custom, source: { kind: '', event: '' } }],
  ['a source.event that is empty', { ...custom, source: { event: '' } }],
  ['a ts and data that are null', { ...custom, ts: null, data: null }],
] as const) {
  test(`${name} is passed over`, async t => {
    const app = await startApp(t)
    const { status, body: envelope } = await post(app, body)
    assert.equal(status, 200)
    const { ts, ...rest } = (envelope as EventEnvelope).event
    assert.ok(ts > 1e15)
    const source = { kind: 'local_process', metadata: { reporter: 'http' } }
    assert.deepEqual(rest, { ...custom, source })
  })
}

test('the report of a newer shim: fields that this server does not know are stored as sent', async t => {
  const app = await startApp(t)
  const data = { ...crash.data, oom_kill_seq: 17, cgroup: { path: '/a' }, restart_attempt: 2 }
  const { status, body } = await post(app, { ...crash, data, schema: 2 })
  assert.equal(status, 200)
  assert.deepEqual((body as EventEnvelope).event.data, data)
  const wrong = { ...data, restart_attempt: 'two' }
  assert.equal((await refused(app, { ...crash, data: wrong })).message, DATA)
})

for (const [type, category] of [
  ['captcha_solve_result', 'captcha'],
  ['console_log', 'console'],
  ['monitor_screenshot', 'screenshot'],
  ['cdp_connect', 'connection'],
  ['api_call', 'control'],
  ['platform_api_call', 'platform'],
  ['page_crashed', 'page'],
] as const) {
  test(`${type} is of the category ${category} by itself, and its data is anybody's`, async t => {
    const app = await startApp(t)
    for (const rest of [{}, { category: 'network' }, { category: 7, data: { any: ['thing'] } }]) {
      const { status, body } = await post(app, { type, ...rest })
      assert.equal(status, 200)
      assert.equal((body as EventEnvelope).event.category, category)
    }
  })
}

for (const [event, category] of [
  [kill, 'system'],
  [crash, 'system'],
  [gap, 'monitor'],
] as const) {
  test(`${event.type} gets the category ${category}, whatever the caller says`, async t => {
    const app = await startApp(t)
    for (const given of [undefined, 'page', 'nonsense', '', null, 7, { a: 1 }]) {
      const { status, body } = await post(app, { ...event, category: given })
      assert.equal(status, 200, JSON.stringify(given))
      assert.equal((body as EventEnvelope).event.category, category)
      assert.deepEqual((body as EventEnvelope).event.data, event.data)
    }
  })
}

test('every optional field of the known types is accepted and kept, zeros included', async t => {
  const app = await startApp(t)
  const killData = {
    process_name: '',
    pid: 1,
    rss_kb: 0,
    constraint: 'memory_policy',
    mem_total_kb: 0,
    mem_free_kb: 0,
    top_tasks: [{ pid: 0, name: '', rss_kb: 0 }],
    trigger_process_name: 'x',
    trigger_pid: 0,
    total_vm_kb: 0,
    oom_score_adj: -1000,
    uid: 0,
    swap_kb: 0,
    pgtables_kb: 0,
    oom_memcg: '/',
    task_memcg: '/',
    memcg_limit_kb: 0,
    memcg_usage_kb: 0,
    oom_group: false,
  }
  const crashData = {
    service_name: 'a',
    phase: 'startup',
    pid: 1,
    group_name: 'g',
    exit_code: 0,
    signal: 'SIGRTMIN+1',
    core_dumped: false,
    restart_attempt: 0,
  }
  const gapData = { source: 'stream', lost: 0, reason: '', from: 0, to: 0 }
  for (const [type, data] of [
    ['system_oom_kill', killData],
    ['service_crashed', crashData],
    ['telemetry_gap', gapData],
  ] as const) {
    const { body } = await post(app, { type, data })
    assert.deepEqual((body as EventEnvelope).event.data, data)
  }
})

for (const type of [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'length']) {
  test(`${type} is a type like any other`, async t => {
    const app = await startApp(t)
    assert.equal((await refused(app, { type })).message, NO_CATEGORY)
    const sent = { type, category: 'console', source: { kind: 'cdp' }, data: { a: 1 }, ts: 1 }
    const { status, body } = await post(app, sent)
    assert.equal(status, 200)
    const source = { kind: 'cdp', metadata: { reporter: 'http' } }
    assert.deepEqual(body, { seq: 1, event: { ...sent, source } })
  })
}

test('without a ts an event is stamped on receipt, in microseconds; a ts given is kept', async t => {
  const app = await startApp(t)
  const before = Date.now() * 1000
  const { ts } = ((await post(app, custom)).body as EventEnvelope).event
  assert.ok(ts >= before && ts <= Date.now() * 1000)
  for (const given of [0, 1764000000123456, Number.MAX_SAFE_INTEGER]) {
    const { body } = await post(app, { ...custom, ts: given })
    assert.equal((body as EventEnvelope).event.ts, given)
  }
})

test('null data means none; without source it is a local process', async t => {
  const app = await startApp(t)
  for (const body of [custom, { ...custom, data: null }]) {
    const { event } = (await post(app, body)).body as EventEnvelope
    assert.equal('data' in event, false)
    const metadata = { reporter: 'http' }
    assert.deepEqual(event.source, { kind: 'local_process', metadata })
  }
})

for (const data of [0, false, '', [], {}] as const) {
  test(`data ${JSON.stringify(data)} is data, not none`, async t => {
    const app = await startApp(t)
    const { event } = (await post(app, { ...custom, data })).body as EventEnvelope
    assert.deepEqual(event.data, data)
  })
}

test('an event of a category that is off is answered 204 and uses no sequence number', async t => {
  const app = await startApp(t)
  const config = { browser: { console: { enabled: false } } }
  await call(app, { method: 'PATCH', url: '/telemetry', payload: config })
  const { status, text } = await post(app, custom)
  assert.deepEqual([status, text], [204, ''])
  const other = await post(app, { ...custom, category: 'page' })
  // 1 is that of the change itself.
  assert.equal((other.body as EventEnvelope).seq, 2)
  assert.equal((await page(app)).events.length, 2)
})

test('an event of a category that is off is checked all the same', async t => {
  const app = await startApp(t)
  const config = { browser: { console: { enabled: false } } }
  await call(app, { method: 'PATCH', url: '/telemetry', payload: config })
  assert.equal((await refused(app, { ...custom, source: kernelApi })).message, KERNEL_API)
})

for (const [event, key] of [
  [kill, { boot_id: 'b', kmsg_seq: '1' }],
  [crash, { supervisor_instance: 'i', supervisor_serial: '1' }],
] as const) {
  test(`${event.type} sent again with its key: 200 with the first envelope, nothing added`, async t => {
    const app = await startApp(t)
    const source = { kind: 'local_process', metadata: key }
    const first = await post(app, { ...event, source, ts: 1 })
    const again = await post(app, { ...event, source, ts: 2 })
    assert.equal(again.status, 200)
    assert.deepEqual(again.body, first.body)
    assert.equal((await page(app)).events.length, 1)
  })
}

test('sent again with its key but wrong data, it is refused as any other', async t => {
  const app = await startApp(t)
  const source = {
    kind: 'local_process',
    metadata: { supervisor_instance: 'i', supervisor_serial: '1' },
  }
  await post(app, { ...crash, source })
  assert.equal((await refused(app, { ...crash, data: {}, source })).message, DATA)
})

test('the same event twice without a key is two events', async t => {
  const app = await startApp(t)
  await post(app, crash)
  await post(app, crash)
  assert.equal((await page(app)).events.length, 2)
})

test("metadata that is null is absent, also that which would be the server's own", async t => {
  const app = await startApp(t)
  const source = { kind: 'cdp', metadata: { target: null, frame: 'f', journal: null } }
  const { body } = await post(app, { ...gap, source })
  const { metadata } = (body as EventEnvelope).event.source
  assert.deepEqual(metadata, { frame: 'f', reporter: 'http' })
})

test('a page_crashed may lack what its publisher does not know; what it has is checked', async t => {
  const app = await startApp(t)
  const { body } = await post(app, { type: 'page_crashed', data: { url: 'http://a.test/', n: 1 } })
  assert.deepEqual((body as EventEnvelope).event.data, { url: 'http://a.test/', n: 1 })
  const error = await refused(app, { type: 'page_crashed', data: { url: 5 } })
  assert.equal(error.detail, 'data.url must be string')
})
