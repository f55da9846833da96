/** `sysmon serve`: where it listens, and for whom. */

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SYSMON, startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

/** Runs it until it ends. */
function serve(env: Record<string, string>): Promise<{ code: number; stderr: string }> {
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [SYSMON, 'serve'],
      {
        env: { ...process.env, PORT: '0', SYSMON_STATE_DIR: 'false', ...env },
        timeout: PATIENCE_MS,
      },
      (error, _, stderr) => resolve({ code: Number(error?.code ?? 0), stderr })
    )
  })
}

function get(
  where: { socketPath: string } | { port: number },
  path: string,
  headers: Record<string, string> = {}
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path, headers, agent: false }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
}

for (const HOST of ['0.0.0.0', '::', '10.0.0.7']) {
  test(`HOST=${HOST} without a token is refused before it listens, and says how to go on`, async () => {
    const { code, stderr } = await serve({ HOST })
    assert.equal(code, 2)
    for (const part of [HOST, 'SYSMON_TOKEN_FILE', '127.0.0.1', 'unix:', 'SYSMON_INSECURE=true']) {
      assert.ok(stderr.includes(part), stderr)
    }
  })
}

test('a token for some rights only is not enough, and those that lack are named', async () => {
  const env = { HOST: '0.0.0.0', SYSMON_READ_TOKEN: 'r', SYSMON_CONFIGURE_TOKEN: 'c' }
  const { code, stderr } = await serve(env)
  assert.equal(code, 2)
  assert.match(stderr, /for posting: set SYSMON_POST_TOKEN/)
})

const ENOUGH: Record<string, string>[] = [
  { SYSMON_TOKEN: 'all' },
  { SYSMON_READ_TOKEN: 'a', SYSMON_POST_TOKEN: 'b', SYSMON_CONFIGURE_TOKEN: 'c' },
  { SYSMON_INSECURE: 'true' },
]
for (const env of ENOUGH) {
  test(`HOST=0.0.0.0 with ${JSON.stringify(env)} listens`, async t => {
    const { url } = await startServer(t, { HOST: '0.0.0.0', ...env })
    const expected = 'SYSMON_INSECURE' in env ? 200 : 401
    assert.equal(await get({ port: Number(new URL(url).port) }, '/telemetry'), expected)
  })
}

for (const HOST of ['localhost', '::1', '127.0.0.2']) {
  test(`HOST=${HOST} is this machine, and needs no token`, async t => {
    if (HOST === '::1' && !hasIpv6()) return t.skip('this machine has no IPv6')
    await startServer(t, { HOST })
  })
}

function hasIpv6(): boolean {
  return existsSync('/proc/sys/net/ipv6/conf/lo/disable_ipv6')
    ? execFileSync('cat', ['/proc/sys/net/ipv6/conf/lo/disable_ipv6']).toString().trim() === '0'
    : false
}

test('a token in a file is the one that is asked for, and stands in no log', async t => {
  const file = join(temporaryFolder(t), 'token')
  writeFileSync(file, 'from-a-file\n')
  const server = await startServer(t, { SYSMON_TOKEN_FILE: file })
  const port = Number(new URL(server.url).port)
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  assert.equal(await get({ port }, '/telemetry', bearer('from-a-file')), 200)
  assert.equal(await get({ port }, '/telemetry', bearer('another')), 401)
  assert.equal(await get({ port }, '/telemetry'), 401)
  assert.doesNotMatch(server.output(), /from-a-file/)
})

for (const [what, text] of [
  ['an empty one', ''],
  ['one of blanks', ' \n'],
  ['two lines', 'one\ntwo'],
  ['a token that no header can carry', 'gehört'],
] as const) {
  test(`a file of a token with ${what} is refused, and not quoted`, async t => {
    const file = join(temporaryFolder(t), 'token')
    writeFileSync(file, text)
    const { code, stderr } = await serve({ SYSMON_TOKEN_FILE: file })
    assert.equal(code, 2)
    assert.match(stderr, /SYSMON_TOKEN.* must be a token/)
    if (text.trim() !== '') assert.ok(!stderr.includes(text))
  })
}

test('a file of a token that is not there is named', async () => {
  const { code, stderr } = await serve({ SYSMON_POST_TOKEN_FILE: '/nonexistent/token' })
  assert.equal(code, 2)
  assert.match(stderr, /SYSMON_POST_TOKEN_FILE must name a file that can be read.*\/nonexistent/)
})

test('sysmon tail brings the token, and says so where it lacks', async t => {
  const { url } = await startServer(t, { SYSMON_TOKEN: 'all' })
  const tail = (env: Record<string, string>) =>
    execFile(process.execPath, [SYSMON, 'tail', '--url', url, '--replay'], {
      env: { ...process.env, ...env },
    })
  const without = tail({})
  let told = ''
  without.stderr?.on('data', text => {
    told += text
  })
  const [code] = await once(without, 'close')
  assert.equal(code, 2)
  assert.match(told, /asks for a token: set SYSMON_READ_TOKEN/)
  const post = await fetch(`${url}/telemetry/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer all' },
    body: '{"type":"note","category":"console","data":"seen"}',
  })
  assert.equal(post.status, 200)
  const reader = tail({ SYSMON_TOKEN: 'all' })
  t.after(() => reader.kill())
  const [line] = await once(reader.stdout!, 'data')
  assert.match(String(line), /"seen"/)
})

// --- a socket in place of a port ----------------------------------------------------------------

const socketIn = (t: TestContext) => join(temporaryFolder(t), 'sysmon.sock')

for (const form of ['unix:', 'unix://']) {
  test(`HOST=${form}/path listens on a socket of its owner and its group`, async t => {
    const path = socketIn(t)
    const server = await startServer(t, { HOST: form + path })
    assert.equal(await get({ socketPath: path }, '/healthz'), 200)
    assert.equal(lstatSync(path).mode & 0o777, 0o660)
    assert.equal(await get({ socketPath: path }, '/telemetry/events?format=json'), 200)
    assert.equal(await server.stop(), 0)
    assert.equal(existsSync(path), false)
  })
}

test('a socket that a killed server left is taken over', async t => {
  const path = socketIn(t)
  const first = await startServer(t, { HOST: `unix:${path}` })
  await first.stop('SIGKILL')
  assert.ok(lstatSync(path).isSocket())
  await startServer(t, { HOST: `unix:${path}` })
  assert.equal(await get({ socketPath: path }, '/healthz'), 200)
})

test('a socket on which somebody listens is left alone', async t => {
  const path = socketIn(t)
  const other = createServer(socket => socket.end()).listen(path)
  t.after(() => other.close())
  await once(other, 'listening')
  const { code, stderr } = await serve({ HOST: `unix:${path}` })
  assert.equal(code, 1)
  assert.match(stderr, /somebody listens on .*name another one in HOST/)
  assert.ok(existsSync(path))
})

for (const [what, make] of [
  ['a file', (path: string) => writeFileSync(path, 'x')],
  ['a folder', (path: string) => mkdirSync(path)],
  ['a link', (path: string) => symlinkSync('/nonexistent', path)],
  ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
] as const) {
  test(`${what} in its place is not removed`, async t => {
    const path = socketIn(t)
    make(path)
    const { code, stderr } = await serve({ HOST: `unix:${path}` })
    assert.equal(code, 1)
    assert.match(stderr, /is there and is no socket: remove it/)
    assert.notEqual(lstatSync(path, { throwIfNoEntry: false }), undefined)
  })
}

for (const HOST of ['unix:', 'unix:relative.sock', `unix:/${'x'.repeat(110)}`]) {
  test(`HOST=${HOST.slice(0, 20)} is refused by name`, async () => {
    const { code, stderr } = await serve({ HOST })
    assert.equal(code, 2)
    assert.match(stderr, /environment variable HOST/)
  })
}

test(
  'a folder that this user cannot write is said',
  { skip: process.getuid?.() !== 0 && 'needs root' },
  async t => {
    const folder = temporaryFolder(t)
    chmodSync(folder, 0o755)
    const { code, stderr } = await new Promise<{ code: number; stderr: string }>(resolve => {
      execFile(
        process.execPath,
        [SYSMON, 'serve'],
        {
          env: { ...process.env, HOST: `unix:${folder}/x.sock`, SYSMON_STATE_DIR: 'false' },
          uid: 65534,
          gid: 65534,
          cwd: '/',
        },
        (error, _, text) => resolve({ code: Number(error?.code ?? 0), stderr: text })
      )
    })
    assert.equal(code, 1)
    assert.match(stderr, /cannot listen on unix:.*EACCES/)
  }
)
