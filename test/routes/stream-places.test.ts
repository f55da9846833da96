/** Whose event streams may be open: bounds for each peer, and for browsers. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { listen, startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BROWSERS: ReadonlyArray<Record<string, string>> = [
  { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
  { 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-mode': 'cors' },
  { 'sec-fetch-dest': 'empty' },
  { origin: 'http://127.0.0.1:PORT' },
]

interface Answer {
  readonly status: number | undefined
  readonly message: string
  readonly retryAfter: string | undefined
  close(): void
}

/** Opens a stream from one of the loopback's addresses. */
async function open(
  t: TestContext,
  url: string,
  localAddress: string,
  headers: Record<string, string> = {}
): Promise<Answer> {
  const { port } = new URL(url)
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)])
  )
  const client = request(`${url}/telemetry/stream`, { headers: filled, localAddress, agent: false })
  t.after(() => client.destroy())
  client.on('error', () => {})
  client.end()
  const [response] = (await once(client, 'response')) as [IncomingMessage]
  const { statusCode: status, headers: got } = response
  const retryAfter = got['retry-after']
  const close = () => client.destroy()
  if (status === 200) return { status, message: '', retryAfter, close }
  const [body] = (await once(response, 'data')) as [Buffer]
  return { status, message: JSON.parse(body.toString()).message, retryAfter, close }
}

async function fill(t: TestContext, url: string, count: number, peer: string, headers = {}) {
  const answers = []
  for (let i = 0; i < count; i++) answers.push(await open(t, url, peer, headers))
  for (const { status } of answers) assert.equal(status, 200)
  return answers
}

async function readersAre(app: FastifyInstance, count: number): Promise<void> {
  for (let tries = 0; app.sysmon.health().stream.readers !== count; tries++) {
    assert.ok(tries < 1000, `never ${count} readers`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('one peer does not take all streams: the next is told which option says so', async t => {
  const app = await startApp(t, { maxStreams: 6, maxStreamsPerPeer: 4 })
  const url = await listen(app)
  const [first] = await fill(t, url, 4, '127.0.0.1')
  const refused = await open(t, url, '127.0.0.1')
  assert.equal(refused.status, 503)
  assert.match(refused.message, /"maxStreamsPerPeer" \(SYSMON_MAX_STREAMS_PER_PEER\)/)
  assert.match(String(refused.retryAfter), /^[1-9]/)
  await fill(t, url, 2, '127.0.0.2')
  const last = await open(t, url, '127.0.0.3')
  assert.match(last.message, /"maxStreams" \(SYSMON_MAX_STREAMS\)/)
  first!.close()
  await readersAre(app, 5)
  await fill(t, url, 1, '127.0.0.1')
})

test('by default a peer has three quarters, and browsers leave a quarter', async t => {
  const app = await startApp(t, { maxStreams: 8 })
  const url = await listen(app)
  await fill(t, url, 6, '127.0.0.1', BROWSERS[0])
  assert.match((await open(t, url, '127.0.0.1')).message, /maxStreamsPerPeer/)
  for (const browser of BROWSERS) {
    const refused = await open(t, url, '127.0.0.2', browser)
    assert.equal(refused.status, 503)
    assert.match(refused.message, /"reservedStreams" \(SYSMON_RESERVED_STREAMS\)/)
  }
  await fill(t, url, 2, '127.0.0.2')
})

test('programs take what is reserved last, and a browser that leaves gives its place back', async t => {
  const app = await startApp(t, { maxStreams: 3, maxStreamsPerPeer: 3, reservedStreams: 2 })
  const url = await listen(app)
  for (let i = 0; i < 3; i++) {
    const [browser] = await fill(t, url, 1, '127.0.0.1', BROWSERS[1])
    assert.equal((await open(t, url, '127.0.0.1', BROWSERS[1])).status, 503)
    browser!.close()
    await readersAre(app, 0)
  }
  await fill(t, url, 3, '127.0.0.1')
  assert.equal((await open(t, url, '127.0.0.1', BROWSERS[1])).status, 503)
})

test('a single stream may be anybody’s', async t => {
  const app = await startApp(t, { maxStreams: 1 })
  await fill(t, await listen(app), 1, '127.0.0.1', BROWSERS[0])
})

test('an address is one peer in each of its forms, and half of an IPv6 address too', async t => {
  const app = await startApp(t, { maxStreamsPerPeer: 1, insecure: true })
  const path = join(temporaryFolder(t), 'socket')
  await app.listen({ path })
  // Through inject, which takes any address; a stream of it stays open.
  const peers = [
    ['10.0.0.7', '::ffff:10.0.0.7'],
    ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:0:0:9'],
    ['2001:db8:1:3::1', '2001:0db8:0001:0003::2'],
    ['::1', '::2'],
  ]
  const ask = (remoteAddress: string) => {
    const url = '/telemetry/stream'
    const answer = app.inject({ url, remoteAddress, payloadAsStream: true })
    return answer.then(({ statusCode }) => statusCode)
  }
  for (const [one, same] of peers) {
    assert.equal(await ask(one!), 200, one)
    assert.equal(await ask(same!), 503, same)
  }
  assert.equal(await ask('10.0.0.8'), 200)
  const sockets = [connect(path), connect(path)]
  const got = await Promise.all(
    sockets.map(async socket => {
      t.after(() => socket.destroy())
      socket.write('GET /telemetry/stream HTTP/1.1\r\nHost: a\r\n\r\n')
      const [head] = (await once(socket, 'data')) as [Buffer]
      return head.toString().slice(9, 12)
    })
  )
  assert.deepEqual(got.sort(), ['200', '503'])
})
