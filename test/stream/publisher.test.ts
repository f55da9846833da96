/** The way into the stream: categories that are off, and events delivered twice. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readEnvelope, type TelemetryEventInput } from '../../plugin/events/envelope.ts'
import { Publisher } from '../../plugin/stream/publisher.ts'
import { EventStream } from '../../plugin/stream/stream.ts'

function start(maxBytes = 1e9) {
  const stream = new EventStream({ capacity: 1000, maxBytes })
  return { stream, publisher: new Publisher(stream) }
}

function crash(metadata: Record<string, string> | undefined, data: unknown): TelemetryEventInput {
  return {
    ts: 1,
    type: 'service_crashed',
    category: 'system',
    source: { kind: 'local_process', ...(metadata === undefined ? {} : { metadata }) },
    data,
  }
}
const kill = (metadata: Record<string, string>, data: unknown) => ({
  ...crash(metadata, data),
  type: 'system_oom_kill',
})

test('a crash delivered again is the first one, whatever it says now', () => {
  const { stream, publisher } = start()
  const key = { supervisor_instance: 'a', supervisor_serial: '1' }
  const first = publisher.publish(crash(key, 'first'), 'supervisor')
  publisher.publish(crash(undefined, 'between'), 'supervisor')
  assert.equal(publisher.publish(crash({ ...key, more: 'x' }, 'second'), 'supervisor'), first)
  assert.equal(stream.seq, 2)
})

test('a crash delivered again long after is the first one, though that is kept no more', () => {
  const { stream, publisher } = start()
  const key = { supervisor_instance: 'a', supervisor_serial: '1' }
  const first = publisher.publish(crash(key, 'first'), 'supervisor')
  for (let i = 0; i < 1000; i++) publisher.publish(crash(undefined, i), 'supervisor')
  assert.equal(stream.find(1), undefined)
  const again = publisher.publish(crash(key, 'second'), 'supervisor')
  assert.deepEqual(again?.frame, first?.frame)
  assert.deepEqual(again?.json, first?.json)
  assert.equal(stream.seq, 1001)
})

test('a kill delivered again is the first one', () => {
  const { stream, publisher } = start()
  const key = { boot_id: 'b', kmsg_seq: '1482' }
  const first = publisher.publish(kill(key, 1), 'supervisor')
  assert.equal(publisher.publish(kill({ ...key, replayed: 'true' }, 2), 'supervisor'), first)
  assert.equal(stream.seq, 1)
})

test('another serial, another instance, another boot, another record: other events', () => {
  const { stream, publisher } = start()
  for (const [instance, serial] of [
    ['a', '1'],
    ['a', '2'],
    ['b', '1'],
    // Pairs that one joined string would confuse.
    ['a:1', '2'],
    ['a', '1:2'],
  ] as const) {
    publisher.publish(
      crash({ supervisor_instance: instance, supervisor_serial: serial }, 1),
      'supervisor'
    )
    publisher.publish(kill({ boot_id: instance, kmsg_seq: serial }, 1), 'supervisor')
  }
  assert.equal(stream.seq, 10)
})

test('half a key is none, nor is the key of another type', () => {
  const { stream, publisher } = start()
  for (let i = 0; i < 2; i++) {
    publisher.publish(crash({ supervisor_serial: '1' }, 1), 'supervisor')
    publisher.publish(crash({ supervisor_instance: 'a' }, 1), 'supervisor')
    publisher.publish(crash({ boot_id: 'b', kmsg_seq: '1' }, 1), 'supervisor')
    publisher.publish(kill({ supervisor_instance: 'a', supervisor_serial: '1' }, 1), 'supervisor')
    const metadata = { boot_id: 'b', kmsg_seq: '1' }
    publisher.publish({ ...kill(metadata, 1), type: 'note', category: 'console' }, 'supervisor')
  }
  assert.equal(stream.seq, 10)
})

test('an event delivered again after it left the ring is known still', () => {
  const { stream, publisher } = start(1)
  const key = { boot_id: 'b', kmsg_seq: '1' }
  const first = publisher.publish(kill(key, 1), 'supervisor')
  publisher.publish(crash(undefined, 2), 'supervisor')
  assert.equal(stream.oldestSeq, 2)
  const again = publisher.publish(kill(key, 1), 'supervisor')
  assert.equal(again?.seq, 1)
  assert.deepEqual(again?.json, first?.json)
  assert.equal(stream.seq, 2)
})

test('the newest 16,384 keys are known, and with one more the oldest is not', () => {
  const { stream, publisher } = start()
  const publish = (serial: number) =>
    publisher.publish(kill({ boot_id: 'b', kmsg_seq: String(serial) }, 1), 'supervisor')?.seq
  for (let serial = 1; serial <= 16_384; serial++) publish(serial)
  assert.equal(publish(1), 1)
  assert.equal(publish(16_385), 16_385)
  assert.equal(publish(2), 2)
  assert.equal(publish(16_385), 16_385)
  assert.equal(stream.seq, 16_385)
  assert.equal(publish(1), 16_386, 'forgotten')
})

test('an event of a category that is off uses no sequence number, and its key is not taken', () => {
  const { stream, publisher } = start()
  publisher.capture.patch({ browser: { network: { enabled: false } } })
  const event = { ...crash(undefined, 1), type: 'request', category: 'network' } as const
  assert.equal(publisher.publish(event, 'supervisor'), undefined)
  assert.equal(stream.seq, 0)
  publisher.capture.patch({ browser: { network: { enabled: true } } })
  assert.equal(publisher.publish(event, 'supervisor')?.seq, 1)
})

test('large events with keys are not kept beyond the bound of the ring', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { stream, publisher } = start(1024 * 1024)
  collect()
  const before = process.memoryUsage().arrayBuffers
  for (let serial = 0; serial < 60; serial++) {
    const metadata = { supervisor_instance: 'a', supervisor_serial: String(serial) }
    publisher.publish(crash(metadata, { service_name: 'x'.repeat(900_000) }), 'supervisor')
  }
  assert.equal(stream.retained, 1)
  // Buffers are given back some time after a collection; what is held stays, however long it takes.
  let grown = Number.POSITIVE_INFINITY
  for (let tries = 0; grown >= 10_000_000; tries++) {
    assert.ok(tries < 200, `${grown} bytes are held for 900,000 in the ring`)
    collect()
    await sleep(10)
    grown = process.memoryUsage().arrayBuffers - before
  }
  assert.equal(stream.seq, 60)
  // The first of them is nowhere any more, and still known.
  const again = publisher.publish(
    crash({ supervisor_instance: 'a', supervisor_serial: '0' }, 1),
    'supervisor'
  )
  assert.equal(again?.seq, 1)
  assert.equal(stream.seq, 60)
})

test('of the events with keys that left the ring the newest 4 MiB are kept', () => {
  const { publisher } = start(1)
  const publish = (serial: number, data: string) => {
    const metadata = { supervisor_instance: 'a', supervisor_serial: String(serial) }
    return publisher.publish(crash(metadata, { service_name: data }), 'supervisor')
  }
  const firsts = Array.from({ length: 12 }, (_, serial) => publish(serial, 'x'.repeat(900_000)))
  const isKept = firsts.map((first, serial) => publish(serial, 'y')?.json.equals(first!.json))
  assert.deepEqual(isKept, [...Array(8).fill(false), ...Array(4).fill(true)])
})

test('only what the kernel said is remembered as a kill, and only where it is one', () => {
  const publisher = new Publisher(new EventStream({ capacity: 10, maxBytes: 1e9 }))
  const source = { kind: 'local_process' } as const
  const data = { process_name: 'a', pid: 7, rss_kb: 1, constraint: 'none', top_tasks: [] }
  const event = { ts: 5, category: 'system', source } as const
  publisher.publish({ ...event, type: 'system_oom_kill', data }, 'http')
  publisher.publish({ ...event, type: 'service_crashed', data }, 'kernel')
  publisher.publish({ ...event, type: 'system_oom_kill', data: null }, 'kernel')
  assert.deepEqual(publisher.kills.between(0, 10), [])
  publisher.publish({ ...event, type: 'system_oom_kill', data }, 'kernel')
  assert.deepEqual(
    publisher.kills.between(0, 10).map(({ seq, pid }) => [seq, pid]),
    [[4, 7]]
  )
})

test('a process that crashed is remembered by its pid, where the kernel knows one', () => {
  const publisher = new Publisher(new EventStream({ capacity: 10, maxBytes: 1e9 }))
  const source = { kind: 'local_process' } as const
  const event = { ts: 5, category: 'system', type: 'process_crashed', source } as const
  publisher.publish({ ...event, data: { pid: 6, process_name: 'a' } }, 'http')
  publisher.publish({ ...event, data: { process_name: 'a' } }, 'kernel')
  publisher.publish({ ...event, data: { pid: 7, process_name: 'b' } }, 'kernel')
  publisher.publish({ ...event, data: { pid: 8 } }, 'kernel')
  assert.deepEqual(
    publisher.crashes.between(5, 5).map(({ seq, pid, process_name }) => [seq, pid, process_name]),
    [
      [3, 7, 'b'],
      [4, 8, ''],
    ]
  )
  assert.deepEqual(publisher.kills.between(0, 10), [])
})

test('what is kept is remembered again, of the kernel only', () => {
  const source = { kind: 'local_process' } as const
  const { stream, publisher } = start()
  const data = { process_name: 'a', pid: 7, rss_kb: 1, constraint: 'none', top_tasks: [] }
  for (const [seq, reporter] of (['kernel', 'http'] as const).entries()) {
    const metadata = { boot_id: 'b', kmsg_seq: String(seq) }
    const event = { ts: 5, type: 'system_oom_kill', category: 'system', data } as const
    publisher.publish({ ...event, source: { ...source, metadata } }, reporter)
  }
  const later = new Publisher(stream)
  later.restore([...stream.events(0)])
  assert.deepEqual(
    later.kills.between(0, 10).map(({ seq }) => seq),
    [1]
  )
})

test('only a crash that the supervisor tells of is linked: to its kill, or else to its fault', () => {
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9 })
  let killSeq: number | undefined = 3
  const publisher = new Publisher(stream, { killOf: () => killSeq, faultOf: () => 4 })
  const linked = (reporter: 'supervisor' | 'http', type = 'service_crashed') => {
    const input = { ...crash(undefined, { service_name: 'a' }), type }
    const { json } = publisher.publish(input, reporter)!
    return JSON.parse(json.toString()).event.data
  }
  assert.deepEqual(linked('http'), { service_name: 'a' })
  assert.deepEqual(linked('supervisor', 'note'), { service_name: 'a' })
  assert.deepEqual(linked('supervisor'), { service_name: 'a', oom_kill_seq: 3 })
  killSeq = undefined
  assert.deepEqual(linked('supervisor'), { service_name: 'a', process_crashed_seq: 4 })
  const unlinked = new Publisher(stream, { killOf: () => undefined, faultOf: () => undefined })
  const event = unlinked.publish(crash(undefined, { service_name: 'a' }), 'supervisor')
  assert.deepEqual(JSON.parse(event!.json.toString()).event.data, { service_name: 'a' })
})

test('a kill is waited for no longer than asked, and then who waits is told', async t => {
  const { kills } = new Publisher(new EventStream({ capacity: 10, maxBytes: 1e9 }))
  const kill = { seq: 1, ts: 1, process_name: 'a', pid: 1, oom_score_adj: 0 }
  const start = performance.now()
  await kills.next(30)
  assert.ok(performance.now() - start >= 25)
  // Nobody waits any more: there is nobody to be told.
  const soon = t.mock.method(globalThis, 'setImmediate')
  kills.add(kill)
  assert.equal(soon.mock.callCount(), 0)
  soon.mock.restore()
  const waiting = kills.next(60_000)
  kills.add(kill)
  await waiting
  for (let seq = 2; seq <= 70; seq++) kills.add({ ...kill, seq, ts: seq })
  assert.deepEqual([kills.between(0, 100).length, kills.between(0, 100)[0]!.seq], [64, 7])
})

for (const [what, input] of Object.entries<Partial<TelemetryEventInput>>({
  data: { data: { a: [1, null], b: 'é' } },
  'data that is a text': { data: 'a' },
  'data that ends as what was cut ends': { data: { truncated: true } },
  'a text that ends so': { data: ',"truncated":true' },
  'no data': {},
  'an event of its source': { source: { kind: 'cdp', event: 'Inspector.targetCrashed' } },
  metadata: { source: { kind: 'cdp', metadata: { b: '1', a: '2', reporter: 'kernel' } } },
  'too much data': { data: 'x'.repeat(1_100_000) },
  'too many bytes of data': { data: 'é'.repeat(600_000) },
  'as much data as fits': { data: 'x'.repeat(900_000) },
  'too much metadata': { source: { kind: 'cdp', metadata: { a: 'x'.repeat(1_100_000) } }, data: 1 },
})) {
  test(`the envelope is what readers get: ${what}`, () => {
    const { stream, publisher } = start()
    publisher.capture.put({ telemetry_session_id: 's' })
    const given = { ...crash(undefined, undefined), ...input }
    const envelope = publisher.publishEnvelope(given, 'server')
    assert.deepStrictEqual(envelope, readEnvelope(stream.find(1)!))
    assert.equal(JSON.stringify(envelope), stream.find(1)!.json.toString())
  })
}

test('of an event that was published before the envelope is the first one', () => {
  const { publisher } = start()
  const key = { supervisor_instance: 'a', supervisor_serial: '1' }
  const first = publisher.publishEnvelope(crash(key, 'first'), 'server')
  assert.deepStrictEqual(publisher.publishEnvelope(crash(key, 'second'), 'server'), first)
})

test('there is no envelope of an event whose category is off', () => {
  const { publisher } = start()
  publisher.capture.put({ browser: { page: { enabled: true } } })
  const off = { ...crash(undefined, 1), type: 'note', category: 'console' } as const
  assert.equal(publisher.publishEnvelope(off, 'server'), undefined)
})
