/**
 * What answers at the DevTools' URL may be no browser, hang, lie, or send without end: the server stays
 * up, bounded and quick, says what is wrong, and finds the browser when there is one.
 */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { pino } from 'pino'
import type { DevToolsHealth, PageCrashedData } from '../../generated/types.ts'
import { DevToolsWatcher } from '../../plugin/devtools/watcher.ts'
import { note, startApp } from '../support/app.ts'
import { sleep } from '../support/chromium.ts'
import { waitFor } from '../support/wait.ts'
import { crashed, created, fakeBrowser } from './fake-browser.ts'

type App = Awaited<ReturnType<typeof startApp>>
const health = (app: App): DevToolsHealth => app.sysmon.health().devtools!

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (isTrue()) return
    await sleep(25)
  }
  assert.fail(what)
}

function crashesOf(app: App): PageCrashedData[] {
  const crashes: PageCrashedData[] = []
  app.sysmon.subscribe(({ event }) => crashes.push(event.data as PageCrashedData), {
    types: ['page_crashed'],
    from: 'oldest',
  })
  return crashes
}

test('only its own session is asked for, nothing is attached, and the host is the one that was named', async t => {
  const browser = await fakeBrowser(t)
  const app = await startApp(t, { devtools: browser.url })
  await until(() => health(app).state === 'watching', 'watching')
  assert.equal(health(app).browser, 'Fake/1')
  const asked = new Set(browser.calls.map(({ method }) => method))
  for (const method of asked) {
    assert.match(
      method,
      /^(?:Target\.setDiscoverTargets|SystemInfo\.getProcessInfo|Browser\.getHistograms)$/
    )
  }
})

for (const [what, version] of [
  ['no JSON', (_: unknown, r: ServerResponse) => r.end('<html>')],
  ['no DevTools', (_: unknown, r: ServerResponse) => r.end('{"a":1}')],
  ['null', (_: unknown, r: ServerResponse) => r.end('null')],
  ['an error', (_: unknown, r: ServerResponse) => r.writeHead(500).end('no')],
  [
    'a redirect',
    (_: unknown, r: ServerResponse) =>
      r.writeHead(302, { location: 'http://example.invalid/' }).end(),
  ],
  [
    'a body without end',
    (_: unknown, r: ServerResponse) => {
      const more = setInterval(() => r.write('x'.repeat(65_536)), 1)
      r.on('close', () => clearInterval(more))
    },
  ],
] as const) {
  test(`${what} at the URL is said in the health`, async t => {
    const browser = await fakeBrowser(t, undefined, version)
    const app = await startApp(t, { devtools: browser.url })
    await until(() => health(app).error !== undefined, 'an error')
    assert.equal(health(app).state, 'connecting')
    assert.match(health(app).error!, /answers|names no webSocketDebuggerUrl/)
    assert.equal(app.sysmon.health().status, 'ok', 'the main job is done')
  })
}

test('nobody there is told once in the log, and in the health', async t => {
  const taken = createTcpServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  taken.close()
  const lines: string[] = []
  const app = await startApp(
    t,
    { devtools: `http://127.0.0.1:${port}` },
    {
      fastify: { logger: { level: 'info', stream: { write: (line: string) => lines.push(line) } } },
    }
  )
  const told = () => lines.filter(line => line.includes('crashes of pages are not seen'))
  await until(() => told().length > 0, 'a line')
  await sleep(4000)
  assert.equal(told().length, 1)
  assert.match(health(app).error!, /ECONNREFUSED/)
})

test('one that takes the connection and says nothing is let go, and asked again', async t => {
  let upgrades = 0
  const http = createServer((_, response) =>
    response.end(JSON.stringify({ webSocketDebuggerUrl: 'ws://a/devtools/browser/1' }))
  )
  http.on('upgrade', (_, socket) => {
    upgrades++
    socket.on('error', () => {}).resume()
    t.after(() => socket.destroy())
  })
  http.listen(0, '127.0.0.1')
  t.after(() => http.close())
  await once(http, 'listening')
  const { port } = http.address() as AddressInfo
  const app = await startApp(t, { devtools: `http://127.0.0.1:${port}` })
  await waitFor(() => upgrades === 2, 'a second attempt')
  assert.match(health(app).error!, /handshake has timed out/)
})

test('who is closed while the browser is looked for says nothing more of it', async t => {
  let asked = 0
  const { url } = await fakeBrowser(t, undefined, () => asked++)
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: line => lines.push(line) })
  const watcher = new DevToolsWatcher({ url, addresses: 'path' }, log, {
    onCrash: () => {},
    findKill: async () => undefined,
    findFault: () => undefined,
  })
  watcher.start()
  await waitFor(() => asked > 0, 'a request')
  const before = lines.length
  // So late that it would be told.
  const now = performance.now()
  t.mock.method(performance, 'now', () => now + 10_000)
  watcher.close()
  await sleep(300)
  assert.deepEqual(lines.slice(before), [])
  assert.equal(watcher.health.state, 'stopped')
})

test('messages of any form are survived, and what can be told of is', async t => {
  const browser = await fakeBrowser(t, ({ method }) =>
    method === 'Target.getTargetInfo' ? { targetInfo: null } : {}
  )
  const app = await startApp(t, { devtools: browser.url })
  const crashes = crashesOf(app)
  await until(() => health(app).state === 'watching', 'watching')
  const [socket] = browser.sockets
  for (const message of [
    '{}',
    '[]',
    '1',
    '"x"',
    '{"id":"x"}',
    '{"id":99,"result":{}}',
    '{"method":5}',
    '{"method":"Target.targetCreated"}',
    '{"method":"Target.targetCreated","params":{"targetInfo":[]}}',
    '{"method":"Target.targetDestroyed","params":null}',
    '{"method":"Target.targetCrashed","params":7}',
    crashed({}),
    crashed('nobody'),
    created('A', { url: 5, title: null }),
    created('B'),
    crashed('A', { status: 7, errorCode: 'x' }),
    crashed('B', { errorCode: 2 ** 60 }),
  ]) {
    socket!.send(message)
  }
  await until(() => crashes.length === 2, 'two crashes')
  assert.deepEqual(crashes, [
    { target_id: 'A', target_type: 'page', role: 'renderer' },
    {
      target_id: 'B',
      target_type: 'page',
      url: 'https://one.example/',
      title: 'One',
      status: 'crashed',
      role: 'renderer',
      cause: 'crash',
    },
  ])
  assert.equal(health(app).state, 'watching')
})

test('what is no JSON, and a message of 100 MB, end the connection; it comes back', async t => {
  const browser = await fakeBrowser(t)
  const app = await startApp(t, { devtools: browser.url })
  await until(() => health(app).connections === 1, 'a connection')
  browser.sockets[0]!.send('not JSON')
  await until(() => health(app).connections === 2, 'a second connection')
  const before = process.memoryUsage().rss
  browser.sockets[1]!.send('x'.repeat(100 * 1024 * 1024))
  await until(() => health(app).connections === 3, 'a third connection')
  assert.ok(process.memoryUsage().rss - before < 400 * 1024 * 1024, 'most of it the sender itself')
  const crashes = crashesOf(app)
  browser.sockets[2]!.send(created('A'))
  browser.sockets[2]!.send(crashed('A'))
  await until(() => crashes.length === 1, 'a crash')
})

test('one that never answers holds nothing up: the crash is told without what was asked', async t => {
  let isSilent = false
  const browser = await fakeBrowser(t, () => (isSilent ? undefined : {}))
  const app = await startApp(t, { devtools: browser.url })
  const crashes = crashesOf(app)
  await until(() => health(app).state === 'watching', 'watching')
  isSilent = true
  browser.sockets[0]!.send(created('A'))
  browser.sockets[0]!.send(crashed('A', { errorCode: 5 }))
  await until(() => crashes.length === 1, 'a crash')
  assert.equal(crashes[0]!.signal, 'SIGTRAP')
  note(app, 'the application goes on')
})

test('one that is gone before it answers: the crash is told without what was asked', async t => {
  const browser = await fakeBrowser(t, ({ method }, socket) => {
    if (method !== 'Target.getTargetInfo') return {}
    socket.terminate()
    return undefined
  })
  const app = await startApp(t, { devtools: browser.url })
  const crashes = crashesOf(app)
  await until(() => health(app).state === 'watching', 'watching')
  browser.sockets[0]!.send(created('A'))
  browser.sockets[0]!.send(crashed('A'))
  await until(() => crashes.length === 1, 'a crash')
  assert.equal(crashes[0]!.target_id, 'A')
})

test('crash after crash is told, however many there are', async t => {
  const browser = await fakeBrowser(t)
  const app = await startApp(t, { devtools: browser.url })
  const crashes = crashesOf(app)
  await until(() => health(app).state === 'watching', 'watching')
  const [socket] = browser.sockets
  for (let told = 0; told < 1100; told += 100) {
    for (let i = told; i < told + 100; i++) {
      socket!.send(created(`T${i}`))
      socket!.send(crashed(`T${i}`))
    }
    await until(() => crashes.length >= told + 100, `the crashes after ${told}`)
  }
  assert.equal(crashes.length, 1100)
})

test('a flood of messages takes a share of the time, not all of it', async t => {
  const browser = await fakeBrowser(t)
  const app = await startApp(t, { devtools: browser.url })
  await until(() => health(app).state === 'watching', 'watching')
  const [socket] = browser.sockets
  const message = created('A', { url: `https://one.example/${'x'.repeat(10_000)}` })
  let most = 0
  const flood = setInterval(() => {
    for (let i = 0; i < 200 && socket!.bufferedAmount < 2 ** 26; i++) socket!.send(message)
    most = Math.max(most, socket!.bufferedAmount)
  }, 1)
  t.after(() => clearInterval(flood))
  await sleep(3000)
  // It is read no faster than it may be, so it piles up at who sends it, until the next share of time.
  assert.ok(most > 2 ** 22, `${most} bytes waited`)
  const crashes = crashesOf(app)
  app.sysmon.publish({ type: 'page_crashed', data: { target_id: 'X', target_type: 'page' } })
  await until(() => crashes.length === 1, 'an event')
  assert.equal(health(app).state, 'watching')
})

test('asked to end, pages end with their browser; where it lives on, they were killed', async t => {
  const browser = await fakeBrowser(t)
  const app = await startApp(t, { devtools: browser.url })
  const crashes = crashesOf(app)
  await until(() => health(app).state === 'watching', 'watching')
  const [socket] = browser.sockets
  for (const message of [created('A'), crashed('A', { status: 'killed', errorCode: 15 })])
    socket!.send(message)
  await until(() => crashes.length === 1, 'the one that was killed')
  assert.equal(crashes[0]!.cause, 'killed')
  for (const message of [created('B'), crashed('B', { status: 'killed', errorCode: 15 })])
    socket!.send(message)
  await sleep(100)
  socket!.terminate()
  await sleep(2500)
  assert.equal(crashes.length, 1)
})
