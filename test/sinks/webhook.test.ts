/** Events posted to a URL: the real server, and a receiver that dies, comes back, refuses and redirects. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import type { EventEnvelope } from '../../generated/types.ts'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import { CursorFile } from '../../plugin/sinks/cursor-file.ts'
import type { SinkFault } from '../../plugin/sinks/sink.ts'
import { slackText } from '../../plugin/sinks/webhook/webhook-body.ts'
import { WebhookSink } from '../../plugin/sinks/webhook/webhook-sink.ts'
import { sleep, waitFor } from '../support/wait.ts'
import {
  isDone,
  post,
  postNotes,
  rejectionGaps,
  sinkHealth,
  startSinkServer,
  temporaryFolder,
  untilSink,
} from './support.ts'

interface Asked {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly atMs: number
}
interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Its end never comes. */
  readonly isEndless?: boolean
}

const TAKEN: Answer = { status: 204 }

class Receiver {
  readonly asked: Asked[] = []
  /** Taken, in order of arrival. */
  readonly taken: EventEnvelope[] = []
  answer: (event: EventEnvelope, asked: Asked) => Answer | undefined = () => undefined
  port = 0
  connections = 0
  #server: Server | undefined

  static async start(t: Pick<TestContext, 'after'>): Promise<Receiver> {
    const receiver = new Receiver()
    await receiver.up()
    t.after(() => receiver.down())
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook/secret-part`
  }

  async up(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request.setEncoding('utf8')) body += chunk
      const asked = { headers: request.headers, body, atMs: performance.now() }
      this.asked.push(asked)
      const event = JSON.parse(body) as EventEnvelope
      const { status, headers, body: said, isEndless } = this.answer(event, asked) ?? TAKEN
      if (status < 300) this.taken.push(event)
      response.writeHead(status, headers)
      if (isEndless === true) response.flushHeaders()
      else response.end(said)
    })
    this.#server.keepAliveTimeout = 60_000
    this.#server.on('connection', () => this.connections++)
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as AddressInfo).port
  }

  /** How many connections are open. */
  open(): Promise<number> {
    return promisify(this.#server!.getConnections).call(this.#server)
  }

  async down(): Promise<void> {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}

const crash = (n: number) => ({
  type: 'service_crashed',
  data: { service_name: `service-${n}`, phase: 'running' },
})
const named = ({ event }: EventEnvelope): string =>
  (event.data as { service_name?: string })?.service_name ?? event.type

test('what concerns the machine is posted in order, signed as Standard Webhooks verifies it', async t => {
  const receiver = await Receiver.start(t)
  const secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`
  const file = join(temporaryFolder(t), 'secret')
  writeFileSync(file, `${secret}\n`)
  const server = await startSinkServer(t, {
    SYSMON_WEBHOOK_URL: receiver.url,
    SYSMON_WEBHOOK_SECRET_FILE: file,
  })
  await post(server.url, { type: 'note', category: 'console' })
  for (let n = 1; n <= 20; n++) await post(server.url, crash(n))
  await post(server.url, { type: 'note', category: 'console' })
  const { seq, delivered, lag_events } = await untilSink(
    server.url,
    'webhook',
    each => isDone(each) && each.delivered >= 20
  )
  assert.ok(delivered < seq, 'what it does not post does not count as posted')
  assert.equal(lag_events, 0)
  const crashes = receiver.taken.filter(({ event }) => event.type === 'service_crashed')
  assert.deepEqual(
    crashes.map(named),
    Array.from({ length: 20 }, (_, index) => `service-${index + 1}`)
  )
  assert.ok(receiver.taken.every(({ event }) => /^(system|monitor)$/.test(event.category)))
  const webhook = new Webhook(secret)
  for (const { body, headers } of receiver.asked) {
    webhook.verify(body, headers as Record<string, string>)
    assert.throws(() => webhook.verify(`${body} `, headers as Record<string, string>))
  }
  const ids = receiver.asked.map(({ headers }) => headers['webhook-id'])
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(!server.output().includes('secret-part'), 'the URL is in no log')
})

test('a receiver that dies and comes back gets all, in order, with the same ids again', async t => {
  const receiver = await Receiver.start(t)
  const folder = temporaryFolder(t)
  const env = { SYSMON_WEBHOOK_URL: receiver.url, SYSMON_STATE_DIR: folder }
  const server = await startSinkServer(t, env)
  receiver.answer = event =>
    named(event) === 'service-2' ? { status: 503, headers: { 'retry-after': '0' } } : undefined
  await post(server.url, crash(1))
  await post(server.url, crash(2))
  await waitFor(
    () => receiver.asked.filter(({ body }) => body.includes('service-2')).length > 1,
    'that it is tried again'
  )
  const again = receiver.asked.filter(({ body }) => body.includes('service-2'))
  assert.equal(new Set(again.map(({ headers }) => headers['webhook-id'])).size, 1)
  await receiver.down()
  await post(server.url, crash(3))
  await untilSink(server.url, 'webhook', ({ state }) => state === 'retrying')
  assert.equal(await server.stop(), 0)
  receiver.answer = () => undefined
  await receiver.up()
  const later = await startSinkServer(t, env)
  await post(later.url, crash(4))
  await untilSink(later.url, 'webhook', each => isDone(each) && each.delivered >= 3)
  const crashes = receiver.taken.filter(({ event }) => event.type === 'service_crashed')
  assert.deepEqual(
    crashes.map(named),
    [1, 2, 3, 4].map(n => `service-${n}`)
  )
  const [before, after] = [
    again[0]!,
    receiver.asked.findLast(({ body }) => body.includes('service-2'))!,
  ]
  assert.equal(after.headers['webhook-id'], before.headers['webhook-id'], 'also after a restart')
})

test('one event that is refused is given up and told; the others arrive', async t => {
  const receiver = await Receiver.start(t)
  receiver.answer = event =>
    named(event) === 'service-2' ? { status: 422, body: 'no such\u001b[31m service' } : undefined
  const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
  for (const n of [1, 2, 3]) await post(server.url, crash(n))
  await untilSink(server.url, 'webhook', each => isDone(each) && each.rejected === 1)
  const crashes = receiver.taken.filter(({ event }) => event.type === 'service_crashed')
  assert.deepEqual(crashes.map(named), ['service-1', 'service-3'])
  const [gap] = await rejectionGaps(server.url)
  assert.match(
    JSON.stringify(gap),
    /the sink webhook gave up event \d+ \(service_crashed\).*422: no such/
  )
  assert.ok(receiver.taken.some(({ event }) => event.source.event === 'sink.rejected'))
})

test('a receiver that refuses every event is told of none but the first', async t => {
  const receiver = await Receiver.start(t)
  receiver.answer = () => ({ status: 422 })
  const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
  await post(server.url, crash(1))
  await untilSink(server.url, 'webhook', ({ rejected }) => rejected >= 2)
  // The gap of a refused gap would be refused as well, and so on.
  await sleep(300)
  const { rejected } = await sinkHealth(server.url, 'webhook')
  assert.equal(rejected, 2)
  assert.equal((await rejectionGaps(server.url)).length, 1)
})

test('what a receiver asks for by Retry-After is waited for', async t => {
  const receiver = await Receiver.start(t)
  receiver.answer = () =>
    receiver.asked.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined
  const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
  await post(server.url, crash(1))
  await untilSink(server.url, 'webhook', isDone)
  const [first, second] = receiver.asked
  assert.ok(second!.atMs - first!.atMs >= 990, `${second!.atMs - first!.atMs} ms`)
})

test('many events are posted over one connection, whatever is answered to them', async t => {
  const receiver = await Receiver.start(t)
  receiver.answer = () => ({ status: 200, body: 'thank you' })
  const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
  for (let n = 1; n <= 20; n++) await post(server.url, crash(n))
  await untilSink(server.url, 'webhook', each => isDone(each) && each.delivered >= 20)
  // One more where the first was idle for long.
  assert.ok(receiver.connections <= 2, `${receiver.connections} connections`)
})

test('an answer that never ends holds its connection for no longer than its words are waited for', async t => {
  const receiver = await Receiver.start(t)
  receiver.answer = () => ({ status: 200, isEndless: true })
  const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
  for (let n = 1; n <= 10; n++) await post(server.url, crash(n))
  await untilSink(server.url, 'webhook', each => isDone(each) && each.delivered >= 10)
  await waitFor(async () => (await receiver.open()) === 0, 'the end of the connections')
})

test('the words of a refusal are not waited for without end', async t => {
  const receiver = await Receiver.start(t)
  receiver.answer = () => ({ status: 410, isEndless: true })
  const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
  await post(server.url, crash(1))
  const { state } = await untilSink(server.url, 'webhook', ({ failures }) => failures > 0)
  assert.equal(state, 'stopped')
})

test('what it does not post lies behind its saved position too when the server ends', async t => {
  const receiver = await Receiver.start(t)
  const folder = temporaryFolder(t)
  const env = { SYSMON_WEBHOOK_URL: receiver.url, SYSMON_STATE_DIR: folder }
  const server = await startSinkServer(t, env)
  await post(server.url, crash(1))
  await untilSink(server.url, 'webhook', each => isDone(each) && each.delivered > 0)
  await postNotes(server.url, 0, 50)
  const { seq } = await untilSink(server.url, 'webhook', isDone)
  assert.equal(await server.stop(), 0)
  const cursorFile = new CursorFile(folder, 'webhook', pino({ level: 'silent' }))
  assert.ok(seq > 50)
  assert.equal(cursorFile.read()?.seq, seq)
})

const FAULTS: ReadonlyArray<[SinkFault, statuses: readonly number[]]> = [
  ['rejected', [400, 413, 422]],
  ['retry', [408, 409, 425, 429, 500, 502, 503, 504, 599]],
  ['refused', [301, 302, 307, 401, 403, 404, 405, 411, 415]],
  ['stopped', [410]],
]

test('each status says whether it is the event, the moment or the receiver that is wrong', async t => {
  const receiver = await Receiver.start(t)
  const sink = new WebhookSink({ url: receiver.url })
  const { signal } = new AbortController()
  await sink.connect(undefined)
  const event = sealEnvelope(1, { ts: 1, type: 'a', category: 'system', source: { kind: 'cdp' } })
  for (const [fault, statuses] of FAULTS) {
    for (const status of statuses) {
      receiver.answer = () => ({ status, headers: { 'retry-after': '7' } })
      // Only what passes is waited for as long as was asked.
      const afterMs = fault === 'retry' ? 7000 : undefined
      await assert.rejects(sink.deliver([event], signal), { fault, afterMs }, String(status))
    }
  }
})

test('a redirect is not followed, 410 ends it, 403 is asked again slowly', async t => {
  for (const [status, state] of [
    [302, 'refused'],
    [403, 'refused'],
    [410, 'stopped'],
  ] as const) {
    const receiver = await Receiver.start(t)
    receiver.answer = () => ({ status, headers: { location: '/elsewhere' } })
    const server = await startSinkServer(t, { SYSMON_WEBHOOK_URL: receiver.url })
    await post(server.url, crash(1))
    const { error } = await untilSink(server.url, 'webhook', each => each.state === state)
    assert.match(error!, new RegExp(`^http://127.0.0.1:${receiver.port} answered ${status}`))
    assert.equal(receiver.taken.length, 0)
  }
})

test('by type, and as a text for a chat', async t => {
  const receiver = await Receiver.start(t)
  const server = await startSinkServer(t, {
    SYSMON_WEBHOOK_URL: receiver.url,
    SYSMON_WEBHOOK_TYPES: 'note, service_crashed',
    SYSMON_WEBHOOK_FORMAT: 'slack',
  })
  await post(server.url, { type: 'other', category: 'console' })
  await post(server.url, { type: 'note', category: 'console', data: { text: '<!channel> *x*' } })
  await post(server.url, crash(1))
  await untilSink(server.url, 'webhook', each => isDone(each) && each.delivered === 2)
  const texts = receiver.asked.map(({ body }) => (JSON.parse(body) as { text: string }).text)
  assert.match(texts[0]!, /^\*note\* on .+: \{"text":"&lt;!channel&gt; \u200b\*x\u200b\*"\}\n/)
  assert.match(texts[1]!, /service-1 died while it was running \(posted over HTTP\)\n.* UTC, #3$/)
})

test('a kill as a text: who, on which machine, why, and what to do', () => {
  const source = { kind: 'kernel_api' } as const
  const text = slackText(
    {
      seq: 7,
      event: {
        ts: 1795666351606783,
        type: 'system_oom_kill',
        category: 'system',
        source,
        data: {
          process_name: '<@U1>`_',
          pid: 1,
          rss_kb: 4813152,
          constraint: 'none',
          top_tasks: [],
          diagnosis: { cause: 'The machine ran out of memory.', evidence: [], next: 'Add memory.' },
        },
      },
    } as unknown as EventEnvelope,
    'box & co'
  )
  assert.equal(
    text,
    '*system\u200b_oom\u200b_kill* on box &amp; co: &lt;@U1&gt;\u200b`\u200b_ (pid 1) held 4.6 GiB\n' +
      'The machine ran out of memory.\n_Add memory._\n2026-11-26 04:12:31.606 UTC, #7'
  )
})

test('a wrong variable is named, its value is not, and the server serves', async t => {
  for (const [env, told] of [
    [{ SYSMON_WEBHOOK_URL: 'ftp://secret-part' }, /SYSMON_WEBHOOK_URL .*must be an http\(s\) URL/],
    [
      { SYSMON_WEBHOOK_URL: 'http://127.0.0.1:1', SYSMON_WEBHOOK_SECRET: 'secret-part' },
      /SYSMON_WEBHOOK_SECRET .*must be base64/,
    ],
    [
      { SYSMON_WEBHOOK_URL: 'http://127.0.0.1:1', SYSMON_WEBHOOK_FORMAT: 'teams' },
      /SYSMON_WEBHOOK_FORMAT .*must be one of event, slack/,
    ],
    [{ SYSMON_WEBHOOK_URL_FILE: '/nonexistent' }, /SYSMON_WEBHOOK_URL_FILE must name a file/],
  ] as ReadonlyArray<[Record<string, string>, RegExp]>) {
    const server = await startSinkServer(t, env)
    const { state, error } = await sinkHealth(server.url, 'webhook')
    assert.equal(state, 'misconfigured')
    assert.match(error!, told)
    assert.ok(!server.output().includes('secret-part'))
    await server.stop()
  }
})
