/** Methods that a path does not have, and paths below ours that are none. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HTTPMethods } from 'fastify'
import { call, listen, startApp } from '../support/app.ts'

const ALLOW = {
  '/telemetry': 'GET, HEAD, OPTIONS, PATCH, PUT',
  '/telemetry/events': 'GET, OPTIONS, POST',
  '/telemetry/stream': 'GET, OPTIONS',
  '/livez': 'GET, HEAD, OPTIONS',
  '/readyz': 'GET, HEAD, OPTIONS',
  '/healthz': 'GET, HEAD, OPTIONS',
  '/spec.json': 'GET, HEAD, OPTIONS',
  '/spec.yaml': 'GET, HEAD, OPTIONS',
}
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const

for (const prefix of ['', '/ops']) {
  for (const [path, allow] of Object.entries(ALLOW)) {
    test(`${prefix}${path}: 405 with Allow for all that it does not know, and no body is waited for`, async t => {
      const app = await startApp(t, { prefix })
      const url = prefix + path
      for (const method of METHODS.filter(one => !allow.split(', ').includes(one))) {
        for (const type of ['application/json', 'text/plain']) {
          const answer = await app.inject({
            method: method as 'GET',
            url,
            headers: { 'content-type': type },
            payload: method === 'HEAD' || method === 'TRACE' ? undefined : '{"x',
          })
          assert.equal(answer.statusCode, 405, method)
          assert.equal(answer.headers.allow, allow)
          if (method === 'HEAD') continue
          assert.deepEqual(Object.keys(answer.json()), ['message'])
          assert.match(answer.json().message, new RegExp(`${method}.*${allow}`))
        }
      }
      const options = await app.inject({ method: 'OPTIONS', url })
      assert.deepEqual([options.statusCode, options.headers.allow, options.body], [204, allow, ''])
    })
  }

  test(`below ${prefix}/telemetry there is a 404 with a message, by every method`, async t => {
    const before = (app: Awaited<ReturnType<typeof startApp>>) =>
      app.setNotFoundHandler((_, reply) => reply.code(404).send({ host: 'not found' }))
    const app = await startApp(t, { prefix }, { before })
    for (const url of ['/telemetry/nothing', '/telemetry/', '/telemetry/events/1?x=y']) {
      for (const method of ['GET', 'POST', 'OPTIONS', 'TRACE'] as HTTPMethods[]) {
        const answer = await app.inject({ method: method as 'GET', url: prefix + url })
        assert.equal(answer.statusCode, 404)
        assert.deepEqual(Object.keys(answer.json()), ['message'])
        assert.ok(answer.json().message.includes(prefix + url))
      }
    }
    const theirs = await app.inject(`${prefix}/other`)
    assert.deepEqual(theirs.json(), { host: 'not found' }, "the host's is its own")
  })
}

test('a route of the host below our path, or at it by another method, is the host’s', async t => {
  const app = await startApp(
    t,
    {},
    {
      before: app => {
        app.get('/telemetry/host', () => ({ host: true }))
        app.delete('/telemetry', () => ({ host: true }))
      },
      after: app => app.get('/telemetry/:name/more', () => ({ host: true })),
    }
  )
  assert.deepEqual((await app.inject('/telemetry/host')).json(), { host: true })
  assert.deepEqual((await app.inject('/telemetry/x/more')).json(), { host: true })
  const deleted = await app.inject({ method: 'DELETE', url: '/telemetry' })
  assert.deepEqual(deleted.json(), { host: true })
})

test('HEAD opens no stream', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  for (const path of ['/telemetry/events', '/telemetry/stream']) {
    const { status, headers } = await fetch(url + path, { method: 'HEAD' })
    assert.equal(status, 405)
    assert.notEqual(headers.get('content-type'), 'text/event-stream')
  }
  assert.equal(app.sysmon.health().stream.readers, 0)
})

test('406: a message and nothing else', async t => {
  const app = await startApp(t)
  const answer = await call(app, {
    url: '/telemetry/stream',
    headers: { accept: 'application/json' },
  })
  assert.equal(answer.status, 406)
  assert.deepEqual(Object.keys(answer.body as object), ['message'])
})

test('a long path is not given back whole', async t => {
  const app = await startApp(t)
  const { body } = await app.inject(`/telemetry/${'x'.repeat(5000)}`)
  assert.ok(body.length < 300, body)
})
