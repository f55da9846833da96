/** What hosts have beside us, as it comes from npm: each as its own README says, and all of our routes. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import fastifyAutoload from '@fastify/autoload'
import fastifyBearerAuth from '@fastify/bearer-auth'
import fastifyCompress from '@fastify/compress'
import fastifyCors from '@fastify/cors'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyUnderPressure from '@fastify/under-pressure'
import fastifyWebsocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import type { SysmonOptions } from '../../plugin/index.ts'
import { listen, note, openStream, startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ORIGIN = 'https://app.example'
const json = { 'content-type': 'application/json' }
const body = '{"type":"x","category":"page"}'

type Before = (app: FastifyInstance) => unknown

async function serve(t: TestContext, before: Before, options: SysmonOptions = {}) {
  const app = await startApp(t, options, { before })
  return { app, url: await listen(app) }
}

/** The statuses of a page, a post, a change, the health and a stream (which is left at once). */
async function statuses(url: string, headers: Record<string, string> = {}): Promise<number[]> {
  const leave = new AbortController()
  const answers = [
    await fetch(`${url}/telemetry/events?limit=1`, { headers }),
    await fetch(`${url}/telemetry/events`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body,
    }),
    await fetch(`${url}/telemetry`, { method: 'PUT', headers }),
    await fetch(`${url}/healthz`, { headers }),
    await fetch(`${url}/telemetry/stream`, { headers, signal: leave.signal }),
  ]
  leave.abort()
  return answers.map(({ status }) => status)
}

/** Words of a header that is a list, lower case and sorted. */
function words(header: string | string[] | null | undefined): string[] {
  const list = [header ?? []].flat().join(',').split(/, */)
  return list.map(word => word.toLowerCase()).sort()
}

test('@fastify/cors: answers its preflights, and its headers and ours are in the answers', async t => {
  const { app, url } = await serve(
    t,
    app =>
      app.register(fastifyCors, {
        origin: [ORIGIN],
        methods: ['GET', 'POST', 'PUT'],
        exposedHeaders: ['x-host'],
      }),
    { allowedOrigins: [ORIGIN] }
  )
  note(app, 1)
  const preflight = await fetch(`${url}/telemetry`, {
    method: 'OPTIONS',
    headers: { origin: ORIGIN, 'access-control-request-method': 'PUT' },
  })
  assert.equal(preflight.status, 204)
  assert.equal(preflight.headers.get('access-control-allow-origin'), ORIGIN)
  assert.ok(words(preflight.headers.get('access-control-allow-methods')).includes('put'))
  const page = await fetch(`${url}/telemetry/events?limit=1`, { headers: { origin: ORIGIN } })
  const stream = await openStream(t, `${url}/telemetry/stream?replay=all`, { origin: ORIGIN })
  await stream.until(() => stream.ids.length === 1, 'the event')
  for (const get of [
    (name: string) => page.headers.get(name),
    (name: string) => stream.response.headers[name],
  ]) {
    assert.equal(get('access-control-allow-origin'), ORIGIN)
    assert.ok(words(get('vary')).includes('origin'))
    for (const name of ['x-host', 'x-has-more', 'x-next-offset', 'x-incomplete']) {
      assert.ok(words(get('access-control-expose-headers')).includes(name), name)
    }
  }
  // What the host allows itself is not allowed here by that.
  const other = await fetch(`${url}/telemetry/events`, { headers: { origin: 'https://b.example' } })
  assert.equal(other.status, 403)
})

test('@fastify/bearer-auth: guards every route of ours', async t => {
  const { url } = await serve(t, app =>
    app.register(fastifyBearerAuth, { keys: new Set(['secret']) })
  )
  assert.deepEqual(await statuses(url), [401, 401, 401, 401, 401])
  assert.deepEqual(await statuses(url, { authorization: 'Bearer wrong' }), Array(5).fill(401))
  assert.deepEqual(await statuses(url, { authorization: 'Bearer secret' }), Array(5).fill(200))
})

test('@fastify/rate-limit: 429 with its headers and its body; a stream counts once', async t => {
  const { app, url } = await serve(t, app =>
    app.register(fastifyRateLimit, {
      max: 3,
      timeWindow: 60_000,
      allowList: request => request.url === '/healthz',
    })
  )
  const stream = await openStream(t, `${url}/telemetry/stream`)
  for (let n = 0; n < 50; n++) note(app, n)
  await stream.until(() => stream.ids.length === 50, 'the events')
  const page = () => fetch(`${url}/telemetry/events?limit=1`)
  assert.deepEqual([(await page()).status, (await page()).status], [200, 200])
  const limited = await page()
  assert.equal(limited.status, 429)
  assert.ok(Number(limited.headers.get('retry-after')) > 0)
  assert.match(((await limited.json()) as { message: string }).message, /Rate limit exceeded/)
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
})

test('@fastify/rate-limit: a body of the host’s own making is sent as it is', async t => {
  const { url } = await serve(t, app =>
    app.register(fastifyRateLimit, {
      max: 1,
      timeWindow: 60_000,
      errorResponseBuilder: (_, { max }) => ({ statusCode: 429, slow: 'down', max }),
    })
  )
  await fetch(`${url}/telemetry`)
  const limited = await fetch(`${url}/telemetry`)
  assert.deepEqual(
    [limited.status, await limited.json()],
    [429, { statusCode: 429, slow: 'down', max: 1 }]
  )
})

test('@fastify/under-pressure: 503 with its Retry-After', async t => {
  let isWell = true
  const { url } = await serve(t, app =>
    app.register(fastifyUnderPressure, {
      healthCheck: async () => isWell,
      healthCheckInterval: 10,
      retryAfter: 77,
    })
  )
  assert.deepEqual(await statuses(url), Array(5).fill(200))
  isWell = false
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.deepEqual(await statuses(url), Array(5).fill(503))
  const answer = await fetch(`${url}/telemetry`)
  assert.equal(answer.headers.get('retry-after'), '77')
  assert.deepEqual(Object.keys((await answer.json()) as object), ['message'])
})

test('@fastify/helmet: its headers and ours, on pages and streams', async t => {
  const { app, url } = await serve(t, app => app.register(fastifyHelmet))
  note(app, 1)
  const page = await fetch(`${url}/telemetry/events?limit=1`)
  const stream = await openStream(t, `${url}/telemetry/stream?replay=all`)
  await stream.until(() => stream.ids.length === 1, 'the event')
  for (const get of [
    (name: string) => page.headers.get(name),
    (name: string) => stream.response.headers[name],
  ]) {
    const policy = String(get('content-security-policy'))
    assert.match(policy, /default-src 'self'/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal(get('x-content-type-options'), 'nosniff')
    assert.ok(get('strict-transport-security'))
  }
})

test('@fastify/compress: pages are compressed, streams are neither compressed nor held back', async t => {
  const { app, url } = await serve(t, app =>
    app.register(fastifyCompress, { threshold: 0, encodings: ['gzip'] })
  )
  note(app, 'x'.repeat(2000))
  const accept = { 'accept-encoding': 'gzip' }
  const { headers, rawPayload } = await app.inject({
    url: '/telemetry/events?limit=1',
    headers: accept,
  })
  assert.equal(headers['content-encoding'], 'gzip')
  assert.equal(headers['x-has-more'], 'false')
  assert.equal(JSON.parse(gunzipSync(rawPayload).toString()).length, 1)
  for (const path of ['/telemetry/stream', '/telemetry/events']) {
    const stream = await openStream(t, `${url}${path}`, { ...accept, accept: 'text/event-stream' })
    assert.equal(stream.response.headers['content-encoding'], undefined)
    for (let n = 1; n <= 3; n++) {
      note(app, n)
      await stream.until(() => stream.ids.length === n, `event ${n}, before the next`)
    }
  }
})

test('@fastify/websocket: its sockets and our streams beside each other, and all ends', async t => {
  const { app, url } = await serve(t, async app => {
    await app.register(fastifyWebsocket)
    app.register(async scope => {
      scope.get('/socket', { websocket: true }, socket => {
        socket.on('message', (text: Buffer) => socket.send(`echo ${text}`))
      })
    })
  })
  const stream = await openStream(t, `${url}/telemetry/stream`)
  const { WebSocket } = (await import('ws' as string)) as {
    WebSocket: new (url: string) => NodeJS.EventEmitter & { send(text: string): void }
  }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`)
  const echoed = new Promise<string>(resolve => {
    socket.on('open', () => socket.send('hello'))
    socket.on('message', (data: Buffer) => resolve(String(data)))
  })
  assert.equal(await echoed, 'echo hello')
  note(app, 1)
  await stream.until(() => stream.ids.length === 1, 'the event')
  await app.close()
  assert.equal(stream.isEnded, true)
})

test('@fastify/autoload: a file in its folder is the whole of it', async t => {
  const folder = temporaryFolder(t)
  const plugin = pathToFileURL(join(import.meta.dirname, '../../plugin/index.js')).href
  writeFileSync(
    join(folder, 'sysmon.mjs'),
    `export { default } from '${plugin}'
     export const autoConfig = { kmsgPath: false, prefix: '/ops' }`
  )
  const app = Fastify()
  t.after(() => app.close())
  await app.register(fastifyAutoload, { dir: folder, options: { ofTheHost: true } })
  await app.ready()
  assert.ok(app.hasDecorator('sysmon'))
  assert.equal((await app.inject('/ops/healthz')).statusCode, 200)
  assert.equal((await app.inject('/healthz')).statusCode, 404)
})
