/** `fastify.sysmon`: the host application publishes, subscribes and asks for the health. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { EventEnvelope } from '../../generated/types.ts'
import type { PublishInput, SubscribeOptions } from '../../plugin/index.ts'
import { asJson, assertValid, note, page, post, startApp } from '../support/app.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const custom = { type: 'note', category: 'console' } as const
const crash = { type: 'service_crashed', data: { service_name: 'web', phase: 'running' } } as const

function subscriber(app: FastifyInstance, options?: SubscribeOptions) {
  const got: EventEnvelope[] = []
  const unsubscribe = app.sysmon.subscribe(envelope => got.push(envelope), options)
  return { got, seqs: () => got.map(({ seq }) => seq), unsubscribe }
}

/** Where an event of the host application comes from. */
const SERVER = { kind: 'local_process', metadata: { reporter: 'server' } } as const

/** Lets subscribers run: they are called after the turn that published. */
async function settle(): Promise<void> {
  await turn()
  await turn()
}

test('publish returns the envelope that every reader gets', async t => {
  const app = await startApp(t)
  const before = Date.now() * 1000
  const envelope = app.sysmon.publish({ ...custom, data: { a: 1 } })
  assert.ok(envelope)
  assertValid('EventEnvelope', envelope)
  const { ts } = envelope.event
  assert.ok(ts >= before && ts <= Date.now() * 1000, 'without a ts: now, in microseconds')
  const event = { ...custom, ts, source: SERVER, data: { a: 1 } }
  assert.deepEqual(envelope, { seq: 1, event })
  assert.deepEqual((await page(app)).events, [envelope])
})

test('publish takes kernel_api, which requests must not use', async t => {
  const app = await startApp(t)
  const source = { kind: 'kernel_api', event: 'api.start', metadata: { a: 'b' } } as const
  const metadata = { a: 'b', reporter: 'server' }
  assert.deepEqual(app.sysmon.publish({ ...custom, source })?.event.source, { ...source, metadata })
})

test('publish sets the category of the known types', async t => {
  const app = await startApp(t)
  assert.equal(app.sysmon.publish({ ...crash, category: 'page' })?.event.category, 'system')
})

test('publish returns nothing for a category that is off', async t => {
  const app = await startApp(t)
  const config = { browser: { console: { enabled: false } } }
  await app.inject({ method: 'PATCH', url: '/telemetry', payload: config })
  assert.equal(app.sysmon.publish(custom), undefined)
  // The change itself is an event.
  assert.equal(app.sysmon.health().stream.seq, 1)
})

test('a crash that the host and a request both report is one event', async t => {
  const app = await startApp(t)
  const metadata = { supervisor_instance: 'a', supervisor_serial: '1' }
  const event: PublishInput = { ...crash, source: { kind: 'local_process', metadata } }
  const first = app.sysmon.publish(event)
  const again = await post(app, event)
  assert.equal(again.status, 200)
  assert.deepEqual(again.body, first)
  assert.deepEqual(app.sysmon.publish(event), first)
})

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic

for (const [what, event, message] of [
  ['no type', { category: 'console' }, /type is required/],
  ['no category', { type: 'note' }, /category is required for unknown event type/],
  ['an unknown category', { type: 'note', category: 'x' }, /invalid category.*console/],
  ['an unknown field', { ...custom, extra: 1 }, /unknown field "extra"/],
  ['a ts that is no integer', { ...custom, ts: Number.NaN }, /ts must be integer/],
  ['wrong data of a known type', { type: 'service_crashed', data: {} }, /data\.service_name/],
  ['nothing', undefined, /must be a JSON object/],
] as const) {
  test(`publish refuses ${what}, says so, and leaves the stream alone`, async t => {
    const app = await startApp(t)
    assert.throws(() => app.sysmon.publish(event as unknown as PublishInput), {
      code: 'FST_SYSMON_INVALID_EVENT',
      message,
    })
    assert.equal(app.sysmon.health().stream.seq, 0)
  })
}

for (const [what, event] of [
  ['wrong data', { type: 'service_crashed', data: { phase: 1 } }],
  ['a ts that is no number', { ...custom, ts: 'yesterday' }],
  ['an unknown field', { ...custom, extra: 1 }],
] as const) {
  test(`publish refuses ${what} from kernel_api too`, async t => {
    const app = await startApp(t)
    const given = { ...event, source: { kind: 'kernel_api' } } as unknown as PublishInput
    assert.throws(() => app.sysmon.publish(given), { code: 'FST_SYSMON_INVALID_EVENT' })
    assert.equal(app.sysmon.health().stream.seq, 0)
  })
}

for (const [what, data] of [
  ['a BigInt', { n: 1n }],
  ['a cycle', cyclic],
] as const) {
  test(`publish refuses data that JSON cannot hold: ${what}`, async t => {
    const app = await startApp(t)
    assert.throws(() => app.sysmon.publish({ ...custom, data }), {
      code: 'FST_SYSMON_INVALID_EVENT',
    })
    assert.equal(note(app, 1).seq, 1)
  })
}

test('what the host changes after publishing does not change the event', async t => {
  const app = await startApp(t)
  const data = { a: 1 }
  app.sysmon.publish({ ...custom, data })
  data.a = 2
  assert.deepEqual((await page(app)).events[0]?.event.data, { a: 1 })
})

const atTop = (value: unknown) => Object.defineProperty({}, 'toJSON', { value: () => value })

for (const [what, data] of Object.entries<unknown>({
  'a function': () => 1,
  'a symbol': Symbol('a'),
  'no number': Number.NaN,
  'what is written as nothing': atTop(undefined),
  'what is written as null': atTop(null),
  null: null,
})) {
  test(`data that is nothing in JSON is none: ${what}`, async t => {
    const app = await startApp(t)
    const envelope = app.sysmon.publish({ ...custom, data } as PublishInput)
    assert.deepEqual(Object.keys(envelope!.event), ['ts', 'type', 'category', 'source'])
    assert.deepEqual((await page(app)).events, [envelope])
  })
}

for (const [what, data] of Object.entries<unknown>({
  'a time': { at: new Date(0), list: [1] },
  'what is written as a text': atTop('text'),
  'many values': Array.from({ length: 10_000 }, (_, at) => at),
  'half a character': { '\ud800': '\udc00' },
})) {
  test(`publish returns what readers get: ${what}`, async t => {
    const app = await startApp(t)
    const envelope = app.sysmon.publish({ ...custom, data })
    assert.deepEqual((await page(app)).events, [envelope])
    assert.deepEqual(envelope!.event.data, JSON.parse(JSON.stringify(data)))
  })
}

test('subscribe: from now, from the oldest, after a number', async t => {
  const app = await startApp(t)
  for (let i = 0; i < 3; i++) note(app, i)
  const now = subscriber(app)
  const oldest = subscriber(app, { from: 'oldest' })
  const after = subscriber(app, { from: { after: 2 } })
  note(app, 3)
  await settle()
  assert.deepEqual(now.seqs(), [4])
  assert.deepEqual(oldest.seqs(), [1, 2, 3, 4])
  assert.deepEqual(after.seqs(), [3, 4])
})

test('subscribe from the oldest gets them without a new event', async t => {
  const app = await startApp(t)
  note(app, 1)
  const { seqs } = subscriber(app, { from: 'oldest' })
  assert.deepEqual(seqs(), [], 'never from within subscribe')
  await settle()
  assert.deepEqual(seqs(), [1])
})

test('subscribe calls after the turn that published, in order', async t => {
  const app = await startApp(t)
  const { seqs } = subscriber(app)
  for (let i = 0; i < 500; i++) note(app, 'x'.repeat(2000))
  assert.deepEqual(seqs(), [])
  await settle()
  assert.deepEqual(
    seqs(),
    Array.from({ length: 500 }, (_, i) => i + 1)
  )
})

test('subscribe filters by category and type', async t => {
  const app = await startApp(t)
  const byType = subscriber(app, { types: ['note'] })
  const byCategory = subscriber(app, { categories: ['system'] })
  note(app, 1)
  app.sysmon.publish(crash)
  app.sysmon.publish({ type: 'other', category: 'console' })
  await settle()
  assert.deepEqual(byType.seqs(), [1])
  assert.deepEqual(byCategory.seqs(), [2])
})

test('a subscriber that comes too late is told how many are gone', async t => {
  const app = await startApp(t, { ringEvents: 3 })
  for (let i = 0; i < 10; i++) note(app, i)
  const missed: number[] = []
  const { seqs } = subscriber(app, { from: { after: 1 }, onMissed: lost => missed.push(lost) })
  await settle()
  assert.deepEqual(missed, [6])
  assert.deepEqual(seqs(), [8, 9, 10])
})

test('a listener that throws is logged, gets the next event, and stops nobody', async t => {
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const app = await startApp(t, {}, { fastify: { logger: { level: 'error', stream } } })
  let calls = 0
  app.sysmon.subscribe(() => {
    calls++
    throw new Error('the listener broke')
  })
  const { seqs } = subscriber(app)
  note(app, 1)
  note(app, 2)
  await settle()
  assert.equal(calls, 2)
  assert.deepEqual(seqs(), [1, 2])
  assert.equal(lines.filter(line => line.includes('the listener broke')).length, 2)
})

/** What reaches the process as an uncaught error while `run` runs, instead of ending it. */
async function uncaughtIn(run: () => Promise<void>): Promise<string[]> {
  const uncaught: string[] = []
  const before = process.listeners('uncaughtException')
  const beforeRejection = process.listeners('unhandledRejection')
  process.removeAllListeners('uncaughtException')
  process.removeAllListeners('unhandledRejection')
  const caught = (error: unknown) => uncaught.push(String(error))
  process.on('uncaughtException', caught)
  process.on('unhandledRejection', caught)
  try {
    await run()
  } finally {
    process.removeAllListeners('uncaughtException')
    process.removeAllListeners('unhandledRejection')
    for (const listener of before) process.on('uncaughtException', listener)
    for (const listener of beforeRejection) process.on('unhandledRejection', listener)
  }
  return uncaught
}

test('an onMissed that throws stops neither its own events nor another subscriber', async t => {
  const app = await startApp(t, { ringEvents: 1 })
  note(app, 1)
  let seqs: number[] = []
  let others: number[] = []
  const uncaught = await uncaughtIn(async () => {
    const onMissed = () => {
      throw new Error('onMissed broke')
    }
    const late = subscriber(app, { onMissed })
    const other = subscriber(app)
    note(app, 2)
    note(app, 3)
    await settle()
    seqs = late.seqs()
    others = other.seqs()
  })
  assert.deepEqual(uncaught, [])
  assert.deepEqual(seqs, [3])
  assert.deepEqual(others, [3])
})

test('an async listener that rejects does not end the process', async t => {
  const app = await startApp(t)
  const uncaught = await uncaughtIn(async () => {
    app.sysmon.subscribe(async () => {
      throw new Error('the async listener broke')
    })
    note(app, 1)
    await settle()
  })
  assert.deepEqual(uncaught, [])
})

test('each subscriber has its own copy of an event', async t => {
  const app = await startApp(t)
  app.sysmon.subscribe(envelope => {
    Object.assign(envelope.event, { type: 'changed' })
  })
  const { got } = subscriber(app)
  note(app, 1)
  await settle()
  assert.equal(got[0]?.event.type, 'note')
  assert.equal((await page(app)).events[0]?.event.type, 'note')
})

test('a listener may publish: it gets that event too, later', async t => {
  const app = await startApp(t)
  const { got } = subscriber(app)
  app.sysmon.subscribe(({ seq }) => {
    if (seq === 1) note(app, 'answer')
  })
  note(app, 'question')
  await settle()
  assert.deepEqual(
    got.map(({ event }) => event.data),
    ['question', 'answer']
  )
})

test('after the end of a subscription nothing comes, not even what waits', async t => {
  const app = await startApp(t)
  const first = subscriber(app)
  const second: number[] = []
  const end = app.sysmon.subscribe(({ seq }) => {
    second.push(seq)
    end()
  })
  note(app, 1)
  note(app, 2)
  first.unsubscribe()
  await settle()
  assert.deepEqual(first.seqs(), [])
  assert.deepEqual(second, [1])
  assert.equal(app.sysmon.health().stream.readers, 0)
  first.unsubscribe()
})

test('health counts the stream, and is what /healthz answers', async t => {
  const app = await startApp(t, { ringEvents: 2 })
  const none = { kernel: 0, supervisor: 0, devtools: 0, server: 0, http: 0 }
  assert.deepEqual(asJson(app.sysmon.health()), {
    status: 'ok',
    kmsg: { state: 'disabled', path: '', lost: 0, restarts: 0, stalls: 0 },
    stream: { seq: 0, retained: 0, retained_bytes: 0, readers: 0, published: none },
    journal: { state: 'off' },
  })
  subscriber(app)
  for (let i = 0; i < 3; i++) note(app, i)
  const { stream } = app.sysmon.health()
  const { retained_bytes, ...rest } = stream
  const published = { ...none, server: 3 }
  assert.deepEqual(rest, { seq: 3, oldest_seq: 2, retained: 2, readers: 1, published })
  const { events } = await page(app)
  const frame = (envelope: EventEnvelope) =>
    `id: ${envelope.seq}\ndata: ${JSON.stringify(envelope)}\n\n`
  assert.equal(retained_bytes, Buffer.byteLength(events.map(frame).join('')))
})

test('the envelope that publish returns is as any other object, and is as it was published', async t => {
  const app = await startApp(t)
  const data = { list: [1, 2] }
  const envelope = app.sysmon.publish({ ...custom, data })!
  data.list.push(3)
  for (let n = 0; n < 10; n++) app.sysmon.publish(custom)
  const [first] = (await page(app, '?limit=1')).events
  assert.deepEqual(first!.event.data, { list: [1, 2] })
  assert.deepEqual(JSON.parse(JSON.stringify(envelope)), first)
  assert.deepEqual({ ...envelope }, first)
  assert.deepEqual(structuredClone(envelope), first)
  assert.deepEqual(envelope, first)
  assert.match(inspect(envelope), /type: 'note'/)
  envelope.event = { ...envelope.event, ts: 1 }
  assert.deepEqual((await page(app, '?limit=1')).events, [first])
})

test('an application that is started again and again in one process leaves nothing open', async t => {
  const options = { stateDir: temporaryFolder(t), webhook: { url: 'http://127.0.0.1:1' } }
  const left: number[] = []
  for (let n = 0; n < 5; n++) {
    const app = await startApp(t, options)
    note(app, n)
    assert.equal(app.sysmon.health().journal.state, 'writing')
    await app.close()
    assert.equal(app.sysmon.health().stream.readers, 0)
    left.push(openDescriptors())
  }
  // What the first opens may be for all of them.
  assert.deepEqual(left, [left[0], ...Array(4).fill(left[1])])
})
