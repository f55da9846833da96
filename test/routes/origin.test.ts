/** Web pages of other origins: what they may not do, and what the server's own and the named may. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, listen, page, post, refused, startApp } from '../support/app.ts'

const event = { type: 'note', category: 'console' }

for (const origin of [
  'https://evil.example',
  'http://localhost:3000',
  'null',
  'nonsense',
  '',
  'http://127.0.0.1:10001.evil.example',
]) {
  test(`POST from ${JSON.stringify(origin)}: 403, and the message says what to do`, async t => {
    const app = await startApp(t)
    const headers = { origin, host: '127.0.0.1:10001' }
    const error = await refused(app, event, headers)
    assert.equal(error.status, 403)
    assert.match(error.message, /allowedOrigins/)
    assert.ok(error.message.includes(origin))
  })
}

test('PUT and PATCH of the configuration are refused too, and change nothing', async t => {
  const app = await startApp(t)
  for (const method of ['PUT', 'PATCH'] as const) {
    const answer = await call(app, {
      method,
      url: '/telemetry',
      headers: { origin: 'https://evil.example' },
      payload: { browser: { page: { enabled: false } } },
    })
    assert.equal(answer.status, 403)
  }
  assert.equal((await post(app, { type: 'note', category: 'page' })).status, 200)
})

test('what a page may send without asking first is refused by the origin, not by its type', async t => {
  const app = await startApp(t)
  const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' }
  assert.equal((await refused(app, event, headers)).status, 403)
})

test('a foreign origin is refused before its body is read', async t => {
  const app = await startApp(t)
  const headers = { origin: 'https://evil.example' }
  assert.equal((await refused(app, 'x'.repeat(5_000_000), headers)).status, 403)
})

test("the server's own pages may post, by its address or as localhost", async t => {
  const app = await startApp(t)
  for (const host of ['127.0.0.1:10001', 'localhost:10001', '[::1]:10001']) {
    const headers = { host, origin: `http://${host}` }
    assert.equal((await post(app, event, headers)).status, 200, host)
  }
})

test('a name that somebody may let point to this machine is no name of the server', async t => {
  const app = await startApp(t)
  for (const host of ['evil.example:10001', 'localhost.evil.example', '127.0.0.1.evil.example']) {
    const headers = { host, origin: `http://${host}` }
    assert.equal((await refused(app, event, headers)).status, 403, host)
  }
})

test('the same host at another port is another origin', async t => {
  const app = await startApp(t)
  const headers = { host: 'localhost:10001', origin: 'http://localhost:3000' }
  assert.equal((await refused(app, event, headers)).status, 403)
})

test('allowedOrigins names those that may, exactly', async t => {
  const app = await startApp(t, { allowedOrigins: ['https://app.example', 'http://a:8080'] })
  for (const origin of ['https://app.example', 'http://a:8080']) {
    assert.equal((await post(app, event, { origin })).status, 200)
  }
  for (const origin of [
    'http://app.example',
    'https://app.example:8443',
    'https://b.app.example',
  ]) {
    assert.equal((await refused(app, event, { origin })).status, 403, origin)
  }
})

test('a program, which sends no origin, may post', async t => {
  assert.equal((await post(await startApp(t), event)).status, 200)
})

test('reading is left to the browser: no answer lets another origin read it', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const headers = { origin: 'https://evil.example', accept: 'application/json' }
  const answer = await fetch(`${url}/telemetry/events`, { headers })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('access-control-allow-origin'), null)
  assert.deepEqual((await page(app)).events, [])
})

test("a browser's question before it posts from an allowed origin is answered", async t => {
  const app = await startApp(t, { allowedOrigins: ['https://app.example'] })
  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/telemetry/events',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
  const { statusCode, headers } = await preflight('https://app.example')
  assert.ok(statusCode === 200 || statusCode === 204, `${statusCode}`)
  assert.equal(headers['access-control-allow-origin'], 'https://app.example')
  const foreign = await preflight('https://evil.example')
  assert.equal(foreign.headers['access-control-allow-origin'], undefined)
})
