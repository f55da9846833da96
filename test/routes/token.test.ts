/** Tokens: what needs which, what needs none, and what is for this machine alone. */

import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { SysmonOptions } from '../../plugin/index.ts'
import { call, openStream, startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const event = { type: 'note', category: 'console' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Each right, by a request that has no other fault. */
const REQUESTS = {
  read: { url: '/telemetry/events', headers: { accept: 'application/json' } },
  post: { method: 'POST', url: '/telemetry/events', payload: event },
  configure: { method: 'PATCH', url: '/telemetry', payload: {} },
} satisfies Record<string, InjectOptions>
const READS = ['/telemetry/events', '/telemetry/stream', '/telemetry']

async function ask(app: FastifyInstance, options: InjectOptions, headers = {}, peer?: string) {
  const { statusCode, headers: got } = await app.inject({
    ...options,
    headers: { ...options.headers, ...headers },
    ...(peer === undefined ? {} : { remoteAddress: peer }),
    payloadAsStream: true,
  })
  return { status: statusCode, challenge: got['www-authenticate'] }
}

/** The statuses of reading, posting and configuring. */
async function rights(app: FastifyInstance, headers = {}, peer?: string): Promise<number[]> {
  const asked = Object.values(REQUESTS).map(options => ask(app, options, headers, peer))
  return (await Promise.all(asked)).map(({ status }) => status)
}

test('one token for all: without it, and with another one, 401 and what is asked for', async t => {
  const app = await startApp(t, { token: 'all-1' })
  assert.deepEqual(await rights(app, bearer('all-1')), [200, 200, 200])
  for (const headers of [
    {},
    bearer('all-2'),
    bearer('all-1x'),
    bearer('all-'),
    bearer(''),
    { authorization: 'Basic all-1' },
    { authorization: 'all-1' },
    { authorization: 'Bearer all-1, Bearer all-1' },
  ]) {
    assert.deepEqual(await rights(app, headers), [401, 401, 401], JSON.stringify(headers))
  }
  const without = await ask(app, REQUESTS.read)
  assert.equal(without.challenge, 'Bearer realm="fastify-sysmon"')
  const wrong = await ask(app, REQUESTS.read, bearer('all-2'))
  assert.equal(wrong.challenge, 'Bearer realm="fastify-sysmon", error="invalid_token"')
  for (const url of READS) {
    assert.equal((await ask(app, { url })).status, 401)
    assert.equal((await ask(app, { url, method: 'GET' }, bearer('all-1'))).status, 200)
  }
  assert.equal((await ask(app, REQUESTS.read, { authorization: 'bearer  all-1' })).status, 200)
})

test('a refusal is one that the document knows, and says what to send', async t => {
  const app = await startApp(t, { token: 'all' })
  for (const options of [...Object.values(REQUESTS), { url: '/telemetry/stream' }]) {
    const { status, body } = await call(app, options)
    assert.equal(status, 401)
    assert.match((body as { message: string }).message, /authorization: Bearer TOKEN/)
  }
})

test('a token for each right, in place of the one for all', async t => {
  const app = await startApp(t, { token: 'all', postToken: 'post' })
  assert.deepEqual(await rights(app, bearer('all')), [200, 401, 200])
  assert.deepEqual(await rights(app, bearer('post')), [401, 200, 401])
  const each = { readToken: 'r', postToken: 'p', configureToken: 'c' }
  const other = await startApp(t, each)
  assert.deepEqual(await rights(other, bearer('r')), [200, 401, 401])
  assert.deepEqual(await rights(other, bearer('p')), [401, 200, 401])
  assert.deepEqual(await rights(other, bearer('c')), [401, 401, 200])
})

test('before the token it is seen whether a page of another site asks, and before the body', async t => {
  const app = await startApp(t, { token: 'all', allowedOrigins: ['https://app.example'] })
  const foreign = { ...bearer('all'), origin: 'https://evil.example' }
  assert.deepEqual(await rights(app, foreign), [403, 403, 403])
  const own = { origin: 'https://app.example' }
  assert.deepEqual(await rights(app, own), [401, 401, 401])
  assert.deepEqual(await rights(app, { ...own, ...bearer('all') }), [200, 200, 200])
  const preflight = { ...own, 'access-control-request-method': 'POST' }
  const options = { method: 'OPTIONS', url: '/telemetry/events' } as const
  assert.equal((await ask(app, options, preflight)).status, 204, 'a question has no token')
  const malformed = { ...REQUESTS.post, payload: '{"x' }
  assert.equal((await ask(app, malformed, { 'content-type': 'application/json' })).status, 401)
})

test('the document, what is no route, and on this machine /healthz need no token', async t => {
  const app = await startApp(t, { token: 'all' })
  for (const [options, status] of [
    [{ url: '/spec.json' }, 200],
    [{ url: '/spec.yaml' }, 200],
    [{ url: '/healthz' }, 200],
    [{ url: '/healthz', method: 'HEAD' }, 200],
    [{ url: '/telemetry/nothing' }, 404],
    [{ url: '/telemetry', method: 'DELETE' }, 405],
  ] as const) {
    assert.equal((await ask(app, options)).status, status, options.url)
  }
  assert.equal((await ask(app, { url: '/healthz' }, {}, '10.0.0.7')).status, 401)
  assert.equal((await ask(app, { url: '/healthz' }, bearer('all'), '10.0.0.7')).status, 200)
})

const HERE = ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']
const ELSEWHERE = ['10.0.0.7', '192.168.1.5', '2001:db8::1', '::ffff:10.0.0.7', '128.0.0.1', '::2']

test('without a token: for this machine only, and the refusal says what to set', async t => {
  const app = await startApp(t)
  for (const peer of HERE) assert.deepEqual(await rights(app, {}, peer), [200, 200, 200], peer)
  for (const peer of ELSEWHERE) {
    assert.deepEqual(await rights(app, {}, peer), [403, 403, 403], peer)
    assert.equal((await ask(app, { url: '/healthz' }, {}, peer)).status, 403)
  }
  const { body } = await call(app, { ...REQUESTS.post, remoteAddress: '10.0.0.7' })
  assert.match((body as { message: string }).message, /SYSMON_TOKEN.*"postToken".*SYSMON_INSECURE/)
  assert.equal((await ask(app, { url: '/spec.json' }, {}, '10.0.0.7')).status, 200)
})

test('a forwarded address, which anybody can send, stands for nothing', async t => {
  const app = await startApp(t, {}, { fastify: { trustProxy: true } })
  const forwarded = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1' }
  assert.deepEqual(await rights(app, forwarded, '10.0.0.7'), [403, 403, 403])
})

test('with a token for some rights the network has those, and no others', async t => {
  const app = await startApp(t, { readToken: 'r' })
  assert.deepEqual(await rights(app, bearer('r'), '10.0.0.7'), [200, 403, 403])
  assert.deepEqual(await rights(app, {}, '127.0.0.1'), [401, 200, 200])
})

test('insecure: the network has what no token guards', async t => {
  const app = await startApp(t, { insecure: true })
  assert.deepEqual(await rights(app, {}, '10.0.0.7'), [200, 200, 200])
  const guarded = await startApp(t, { insecure: true, postToken: 'p' })
  assert.deepEqual(await rights(guarded, {}, '10.0.0.7'), [200, 401, 200])
  assert.equal((await ask(guarded, { url: '/healthz' }, {}, '10.0.0.7')).status, 200)
})

test("over real sockets: this machine's own address is this machine", async t => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find(one => one !== undefined && !one.internal && one.family === 'IPv4')
  if (own === undefined) return t.skip('this machine has no address but the loopback')
  const app = await startApp(t)
  await app.listen({ host: '0.0.0.0', port: 0 })
  const { port } = app.server.address() as { port: number }
  assert.equal((await fetch(`http://${own.address}:${port}/telemetry`)).status, 200)
})

test('over a Unix socket no token is needed where none is set, and the set one is', async t => {
  for (const [options, status] of [
    [{}, 200],
    [{ token: 'all' }, 401],
  ] as [SysmonOptions, number][]) {
    const app = await startApp(t, options)
    const socketPath = join(temporaryFolder(t), 'socket')
    await app.listen({ path: socketPath })
    const got = await new Promise(resolve => {
      request({ socketPath, path: '/telemetry', agent: new Agent() }, response => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    assert.equal(got, status)
  }
})

test("the supervisor's socket asks for no token", async t => {
  const stateDir = temporaryFolder(t)
  await startApp(t, { stateDir, token: 'all' })
  const got = await new Promise(resolve => {
    const socketPath = join(stateDir, 'api.sock')
    const headers = { 'content-type': 'application/json' }
    const options = { socketPath, path: '/telemetry/events', method: 'POST', headers }
    request({ ...options, agent: new Agent() }, response => {
      response.resume()
      resolve(response.statusCode)
    }).end(JSON.stringify(event))
  })
  assert.equal(got, 200)
})

test('an event stream is opened with a token', async t => {
  const app = await startApp(t, { token: 'all' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  const url = `http://127.0.0.1:${port}/telemetry/stream?replay=all`
  app.sysmon.publish({ type: 'note', category: 'console' })
  const client = await openStream(t, url, bearer('all'))
  await client.until(() => client.ids.length === 1, 'the event')
  assert.equal((await fetch(url)).status, 401)
})

for (const [open, expected] of [
  [{}, /reading, posting, configuring: for this machine only/],
  [{ token: 'x' }, undefined],
  [{ insecure: true }, undefined],
  [{ readToken: 'x', configureToken: 'y' }, /posting: for this machine only/],
] as [SysmonOptions, RegExp | undefined][]) {
  test(`a host that listens for others is told who gets nothing: ${JSON.stringify(open)}`, async t => {
    const lines: string[] = []
    const stream = { write: (line: string) => void lines.push(line) }
    const app = await startApp(t, open, { fastify: { logger: { level: 'warn', stream } } })
    await app.listen({ host: '0.0.0.0', port: 0 })
    await new Promise(resolve => setImmediate(resolve))
    if (expected === undefined) assert.deepEqual(lines, [])
    else assert.match(lines.join(''), expected)
  })
}
