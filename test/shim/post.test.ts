/** Delivery: what each of the API's answers means for an event. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../shim/config.ts'
import { Delivery } from '../../shim/delivery.ts'
import { createLog } from '../../shim/own-log.ts'
import { createPost, type Outcome, retryAfter } from '../../shim/post.ts'
import { gapRequest } from '../../shim/requests.ts'
import { Spool } from '../../shim/spool.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import { waitFor } from '../support/wait.ts'
import { startRecorder, temporaryFolder } from './shim-process.ts'

async function deliver(
  t: Parameters<typeof temporaryFolder>[0],
  post: (body: string) => Promise<Outcome>,
  count: number
) {
  const lines: string[] = []
  const log = createLog('info', line => lines.push(line))
  const dir = new SpoolDir(temporaryFolder(t))
  t.after(() => dir.close())
  const spool = new Spool({
    dir,
    log,
    describeLoss: loss => gapRequest(loss, { instance: 'run', serial: '1' }, loss.to),
  })
  const errors: (string | undefined)[] = []
  const delivery = new Delivery(spool, post, log, error => errors.push(error))
  for (let index = 0; index < count; index++) {
    await spool.append({ type: `e${index}`, ts: Date.now() * 1000 })
  }
  delivery.wake()
  await waitFor(() => spool.size === 0, 'an empty spool')
  return { logged: lines.join(''), errors }
}

const byUrl = (url: string) =>
  createPost({ url: new URL(url), isSocketOptional: true }, createLog('silent'))

test('what is about the event is dropped and told, all else is tried again', async t => {
  const answers: Record<string, number[]> = {
    e0: [200],
    e1: [503, 500, 408, 204],
    e2: [400],
    e3: [429, 425, 401, 403, 404, 301, 201],
    e4: [413],
    e5: [200],
    telemetry_gap: [200, 400],
  }
  const { url, posted } = await startRecorder(t, (response, { type }) => {
    response.statusCode = answers[type]!.shift()!
    response.end('{"message":"why"}')
  })
  const { logged } = await deliver(t, byUrl(url), 6)
  const types = posted.map(({ type }) => type)
  assert.deepEqual(
    types,
    [
      'e0',
      ...Array(4).fill('e1'),
      'e2',
      'telemetry_gap',
      ...Array(7).fill('e3'),
      'e4',
      'telemetry_gap',
      'e5',
    ],
    'in order'
  )
  assert.equal(logged.match(/"level":50.*it is lost/g)?.length, 3)
  assert.match(logged, /"status":400,"message":"\{\\"message\\":\\"why\\"\}"/)
})

test('Retry-After is honoured', async t => {
  const times: number[] = []
  const { url } = await startRecorder(t, response => {
    times.push(Date.now())
    if (times.length === 1) response.writeHead(503, { 'Retry-After': '1' })
    response.end('{}')
  })
  await deliver(t, byUrl(url), 1)
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
  const post = byUrl(url)
  for (let index = 0; index < 20; index++) {
    assert.equal((await post('{"type":"x"}')).kind, 'accepted')
  }
  assert.equal(posted.length, 20)
})

test('event after event goes by one connection, to a port and to a socket', async t => {
  for (const where of [0, join(temporaryFolder(t), 'api.sock')]) {
    const connections = new Set<unknown>()
    const { url } = await startRecorder(
      t,
      response => {
        connections.add(response.socket)
        response.end('{}')
      },
      where
    )
    const post =
      where === 0
        ? byUrl(url)
        : createPost(
            { url: new URL('http://a/'), socketPath: String(where), isSocketOptional: false },
            createLog('silent')
          )
    for (let i = 0; i < 5; i++) assert.equal((await post('{}')).kind, 'accepted')
    assert.equal(connections.size, 1)
  }
})

test('a server that is not there, or talks nonsense, is tried again', async () => {
  const post = byUrl('http://127.0.0.1:1')
  assert.deepEqual((await post('{}')).kind, 'postponed')
})

test('what the API says is read as UTF-8, wherever it is cut on its way', async t => {
  const { url } = await startRecorder(t, response => {
    response.statusCode = 400
    const bytes = Buffer.from('{"é":1}')
    response.write(bytes.subarray(0, 3))
    setTimeout(() => response.end(bytes.subarray(3)), 100)
  })
  const outcome = await byUrl(url)('{}')
  assert.deepEqual(outcome, { kind: 'refused', status: 400, message: '{"é":1}' })
})

test('of a long answer the beginning is kept', async t => {
  let status = 400
  const { url } = await startRecorder(t, response => {
    response.statusCode = status
    for (let part = 0; part < 50; part++) response.write('x'.repeat(999))
    response.end()
  })
  const post = byUrl(url)
  assert.deepEqual(await post('{}'), { kind: 'refused', status: 400, message: 'x'.repeat(2048) })
  status = 503
  const outcome = await post('{}')
  const reason = `the API answers 503: ${'x'.repeat(200)}`
  assert.deepEqual(outcome, { kind: 'postponed', reason, status: 503, afterMs: undefined })
})

test('an API that does not answer is waited for ten seconds', async t => {
  let posted = 0
  const { url } = await startRecorder(t, () => posted++)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let outcome: Outcome | undefined
  const post = byUrl(url)('{}').then(got => {
    outcome = got
  })
  while (posted === 0) await new Promise(resolve => setImmediate(resolve))
  t.mock.timers.tick(9999)
  for (let turns = 0; turns < 10; turns++) await new Promise(resolve => setImmediate(resolve))
  assert.equal(outcome, undefined)
  t.mock.timers.tick(1)
  await post
  assert.deepEqual(outcome, {
    kind: 'postponed',
    reason: 'no answer within 10 s',
    status: undefined,
  })
})

test('an answer leaves no timer behind', async t => {
  const { url } = await startRecorder(t, response => response.end('{}'))
  const begin = t.mock.method(globalThis, 'setTimeout')
  const end = t.mock.method(globalThis, 'clearTimeout')
  await byUrl(url)('{}')
  const timers = begin.mock.calls
    .filter(({ arguments: [, ms] }) => ms === 10_000)
    .map(({ result }) => result)
  assert.ok(timers.length > 0)
  const isCleared = () =>
    timers.every(timer => end.mock.calls.some(({ arguments: [cleared] }) => cleared === timer))
  await waitFor(isCleared, 'a cleared timer')
})

test('a page instead of the event is no success: something else listens there', async t => {
  const bodies = ['<!doctype html>', '{}', '']
  const { url } = await startRecorder(t, response => response.end(bodies.shift()))
  const post = byUrl(url)
  const outcome = await post('{}')
  assert.equal(outcome.kind, 'postponed')
  assert.match(JSON.stringify(outcome), /another server/)
  assert.equal((await post('{}')).kind, 'accepted')
  assert.equal((await post('{}')).kind, 'accepted')
})

test('an API that stays away is told of with the reason, and one that is back', async t => {
  let answers = 0
  const { errors } = await deliver(
    t,
    async () =>
      ++answers <= 5
        ? { kind: 'postponed', reason: 'connect ECONNREFUSED', afterMs: 900 }
        : { kind: 'accepted' },
    1
  )
  assert.deepEqual([...new Set(errors)], ['connect ECONNREFUSED', undefined])
  const short = await deliver(
    t,
    async () => (++answers === 7 ? { kind: 'postponed', reason: 'x' } : { kind: 'accepted' }),
    1
  )
  assert.deepEqual(short.errors, [undefined], 'a restart is nothing to tell')
})

test('an API that fails once for a moment is not told of', async t => {
  const start = process.uptime()
  t.mock.method(process, 'uptime', () => start + 1000)
  let posts = 0
  const { errors } = await deliver(
    t,
    async () => (posts++ < 2 ? { kind: 'postponed', reason: 'busy' } : { kind: 'accepted' }),
    1
  )
  assert.equal(posts, 3)
  assert.deepEqual(errors, [undefined])
})

test('a bearer token goes along by HTTP, and is read again when it is refused', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'token')
  writeFileSync(file, 'old\n')
  const asked: (string | undefined)[] = []
  const { url } = await startRecorder(t, (response, _, { authorization }) => {
    asked.push(authorization)
    response.writeHead(authorization === 'Bearer new' ? 200 : 401).end('{}')
  })
  const env = { KERNEL_IMAGES_API_BASE_URL: url, SYSMON_STATE_DIR: folder }
  const { target } = readConfig({ ...env, SYSMON_TOKEN_FILE: file })
  const post = createPost(target, createLog('silent'))
  assert.equal((await post('{}')).kind, 'postponed')
  writeFileSync(file, 'new')
  assert.equal((await post('{}')).kind, 'postponed')
  assert.equal((await post('{}')).kind, 'accepted')
  assert.deepEqual(asked, ['Bearer old', 'Bearer old', 'Bearer new'])
  // Only then: a file that has gone meanwhile takes nothing from who is let in.
  writeFileSync(file, 'other')
  for (let i = 0; i < 2; i++) assert.equal((await post('{}')).kind, 'accepted')

  const given = readConfig({ ...env, SYSMON_TOKEN: 'new' }).target
  const byToken = createPost(given, createLog('silent'))
  assert.equal((await byToken('{}')).kind, 'accepted')
  for (const wrong of [
    { SYSMON_TOKEN: 'a b' },
    { SYSMON_TOKEN_FILE: join(folder, 'none') },
    { SYSMON_TOKEN_FILE: '/dev/null' },
  ]) {
    assert.throws(() => readConfig({ ...env, ...wrong }), /SYSMON_TOKEN/)
  }
})

test('a supervisord with a password is asked with it, and one with a name alone with none', () => {
  const auth = (env: NodeJS.ProcessEnv) => readConfig(env).supervisorAuth
  assert.equal(auth({ SUPERVISOR_USERNAME: 'me', SUPERVISOR_PASSWORD: 'secret' }), 'me:secret')
  assert.equal(auth({ SUPERVISOR_USERNAME: 'me' }), 'me:')
  assert.equal(auth({ SUPERVISOR_PASSWORD: 'secret' }), undefined)
})

test('the base URL may have a path, name a socket, and must be a URL', () => {
  const target = (url?: string) =>
    readConfig({ KERNEL_IMAGES_API_BASE_URL: url, SYSMON_STATE_DIR: '/state' }).target
  const eventsUrl = (url?: string) => target(url).url.href
  assert.equal(eventsUrl(), 'http://127.0.0.1:10001/telemetry/events')
  assert.equal(eventsUrl('http://[::1]:1/'), 'http://[::1]:1/telemetry/events')
  assert.equal(eventsUrl('https://x/api/'), 'https://x/api/telemetry/events')
  for (const local of [undefined, 'http://localhost:1', 'http://127.1.2.3', 'http://[::1]:9/api']) {
    assert.equal(target(local).socketPath, '/state/api.sock')
  }
  for (const other of ['http://10.0.0.1:10001', 'http://api:10001', 'http://localhost.evil.com']) {
    assert.equal(target(other).socketPath, undefined, 'another machine is meant')
  }
  for (const url of ['unix:/run/api.sock', 'unix:///run/api.sock']) {
    const { socketPath, isSocketOptional, url: route } = target(url)
    assert.deepEqual([socketPath, isSocketOptional], ['/run/api.sock', false])
    assert.equal(route.pathname, '/telemetry/events')
  }
  for (const wrong of ['x', 'unix:relative', 'unix:', 'ftp://x']) {
    assert.throws(() => eventsUrl(wrong), /KERNEL_IMAGES_API_BASE_URL/)
  }
  assert.throws(() => readConfig({ LOG_LEVEL: 'loud' }), /LOG_LEVEL/)
})
