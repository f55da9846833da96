/** `GET`, `PUT` and `PATCH /telemetry`: which categories are captured. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { EventEnvelope, TelemetryConfig, TelemetryState } from '../../generated/types.ts'
import { CATEGORIES } from '../../plugin/events/types.ts'
import { type Answer, call, note, page, post, startApp } from '../support/app.ts'

type Method = 'PUT' | 'PATCH'

function change(app: FastifyInstance, method: Method, config: unknown): Promise<Answer> {
  return call(app, {
    method,
    url: '/telemetry',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(config),
  })
}
const get = async (app: FastifyInstance) =>
  (await call(app, { url: '/telemetry' })).body as TelemetryState

function off(config: TelemetryConfig): string[] {
  const categories = Object.entries(config.browser ?? {})
  return categories.filter(([, { enabled }]) => enabled === false).map(([name]) => name)
}

const turn = (category: string, enabled: boolean) => ({ browser: { [category]: { enabled } } })

test('at first every category is captured, nothing was applied, nothing dropped', async t => {
  const app = await startApp(t)
  const browser = Object.fromEntries(CATEGORIES.map(name => [name, { enabled: true }]))
  assert.deepEqual(await get(app), { config: { browser }, seq: 0, dropped_events: 0 })
})

test('PATCH changes what it names and leaves the rest', async t => {
  const app = await startApp(t)
  await change(app, 'PATCH', turn('page', false))
  const { status, body } = await change(app, 'PATCH', turn('network', false))
  assert.equal(status, 200)
  assert.deepEqual(off((body as TelemetryState).config), ['network', 'page'])
  await change(app, 'PATCH', turn('page', true))
  assert.deepEqual(off((await get(app)).config), ['network'])
  await change(app, 'PATCH', {})
  await change(app, 'PATCH', null)
  await change(app, 'PATCH', { browser: null })
  await change(app, 'PATCH', { browser: { network: {}, future: { enabled: true } } })
  assert.deepEqual(off((await get(app)).config), ['network'])
})

const on = (config: TelemetryConfig) => CATEGORIES.filter(name => config.browser[name].enabled)
const ALWAYS = ['system', 'monitor']
const DEFAULT = ['control', 'connection', 'system', 'captcha', 'monitor']

for (const [name, config, expected] of [
  ['one category', turn('page', true), ['page', ...ALWAYS]],
  ['one that is turned off', turn('page', false), ALWAYS],
  ['an empty browser', { browser: {} }, ALWAYS],
  ['nothing', {}, DEFAULT],
  ['null', null, DEFAULT],
  ['browser null', { browser: null }, DEFAULT],
  [
    'fields that are not known',
    { future: [1], browser: turn('page', true).browser },
    ['page', ...ALWAYS],
  ],
  ['only fields that are not known', { future: { enabled: true } }, DEFAULT],
  ['a category that is not known', { browser: { future: { enabled: true } } }, ALWAYS],
  ['a category without enabled', { browser: { page: {}, network: { enabled: null } } }, ALWAYS],
  ['a category that is null', { browser: { page: null } }, ALWAYS],
  [
    'system and monitor off',
    { browser: { system: { enabled: false }, monitor: { enabled: false } } },
    ALWAYS,
  ],
  [
    'further fields of a category',
    { browser: { control: { enabled: true, cdp: { excluded_methods: ['Page.navigate'] } } } },
    ['control', ...ALWAYS],
  ],
] as const) {
  test(`PUT is opt-in: ${name}`, async t => {
    const app = await startApp(t)
    await change(app, 'PUT', turn('network', true))
    const { status, body } = await change(app, 'PUT', config)
    assert.equal(status, 200)
    assert.deepEqual(new Set(on((body as TelemetryState).config)), new Set(expected))
    assert.deepEqual((await get(app)).config, (body as TelemetryState).config)
  })
}

for (const [what, request] of [
  ['no body', {}],
  ['no body and a content type', { headers: { 'content-type': 'application/json' } }],
  ['blanks', { headers: { 'content-type': 'application/json' }, payload: ' \n' }],
] as const) {
  test(`${what}: a PUT takes the default set, a PATCH changes nothing`, async t => {
    const app = await startApp(t)
    await change(app, 'PUT', turn('page', true))
    const patched = await call(app, { method: 'PATCH', url: '/telemetry', ...request })
    assert.deepEqual(on((patched.body as TelemetryState).config).sort(), [
      'monitor',
      'page',
      'system',
    ])
    const put = await call(app, { method: 'PUT', url: '/telemetry', ...request })
    assert.equal(put.status, 200)
    assert.deepEqual(on((put.body as TelemetryState).config).sort(), [...DEFAULT].sort())
  })
}

test('what others configure is given back: a PUT replaces it, a PATCH merges', async t => {
  const app = await startApp(t)
  const kept = (config: TelemetryConfig) => [config.export, config.storage]
  const put = { browser: {}, export: { otlp: { enabled: true } }, storage: 'none' }
  await change(app, 'PUT', put)
  assert.deepEqual(kept((await get(app)).config), [put.export, undefined])
  await change(app, 'PATCH', { storage: { enabled: true } })
  assert.deepEqual(kept((await get(app)).config), [put.export, { enabled: true }])
  await change(app, 'PUT', {})
  assert.deepEqual(kept((await get(app)).config), [undefined, undefined])
})

test('a session that is put, or that the environment names, stands in every event', async t => {
  const app = await startApp(t)
  const session = async () => {
    const { body } = await post(app, { type: 'note', category: 'system' })
    return (body as EventEnvelope).event.source.metadata?.telemetry_session_id
  }
  assert.equal(await session(), undefined)
  await change(app, 'PATCH', { telemetry_session_id: 's-1' })
  assert.equal(await session(), 's-1')
  assert.equal((await get(app)).config.telemetry_session_id, 's-1')
  await change(app, 'PUT', {})
  assert.equal(await session(), 's-1', 'it is that of the browser until another one comes')
  await change(app, 'PATCH', { telemetry_session_id: '' })
  assert.equal(await session(), undefined)
  assert.equal('telemetry_session_id' in (await get(app)).config, false)
  process.env.SYSMON_TELEMETRY_SESSION_ID = 's-2'
  t.after(() => delete process.env.SYSMON_TELEMETRY_SESSION_ID)
  const other = await startApp(t)
  const { body } = await post(other, { type: 'note', category: 'system' })
  assert.equal((body as EventEnvelope).event.source.metadata?.telemetry_session_id, 's-2')
})

test('who changes what is captured is told of, in the log too, but not at any length', async t => {
  const lines: string[] = []
  const logger = { level: 'warn', stream: { write: (line: string) => lines.push(line) } }
  const app = await startApp(t, {}, { fastify: { logger } })
  await app.inject({
    method: 'PATCH',
    url: '/telemetry',
    headers: { 'user-agent': `me/1 ${'x'.repeat(1000)}` },
    payload: turn('page', false),
  })
  const data = {
    method: 'PATCH',
    turned_on: [],
    turned_off: ['page'],
    address: '127.0.0.1',
    user_agent: `me/1 ${'x'.repeat(251)}`,
  }
  const { events } = await page(app)
  assert.deepEqual(events.at(-1)?.event.data, data)
  const logged = lines.map(line => JSON.parse(line))
  const [line] = logged.filter(({ msg }) => msg === 'what is captured was changed')
  assert.deepEqual({ ...line, ...data }, line)
})

test('what GET answers can be PUT back', async t => {
  const app = await startApp(t)
  await change(app, 'PATCH', turn('captcha', false))
  const { config } = await get(app)
  await change(app, 'PUT', {})
  assert.deepEqual(((await change(app, 'PUT', config)).body as TelemetryState).config, config)
})

test('applied_at is the time of the last change', async t => {
  const app = await startApp(t)
  const before = Date.now()
  const { body } = await change(app, 'PATCH', {})
  const { applied_at } = body as TelemetryState
  const at = Date.parse(applied_at ?? '')
  assert.ok(at >= before && at <= Date.now())
  assert.equal((await get(app)).applied_at, applied_at)
})

test('a change holds from then on: events of before stay', async t => {
  const app = await startApp(t)
  note(app, 1)
  await change(app, 'PATCH', turn('console', false))
  assert.equal((await post(app, { type: 'note', category: 'console' })).status, 204)
  assert.equal((await get(app)).seq, 2, 'the note, and the change')
  await change(app, 'PATCH', turn('console', true))
  assert.equal((await post(app, { type: 'note', category: 'console' })).status, 200)
  assert.equal((await get(app)).seq, 4)
})

for (const method of ['PUT', 'PATCH'] as const) {
  for (const category of ['system', 'monitor']) {
    test(`${method} that turns ${category} off: the answer shows that it stays on`, async t => {
      const app = await startApp(t)
      const { status, body } = await change(app, method, turn(category, false))
      assert.equal(status, 200)
      assert.ok(on((body as TelemetryState).config).includes(category as 'system'))
      assert.equal((await post(app, { type: 'note', category })).status, 200)
    })

    test(`${method} that turns ${category} on is no offence`, async t => {
      const app = await startApp(t)
      assert.equal((await change(app, method, turn(category, true))).status, 200)
    })
  }

  for (const [name, config, message] of [
    ['enabled that is text', { browser: { page: { enabled: 'false' } } }, /page\.enabled.*boolean/],
    ['enabled that is a number', { browser: { page: { enabled: 0 } } }, /page\.enabled.*boolean/],
    ['a category that is no object', { browser: { page: false } }, /page must be object/],
    ['an array', [], /body must be object/],
    ['a browser that is an array', { browser: [] }, /browser must be object/],
    [
      'a session that is a number',
      { telemetry_session_id: 7 },
      /telemetry_session_id must be string/,
    ],
  ] as const) {
    test(`${method} of ${name}: 400 that names it, and nothing changes`, async t => {
      const app = await startApp(t)
      const before = await get(app)
      const { status, body } = await change(app, method, config)
      assert.equal(status, 400)
      assert.match((body as { message: string }).message, message)
      assert.deepEqual(await get(app), before)
    })
  }

  test(`${method} of what is no JSON: 400, 415 or 413, and nothing changes`, async t => {
    const app = await startApp(t, { bodyLimit: 1000 })
    const before = await get(app)
    const send = async (payload: string, type: string) => {
      const headers = { 'content-type': type }
      return (await call(app, { method, url: '/telemetry', headers, payload })).status
    }
    assert.equal(await send('{', 'application/json'), 400)
    assert.equal(await send('{}', 'text/plain'), 415)
    assert.equal(await send(' '.repeat(1001), 'application/json'), 413)
    assert.deepEqual(await get(app), before)
  })
}

test('dropped_events counts what a reader came too late for', async t => {
  const app = await startApp(t, { ringEvents: 2 })
  for (let i = 0; i < 5; i++) note(app, i)
  const end = app.sysmon.subscribe(() => {}, { from: { after: 1 } })
  t.after(end)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal((await get(app)).dropped_events, 2)
})

test('what is given back in every answer is not large', async t => {
  const app = await startApp(t)
  for (const name of ['storage', 'export']) {
    for (const method of ['PUT', 'PATCH'] as const) {
      const answer = await change(app, method, { [name]: { text: 'x'.repeat(65_536) } })
      assert.equal(answer.status, 400)
      assert.match((answer.body as { message: string }).message, new RegExp(`body\\.${name} has`))
      const kept = await change(app, method, { [name]: { text: 'x'.repeat(65_000) } })
      assert.equal(kept.status, 200)
    }
  }
  assert.equal(app.sysmon.health().stream.seq, 4, 'what was refused changed nothing')
})
