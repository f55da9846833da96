/**
 * Stream and journal together: over restarts, proper and not, a client that keeps only the number of
 * its last event gets every event that is kept on disk once and in order, and is told of the others.
 */

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EventCategory } from '../../generated/types.ts'
import type { PublishedEvent } from '../../plugin/events/envelope.ts'
import type { EventFilter, EventReader } from '../../plugin/stream/event-reader.ts'
import { Publisher } from '../../plugin/stream/publisher.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import fc from '../support/fast-check.ts'
import { nextBatch, readAll } from '../support/read-all.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openJournal } from './journals.ts'

const BOUNDS = { events: 5, bytes: 1e9 }

const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      category: fc.constantFrom<EventCategory>('system', 'monitor', 'console'),
      size: fc.nat(400),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('read' as const), maxBytes: fc.nat(1500) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), isProper: fc.boolean() }),
  }
)

const kept = (category: EventCategory) => category !== 'console'

test('over random publishing, reading and restarts', async t => {
  const root = temporaryFolder(t)
  let runs = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { maxLength: 80, size: 'max' }),
      fc.option(fc.subarray<EventCategory>(['system', 'monitor', 'console'], { minLength: 1 }), {
        nil: undefined,
      }),
      fc.nat(4000),
      async (operations, categories, storedBytes) => {
        const hooks: Array<() => unknown> = []
        const context = { after: (hook: () => unknown) => void hooks.push(hook) } as typeof t
        let folder = join(root, String(runs++))
        const filter: EventFilter =
          categories === undefined ? {} : { categories: new Set(categories) }
        const wanted = (category: EventCategory) => categories?.includes(category) ?? true
        const published: Array<{ seq: number; category: EventCategory; data: unknown }> = []
        const got: number[] = []
        let missed = 0
        let after = 0
        let opened = openJournal(context, folder, { maxBytes: 2 ** 26 })
        let stream: EventStream
        let reader: EventReader
        const start = () => {
          const { journal: store, recovery: history } = opened
          const bounds = { capacity: 5, maxBytes: 4000, storedBytes }
          stream = new EventStream({ ...bounds, store, history })
          reader = stream.subscribe({ after }, filter, () => {})
        }
        const read = (maxBytes: number) => {
          const batch = reader.read(maxBytes, true)
          missed += batch.missed
          for (const { seq } of batch.events) {
            got.push(seq)
            after = seq
          }
          return batch.events.length > 0
        }
        start()
        for (const step of operations) {
          if (step.do === 'publish') {
            const { category } = step
            const data = 'x'.repeat(step.size)
            const source = { kind: 'cdp' } as const
            const { seq } = stream!.publish({ ts: 1, type: 'note', category, source, data })
            assert.ok(seq > (published.at(-1)?.seq ?? 0), 'no number is given twice')
            published.push({ seq, category, data })
          } else if (step.do === 'read') {
            read(step.maxBytes)
          } else {
            reader!.close()
            if (step.isProper) {
              await opened.journal.close()
            } else {
              // What kill -9 leaves, while the process that was not killed goes on elsewhere.
              const copy = join(root, String(runs++))
              cpSync(folder, copy, { recursive: true })
              await opened.journal.close()
              folder = copy
            }
            opened = openJournal(context, folder, { maxBytes: 2 ** 26 }, BOUNDS)
            start()
          }
        }
        // On a busy machine a turn may be over before anything is read.
        for (let turns = 0; read(1e9) || reader!.hasMore; turns++) {
          assert.ok(turns < 10_000, 'the reader never comes to the end')
          await turn()
        }
        const expected = published.filter(({ category }) => wanted(category))
        const seqs = new Set(got)
        assert.deepEqual(
          [...seqs].sort((a, b) => a - b),
          got,
          'in order, and none twice'
        )
        for (const { seq, category } of expected) {
          if (kept(category)) assert.ok(seqs.has(seq), `event ${seq} is kept, and was not read`)
        }
        assert.ok(got.every(seq => expected.some(event => event.seq === seq)))
        if (got.length < expected.length) assert.ok(missed > 0, 'told that events are missing')
        reader!.close()
        for (const hook of hooks) await hook()
      }
    ),
    { numRuns: 150 }
  )
})

test('what is on disk leaves memory early, what is not stays, and every reader gets both', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const bounds = { capacity: 1000, maxBytes: 1e9, storedBytes: 10_000 }
  const stream = new EventStream({ ...bounds, store: journal })
  const data = 'x'.repeat(1000)
  const publish = (category: EventCategory) =>
    stream.publish({ ts: 1, type: 'note', category, source: { kind: 'cdp' }, data }).seq
  const reader = stream.subscribe('now', {}, () => {})
  for (let i = 0; i < 50; i++) publish('system')
  assert.ok(stream.retainedBytes <= 10_000)
  assert.ok(stream.retained >= 8)
  const other = publish('console')
  for (let i = 0; i < 50; i++) publish('system')
  assert.equal(stream.oldestSeq, other)
  assert.equal(stream.retained, 51)

  const all = Array.from({ length: 101 }, (_, index) => index + 1)
  const { events, missed } = await readAll(reader)
  assert.equal(missed, 0)
  assert.deepEqual(
    events.map(({ seq }) => seq),
    all
  )
  assert.deepEqual(
    [...stream.events(1)].map(({ seq }) => seq),
    all
  )
})

test('a page goes on from the disk when what it comes to has left memory meanwhile', t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const bounds = { capacity: 1000, maxBytes: 1e9, storedBytes: 10_000 }
  const stream = new EventStream({ ...bounds, store: journal })
  const publish = (size: number) => {
    const source = { kind: 'cdp' } as const
    stream.publish({ ts: 1, type: 'note', category: 'system', source, data: 'x'.repeat(size) })
  }
  for (let i = 0; i < 60; i++) publish(10)
  assert.equal(stream.oldestSeq, 1)
  const seqs: number[] = []
  for (const { seq } of stream.events(1)) {
    seqs.push(seq)
    if (seq !== 10) continue
    publish(9000)
    publish(9000)
    assert.ok(stream.oldestSeq > 60)
  }
  assert.deepEqual(
    seqs,
    Array.from({ length: stream.seq }, (_, index) => index + 1)
  )
})

test('events read from the disk hold no memory of those that are kept', async t => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { journal, append } = openJournal(t, temporaryFolder(t))
  for (let n = 0; n < 200; n++) append('x'.repeat(300))
  collect()
  const before = process.memoryUsage().arrayBuffers
  const kept: PublishedEvent[] = []
  for (let n = 0; n < 500; n++) {
    kept.push(append('x'.repeat(300)))
    const cursor = journal.readerAfter(0)
    for (let read = 0; read < 150; read++) cursor.next()
    cursor.close()
  }
  let grown = Number.POSITIVE_INFINITY
  for (let tries = 0; grown >= 5_000_000; tries++) {
    assert.ok(tries < 200, `${grown} bytes are held for ${kept.length} events of 400`)
    collect()
    await sleep(10)
    grown = process.memoryUsage().arrayBuffers - before
  }
})

test('what is delivered again is answered from the disk, where it is only there', t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const bounds = { capacity: 1000, maxBytes: 1e9, storedBytes: 10_000 }
  const stream = new EventStream({ ...bounds, store: journal })
  const publisher = new Publisher(stream, { store: journal })
  const publish = (serial: number, data: string) => {
    const metadata = { supervisor_instance: 'a', supervisor_serial: String(serial) }
    const source = { kind: 'local_process', metadata } as const
    return publisher.publish(
      { ts: 1, type: 'service_crashed', category: 'system', source, data },
      'supervisor'
    )
  }
  const first = Array.from({ length: 200 }, (_, serial) => publish(serial, 'x'.repeat(500)))
  assert.ok(stream.oldestSeq! > 150)
  for (const serial of [0, 1, 100, 199]) {
    assert.deepEqual(publish(serial, 'else')?.json, first[serial]?.json)
  }
  assert.equal(stream.seq, 200)
})

test('a flood of other events does not push a kill out of reach of a slow reader', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const publish = (category: EventCategory) =>
    stream.publish({ ts: 1, type: 'note', category, source: { kind: 'cdp' } }).seq
  const reader = stream.subscribe('now', {}, () => {})
  const kills: number[] = []
  for (let i = 0; i < 5; i++) {
    kills.push(publish('system'))
    for (let j = 0; j < 100; j++) publish('console')
  }
  const got: number[] = []
  const missed: number[] = []
  for (;;) {
    const batch = await nextBatch(reader)
    missed.push(batch.missed)
    got.push(...batch.events.map(({ seq }) => seq))
    if (batch.events.length === 0) break
  }
  assert.deepEqual(got, [...kills, ...[...Array(10).keys()].map(index => 496 + index)])
  assert.deepEqual(missed, [0, 100, 100, 100, 100, 90, 0])
  assert.equal(stream.dropped, 490)
})

test('a reader of kept categories only is told of nothing that does not concern it', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const source = { kind: 'cdp' } as const
  const byCategory = stream.subscribe('now', { categories: new Set(['system']) }, () => {})
  const byType = stream.subscribe('now', { types: new Set(['system_oom_kill']) }, () => {})
  stream.publish({ ts: 1, type: 'system_oom_kill', category: 'system', source })
  for (let i = 0; i < 100; i++) stream.publish({ ts: 1, type: 'a', category: 'page', source })
  for (const reader of [byCategory, byType]) {
    const { events, missed } = await readAll(reader)
    assert.deepEqual([events.map(({ seq }) => seq), missed], [[1], 0])
  }
})

test('a turn that ends where the ring begins: nothing is read twice when the reader is behind again', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const source = { kind: 'cdp' } as const
  const publish = (count: number) => {
    for (let i = 0; i < count; i++) stream.publish({ ts: 1, type: 'a', category: 'system', source })
  }
  // So that a turn has room for 256 events, however busy the machine is.
  t.mock.method(performance, 'now', () => 0)
  const reader = stream.subscribe({ after: 0 }, {}, () => {})
  const got: number[] = []
  publish(266)
  for (let round = 0; round < 10; round++) {
    got.push(...reader.read(1e9, true).events.map(({ seq }) => seq))
    if (round < 3) publish(20)
    await turn()
  }
  assert.deepEqual(
    got,
    Array.from({ length: 326 }, (_, index) => index + 1)
  )
})

test('a long stretch of the journal is read in several turns of the event loop', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const source = { kind: 'cdp' } as const
  for (let i = 0; i < 5000; i++) stream.publish({ ts: 1, type: 'a', category: 'system', source })
  let calls = 0
  await new Promise<void>(resolve => {
    const reader = stream.subscribe({ after: 0 }, { types: new Set(['b']) }, () => {
      calls++
      assert.deepEqual(reader.read(1e9, true).events, [])
      if (!reader.hasMore) resolve()
    })
    reader.read(1e9, true)
  })
  assert.ok(calls >= 4, `${calls}`)
})

test('a reader that leaves in the middle of the journal gives its file back, and is not called again', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const source = { kind: 'cdp' } as const
  for (let i = 0; i < 1000; i++) stream.publish({ ts: 1, type: 'a', category: 'system', source })
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()
  let calls = 0
  const reader = stream.subscribe({ after: 0 }, {}, () => calls++)
  assert.equal(reader.read(1000, true).missed, 0)
  // Asks for its next turn.
  reader.read(1e9, true)
  assert.equal(open(), before + 1)
  reader.close()
  assert.equal(open(), before)
  stream.publish({ ts: 1, type: 'a', category: 'system', source })
  await sleep(20)
  assert.equal(calls, 0)
  assert.equal(stream.readers, 0)
})

test('a reader that has come to the ring holds no file of the journal', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const source = { kind: 'cdp' } as const
  for (let i = 0; i < 300; i++) stream.publish({ ts: 1, type: 'a', category: 'system', source })
  const before = readdirSync('/proc/self/fd').length
  const reader = stream.subscribe({ after: 0 }, {}, () => {})
  assert.equal((await readAll(reader)).events.length, 300)
  assert.equal(readdirSync('/proc/self/fd').length, before)
})

test('while the next event does not fit, it is not read from the disk again and again', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 2, maxBytes: 1e9, store: journal })
  const publish = (data: string) =>
    stream.publish({ ts: 1, type: 'a', category: 'system', source: { kind: 'cdp' }, data })
  publish('x'.repeat(20_000))
  for (let i = 0; i < 10; i++) publish('small')
  const reader = stream.subscribe({ after: 0 }, {}, () => {})
  const readBytes = () =>
    Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0)
  assert.deepEqual(reader.read(1000, false), { events: [], missed: 0 })
  const before = readBytes()
  for (let i = 0; i < 100; i++) reader.read(1000, false)
  assert.ok(readBytes() - before < 50_000, `${readBytes() - before} bytes`)
  const seqs = (atLeastOne: boolean) => reader.read(1000, atLeastOne).events.map(({ seq }) => seq)
  assert.deepEqual(seqs(true), [1])
  // The time of this turn of the event loop may be used up: it goes on in another.
  let rest: number[] = []
  for (let turns = 0; rest.length < 2 && turns < 1000; turns++) {
    await turn()
    rest = [...rest, ...seqs(false)]
  }
  assert.deepEqual(rest.slice(0, 2), [2, 3], 'what fits comes after it')
})
