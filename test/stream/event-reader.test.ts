/** Readers of the stream: where they begin, what they are told they missed, when they are woken. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { EventCategory } from '../../generated/types.ts'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import type { EventFilter } from '../../plugin/stream/event-reader.ts'
import { EventStream, type StartAt } from '../../plugin/stream/stream.ts'

function streamOf(count: number, capacity = 100): EventStream {
  const stream = new EventStream({ capacity, maxBytes: 1e9 })
  publish(stream, count)
  return stream
}

function publish(
  stream: EventStream,
  count: number,
  category: EventCategory = 'console',
  type = 'note'
): void {
  for (let i = 0; i < count; i++)
    stream.publish({ ts: 1, type, category, source: { kind: 'cdp' }, data: i })
}

function readerOf(stream: EventStream, start: StartAt, filter: EventFilter = {}) {
  const reader = stream.subscribe(start, filter, () => {})
  return () => {
    const { events, missed } = reader.read(1e9, true)
    return { seqs: events.map(({ seq }) => seq), missed }
  }
}

test('from now: only what is published after', () => {
  const stream = streamOf(3)
  const read = readerOf(stream, 'now')
  assert.deepEqual(read(), { seqs: [], missed: 0 })
  publish(stream, 2)
  assert.deepEqual(read(), { seqs: [4, 5], missed: 0 })
  assert.deepEqual(read(), { seqs: [], missed: 0 })
})

test('from the oldest: all that is kept, and what was dropped before is not counted as missed', () => {
  assert.deepEqual(readerOf(streamOf(5, 3), 'oldest')(), { seqs: [3, 4, 5], missed: 0 })
  assert.deepEqual(readerOf(streamOf(0), 'oldest')(), { seqs: [], missed: 0 })
})

test('after a number: strictly after it', () => {
  const stream = streamOf(5)
  assert.deepEqual(readerOf(stream, { after: 3 })(), { seqs: [4, 5], missed: 0 })
  assert.deepEqual(readerOf(stream, { after: 0 })(), { seqs: [1, 2, 3, 4, 5], missed: 0 })
})

test('after the newest number: nothing, and then the next', () => {
  const stream = streamOf(5)
  const read = readerOf(stream, { after: 5 })
  assert.deepEqual(read(), { seqs: [], missed: 0 })
  publish(stream, 1)
  assert.deepEqual(read().seqs, [6])
})

test('after a number from the future: from the oldest kept, and nothing counted as missed', () => {
  const stream = streamOf(5, 3)
  assert.deepEqual(readerOf(stream, { after: 6 })(), { seqs: [3, 4, 5], missed: 0 })
  assert.deepEqual(readerOf(stream, { after: 2 ** 52 })(), { seqs: [3, 4, 5], missed: 0 })
  const empty = streamOf(0)
  const read = readerOf(empty, { after: 7 })
  publish(empty, 1)
  assert.deepEqual(read().seqs, [1])
})

test('after a number too old: from the oldest kept, told exactly how many are gone', () => {
  assert.deepEqual(readerOf(streamOf(10, 3), { after: 2 })(), { seqs: [8, 9, 10], missed: 5 })
  assert.deepEqual(readerOf(streamOf(10, 3), { after: 7 })(), { seqs: [8, 9, 10], missed: 0 })
})

test('a reader that is lapped is told once how many it missed, and dropped counts them', () => {
  const stream = streamOf(0, 3)
  const read = readerOf(stream, 'now')
  publish(stream, 1)
  read()
  publish(stream, 10)
  assert.equal(stream.dropped, 0)
  assert.deepEqual(read(), { seqs: [9, 10, 11], missed: 7 })
  assert.deepEqual(read(), { seqs: [], missed: 0 })
  assert.equal(stream.dropped, 7)
})

test('dropped is summed over the readers; one that keeps up adds nothing', () => {
  const stream = streamOf(0, 3)
  const slow = [readerOf(stream, 'now'), readerOf(stream, 'now')]
  const quick = readerOf(stream, 'now')
  for (let i = 0; i < 5; i++) {
    publish(stream, 1)
    assert.equal(quick().missed, 0)
  }
  for (const read of slow) assert.equal(read().missed, 2)
  assert.equal(stream.dropped, 4)
})

test('filters by category, by type, and by both', () => {
  const stream = streamOf(0)
  publish(stream, 1, 'console', 'a')
  publish(stream, 1, 'network', 'a')
  publish(stream, 1, 'network', 'b')
  publish(stream, 1, 'page', 'c')
  const seqs = (filter: EventFilter) => readerOf(stream, 'oldest', filter)().seqs
  assert.deepEqual(seqs({ categories: new Set(['network']) }), [2, 3])
  assert.deepEqual(seqs({ categories: new Set(['console', 'page']) }), [1, 4])
  assert.deepEqual(seqs({ types: new Set(['a', 'c']) }), [1, 2, 4])
  assert.deepEqual(seqs({ categories: new Set(['network']), types: new Set(['a']) }), [2])
})

test('a filtered reader passes over what does not concern it, and is then at the end', () => {
  const stream = streamOf(5)
  const reader = stream.subscribe('oldest', { categories: new Set(['system']) }, () => {})
  assert.equal(reader.hasMore, true)
  assert.deepEqual(reader.read(1e9, true), { events: [], missed: 0 })
  assert.equal(reader.hasMore, false)
})

test('no more bytes are read than asked for, and nothing is lost in between', () => {
  const stream = streamOf(9)
  const frame = [...stream.events(1)][0]!.frame.length
  const reader = stream.subscribe('oldest', {}, () => {})
  const batches: number[] = []
  while (reader.hasMore) batches.push(reader.read(4 * frame, false).events.length)
  assert.deepEqual(batches, [4, 4, 1])
})

test('an event larger than asked for waits, or comes alone where at least one is wanted', () => {
  const stream = streamOf(2)
  const reader = stream.subscribe('oldest', {}, () => {})
  assert.deepEqual(reader.read(10, false).events, [])
  assert.deepEqual(reader.read(-5, false).events, [])
  assert.deepEqual(
    reader.read(10, true).events.map(({ seq }) => seq),
    [1]
  )
  assert.equal(reader.hasMore, true)
})

test('a reader is woken after the turn that published, once for all of that turn', async () => {
  const stream = streamOf(0)
  let woken = 0
  stream.subscribe('now', {}, () => woken++)
  publish(stream, 3)
  assert.equal(woken, 0)
  await turn()
  assert.equal(woken, 1)
  await turn()
  assert.equal(woken, 1)
  publish(stream, 1)
  await turn()
  assert.equal(woken, 2)
})

test('a reader that closed is not woken, not even for what was published before', async () => {
  const stream = streamOf(0)
  let woken = 0
  const reader = stream.subscribe('now', {}, () => woken++)
  assert.equal(stream.readers, 1)
  publish(stream, 1)
  reader.close()
  await turn()
  assert.equal(woken, 0)
  assert.equal(stream.readers, 0)
})

test('numbers after the newest event that were given to others are told after it', () => {
  const source = { kind: 'cdp' } as const
  const events = [1, 2, 3].map(seq =>
    sealEnvelope(seq, { ts: 1, type: 'note', category: 'console', source })
  )
  for (const [count, missing] of [
    [3, 1],
    [3, 2],
    [1, 2],
  ] as const) {
    const next = count + 1 + missing
    const history = { events: events.slice(0, count), nextSeq: next }
    const stream = new EventStream({ capacity: 10, maxBytes: 1e9, history })
    const read = readerOf(stream, { after: 0 })
    assert.deepEqual(read(), { seqs: [1, 2, 3].slice(0, count), missed: 0 })
    assert.deepEqual(read(), { seqs: [], missed: missing })
    assert.deepEqual(read(), { seqs: [], missed: 0 })
    publish(stream, 1)
    assert.deepEqual(read(), { seqs: [next], missed: 0 })
  }
})

test('numbers of which nobody knows whether they were given do not count as missed', () => {
  const stream = streamOf(20, 3)
  stream.uncertain.add({ from: 5, to: 9 })
  // Of 3 to 17 five are uncertain.
  assert.deepEqual(readerOf(stream, { after: 2 })(), { seqs: [18, 19, 20], missed: 10 })
  assert.deepEqual(readerOf(stream, { after: 7 })(), { seqs: [18, 19, 20], missed: 8 })
})

test('a single number that nobody has, between two events, is told before what comes after it', () => {
  const [first, third] = [1, 3].map(seq =>
    sealEnvelope(seq, { ts: 1, type: 'note', category: 'console', source: { kind: 'cdp' } })
  )
  const stream = new EventStream({
    capacity: 10,
    maxBytes: 1e9,
    history: { events: [first!, third!], nextSeq: 4 },
  })
  const read = readerOf(stream, { after: 0 })
  assert.deepEqual(read(), { seqs: [1], missed: 0 })
  assert.deepEqual(read(), { seqs: [3], missed: 1 })
})
