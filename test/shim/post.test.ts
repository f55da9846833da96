/** Delivery: what each of the API's answers means for an event. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../shim/config.ts'
import { Delivery } from '../../shim/delivery.ts'
import { createLog } from '../../shim/own-log.ts'
import { createPost, type Outcome, retryAfter } from '../../shim/post.ts'
import { gapRequest } from '../../shim/requests.ts'
import { Spool } from '../../shim/spool.ts'
import { startRecorder, temporaryFolder, waitUntil } from './shim-process.ts'

async function deliver(
  t: Parameters<typeof temporaryFolder>[0],
  post: (body: string) => Promise<Outcome>,
  count: number
) {
  const lines: string[] = []
  const log = createLog('info', line => lines.push(line))
  const spool = new Spool(temporaryFolder(t), log, loss =>
    gapRequest(loss, { instance: 'run', serial: '1' }, loss.to)
  )
  const delivery = new Delivery(spool, post, log)
  for (let index = 0; index < count; index++) {
    await spool.append({ type: `e${index}`, ts: Date.now() * 1000 })
  }
  delivery.wake()
  await waitUntil(() => spool.size === 0, 'an empty spool')
  return lines.join('')
}

test('2xx is taken, 408, 425, 429 and 5xx are tried again, other 4xx are dropped with an error', async t => {
  const answers: Record<string, number[]> = {
    e0: [200],
    e1: [503, 500, 408, 204],
    e2: [400],
    e3: [429, 425, 201],
    e4: [413],
    e5: [200],
  }
  const { url, posted } = await startRecorder(t, (response, { type }) => {
    response.statusCode = answers[type]!.shift()!
    response.end('{"message":"why"}')
  })
  const logged = await deliver(t, await createPost(new URL(url)), 6)
  const types = posted.map(({ type }) => type)
  assert.deepEqual(
    types,
    ['e0', 'e1', 'e1', 'e1', 'e1', 'e2', 'e3', 'e3', 'e3', 'e4', 'e5'],
    'in order'
  )
  assert.equal(logged.match(/"level":50.*is dropped/g)?.length, 2)
  assert.match(logged, /"status":400,"message":"\{\\"message\\":\\"why\\"\}"/)
})

test('Retry-After is honoured', async t => {
  const times: number[] = []
  const { url } = await startRecorder(t, response => {
    times.push(Date.now())
    if (times.length === 1) response.writeHead(503, { 'Retry-After': '1' })
    response.end('{}')
  })
  await deliver(t, await createPost(new URL(url)), 1)
  assert.ok(times[1]! - times[0]! >= 990)
})

test('Retry-After in seconds, as a date, in the past, too long, as nonsense', () => {
  const now = Date.parse('2026-11-24T00:00:00Z')
  assert.equal(retryAfter('2', now), 2000)
  assert.equal(retryAfter('Tue, 24 Nov 2026 00:00:07 GMT', now), 7000)
  assert.equal(retryAfter('Mon, 23 Nov 2026 00:00:07 GMT', now), 0)
  assert.equal(retryAfter('999999', now), 300_000)
  assert.equal(retryAfter('soon', now), undefined)
  assert.equal(retryAfter(undefined, now), undefined)
})

test('a connection that the server closed while it was kept is no failure', async t => {
  const { url, posted } = await startRecorder(t, response => {
    response.end('{}', () => setImmediate(() => response.socket?.destroy()))
  })
  const post = await createPost(new URL(url))
  for (let index = 0; index < 20; index++) {
    assert.equal((await post('{"type":"x"}')).kind, 'accepted')
  }
  assert.equal(posted.length, 20)
})

test('a server that is not there, or talks nonsense, is tried again', async () => {
  const post = await createPost(new URL('http://127.0.0.1:1'))
  assert.deepEqual((await post('{}')).kind, 'postponed')
})

test('the base URL may have a path, and must be a URL', () => {
  const eventsUrl = (url: string) => readConfig({ KERNEL_IMAGES_API_BASE_URL: url }).eventsUrl.href
  assert.equal(readConfig({}).eventsUrl.href, 'http://127.0.0.1:10001/telemetry/events')
  assert.equal(eventsUrl('http://[::1]:1/'), 'http://[::1]:1/telemetry/events')
  assert.equal(eventsUrl('https://x/api/'), 'https://x/api/telemetry/events')
  assert.throws(() => eventsUrl('x'), /KERNEL_IMAGES_API_BASE_URL/)
  assert.throws(() => readConfig({ LOG_LEVEL: 'loud' }), /LOG_LEVEL/)
})
