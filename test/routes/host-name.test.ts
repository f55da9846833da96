/** `Host`: names that anybody may let point to this machine (DNS rebinding) get no answer. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { listen, note, startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const FOREIGN = [
  'evil.example',
  'evil.example:10001',
  'EVIL.example.',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.localhost',
  'a@localhost',
  'localhost,evil.example',
  '[::1',
  '[evil.example]',
  '[::1].evil.example',
  '127.0.0.1:x',
  '',
]
const OWN = [
  'localhost',
  'LocalHost:10001',
  'localhost.',
  'localhost:',
  '127.0.0.1',
  '127.0.0.1:10001',
  '10.0.0.7:10001',
  '[::1]',
  '[::1]:10001',
  '[fe80::1%eth0]:10001',
]

/** Sends bytes, and gives the status and the body of the first answer. */
async function exchange(
  target: { port: number } | { path: string },
  request: string
): Promise<{ status: number; body: string }> {
  const socket = 'port' in target ? connect(target.port, '127.0.0.1') : connect(target.path)
  socket.setEncoding('utf8')
  socket.write(request)
  let text = ''
  socket.on('data', (part: string) => {
    text += part
    // A stream does not end by itself.
    if (text.includes('text/event-stream')) socket.destroy()
  })
  await once(socket, 'close')
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])
  return { status, body: text.slice(text.indexOf('\r\n\r\n') + 4) }
}

async function portOf(app: FastifyInstance): Promise<{ port: number }> {
  await listen(app)
  return { port: (app.server.address() as AddressInfo).port }
}

const get = (path: string, host: string | undefined, more = '', method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\n${host === undefined ? '' : `Host: ${host}\r\n`}${more}Connection: close\r\n\r\n`

for (const host of FOREIGN) {
  test(`Host: ${JSON.stringify(host)} is refused, whatever is asked`, async t => {
    const app = await startApp(t, { prefix: '/ops' })
    note(app, 'SECRET')
    const target = await portOf(app)
    for (const [method, path] of [
      ['GET', '/ops/telemetry/events'],
      ['GET', '/ops/telemetry/stream?replay=all'],
      ['GET', '/ops/telemetry'],
      ['GET', '/ops/healthz'],
      ['HEAD', '/ops/healthz'],
      ['GET', '/ops/spec.json'],
      ['GET', '/ops/telemetry/nothing'],
      ['OPTIONS', '/ops/telemetry/events'],
      ['TRACE', '/ops/telemetry/events'],
      ['DELETE', '/ops/telemetry'],
      ['PATCH', '/ops/telemetry'],
      ['POST', '/ops/telemetry/events'],
    ] as const) {
      const json = 'Accept: application/json\r\n'
      const { status, body } = await exchange(target, get(path, host, json, method))
      assert.equal(status, 403, `${method} ${path}`)
      if (method !== 'HEAD') assert.match(JSON.parse(body).message, /"allowedHosts"/)
    }
    assert.equal(app.sysmon.health().stream.seq, 1)
  })
}

test('addresses and localhost are answered, with any port and in any case', async t => {
  const app = await startApp(t)
  const target = await portOf(app)
  for (const host of OWN) {
    assert.equal((await exchange(target, get('/healthz', host))).status, 200, host)
  }
})

test('names that are configured are answered, and no others', async t => {
  const app = await startApp(t, { allowedHosts: ['Telemetry.example.com', 'sysmon'] })
  const target = await portOf(app)
  for (const host of ['telemetry.example.com', 'telemetry.EXAMPLE.com.:443', 'sysmon:10001']) {
    assert.equal((await exchange(target, get('/healthz', host))).status, 200, host)
  }
  for (const host of ['example.com', 'a.telemetry.example.com', 'sysmon.evil.example']) {
    assert.equal((await exchange(target, get('/healthz', host))).status, 403, host)
  }
})

test('a target that is a whole URL is held to the same: it comes before Host', async t => {
  const app = await startApp(t)
  const target = await portOf(app)
  for (const [url, expected] of [
    ['http://evil.example/healthz', 403],
    ['HTTP://evil.example:80/healthz', 403],
    ['http://localhost@evil.example/healthz', 403],
    ['http://127.0.0.1:10001/healthz', 200],
  ] as const) {
    assert.equal((await exchange(target, get(url, '127.0.0.1'))).status, expected, url)
  }
})

test('of two Hosts none is believed, whichever comes first', async t => {
  const app = await startApp(t)
  const target = await portOf(app)
  for (const [first, second] of [
    ['127.0.0.1', 'evil.example'],
    ['evil.example', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
  ] as const) {
    const request = get('/healthz', first, `hOST: ${second}\r\n`)
    assert.equal((await exchange(target, request)).status, 403, `${first}, ${second}`)
  }
})

test('HTTP/1.0 has no Host and no browser: it is answered', async t => {
  const app = await startApp(t)
  const target = await portOf(app)
  const old = (more: string) => `GET /healthz HTTP/1.0\r\n${more}\r\n`
  assert.equal((await exchange(target, old(''))).status, 200)
  assert.equal((await exchange(target, old('Host: evil.example\r\n'))).status, 403)
  assert.equal((await exchange(target, old('Origin: http://undefined\r\n'))).status, 403)
})

test('X-Forwarded-Host, which a page can set, stands for nothing', async t => {
  const app = await startApp(t, {}, { fastify: { trustProxy: true } })
  const target = await portOf(app)
  const forwarded = 'X-Forwarded-Host: localhost\r\nForwarded: host=localhost\r\n'
  assert.equal((await exchange(target, get('/healthz', 'evil.example', forwarded))).status, 403)
})

async function socketOf(t: TestContext, app: FastifyInstance): Promise<{ path: string }> {
  const path = join(temporaryFolder(t), 'app.sock')
  await app.listen({ path })
  return { path }
}

test('over a Unix socket programs may call it what they like, a browser behind a proxy may not', async t => {
  const app = await startApp(t, { allowedHosts: ['telemetry.example.com'] })
  const target = await socketOf(t, app)
  for (const host of ['localhost', 'sysmon', '%2Frun%2Fapp.sock', '']) {
    assert.equal((await exchange(target, get('/healthz', host))).status, 200, host)
  }
  const page = 'Sec-Fetch-Site: same-origin\r\nUser-Agent: Mozilla/5.0\r\n'
  assert.equal((await exchange(target, get('/healthz', 'evil.example', page))).status, 403)
  assert.equal((await exchange(target, get('/healthz', 'telemetry.example.com', page))).status, 200)
})

test("the host application's own routes answer to any name, as before", async t => {
  const app = await startApp(t, {}, { after: host => host.get('/host', () => 'of the host') })
  const { status } = await exchange(await portOf(app), get('/host', 'app.example'))
  assert.equal(status, 200)
})

test('a long name is not given back whole', async t => {
  const app = await startApp(t)
  const host = 'x'.repeat(4000)
  const { body } = await exchange(await portOf(app), get('/healthz', host))
  assert.ok(body.length < 500, body)
})
