/** docs/examples, run as they stand against the real plugin. */

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { EventEnvelope } from '../../generated/types.ts'
import { isThere } from '../support/install.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { postJson } from '../support/post-json.ts'
import { startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const FOLDER = 'docs/examples'

interface Running {
  readonly url: string
  readonly process: ChildProcess
  readonly output: () => string
}

/** An example that listens, on a free port and without a kernel log; killed after the test. */
async function start(t: TestContext, name: string, env: object = {}): Promise<Running> {
  const child = spawn(process.execPath, [join(FOLDER, name)], {
    env: { ...process.env, NODE_ENV: 'test', PORT: '0', SYSMON_STATE_DIR: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text
    })
  }
  for (;;) {
    const url = /Server listening at (http:\/\/[^"]+)/.exec(output)?.[1]
    if (url !== undefined) return { url, process: child, output: () => output }
    assert.equal(child.exitCode, null, output)
    await pause(20)
  }
}

const CRASH = {
  type: 'service_crashed',
  data: { service_name: 'chromium', phase: 'running', pid: 412, signal: 'SIGSEGV' },
}

async function until<T>(read: () => T | Promise<T>, isIt: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const value = await read()
    if (isIt(value)) return value
    assert.ok(Date.now() < deadline, `never came: ${JSON.stringify(value)}`)
    await pause(50)
  }
}

test('every example is run here', () => {
  const tested = readFileSync('test/e2e/examples.test.ts', 'utf8')
  for (const name of readdirSync(FOLDER)) assert.ok(tested.includes(`'${name}'`), name)
})

test('application.js: its own event is in the stream, and SIGTERM ends it properly', async t => {
  const example = await start(t, 'application.js')
  const client = await SseClient.open(`${example.url}/ops/telemetry/stream`)
  t.after(() => client.close())
  const { text } = await postJson(`${example.url}/backups`, {})
  const { envelope } = await client.find(
    ({ event }) => event.type === 'backup_finished',
    'the event of the application'
  )
  assert.equal(envelope.event.category, 'platform')
  assert.equal(JSON.parse(text).seq, envelope.seq)
  // It watches no kernel log here, and is well without.
  const health = await fetch(`${example.url}/ops/healthz`)
  assert.equal(health.status, 200)
  assert.equal(((await health.json()) as { kmsg: { state: string } }).kmsg.state, 'disabled')

  const ended = once(example.process, 'exit')
  example.process.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  assert.equal(client.isEnded, true)
})

test('guarded.js: the plugins of the application guard the telemetry too', async t => {
  const { url } = await start(t, 'guarded.js', { TOKEN: 'secret' })
  const origin = 'https://dashboard.example'
  const page = `${url}/ops/telemetry/events?limit=1`
  assert.equal((await fetch(page)).status, 401)
  assert.equal((await fetch(`${url}/ops/healthz`)).status, 401)
  const answer = await fetch(page, { headers: { authorization: 'Bearer secret', origin } })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('access-control-allow-origin'), origin)
  assert.equal(answer.headers.get('x-ratelimit-limit'), '100')
  assert.match(answer.headers.get('content-security-policy')!, /default-src/)
  const client = await SseClient.open(`${url}/ops/telemetry/stream`, {
    authorization: 'Bearer secret',
  })
  client.close()
})

test('subscriber.js: counts what died, and with a state folder also what was told before', async t => {
  const env = { SYSMON_STATE_DIR: temporaryFolder(t) }
  const first = await start(t, 'subscriber.js', env)
  const deaths = async (url: string) =>
    (await (await fetch(`${url}/deaths`)).json()) as Record<string, number>
  for (let i = 0; i < 2; i++) await postJson(`${first.url}/telemetry/events`, CRASH)
  await postJson(`${first.url}/telemetry/events`, { type: 'note', category: 'system', data: {} })
  const { pid: _, ...rest } = CRASH.data
  const gaveUp = { ...CRASH, data: { ...rest, service_name: 'mutter', phase: 'gave_up' } }
  await postJson(`${first.url}/telemetry/events`, gaveUp)
  const counted = { chromium: 2, mutter: 1 }
  assert.deepEqual(
    await until(
      () => deaths(first.url),
      one => one.mutter === 1
    ),
    counted
  )

  const ended = once(first.process, 'exit')
  first.process.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null], first.output())
  const second = await start(t, 'subscriber.js', env)
  assert.deepEqual(
    await until(
      () => deaths(second.url),
      one => one.mutter === 1
    ),
    counted
  )
})

// --- the page -----------------------------------------------------------------------------------

/** A name that would be markup, were it not taken as text. */
const NAMED = { ...CRASH, data: { ...CRASH.data, service_name: '<b>chromium</b>' } }

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(isThere)

/** A Chromium without a window, commanded over a pipe (--remote-debugging-pipe: JSON, NUL after each). */
class Browser {
  readonly #process: ChildProcess
  readonly #answers = new Map<number, (result: object) => void>()
  #id = 0
  #session: string | undefined

  private constructor(child: ChildProcess) {
    this.#process = child
    let text = ''
    const output = child.stdio[4] as Readable
    output.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0')
      text = messages.pop()!
      for (const message of messages) {
        const { id, result } = JSON.parse(message) as { id?: number; result?: object }
        if (id !== undefined) this.#answers.get(id)?.(result ?? {})
      }
    })
  }

  static async open(t: TestContext, command: string, url: string): Promise<Browser> {
    const profile = temporaryFolder(t)
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run']
    const child = spawn(
      command,
      [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] }
    )
    t.after(async () => {
      child.kill('SIGKILL')
      // Its children write into the profile to their end.
      await once(child, 'close')
    })
    const browser = new Browser(child)
    const { targetId } = await browser.#send<{ targetId: string }>('Target.createTarget', { url })
    const attach = { targetId, flatten: true }
    const attached = await browser.#send<{ sessionId: string }>('Target.attachToTarget', attach)
    browser.#session = attached.sessionId
    return browser
  }

  #send<Result extends object>(method: string, params: object): Promise<Result> {
    const id = ++this.#id
    const message = JSON.stringify({ id, method, params, sessionId: this.#session })
    const input = this.#process.stdio[3] as Writable
    input.write(`${message}\0`)
    return new Promise(resolve =>
      this.#answers.set(id, result => {
        this.#answers.delete(id)
        resolve(result as Result)
      })
    )
  }

  async evaluate(expression: string): Promise<string> {
    type Evaluated = { result: { value: string } }
    return (await this.#send<Evaluated>('Runtime.evaluate', { expression })).result.value
  }
}

test(
  'page.js, page.html: a real Chromium shows events, also over a restart of the server',
  {
    skip: CHROMIUM === undefined ? 'there is no Chromium: apt-get install chromium' : false,
  },
  async t => {
    const env = { SYSMON_STATE_DIR: temporaryFolder(t) }
    const first = await start(t, 'page.js', env)
    await postJson(`${first.url}/telemetry/events`, NAMED)
    const browser = await Browser.open(t, CHROMIUM!, first.url)
    const body = () => browser.evaluate('document.body?.innerHTML ?? ""')
    const items = (count: number) =>
      until(body, html => html.includes('>connected<') && html.split('<li').length > count)
    assert.match(
      await items(1),
      /<li value="1">\d{4}-\S+Z service_crashed .*"&lt;b&gt;chromium&lt;\/b&gt;".*<\/li>/
    )

    const ended = once(first.process, 'exit')
    first.process.kill('SIGTERM')
    await ended
    await until(body, html => html.includes('>connecting<'))
    const second = await start(t, 'page.js', { ...env, PORT: new URL(first.url).port })
    await postJson(`${second.url}/telemetry/events`, CRASH)
    const numbers = [...(await items(2)).matchAll(/<li value="(\d+)"/g)].map(([, seq]) => seq)
    assert.deepEqual(numbers, ['1', '2'])
  }
)

/** As much of a browser as the page's script asks for; the EventSource is that of Node (undici). */
const BROWSER = `
// undici's timer for coming back keeps no process alive.
setInterval(() => {}, 1000)
const elements = new Map()
const element = () => ({ textContent: '', children: [], append(child) { this.children.push(child); show() } })
for (const id of ['#state', '#events']) elements.set(id, element())
globalThis.document = { querySelector: id => elements.get(id), createElement: () => element() }
globalThis.location = { href: process.argv[2] }
function show() {
  console.log(JSON.stringify({
    state: elements.get('#state').textContent,
    events: elements.get('#events').children.map(({ value, textContent }) => ({ value, textContent })),
  }))
}
`

interface Shown {
  readonly state: string
  readonly events: ReadonlyArray<{ readonly value: number; readonly textContent: string }>
}

/** Between the page and the server: what is cut is cut for the page only. */
async function cuttable(t: TestContext, url: string): Promise<{ url: string; cut(): void }> {
  const sockets = new Set<Socket>()
  const proxy = createServer(near => {
    const far = connect(Number(new URL(url).port), '127.0.0.1')
    sockets.add(near)
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => {})
    near.on('close', () => far.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  t.after(() => {
    cut()
    proxy.close()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, cut }
}

test('page.html: its script shows what was there and what comes, and after a cut what it missed', async t => {
  const flag = '--experimental-eventsource'
  const { url } = await start(t, 'page.js')
  const html = await (await fetch(url)).text()
  assert.equal(html, readFileSync(join(FOLDER, 'page.html'), 'utf8'))
  const script = /<script type="module">\n(.*)<\/script>/s.exec(html)?.[1]
  assert.ok(script)
  const file = join(temporaryFolder(t), 'page.mjs')
  writeFileSync(file, BROWSER + script)

  await postJson(`${url}/telemetry/events`, NAMED)
  const connection = await cuttable(t, url)
  const page = spawn(process.execPath, ['--no-warnings', flag, file, connection.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => page.kill('SIGKILL'))
  let printed = ''
  page.stdout.setEncoding('utf8').on('data', text => {
    printed += text
  })
  const shown = () => JSON.parse(printed.trim().split('\n').at(-1) || '{"events":[]}') as Shown
  const numbers = async (count: number) =>
    (await until(shown, ({ events }) => events.length >= count)).events.map(({ value }) => value)

  assert.deepEqual(await numbers(1), [1])
  assert.equal(shown().state, 'connected')
  assert.match(shown().events[0]!.textContent, /^\d{4}-\S+Z service_crashed .*<b>chromium<\/b>/)
  await postJson(`${url}/telemetry/events`, CRASH)
  assert.deepEqual(await numbers(2), [1, 2])
  connection.cut()
  await postJson(`${url}/telemetry/events`, CRASH)
  assert.deepEqual(await numbers(3), [1, 2, 3])
})

// --- the consumer of pages ----------------------------------------------------------------------

test('pages.js: each event once over many runs, and from the beginning where numbers begin again', async t => {
  const file = join(temporaryFolder(t), 'position.json')
  const consume = async (url: string) => {
    const args = [join(FOLDER, 'pages.js'), url, file]
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args)
    assert.equal(stderr, '')
    const lines = stdout.split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line) as EventEnvelope['event'] & { seq: number })
  }
  const first = await start(t, 'page.js')
  assert.deepEqual(await consume(first.url), [])
  // More than a page.
  const note = { type: 'note', category: 'console', data: 'x' }
  for (let i = 0; i < 1100; i++) await postJson(`${first.url}/telemetry/events`, note)
  const events = await consume(first.url)
  assert.deepEqual(
    events.map(({ seq }) => seq),
    Array.from({ length: 1100 }, (_, i) => i + 1)
  )
  assert.deepEqual(await consume(first.url), [])
  await postJson(`${first.url}/telemetry/events`, CRASH)
  assert.deepEqual(
    (await consume(first.url)).map(({ seq, type }) => [seq, type]),
    [[1101, 'service_crashed']]
  )
  // Without a state folder: a new process, new numbers.
  const second = await start(t, 'page.js')
  await postJson(`${second.url}/telemetry/events`, CRASH)
  assert.deepEqual(
    (await consume(second.url)).map(({ seq }) => seq),
    [1]
  )
})

test('pages.js: says what is not retained any more', async t => {
  const file = join(temporaryFolder(t), 'position.json')
  writeFileSync(file, '{"offset":2}')
  // A ring of 8,192 events, without a state folder.
  const { url } = await start(t, 'page.js')
  for (let i = 0; i < 8200; i += 50) {
    const note = { type: 'note', category: 'console' }
    await Promise.all(Array.from({ length: 50 }, () => postJson(`${url}/telemetry/events`, note)))
  }
  const args = [join(FOLDER, 'pages.js'), url, file]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    maxBuffer: 2 ** 24,
  })
  assert.equal(stderr, 'not retained: 2 to 8\n')
  assert.equal(stdout.trim().split('\n').length, 8192)
})

test(
  'cause-a-kill.sh: one process dies, and it is told',
  {
    skip: whyNoOomKills() ?? false,
  },
  async t => {
    const server = await startServer(t)
    const client = await SseClient.open(`${server.url}/telemetry/events`)
    t.after(() => client.close())
    const { stdout } = await promisify(execFile)(join(FOLDER, 'cause-a-kill.sh'))
    const group = / group (\/\S+)/.exec(stdout)?.[1]
    assert.ok(group, stdout)
    const { envelope } = await client.find(
      ({ event }) => (event.data as { oom_memcg?: string }).oom_memcg === group,
      `the kill in ${group}`
    )
    assert.equal((envelope.event.data as { process_name: string }).process_name, 'tail')
    const kills = client.events.filter(
      ({ envelope: { event } }) => (event.data as { oom_memcg?: string }).oom_memcg === group
    )
    assert.equal(kills.length, 1)
  }
)
