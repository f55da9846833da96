/**
 * Whose word an event is: what anyone posts cannot take the identity of what the kernel or the
 * supervisor is still to report, cannot pass for theirs, and is never swallowed without a word.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import type { PublishedEvent, TelemetryEventInput } from '../../plugin/events/envelope.ts'
import { UncertainNumbers } from '../../plugin/events/uncertain-numbers.ts'
import { Publisher } from '../../plugin/stream/publisher.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import { call, page, post, refused, startApp } from '../support/app.ts'

const KILL_KEY = { boot_id: 'b', kmsg_seq: '7' }

function start() {
  const stream = new EventStream({ capacity: 1000, maxBytes: 1e9 })
  const reused: Array<[number, number]> = []
  const onKeyReused = ({ seq }: PublishedEvent, first: number) => reused.push([seq, first])
  return { stream, reused, publisher: new Publisher(stream, { onKeyReused }) }
}

function kill(data: unknown, metadata: Record<string, string> = KILL_KEY): TelemetryEventInput {
  const source = { kind: 'local_process', metadata } as const
  return { ts: 1, type: 'system_oom_kill', category: 'system', source, data }
}

function metadataOf(event: PublishedEvent | undefined): Record<string, string> | undefined {
  return (JSON.parse(event!.json.toString()) as EventEnvelope).event.source.metadata
}

test('a key that was posted beforehand silences neither kernel nor supervisor', () => {
  const { stream, publisher } = start()
  for (let i = 0; i < 20_000; i++) {
    publisher.publish(kill({ forged: i }, { boot_id: 'b', kmsg_seq: String(i) }), 'http')
  }
  const before = stream.seq
  const real = publisher.publish(kill({ real: true }), 'kernel')
  assert.equal(real?.seq, before + 1)
  assert.equal(metadataOf(real)?.reporter, 'kernel')
  assert.equal(publisher.publish(kill({ real: true }), 'kernel'), real, 'and it is told once')
  const key = { supervisor_instance: 'a', supervisor_serial: '1' }
  const crash = { ...kill({}, key), type: 'service_crashed' }
  publisher.publish(crash, 'http')
  assert.equal(publisher.publish(crash, 'supervisor')?.seq, before + 3)
})

test('the keys of the supervisor are not those of the kernel', () => {
  const { publisher } = start()
  publisher.publish(kill(1), 'supervisor')
  assert.equal(publisher.publish(kill(1), 'kernel')?.seq, 2)
})

test('a flood of posts with keys does not make the kernel forget what it told', () => {
  const { publisher } = start()
  const real = publisher.publish(kill(1), 'kernel')
  for (let i = 0; i < 20_000; i++)
    publisher.publish(kill(i, { boot_id: String(i), kmsg_seq: '1' }), 'http')
  assert.equal(publisher.publish(kill(1), 'kernel')?.seq, real?.seq)
})

test('a post that repeats a report is that report; with other data it is published, and told', () => {
  const { publisher, reused, stream } = start()
  const first = publisher.publish(kill('a'), 'http')
  assert.equal(publisher.publish(kill('a'), 'http'), first)
  assert.deepEqual(reused, [])
  assert.equal(publisher.publish(kill('b'), 'http')?.seq, 2)
  assert.equal(publisher.publish(kill('c'), 'http')?.seq, 3)
  assert.deepEqual(reused, [
    [2, 1],
    [3, 1],
  ])
  const real = publisher.publish(kill('real'), 'kernel')
  assert.equal(
    publisher.publish(kill('real'), 'http'),
    real,
    'what was told already is not told twice'
  )
  assert.equal(stream.seq, 4)
})

test('after a restart the keys are those of who reported', () => {
  const before = start()
  before.publisher.publish(kill('forged', { boot_id: 'b', kmsg_seq: '8' }), 'http')
  before.publisher.publish(kill('real'), 'kernel')
  const events = [...before.stream.events(1)]
  const stream = new EventStream({ capacity: 1000, maxBytes: 1e9, history: { events, nextSeq: 3 } })
  const publisher = new Publisher(stream)
  publisher.restore(events)
  assert.equal(publisher.publish(kill('real'), 'kernel')?.seq, 2)
  assert.equal(publisher.publish(kill('again', { boot_id: 'b', kmsg_seq: '8' }), 'kernel')?.seq, 3)
})

test('who posts cannot pass for another reporter, however large the metadata', async t => {
  const app = await startApp(t)
  const claimed = {
    type: 'note',
    category: 'page',
    source: { kind: 'cdp', metadata: { reporter: 'kernel' } },
  }
  const { body } = await post(app, claimed)
  assert.deepEqual((body as EventEnvelope).event.source.metadata, {
    reporter: 'http',
    claimed_reporter: 'kernel',
  })
  const metadata = { reporter: 'kernel', ...Object.fromEntries([['x', 'y'.repeat(1_500_000)]]) }
  const large = await post(app, { ...claimed, source: { kind: 'cdp', event: 'e', metadata } })
  const { source, truncated } = (large.body as EventEnvelope).event
  assert.deepEqual(
    [source, truncated],
    [{ kind: 'cdp', event: 'e', metadata: { reporter: 'http' } }, true]
  )
  const { published } = app.sysmon.health().stream
  assert.deepEqual([published.http, published.kernel, published.server], [2, 0, 0])
  app.sysmon.publish({ type: 'note', category: 'page' })
  assert.equal(app.sysmon.health().stream.published.server, 1)
})

for (const key of ['uncertain_seq', 'journal', 'sink']) {
  test(`a gap that is posted cannot name ${key}, by which the server knows its own`, async t => {
    const app = await startApp(t)
    const data = { source: 'stream', reason: 'x' }
    const gap = { type: 'telemetry_gap', data }
    const source = { kind: 'local_process', metadata: { [key]: '1-1000000' } }
    assert.match((await refused(app, { ...gap, source })).message, /the server's own: leave it out/)
    assert.equal((await post(app, gap)).status, 200)
    const own = { type: 'note', category: 'page', source }
    assert.equal((await post(app, own)).status, 200, 'in an event of the caller it means nothing')
  })
}

test('numbers are uncertain only where the server itself says so', () => {
  const { publisher } = start()
  const gap = (range: string): TelemetryEventInput => ({
    ...kill({ source: 'stream', reason: 'x' }, { uncertain_seq: range }),
    type: 'telemetry_gap',
    category: 'monitor',
  })
  const numbers = new UncertainNumbers()
  numbers.learn(publisher.publish(gap('1-1000'), 'http')!)
  numbers.learn(publisher.publish(gap('1-1000'), 'supervisor')!)
  assert.equal(numbers.countIn(1, 1000), 0)
  // Of ranges that overlap, no number counts twice.
  for (const range of ['10-19', '15-24', '25-26', '40-40']) {
    numbers.learn(publisher.publish(gap(range), 'server')!)
  }
  assert.equal(numbers.countIn(1, 1000), 18)
  assert.equal(numbers.countIn(20, 25), 6)
})

for (const [method, off] of [
  ['PATCH', ['network']],
  ['PUT', ['network']],
] as const) {
  test(`${method} /telemetry leaves an event that says who changed what`, async t => {
    const app = await startApp(t)
    const payload = { browser: { network: { enabled: false } } }
    const headers = { 'user-agent': `curl/8 ${'x'.repeat(1000)}` }
    await call(app, { method, url: '/telemetry', payload, headers })
    const [envelope] = (await page(app)).events
    const { type, category, source, data } = envelope!.event
    assert.deepEqual([type, category], ['telemetry_configured', 'monitor'])
    assert.equal(source.metadata?.reporter, 'server')
    const { user_agent, turned_off, ...rest } = data as Record<string, unknown>
    assert.deepEqual(rest, { method, turned_on: [], address: '127.0.0.1' })
    assert.ok((turned_off as string[]).includes(off[0]))
    assert.equal((user_agent as string).length, 256)
  })
}
