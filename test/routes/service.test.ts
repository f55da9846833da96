/** `GET /livez`, `/readyz`, `/healthz`, `/spec.json` and `/spec.yaml`. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { parse } from 'yaml'
import type { Health, Readiness } from '../../generated/types.ts'
import { asJson, call, listen, note, page, post, startApp } from '../support/app.ts'

test('healthz: 200 ok when no kernel log is to be watched', async t => {
  const app = await startApp(t)
  note(app, 1)
  const { status, headers, body } = await call(app, { url: '/healthz' })
  assert.equal(status, 200)
  assert.equal(headers['cache-control'], 'no-store')
  assert.deepEqual(body, asJson(app.sysmon.health()))
  assert.equal((body as Health).kmsg.state, 'disabled')
  assert.equal((body as Health).stream.seq, 1)
})

for (const [what, kmsgPath, error] of [
  ['is not there', '/nonexistent/kmsg', /\/nonexistent\/kmsg/],
  ['is a directory', '/proc', /\/proc/],
] as const) {
  test(`healthz: 503 degraded when the kernel log ${what}, and why; the rest serves`, async t => {
    const app = await startApp(t, { kmsgPath })
    const { status, body } = await call(app, { url: '/healthz' })
    assert.equal(status, 503)
    const health = body as Health
    assert.equal(health.status, 'degraded')
    assert.equal(health.reasons?.length, 1)
    assert.match(health.reasons[0]!, /^OOM kills are not seen: /)
    assert.equal(health.kmsg.path, kmsgPath)
    assert.match(health.kmsg.error ?? '', error)
    assert.equal((await post(app, { type: 'note', category: 'console' })).status, 200)
    assert.equal((await page(app)).events.length, 1)
  })
}

test('healthz: HEAD answers as GET does, without the body', async t => {
  const app = await startApp(t, { kmsgPath: '/nonexistent/kmsg' })
  const { statusCode, body } = await app.inject({ method: 'HEAD', url: '/healthz' })
  assert.deepEqual([statusCode, body], [503, ''])
})

test('livez and readyz: 200 whatever is wrong with the kernel log, without a token, to any peer', async t => {
  const app = await startApp(t, { kmsgPath: '/nonexistent/kmsg', token: 'secret' })
  for (const url of ['/livez', '/readyz']) {
    for (const remoteAddress of ['127.0.0.1', '10.0.0.7']) {
      const { statusCode, headers, body } = await app.inject({ url, remoteAddress })
      assert.deepEqual([statusCode, body], [200, '{"status":"ok"}'])
      assert.equal(headers['cache-control'], 'no-store')
    }
  }
})

test('readyz: 503 once the server is being stopped; livez 200', async t => {
  // Of the host, after the plugin's own: requests are answered still.
  const after = (app: FastifyInstance) => app.addHook('preClose', () => look())
  const app = await startApp(t, {}, { fastify: { return503OnClosing: false }, after })
  const origin = await listen(app)
  const seen: string[] = []
  const look = async (): Promise<void> => {
    for (const url of ['/livez', '/readyz']) {
      const answer = await fetch(`${origin}${url}`)
      seen.push(`${url} ${answer.status} ${((await answer.json()) as Readiness).reasons ?? ''}`)
    }
  }
  await look()
  await app.close()
  assert.deepEqual(seen, [
    '/livez 200 ',
    '/readyz 200 ',
    '/livez 200 ',
    '/readyz 503 the server is being stopped',
  ])
})

const file = createRequire(import.meta.url).resolve('fastify-sysmon/openapi.yaml')

test('spec.yaml is the document of the package, byte for byte', async t => {
  const app = await startApp(t)
  const { status, headers, text } = await call(app, { url: '/spec.yaml' })
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/yaml; charset=utf-8')
  assert.equal(text, readFileSync(file, 'utf8'))
})

test('spec.json is the same document', async t => {
  const app = await startApp(t)
  const { status, headers, body } = await call(app, { url: '/spec.json' })
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/json; charset=utf-8')
  assert.deepEqual(body, parse(readFileSync(file, 'utf8'), { merge: true }))
})

for (const [prefix, path, servers] of [
  ['/sysmon', '/sysmon', [{ url: '/sysmon', description: 'This server.' }]],
  [
    '/browsers/:id',
    '/browsers/b1',
    [{ url: '/browsers/{id}', description: 'This server.', variables: { id: { default: 'id' } } }],
  ],
] as const) {
  test(`below the prefix ${prefix} the document names it as the server`, async t => {
    const app = await startApp(t, { prefix, ui: true, metrics: true })
    const json = (await app.inject(`${path}/spec.json`)).json()
    assert.deepEqual(json.servers, servers)
    const own = parse(readFileSync(file, 'utf8'), { merge: true })
    assert.deepEqual({ ...json, servers: own.servers }, own)
    const yaml = (await app.inject(`${path}/spec.yaml`)).body
    assert.deepEqual(parse(yaml, { merge: true }), json)
    for (const operation of Object.keys(json.paths)) {
      const { statusCode } = await app.inject({ method: 'OPTIONS', url: path + operation })
      assert.equal(statusCode, 204, operation)
    }
    assert.equal((await app.inject('/spec.json')).statusCode, 404)
  })
}
