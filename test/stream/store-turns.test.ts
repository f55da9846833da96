/** Who reads the store, and how much of it in one turn of the event loop. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { publishedEvent } from '../../plugin/events/envelope.ts'
import { Slabs } from '../../plugin/events/slabs.ts'
import type { EventStore } from '../../plugin/stream/event-store.ts'
import { StoreTurns } from '../../plugin/stream/store-turns.ts'
import { EventStream } from '../../plugin/stream/stream.ts'

/** Uses a slice up. @returns the events it allowed */
const use = (slice: { isOver(): boolean }): number => {
  let events = 0
  while (!slice.isOver()) events++
  return events
}

test('a slice ends after so many events, or after its time', async () => {
  const turns = new StoreTurns()
  assert.ok(use((await turns.next())!) <= 256)
  const slice = await turns.next()
  assert.equal(slice.isOver(), false)
  const until = performance.now() + 3
  while (performance.now() < until);
  assert.equal(slice.isOver(), true)
})

test('those who wait come one after the other, each again behind the others', async () => {
  const turns = new StoreTurns()
  const order: string[] = []
  const read = async (name: string, slices: number) => {
    for (let i = 0; i < slices; i++) {
      use(await turns.next())
      order.push(name)
    }
  }
  await Promise.all([read('long', 40), read('b', 3), read('c', 3)])
  const ends = ['b', 'c'].map(name => order.lastIndexOf(name))
  assert.ok(Math.max(...ends) < 20, `${order}`)
  assert.equal(order.length, 46)
})

test('in one turn there is a handful of slices, however many wait', async () => {
  const turns = new StoreTurns()
  let given = 0
  for (let i = 0; i < 100; i++) turns.request(() => given++)
  let before = 0
  for (let i = 0; given < 100; i++) {
    assert.ok(i < 100)
    await turn()
    assert.ok(given - before <= 4, `${given - before} in one turn`)
    before = given
  }
  assert.notEqual(turns.take(), undefined)
})

test('nobody is served before those who wait; who went away is waited for by nobody', async () => {
  const turns = new StoreTurns()
  const called: string[] = []
  const gone = () => called.push('gone')
  turns.request(gone)
  turns.request(() => called.push('first'))
  turns.cancel(gone)
  assert.equal(turns.take(), undefined)
  await turn()
  assert.deepEqual(called, ['first'])
})

test('a turn has its bound for those too who do not wait', async () => {
  const turns = new StoreTurns()
  let events = 0
  for (let slice = turns.take(); slice !== undefined; slice = turns.take()) events += use(slice)
  assert.ok(events > 0 && events <= 4 * 256, `${events}`)
  await turn()
  assert.notEqual(turns.take(), undefined)
})

test('200 readers and 20 pages that find nothing: a bound on the events of a turn, and all come through', async () => {
  const count = 3000
  const slabs = new Slabs()
  const events = Array.from({ length: count }, (_, index) => {
    const head = { seq: index + 1, ts: 1, type: 'a', category: 'system', isTrusted: false } as const
    return publishedEvent(head, slabs, Buffer.from(`"seq":${index + 1}}`), 0)
  })
  let looked = 0
  const store: EventStore = {
    keeps: () => true,
    holds: () => true,
    writtenSeq: 0,
    completeFrom: 1,
    oldestSeq: 1,
    append: () => {},
    hold: () => {},
    flush: () => {},
    settled: async () => {},
    readerAfter(after) {
      let next = Math.max(0, after)
      return {
        next() {
          looked++
          return events[next++]
        },
        close() {},
      }
    },
  }
  const history = { events: events.slice(-1), nextSeq: count + 1 }
  const stream = new EventStream({ capacity: 10, maxBytes: 1e6, store, history })
  let most = 0
  let before = 0
  let counter = setImmediate(function watch() {
    most = Math.max(most, looked - before)
    before = looked
    counter = setImmediate(watch)
  })
  const readers = Array.from(
    { length: 200 },
    () =>
      new Promise<void>(resolve => {
        const reader = stream.subscribe('oldest', { types: new Set(['b']) }, () => {
          assert.deepEqual(reader.read(1e6, true), { events: [], missed: 0 })
          if (reader.hasMore) return
          reader.close()
          resolve()
        })
        reader.read(1e6, true)
      })
  )
  const pages = Array.from({ length: 20 }, async () => {
    let slice = await stream.storeTurns.next()
    for (const _ of stream.events(0)) {
      if (slice.isOver()) slice = await stream.storeTurns.next()
    }
  })
  await Promise.all([...readers, ...pages])
  clearImmediate(counter)
  assert.equal(stream.readers, 0)
  assert.ok(looked >= 220 * (count - 1))
  // Two turns of the store may fall into one of this test's.
  assert.ok(most <= 2 * 5 * 257, `${most} events in one turn`)
})
