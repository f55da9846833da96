/** The API's Unix socket in the state folder: preferred, never followed elsewhere, and never waited for. */

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../../shim/config.ts'
import { createLog } from '../../shim/own-log.ts'
import { createPost } from '../../shim/post.ts'
import { certificate } from '../support/certificate.ts'
import { notification, startRecorder, startShim, temporaryFolder } from './shim-process.ts'

const silent = createLog('silent')
const CRASH = 'processname:a groupname:a from_state:RUNNING expected:0 pid:1'

/** A server by HTTP, and where that of the socket would be. */
async function start(t: TestContext, env: Record<string, string> = {}) {
  const stateDir = temporaryFolder(t)
  const http = await startRecorder(t)
  const { target } = readConfig({
    KERNEL_IMAGES_API_BASE_URL: http.url,
    SYSMON_STATE_DIR: stateDir,
    ...env,
  })
  const post = createPost(target, silent)
  return { stateDir, socketPath: join(stateDir, 'api.sock'), http, post }
}

const event = (type: string) => JSON.stringify({ type })
const types = ({ posted }: { posted: { type: string }[] }) => posted.map(({ type }) => type)

test('the socket is taken as soon as it is there, and HTTP as soon as it is not', async t => {
  const { socketPath, http, post } = await start(t, { SYSMON_TOKEN: 'secret' })
  assert.equal((await post(event('a'))).kind, 'accepted')
  const headers: unknown[] = []
  const socket = await startRecorder(
    t,
    (response, _, { host, authorization }) => {
      headers.push([host, authorization])
      response.end('{}')
    },
    socketPath
  )
  for (const type of ['b', 'c']) assert.equal((await post(event(type))).kind, 'accepted')
  // Nobody listens any more on what is left of it.
  const left = `${socketPath}.left`
  renameSync(socketPath, left)
  assert.equal((await post(event('d'))).kind, 'accepted')
  renameSync(left, socketPath)
  await socket.stop()
  writeLeftover(socketPath)
  assert.equal((await post(event('e'))).kind, 'accepted')
  assert.deepEqual(types(socket), ['b', 'c'])
  assert.deepEqual(types(http), ['a', 'd', 'e'])
  assert.deepEqual(headers[0], ['localhost', undefined], 'the socket is the proof')
})

test('an API by HTTPS: its socket is preferred as ever, and without it events go by TLS', async t => {
  const tls = certificate(t)
  const stateDir = temporaryFolder(t)
  const ca = join(stateDir, 'ca.pem')
  writeFileSync(ca, tls.cert)
  const api = await startRecorder(t, undefined, 0, tls)
  const socketPath = join(stateDir, 'api.sock')
  const socket = await startRecorder(t, undefined, socketPath)
  const env = { KERNEL_IMAGES_API_BASE_URL: api.url, NODE_EXTRA_CA_CERTS: ca }
  const shim = await startShim(t, { stateDir, env })
  shim.write(notification({ serial: 1 }, CRASH))
  await shim.until(() => socket.posted.length === 1, 'the crash by the socket')
  await socket.stop()
  shim.write(notification({ serial: 2 }, CRASH))
  await shim.until(() => api.posted.length === 1, 'the crash by TLS')
  assert.equal(socket.posted.length, 1)
})

test('a socket whose server is killed in between: each event once, by HTTP at once', async t => {
  const { socketPath, http, post } = await start(t)
  let answers = 0
  const socket = await startRecorder(
    t,
    response => response.end('{}', () => ++answers === 2 && response.socket?.destroy()),
    socketPath
  )
  for (const type of ['a', 'b']) await post(event(type))
  await socket.stop()
  assert.equal((await post(event('c'))).kind, 'accepted')
  assert.deepEqual([types(socket), types(http)], [['a', 'b'], ['c']])
})

test('a socket that was used before and does not answer has the event perhaps: not by HTTP too', async t => {
  const { socketPath, http, post } = await start(t)
  let isMute = false
  const socket = await startRecorder(t, response => void (isMute || response.end('{}')), socketPath)
  await post(event('a'))
  isMute = true
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const posted = post(event('b'))
  while (socket.posted.length < 2) await new Promise(resolve => setImmediate(resolve))
  t.mock.timers.tick(10_000)
  const outcome = await posted
  assert.match(outcome.kind === 'postponed' ? outcome.reason : '', /no answer within 10 s/)
  assert.deepEqual(types(http), [])
})

test('what is no socket is passed over: a link to one, a file, a FIFO, a folder', async t => {
  const { socketPath, http, post, stateDir } = await start(t)
  const elsewhere = await startRecorder(t, undefined, join(stateDir, 'elsewhere'))
  const made = [
    () => symlinkSync('elsewhere', socketPath),
    () => writeFileSync(socketPath, ''),
    () => execFileSync('mkfifo', [socketPath]),
    () => mkdirSync(socketPath),
  ]
  for (const make of made) {
    make()
    assert.equal((await post(event('a'))).kind, 'accepted')
    rmSync(socketPath, { recursive: true })
  }
  assert.equal(http.posted.length, made.length)
  assert.equal(elsewhere.posted.length, 0)
})

test('a socket of somebody else where everybody can make one is passed over', async t => {
  if (process.getuid?.() !== 0) return t.skip('only root can give a socket away')
  const { socketPath, http, post, stateDir } = await start(t)
  const socket = await startRecorder(t, undefined, socketPath)
  chownSync(socketPath, 65_534, 65_534)
  assert.equal((await post(event('a'))).kind, 'accepted')
  chmodSync(stateDir, 0o1777)
  assert.equal((await post(event('b'))).kind, 'accepted')
  assert.deepEqual([types(socket), types(http)], [['a'], ['b']])
})

test('a socket that was asked for by name has nothing beside it', async t => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'named.sock')
  const { post, http } = await start(t, { KERNEL_IMAGES_API_BASE_URL: `unix:${path}` })
  const outcome = await post(event('a'))
  assert.equal(outcome.kind, 'postponed')
  assert.match(JSON.stringify(outcome), /ENOENT/)
  const named = await startRecorder(t, undefined, path)
  assert.equal((await post(event('b'))).kind, 'accepted')
  assert.deepEqual([types(named), types(http)], [['b'], []])
})

test('a state folder whose path is longer than that of a socket may be', async t => {
  const stateDir = join(temporaryFolder(t), 'n'.repeat(120))
  mkdirSync(stateDir)
  const { post, http } = await start(t, { SYSMON_STATE_DIR: stateDir })
  assert.equal((await post(event('a'))).kind, 'accepted')
  const near = temporaryFolder(t)
  const socket = await startRecorder(t, undefined, join(near, 's'))
  renameSync(join(near, 's'), join(stateDir, 'api.sock'))
  assert.equal((await post(event('b'))).kind, 'accepted')
  assert.deepEqual([types(socket), types(http)], [['b'], ['a']])
})

test('a socket that is closed to this user: HTTP, and one warning', async t => {
  if (process.getuid?.() !== 0) return t.skip('only root can become another user')
  const { socketPath, http, stateDir } = await start(t)
  await startRecorder(t, undefined, socketPath)
  chmodSync(stateDir, 0o755)
  chmodSync(socketPath, 0o600)
  const module = (name: string) => fileURLToPath(new URL(`../../shim/${name}.js`, import.meta.url))
  const script = `
    process.setgroups([]); process.setgid(65534); process.setuid(65534)
    const { createPost } = await import('${module('post')}')
    const { createLog } = await import('${module('own-log')}')
    const { readConfig } = await import('${module('config')}')
    const post = createPost(readConfig(process.env).target, createLog('warn', console.log))
    for (let i = 0; i < 3; i++) console.log((await post('{"type":"a"}')).kind)
    process.exit()`
  const { stdout, stderr } = await run(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {
      KERNEL_IMAGES_API_BASE_URL: http.url,
      SYSMON_STATE_DIR: stateDir,
    }
  )
  assert.equal(stdout.match(/accepted/g)?.length, 3, stderr)
  assert.equal(stdout.match(/"level":40.*EACCES.*closed to this user/g)?.length, 1)
  assert.equal(http.posted.length, 3)
})

test('the whole shim: by the socket, and its loss is no pause', async t => {
  const stateDir = temporaryFolder(t)
  const socket = await startRecorder(t, undefined, join(stateDir, 'api.sock'))
  const shim = await startShim(t, { stateDir })
  shim.write(notification({ serial: 1, poolserial: 0 }, CRASH))
  await shim.until(() => socket.posted.length === 1, 'the first crash')
  await socket.stop()
  shim.write(notification({ serial: 2, poolserial: 1 }, CRASH))
  await shim.until(() => shim.posted().length === 1, 'the second crash')
  assert.doesNotMatch(shim.log(), /takes no events/)
})

/** As a server leaves it that was killed. */
function writeLeftover(path: string): void {
  const script = `const s = require('net').createServer().listen('${path}', () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['--eval', script])
}

async function run(command: string, args: string[], env: Record<string, string>) {
  const child = spawn(command, args, { env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  await once(child, 'close')
  return { stdout, stderr }
}
