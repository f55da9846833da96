/** How the host's server speaks: HTTP/2, with TLS and without, behind a proxy, with timeouts of its own. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { type SysmonOptions, sysmonPlugin } from '../../plugin/index.ts'
import { listen, note, openStream, startApp } from '../support/app.ts'
import { certificate } from '../support/certificate.ts'
import { PATIENCE_MS } from '../support/wait.ts'

// --- HTTP/2 -------------------------------------------------------------------------------------

interface Http2Answer {
  readonly headers: IncomingHttpHeaders & { ':status'?: number }
  /** What came so far. */
  text(): string
  readonly whole: Promise<string>
  leave(): void
}

async function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  let text = ''
  stream.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  stream.on('error', () => {})
  const whole = once(stream, 'end').then(() => text)
  const [answered] = await once(stream, 'response')
  return { headers: answered, text: () => text, whole, leave: () => stream.close() }
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, `never came: ${what}`)
    await sleep(5)
  }
}

for (const isTls of [false, true]) {
  test(`HTTP/2 ${isTls ? 'with TLS' : 'in clear text'}: posts, pages, streams, and the end`, async t => {
    const tls = isTls ? certificate(t) : undefined
    const app = (isTls
      ? Fastify({ http2: true, https: tls! })
      : Fastify({ http2: true })) as unknown as FastifyInstance
    t.after(() => app.close())
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    t.after(() => process.off('warning', onWarning))
    await app.register(sysmonPlugin, { kmsgPath: false, keepAlive: 50, closeTimeout: 500 })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const session = connect(`http${isTls ? 's' : ''}://127.0.0.1:${port}`, { ca: tls?.cert })
    t.after(() => session.destroy())

    const stream = await ask(session, { ':path': '/telemetry/stream' })
    assert.equal(stream.headers[':status'], 200)
    assert.equal(stream.headers['content-type'], 'text/event-stream')
    const posted = await ask(
      session,
      { ':path': '/telemetry/events', ':method': 'POST', 'content-type': 'application/json' },
      '{"type":"x","category":"page"}'
    )
    assert.equal(posted.headers[':status'], 200)
    assert.equal(JSON.parse(await posted.whole).seq, 1)
    await until(() => stream.text().includes('id: 1\n'), 'the event')
    await until(() => stream.text().includes('\n:\n\n'), 'a sign of life')
    const page = await ask(session, { ':path': '/telemetry/events?limit=1' })
    assert.equal(JSON.parse(await page.whole).length, 1)
    const health = await ask(session, { ':path': '/healthz' })
    assert.equal(health.headers[':status'], 200)
    const refused = await ask(session, { ':path': '/telemetry', ':method': 'DELETE' })
    assert.equal(refused.headers[':status'], 405)

    const left = await ask(session, { ':path': '/telemetry/stream' })
    left.leave()
    note(app, 'last')
    const closed = app.close()
    assert.match(await stream.whole, /"data":"last"\}\}\n\n$/)
    // Fastify waits for sessions that clients leave open, with us and without.
    session.close()
    await closed
    await sleep(10)
    assert.deepEqual(warnings.map(String), [])
  })
}

// --- behind a proxy -----------------------------------------------------------------------------

/** As nginx does by default: the host is the upstream's, and what was asked is in X-Forwarded-. */
async function proxy(t: TestContext, upstream: string, host?: string): Promise<string> {
  const server = createServer((request, response) => {
    const forwarded = {
      ...request.headers,
      ...(host === undefined ? { host: new URL(upstream).host } : { host }),
      'x-forwarded-for': '203.0.113.5',
      'x-forwarded-host': 'telemetry.example',
      'x-forwarded-proto': 'https',
    }
    const options = { method: request.method, headers: forwarded }
    const passed = httpRequest(`${upstream}${request.url}`, options, answer => {
      response.writeHead(answer.statusCode!, answer.headers).flushHeaders()
      answer.pipe(response)
      answer.on('error', () => response.destroy())
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

for (const trustProxy of [false, true]) {
  test(`behind a proxy, trustProxy ${trustProxy}: posts, pages and streams`, async t => {
    const options: SysmonOptions = {
      allowedHosts: ['telemetry.example'],
      allowedOrigins: ['https://telemetry.example'],
      insecure: true,
    }
    const app = await startApp(t, options, { fastify: { trustProxy } })
    const upstream = await listen(app)
    for (const host of [undefined, 'telemetry.example']) {
      const url = await proxy(t, upstream, host)
      const stream = await openStream(t, `${url}/telemetry/stream`)
      const answer = await fetch(`${url}/telemetry/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://telemetry.example' },
        body: '{"type":"x","category":"page"}',
      })
      assert.equal(answer.status, 200)
      const { seq } = (await answer.json()) as { seq: number }
      await stream.until(() => stream.ids.includes(seq), 'the event')
      assert.equal((await fetch(`${url}/telemetry/events?limit=1`)).status, 200)
    }
  })
}

// --- timeouts -----------------------------------------------------------------------------------

interface Warning {
  readonly level: number
  readonly msg: string
}

async function startLogged(t: TestContext, fastify: object, options: SysmonOptions) {
  const lines: Warning[] = []
  const logger = {
    level: 'warn',
    stream: { write: (line: string) => lines.push(JSON.parse(line)) },
  }
  const app = await startApp(t, options, { fastify: { ...fastify, logger } })
  return { app, lines }
}

test('connectionTimeout shorter than keepAlive: named at registration, with what mends it', async t => {
  const { app, lines } = await startLogged(t, { connectionTimeout: 400 }, {})
  assert.equal(lines.length, 1)
  assert.match(lines[0]!.msg, /^connectionTimeout .* keepAlive to 200,/)
  // It is as the warning says.
  const stream = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await stream.over()
  assert.equal(stream.isEnded, false)
})

test('connectionTimeout with a keepAlive below it: no warning, and streams live on', async t => {
  const { app, lines } = await startLogged(t, { connectionTimeout: 400 }, { keepAlive: 200 })
  assert.deepEqual(lines, [])
  const stream = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await sleep(1200)
  note(app, 1)
  await stream.until(() => stream.ids.length === 1, 'the event')
})

test('requestTimeout and handlerTimeout of the host end no stream', async t => {
  const fastify = {
    requestTimeout: 200,
    handlerTimeout: 200,
    http: { headersTimeout: 150, connectionsCheckingInterval: 50 },
  }
  const { app, lines } = await startLogged(t, fastify, {})
  const stream = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await sleep(800)
  note(app, 1)
  await stream.until(() => stream.ids.length === 1, 'the event')
  assert.deepEqual(lines, [])
})

test('forceCloseConnections: a connection in reserve keeps no close waiting, and streams end properly', async t => {
  const app = await startApp(t, {}, { fastify: { forceCloseConnections: true } })
  const url = await listen(app)
  const reserve = connectTcp((app.server.address() as AddressInfo).port, '127.0.0.1')
  reserve.on('error', () => {})
  t.after(() => reserve.destroy())
  await once(reserve, 'connect')
  const stream = await openStream(t, `${url}/telemetry/stream`)
  note(app, 1)
  await app.close()
  await stream.over()
  assert.equal(stream.isEnded, true)
  assert.deepEqual(stream.ids, [1])
})
