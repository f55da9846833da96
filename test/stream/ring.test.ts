/** The ring: what it keeps, by number and by bytes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventStream } from '../../plugin/stream/stream.ts'

const event = { ts: 1, type: 'note', category: 'console', source: { kind: 'cdp' } } as const
const GENEROUS = 1e9

function publish(stream: EventStream, count: number, data: unknown = 'x') {
  return Array.from({ length: count }, () => stream.publish({ ...event, data }))
}
const kept = (stream: EventStream, from = 0) => [...stream.events(from)].map(({ seq }) => seq)

test('sequence numbers begin at 1 and are consecutive, also over evictions', () => {
  const stream = new EventStream({ capacity: 3, maxBytes: GENEROUS })
  assert.equal(stream.seq, 0)
  assert.equal(stream.oldestSeq, undefined)
  assert.deepEqual(
    publish(stream, 10).map(({ seq }) => seq),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  )
  assert.equal(stream.seq, 10)
})

test('no more events are kept than the capacity: the oldest leave', () => {
  const stream = new EventStream({ capacity: 3, maxBytes: GENEROUS })
  publish(stream, 3)
  assert.deepEqual(kept(stream), [1, 2, 3])
  publish(stream, 5)
  assert.deepEqual(kept(stream), [6, 7, 8])
  assert.equal(stream.retained, 3)
  assert.equal(stream.oldestSeq, 6)
})

test('a ring of one event keeps the newest', () => {
  const stream = new EventStream({ capacity: 1, maxBytes: GENEROUS })
  publish(stream, 4)
  assert.deepEqual(kept(stream), [4])
})

test('no more bytes are kept than the bound: as many of the oldest leave as it takes', () => {
  const stream = new EventStream({ capacity: 100, maxBytes: 1000 })
  const [small] = publish(stream, 5)
  assert.equal(stream.retainedBytes, 5 * small!.frame.length)
  const [large] = publish(stream, 1, 'x'.repeat(700))
  assert.ok(stream.retainedBytes <= 1000)
  const fitting = Math.floor((1000 - large!.frame.length) / small!.frame.length)
  assert.equal(stream.retained, fitting + 1)
  assert.deepEqual(kept(stream).at(-1), 6)
})

test('an event exactly at the bound leaves the others their place; one byte more does not', () => {
  const frame = publish(new EventStream({ capacity: 9, maxBytes: GENEROUS }), 1)[0]!.frame.length
  const exact = new EventStream({ capacity: 9, maxBytes: 2 * frame })
  publish(exact, 2)
  assert.equal(exact.retained, 2)
  const short = new EventStream({ capacity: 9, maxBytes: 2 * frame - 1 })
  publish(short, 2)
  assert.equal(short.retained, 1)
})

test('the newest event is kept even where it alone is over the bound', () => {
  const stream = new EventStream({ capacity: 100, maxBytes: 500 })
  publish(stream, 2)
  publish(stream, 1, 'x'.repeat(5000))
  assert.deepEqual(kept(stream), [3])
  publish(stream, 1)
  assert.deepEqual(kept(stream), [4])
})

test('bytes are those of the frames kept, multi-byte text included', () => {
  const stream = new EventStream({ capacity: 2, maxBytes: GENEROUS })
  const published = publish(stream, 4, 'é€🙂')
  assert.equal(stream.retainedBytes, 2 * published[0]!.frame.length)
  assert.ok(published[0]!.frame.includes('é€🙂'))
})

test('reading from a number begins there, or at the oldest kept, or gives nothing', () => {
  const stream = new EventStream({ capacity: 3, maxBytes: GENEROUS })
  assert.deepEqual(kept(stream), [])
  publish(stream, 5)
  assert.deepEqual(kept(stream, 4), [4, 5])
  assert.deepEqual(kept(stream, 1), [3, 4, 5])
  assert.deepEqual(kept(stream, 6), [])
})

test('readers at the same place get the same events, and none that has left', () => {
  const stream = new EventStream({ capacity: 300, maxBytes: GENEROUS })
  const open = (filter = {}) => stream.subscribe('now', filter, () => {})
  const seqs = (reader: ReturnType<typeof open>, bytes = GENEROUS) => {
    const { events, missed } = reader.read(bytes, true)
    return { seqs: events.map(({ seq }) => seq), missed }
  }
  const [first, second, filtered, small] = [
    open(),
    open(),
    open({ types: new Set(['note']) }),
    open(),
  ]
  const from = (begin: number, count: number) => Array.from({ length: count }, (_, i) => begin + i)
  const [{ frameBytes } = assert.fail('nothing is published')] = publish(stream, 5)
  for (const reader of [first, second, filtered]) {
    assert.deepEqual(seqs(reader), { seqs: from(1, 5), missed: 0 })
    assert.deepEqual(seqs(reader), { seqs: [], missed: 0 })
  }
  // What does not fit is for the next time.
  assert.deepEqual(seqs(small, 3 * frameBytes), { seqs: from(1, 3), missed: 0 })
  publish(stream, 2)
  assert.deepEqual(seqs(first), { seqs: from(6, 2), missed: 0 })
  assert.deepEqual(seqs(small), { seqs: from(4, 4), missed: 0 })
  publish(stream, 1)
  assert.deepEqual(seqs(second), { seqs: from(6, 3), missed: 0 })
  assert.deepEqual(seqs(first), { seqs: [8], missed: 0 })
  // More than a run may have, and more than the ring has.
  publish(stream, 290)
  assert.deepEqual(seqs(first), { seqs: from(9, 290), missed: 0 })
  publish(stream, 20)
  assert.deepEqual(seqs(second), { seqs: from(19, 300), missed: 10 })
  assert.deepEqual(seqs(first), { seqs: from(299, 20), missed: 0 })
})
