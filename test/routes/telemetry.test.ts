/** `GET`, `PUT` and `PATCH /telemetry`: which categories are captured. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { TelemetryConfig, TelemetryState } from '../../generated/types.ts'
import { CATEGORIES } from '../../plugin/events/types.ts'
import { type Answer, call, note, post, startApp } from '../support/app.ts'

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
  await change(app, 'PATCH', { browser: { network: {} } })
  assert.deepEqual(off((await get(app)).config), ['network'])
})

test('PUT replaces all: what it does not name is captured again', async t => {
  const app = await startApp(t)
  await change(app, 'PUT', turn('page', false))
  const { body } = await change(app, 'PUT', turn('network', false))
  assert.deepEqual(off((body as TelemetryState).config), ['network'])
  await change(app, 'PUT', {})
  assert.deepEqual(off((await get(app)).config), [])
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
    test(`${method} that turns ${category} off: 400 that says so, and nothing changes`, async t => {
      const app = await startApp(t)
      const before = await get(app)
      const config = { browser: { page: { enabled: false }, [category]: { enabled: false } } }
      const { status, body } = await change(app, method, config)
      assert.equal(status, 400)
      assert.match(
        (body as { message: string }).message,
        new RegExp(`${category} cannot be turned off`)
      )
      assert.deepEqual(await get(app), before)
    })

    test(`${method} that turns ${category} on is no offence`, async t => {
      const app = await startApp(t)
      assert.equal((await change(app, method, turn(category, true))).status, 200)
    })
  }

  for (const [name, config, message] of [
    ['an unknown category', { browser: { nonsense: { enabled: true } } }, /"nonsense"/],
    ['an unknown field', { browser: {}, extra: 1 }, /"extra"/],
    ['an unknown field of a category', { browser: { page: { on: true } } }, /page.*"on"/],
    ['enabled that is text', { browser: { page: { enabled: 'false' } } }, /page\.enabled.*boolean/],
    ['enabled that is a number', { browser: { page: { enabled: 0 } } }, /page\.enabled.*boolean/],
    ['a category that is no object', { browser: { page: false } }, /page must be object/],
    ['an array', [], /body must be object/],
    ['null', null, /body must be object/],
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
    assert.equal(await send('', 'application/json'), 400)
    assert.equal(await send('{}', 'text/plain'), 415)
    assert.equal(await send(' '.repeat(1001), 'application/json'), 413)
    assert.deepEqual(await get(app), before)
  })

  test(`${method} without a body: 400`, async t => {
    const app = await startApp(t)
    assert.equal((await call(app, { method, url: '/telemetry' })).status, 400)
    assert.equal((await get(app)).applied_at, undefined)
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
