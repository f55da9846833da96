/** Web pages: what those of other sites may not do, and what the server's own and the allowed may. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { call, listen, note, openStream, post, refused, startApp } from '../support/app.ts'

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

test("a proxy's scheme and its usual port are the server's own where the name is", async t => {
  const app = await startApp(t, { allowedHosts: ['telemetry.example.com'] })
  for (const [host, origin] of [
    ['telemetry.example.com', 'https://telemetry.example.com'],
    ['Telemetry.example.com:443', 'https://telemetry.example.com'],
    ['telemetry.example.com', 'http://telemetry.example.com'],
    ['[::1]', 'http://[::1]'],
  ] as const) {
    assert.equal((await post(app, event, { host, origin })).status, 200, `${host} ${origin}`)
  }
  for (const [host, origin] of [
    ['telemetry.example.com', 'https://telemetry.example.com:8443'],
    ['telemetry.example.com:8443', 'https://telemetry.example.com'],
    ['telemetry.example.com', 'ftp://telemetry.example.com'],
    ['127.0.0.1', 'https://telemetry.example.com'],
  ] as const) {
    assert.equal((await refused(app, event, { host, origin })).status, 403, `${host} ${origin}`)
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

const GETS = [
  '/telemetry/events',
  '/telemetry/stream',
  '/telemetry',
  '/livez',
  '/healthz',
  '/spec.json',
]

for (const headers of [
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' },
  { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  { 'sec-fetch-site': 'cross-site, same-origin' },
]) {
  test(`a page of another site reads nothing and opens no stream: ${JSON.stringify(headers)}`, async t => {
    const app = await startApp(t)
    for (const url of [...GETS, '/telemetry/nothing']) {
      for (const accept of ['application/json', '*/*']) {
        const answer = await app.inject({ url, headers: { ...headers, accept } })
        assert.equal(answer.statusCode, 403, url)
        assert.deepEqual(Object.keys(answer.json()), ['message'], url)
        assert.match(answer.json().message, /allowedOrigins/)
        assert.equal(answer.headers['access-control-allow-origin'], undefined)
      }
    }
    assert.equal(app.sysmon.health().stream.readers, 0)
  })
}

test('what browsers send beside a post is held against it too', async t => {
  const app = await startApp(t)
  assert.equal((await refused(app, event, { 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.equal((await post(app, event, { 'sec-fetch-site': 'same-origin' })).status, 200)
})

test('no answer is shown in a frame, not even one of our own pages', async t => {
  const app = await startApp(t, { allowedOrigins: ['https://app.example'] })
  for (const dest of ['iframe', 'frame', 'embed', 'object', 'fencedframe', 'empty, iframe']) {
    for (const site of ['same-origin', 'cross-site', 'none']) {
      const headers = { 'sec-fetch-dest': dest, 'sec-fetch-site': site }
      const { statusCode, body } = await app.inject({ url: '/telemetry/stream', headers })
      assert.equal(statusCode, 403, `${dest} ${site}`)
      assert.match(body, new RegExp(dest))
    }
  }
})

test('a user who types the address, and a page of this server, may read', async t => {
  const app = await startApp(t)
  for (const headers of [
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  ]) {
    assert.equal((await call(app, { url: '/healthz', headers })).status, 200)
  }
})

test('a page of an allowed origin reads, streams, and may be told that it did not', async t => {
  const origin = 'https://app.example'
  const app = await startApp(t, { allowedOrigins: [origin] })
  note(app, 1)
  const headers = { origin, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
  const read = await call(app, {
    url: '/telemetry/events',
    headers: { ...headers, accept: 'application/json' },
  })
  assert.equal(read.status, 200)
  const bad = await call(app, { url: '/telemetry/stream?category=no', headers })
  assert.equal(bad.status, 400)
  const stream = await openStream(t, `${await listen(app)}/telemetry/stream?replay=all`, headers)
  await stream.until(() => stream.ids.length === 1, 'the event')
  for (const got of [read.headers, bad.headers, stream.response.headers]) {
    assert.equal(got['access-control-allow-origin'], origin)
    assert.equal(got['cross-origin-resource-policy'], 'cross-origin')
    assert.match(String(got.vary), /\borigin\b/i)
    for (const name of ['x-has-more', 'x-next-offset', 'x-incomplete']) {
      assert.match(String(got['access-control-expose-headers']), new RegExp(name))
    }
  }
  assert.match(String(read.headers.vary), /accept/)
  // Without its origin a request may be anybody's.
  const without = await app.inject({ url: '/healthz', headers: { 'sec-fetch-site': 'cross-site' } })
  assert.equal(without.statusCode, 403)
})

test('every answer says that no page may show it or take it for something else', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const stream = await openStream(t, `${url}/telemetry/stream`)
  const answers = [stream.response.headers]
  for (const request of [
    ...GETS.map(path => ({ url: path, headers: { accept: 'application/json' } })),
    { url: '/telemetry/nothing' },
    { url: '/telemetry', method: 'DELETE' as const },
    { url: '/telemetry', method: 'OPTIONS' as const },
    { url: '/telemetry/events', method: 'POST' as const, payload: { type: '' } },
    { url: '/telemetry/events', method: 'POST' as const, payload: event },
    { url: '/healthz', headers: { host: 'evil.example' } },
    { url: '/healthz', headers: { origin: 'https://evil.example' } },
  ]) {
    answers.push((await app.inject(request)).headers as (typeof answers)[number])
  }
  for (const headers of answers) {
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin')
    assert.equal(headers['content-security-policy'], "frame-ancestors 'none'")
  }
})

test("the host's own lists of headers are added to", async t => {
  const before = (app: FastifyInstance) =>
    app.addHook('onRequest', async (_, reply) => {
      reply.header('vary', 'accept-encoding')
      reply.header('access-control-expose-headers', ['x-host', 'X-Has-More'])
      reply.header('content-security-policy', "default-src 'self'; img-src *")
    })
  const app = await startApp(t, { allowedOrigins: ['https://app.example'] }, { before })
  const { headers } = await app.inject({
    url: '/telemetry/events',
    headers: { origin: 'https://app.example', accept: 'application/json' },
  })
  assert.equal(headers.vary, 'accept-encoding, origin, accept')
  assert.equal(
    headers['access-control-expose-headers'],
    'x-host, X-Has-More, x-next-offset, x-incomplete, retry-after'
  )
  assert.equal(
    headers['content-security-policy'],
    "default-src 'self'; img-src *, frame-ancestors 'none'"
  )
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
        'access-control-request-headers': 'authorization, content-type, last-event-id',
        'access-control-request-private-network': 'true',
      },
    })
  const { statusCode, headers } = await preflight('https://app.example')
  assert.ok(statusCode === 200 || statusCode === 204, `${statusCode}`)
  assert.equal(headers['access-control-allow-origin'], 'https://app.example')
  assert.match(
    String(headers['access-control-allow-headers']),
    /authorization.*content-type.*last-event-id/
  )
  assert.ok(Number(headers['access-control-max-age']) > 0, 'it need not ask before each of them')
  assert.match(String(headers['access-control-allow-methods']), /PATCH/)
  assert.equal(headers['access-control-allow-private-network'], 'true')
  // Without a method that is asked about it is no such question.
  const plain = await app.inject({
    method: 'OPTIONS',
    url: '/telemetry/events',
    headers: { origin: 'https://app.example' },
  })
  assert.equal(plain.statusCode, 204)
  assert.equal(plain.headers['access-control-allow-methods'], undefined)
  const foreign = await preflight('https://evil.example')
  assert.equal(foreign.statusCode, 403)
  assert.equal(foreign.headers['access-control-allow-origin'], undefined)
})
