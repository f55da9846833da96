/** The server as a process: how it starts, what it says when it cannot, and how it ends. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { startMovingFront } from '../support/moving-front.ts'
import { SYSMON, startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'
import { PATIENCE_MS } from '../support/wait.ts'

async function sysmon(args: string[], env: Record<string, string> = {}) {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [SYSMON, ...args], {
      env: { ...process.env, ...env },
      timeout: PATIENCE_MS,
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

function post(url: string, data: unknown): Promise<Response> {
  return fetch(`${url}/telemetry/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'note', category: 'console', data }),
  })
}

test('SIGTERM ends open streams properly, after their last event, and the server exits 0', async t => {
  const server = await startServer(t)
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => SseClient.open(`${server.url}/telemetry/events`))
  )
  t.after(() => {
    for (const client of clients) client.close()
  })
  // One that never reads.
  const { hostname, port } = new URL(server.url)
  const stalled = connect(Number(port), hostname)
  t.after(() => stalled.destroy())
  stalled.write('GET /telemetry/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
  stalled.pause()
  for (let i = 0; i < 40; i++)
    assert.equal((await post(server.url, 'x'.repeat(300_000))).status, 200)
  const started = Date.now()
  const ending = server.stop('SIGTERM')
  assert.equal(await ending, 0)
  assert.ok(Date.now() - started < 10_000, 'within the ten seconds that supervisord gives')
  for (const client of clients) {
    await client.until(() => client.isEnded || client.response.destroyed, 'its end').catch(() => {})
    assert.equal(client.events.length, 40)
    assert.equal(client.isEnded, true)
  }
})

test('a port that is taken is named, with the mend', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.after(() => other.close())
  await new Promise(resolve => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const { code, stderr } = await sysmon(['serve'], { PORT: String(port), LOG_LEVEL: 'silent' })
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`port ${port} on 127.0.0.1 is taken`))
  assert.match(stderr, /set PORT/)
})

for (const [name, value] of [
  ['PORT', '80a'],
  ['PORT', '65536'],
  ['LOG_LEVEL', 'loud'],
] as const) {
  test(`${name}=${value} is refused by name`, async () => {
    const { code, stderr } = await sysmon(['serve'], { [name]: value })
    assert.equal(code, 2)
    assert.match(stderr, new RegExp(`environment variable ${name} must be .*"${value}"`))
  })
}

test('without the device the server serves, and /healthz says what is missing', async t => {
  const server = await startServer(t, { SYSMON_KMSG_PATH: '/nonexistent' })
  const health = await fetch(`${server.url}/healthz`)
  assert.equal(health.status, 503)
  assert.match(await health.text(), /there is no \/nonexistent/)
  assert.equal((await post(server.url, 1)).status, 200)
})

function ask(url: string, method: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number | undefined; allow: string | undefined }>(
    (resolve, reject) => {
      const request = http.request(url, { method, headers }, response => {
        response.resume()
        resolve({ status: response.statusCode, allow: response.headers.allow })
      })
      request.on('error', reject)
      request.end()
    }
  )
}

test('names and origins are allowed by the environment', async t => {
  const server = await startServer(t, {
    SYSMON_ALLOWED_HOSTS: 'telemetry.example.com, sysmon',
    SYSMON_ALLOWED_ORIGINS: 'https://app.example',
  })
  for (const [headers, expected] of [
    [{ host: 'telemetry.example.com' }, 200],
    [{ host: 'sysmon:10001' }, 200],
    [{ host: 'evil.example' }, 403],
    [{ origin: 'https://app.example' }, 200],
    [{ origin: 'https://evil.example' }, 403],
  ] as const) {
    const { status } = await ask(`${server.url}/spec.json`, 'GET', headers)
    assert.equal(status, expected, JSON.stringify(headers))
  }
})

test('every method that HTTP has is answered: 405 and Allow where the path does not know it', async t => {
  const { url } = await startServer(t)
  for (const method of http.METHODS) {
    // A connection by it is closed.
    if (method === 'CONNECT') continue
    const { status, allow } = await ask(`${url}/telemetry/stream`, method)
    if (method === 'GET') assert.equal(status, 200)
    else if (method === 'OPTIONS') assert.deepEqual([status, allow], [204, 'GET, OPTIONS'])
    else assert.deepEqual([status, allow], [405, 'GET, OPTIONS'], method)
  }
})

/** Sends bytes. @returns all that is answered, when the connection ends */
async function exchange(url: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.setEncoding('utf8').write(request)
  let text = ''
  socket.on('data', part => {
    text += part
  })
  await once(socket, 'close')
  return text
}

test('what reaches no route is answered with a message and nothing else', async t => {
  const { url } = await startServer(t)
  const get = (path: string, more = '') =>
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}Connection: close\r\n\r\n`
  for (const [request, status, message] of [
    ['nonsense\r\n\r\n', 400, /no HTTP/],
    [get('/healthz', `X: ${'x'.repeat(20_000)}\r\n`), 431, /headers/],
    [get('/telemetry/%zz'), 400, /zz/],
    [get('/nothing'), 404, /spec\.json/],
    [get('/telemetry/events/nothing'), 404, /spec\.json/],
  ] as const) {
    const answer = await exchange(url, request)
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `))
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
    assert.deepEqual(Object.keys(body), ['message'])
    assert.match(body.message, message)
  }
})

test('where there is nothing, who asks is looked at as everywhere', async t => {
  const { url } = await startServer(t, { SYSMON_ALLOWED_HOSTS: 'sysmon' })
  const ask = async (method: string, path: string, host: string, more = '') => {
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`
    const answer = await exchange(url, head)
    assert.match(answer, /\r\nx-content-type-options: nosniff\r\n/)
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
    const status = Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1])
    if (method !== 'HEAD' && status !== 302) {
      assert.deepEqual(Object.keys(JSON.parse(body)), ['message'])
    }
    return status
  }
  const methods = http.METHODS.filter(method => method !== 'CONNECT')
  for (const path of ['/', '/nothing', '/livez/x', '//telemetry', '*', '/TELEMETRY']) {
    for (const method of methods) {
      assert.equal(await ask(method, path, 'evil.example'), 403, `${method} ${path}`)
      // A person is led to the page.
      const isLed = path === '/' && (method === 'GET' || method === 'HEAD')
      assert.equal(await ask(method, path, 'sysmon'), isLed ? 302 : 404, `${method} ${path}`)
    }
    assert.equal(await ask('GET', path, 'localhost', 'Origin: http://evil.example\r\n'), 403)
    assert.equal(await ask('GET', path, 'localhost', 'Sec-Fetch-Site: cross-site\r\n'), 403)
    assert.equal(await ask('GET', path, 'localhost', 'Sec-Fetch-Dest: iframe\r\n'), 403)
  }
})

test('headers that do not come in time end their connection', async t => {
  const { url } = await startServer(t)
  const started = Date.now()
  const answer = await exchange(url, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ')
  assert.match(answer, /^HTTP\/1.1 408 [\s\S]*"message"/)
  assert.ok(Date.now() - started < 60_000)
})

test('SIGINT exits 0 too', async t => {
  const server = await startServer(t)
  assert.equal(await server.stop('SIGINT'), 0)
})

test('every command has --help, and a wrong one says which there are', async () => {
  for (const args of [
    ['--help'],
    ['serve', '--help'],
    ['explain', '--help'],
    ['tail', '--help'],
    ['doctor', '--help'],
  ]) {
    const { code, stdout } = await sysmon(args)
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: sysmon/)
  }
  const { code, stderr } = await sysmon(['explode'])
  assert.equal(code, 2)
  assert.match(stderr, /no command "explode"[\s\S]*explain/)
  assert.match((await sysmon(['serve', '--port', '1'])).stderr, /--port/)
})

/** `sysmon tail` on a server, and a wait until it has printed something. */
function startTail(t: TestContext, url: string): (pattern: RegExp) => Promise<void> {
  const child = execFile(process.execPath, [SYSMON, 'tail', '--url', url, '--replay'])
  t.after(() => child.kill())
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output?.on('data', text => {
      printed += text
    })
  }
  return async pattern => {
    for (let tries = 0; !pattern.test(printed); tries++) {
      assert.ok(tries < PATIENCE_MS / 10, `tail never printed ${pattern}: ${printed}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
}

test('sysmon tail prints events as they come, and again after the server is back', async t => {
  const first = await startServer(t)
  const { port } = new URL(first.url)
  const until = startTail(t, first.url)
  await post(first.url, 'one')
  await until(/#1 {2}note {2}console {2}"one"/)
  await first.stop()
  const second = await startServer(t, { PORT: port })
  // It may have passed the number of the last event that was read, or not.
  await post(second.url, 'two')
  await post(second.url, 'three')
  await until(/ {2}note {2}console {2}"two"[\s\S]* {2}note {2}console {2}"three"/)
})

test('sysmon tail misses nothing of a server that numbers anew and passes the last number just then', async t => {
  const first = await startServer(t)
  await post(first.url, 'one')
  const front = await startMovingFront(t, first.url)
  const until = startTail(t, front.url)
  await until(/#1 {2}note {2}console {2}"one"/)
  const second = await startServer(t)
  front.move(second.url, async () => {
    for (const text of ['two', 'three']) await post(second.url, text)
  })
  await until(/ {2}note {2}console {2}"two"[\s\S]* {2}note {2}console {2}"three"/)
})

test('sysmon tail goes on after connections that end before an answer, or in the middle of one', async t => {
  const ends = [
    (socket: Socket) => socket.end(),
    (socket: Socket) => socket.resetAndDestroy(),
    (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
  ]
  const upstream = await startServer(t)
  const port = Number(new URL(upstream.url).port)
  const front = createServer(socket => {
    socket.on('error', () => {})
    const end = ends.shift()
    if (end !== undefined) return end(socket)
    socket.pipe(connect(port, '127.0.0.1').on('error', () => {})).pipe(socket)
  })
  t.after(() => front.close())
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  await post(upstream.url, 'one')
  const until = startTail(t, `http://127.0.0.1:${(front.address() as AddressInfo).port}`)
  await until(/hang up; trying again[\s\S]*RESET.*; trying again[\s\S]*broke off[\s\S]*"one"/)
})

test('sysmon tail says where the server is instead', async t => {
  const moved = http.createServer((_, response) => {
    response.writeHead(308, { location: 'https://machine.test/telemetry/stream' }).end()
  })
  t.after(() => moved.close())
  moved.listen(0, '127.0.0.1')
  await once(moved, 'listening')
  const { port } = moved.address() as AddressInfo
  const { code, stderr } = await sysmon(['tail', '--url', `http://127.0.0.1:${port}`])
  assert.equal(code, 2)
  assert.match(stderr, /at https:\/\/machine\.test: give that as --url/)
})
