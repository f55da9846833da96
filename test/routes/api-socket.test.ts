/** The supervisor's socket in the state folder: who may open it is believed, and it takes events only. */

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { EventEnvelope } from '../../generated/types.ts'
import { listen, post, startApp } from '../support/app.ts'
import { SYSMON, startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS, waitFor } from '../support/wait.ts'

const crash = (serial: number) => ({
  type: 'service_crashed',
  source: {
    kind: 'local_process',
    metadata: { supervisor_instance: 'a', supervisor_serial: String(serial) },
  },
  data: { service_name: 'x', phase: 'running' },
})

interface Answer {
  readonly status: number
  readonly body: string
}

/** By a path relative to the folder where the whole one is too long for a client, too. */
function send(
  folder: string,
  body: unknown,
  { method = 'POST', path = '/telemetry/events', headers = {}, agent = new Agent() } = {}
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const json = { 'content-type': 'application/json' }
    const client = request(
      {
        socketPath: join(folder, 'api.sock'),
        method,
        path,
        headers: { ...json, ...headers },
        agent,
      },
      response => {
        let text = ''
        response.setEncoding('utf8').on('data', part => {
          text += part
        })
        response.on('end', () => resolve({ status: response.statusCode!, body: text }))
      }
    )
    client.on('error', reject)
    client.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const reporterOf = ({ body }: Answer) =>
  (JSON.parse(body) as EventEnvelope).event.source.metadata?.reporter

for (const prefix of ['', '/ops']) {
  test(`with the prefix "${prefix}": what comes by the socket is the supervisor's word`, async t => {
    const stateDir = temporaryFolder(t)
    const app = await startApp(t, { stateDir, prefix })
    await listen(app)
    for (const path of ['/telemetry/events', `${prefix}/telemetry/events`]) {
      const answer = await send(stateDir, crash(1), { path })
      assert.equal(answer.status, 200)
      assert.equal(reporterOf(answer), 'supervisor')
    }
    const byTcp = await app.inject({
      method: 'POST',
      url: `${prefix}/telemetry/events`,
      payload: crash(2),
    })
    assert.equal(byTcp.json().event.source.metadata.reporter, 'http')
    assert.equal((await send(stateDir, { type: '' })).status, 400)
  })
}

test('nothing else is answered there, neither ours nor the host’s', async t => {
  const stateDir = temporaryFolder(t)
  await startApp(t, { stateDir }, { after: app => app.get('/host', () => 'of the host') })
  for (const [method, path] of [
    ['GET', '/telemetry/events'],
    ['GET', '/healthz'],
    ['PATCH', '/telemetry'],
    ['GET', '/host'],
    ['POST', '/telemetry/events?x'],
    ['POST', '/'],
  ] as const) {
    const { status, body } = await send(stateDir, undefined, { method, path })
    assert.equal(status, 404)
    assert.deepEqual(Object.keys(JSON.parse(body)), ['message'])
  }
})

test('who claims to be the supervisor by HTTP is not', async t => {
  const stateDir = temporaryFolder(t)
  const app = await startApp(t, { stateDir })
  const { body } = await post(app, crash(1), { host: 'localhost', via: 'api.sock' })
  assert.equal((body as EventEnvelope).event.source.metadata?.reporter, 'http')
})

test('its name stands for its group only, and nothing else is left in the folder', async t => {
  const stateDir = temporaryFolder(t)
  const app = await startApp(t, { stateDir })
  const stat = lstatSync(join(stateDir, 'api.sock'))
  assert.ok(stat.isSocket())
  assert.equal(stat.mode & 0o777, 0o660)
  assert.deepEqual(
    readdirSync(stateDir).filter(name => name.startsWith('.')),
    []
  )
  await app.close()
  assert.equal(existsSync(join(stateDir, 'api.sock')), false)
})

test(
  'another user does not get in',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async t => {
    const stateDir = temporaryFolder(t)
    const app = await startApp(t, { stateDir })
    // Even where somebody opened the folder later.
    execFileSync('chmod', ['0755', stateDir])
    const path = join(stateDir, 'api.sock')
    const code = `require('net').connect(${JSON.stringify(path)}).on('connect', () => process.exit(1)).on('error', e => process.exit(e.code === 'EACCES' ? 0 : 2))`
    const { status } = spawnSync(process.execPath, ['-e', code], {
      uid: 65534,
      gid: 65534,
      cwd: '/',
    })
    assert.equal(status, 0)
    assert.equal(app.sysmon.health().stream.seq, 0)
  }
)

test('a state folder with a long path has one, too', async t => {
  const stateDir = join(temporaryFolder(t), 'x'.repeat(120))
  await startApp(t, { stateDir })
  const short = join(temporaryFolder(t), 'short')
  symlinkSync(stateDir, short)
  assert.equal((await send(short, crash(1))).status, 200)
})

test('one that a killed server left is replaced; a kept connection ends with the server', async t => {
  const stateDir = temporaryFolder(t)
  const first = await startServer(t, { SYSMON_STATE_DIR: stateDir })
  assert.equal((await send(stateDir, crash(1))).status, 200)
  await first.stop('SIGKILL')
  assert.ok(existsSync(join(stateDir, 'api.sock')))
  await assert.rejects(send(stateDir, crash(2)), /ECONNREFUSED/)
  const second = await startServer(t, { SYSMON_STATE_DIR: stateDir })
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  assert.equal((await send(stateDir, crash(2), { agent })).status, 200)
  assert.equal(await second.stop(), 0)
  assert.equal(existsSync(join(stateDir, 'api.sock')), false)
})

test('who sends half of an event does not hold up the end of the server', async t => {
  const stateDir = temporaryFolder(t)
  let requests = 0
  const before = (app: FastifyInstance) => app.addHook('onRequest', async () => void requests++)
  // Fastify itself would wait less.
  const app = await startApp(t, { stateDir }, { before, fastify: { pluginTimeout: 60_000 } })
  const socket = connect(join(stateDir, 'api.sock')).on('error', () => {})
  t.after(() => socket.destroy())
  let answer = ''
  socket.setEncoding('utf8').on('data', text => {
    answer += text
  })
  socket.write(
    'POST /telemetry/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n'
  )
  await waitFor(() => requests === 1, 'its request')
  const closed = once(socket, 'close')
  await app.close()
  await closed
  assert.equal(answer, '', 'it was not waited for until it was told that it is too slow')
})

test('a second server on the folder has none, and leaves the first one its own', async t => {
  const stateDir = temporaryFolder(t)
  const app = await startApp(t, { stateDir })
  const other = await startApp(t, { stateDir })
  await other.close()
  assert.equal(reporterOf(await send(stateDir, crash(1))), 'supervisor')
  assert.equal(app.sysmon.health().stream.seq, 1)
})

for (const [what, make] of [
  ['a file', (path: string) => writeFileSync(path, 'x')],
  ['a folder', (path: string) => mkdirSync(path)],
  ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
  ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
] as const) {
  test(`${what} in its place is left there, said in the log, and the server serves`, async t => {
    const stateDir = temporaryFolder(t)
    const path = join(stateDir, 'api.sock')
    make(path)
    const before = lstatSync(path).ino
    const server = await startServer(t, { SYSMON_STATE_DIR: stateDir })
    assert.match(server.output(), /api\.sock is in the way and is no socket: remove it/)
    assert.equal((await fetch(`${server.url}/telemetry`)).status, 200)
    assert.equal(await server.stop(), 0)
    assert.equal(lstatSync(path).ino, before)
  })
}

test("a socket of somebody else's who listens still is not where we would make ours", async t => {
  // The folder is ours alone (its lock), so that such a one is a leftover, whoever made it.
  const stateDir = temporaryFolder(t)
  const other = createServer().listen(join(stateDir, 'api.sock'))
  t.after(() => other.close())
  await startApp(t, { stateDir })
  assert.equal((await send(stateDir, crash(1))).status, 200)
})

test('an application that is never closed is not kept alive by it', t => {
  const stateDir = temporaryFolder(t)
  const plugin = new URL('../../plugin/index.js', import.meta.url).href
  const code = `
    import Fastify from 'fastify'
    import sysmon from ${JSON.stringify(plugin)}
    const app = Fastify()
    await app.register(sysmon, { kmsgPath: false, stateDir: ${JSON.stringify(stateDir)} })
    await app.ready()
    console.log('ready')`
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: new URL('..', `file://${SYSMON}`).pathname,
    timeout: PATIENCE_MS,
    encoding: 'utf8',
  })
  assert.deepEqual([stdout.trim(), status], ['ready', 0])
})
