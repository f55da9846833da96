/** What the page holds, for as long as it is open. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOf } from '../../plugin/ui/entry.ts'
import { MAX_ENTRIES, MAX_JSON_CHARS, Store } from '../../plugin/ui/store.ts'
import { envelope, kill } from './envelopes.ts'

test('history is sorted, comes once, and lies before what the stream brings', () => {
  const store = new Store()
  store.addHistory([envelope(3), envelope(1)])
  store.add(envelope(4))
  store.addHistory([envelope(2), envelope(3)])
  assert.deepEqual(
    store.entries.map(({ id }) => id),
    ['1-1', '1-2', '1-3', '1-4']
  )
  assert.equal(store.lastSeq, 4)
})

test('numbers that begin anew are another run, and no number stands twice', () => {
  const store = new Store()
  store.add(kill(5, 'old'))
  store.add(kill(1, 'new'))
  store.beginRun()
  assert.equal(store.lastSeq, 0)
  store.addHistory([kill(1, 'newer'), kill(9, 'newest')])
  assert.deepEqual(
    store.entries.map(({ id, lane }) => `${id} ${lane}`),
    ['1-5 old', '2-1 new', '3-1 newer', '3-9 newest']
  )
  assert.equal(store.run, 3)
})

test('an event is told from another that was given its number', () => {
  const entry = new Store().add(kill(5))
  assert.ok(isOf(entry, kill(5)))
  assert.ok(!isOf(entry, kill(5, 'java', 1)))
  assert.ok(!isOf(entry, envelope(5)))
})

test('a flood of other events pushes no death out', () => {
  const store = new Store()
  for (let seq = 1; seq <= 100; seq++) store.add(kill(seq))
  for (let seq = 101; seq <= 3 * MAX_ENTRIES; seq++) store.add(envelope(seq))
  const deaths = store.entries.filter(({ kind }) => kind === 'kill')
  assert.equal(deaths.length, 100)
  assert.ok(store.entries.length <= MAX_ENTRIES + 256)
  assert.equal(store.entries.at(-1)!.seq, 3 * MAX_ENTRIES)
})

test('of very many deaths the newest stay', () => {
  const store = new Store()
  for (let seq = 1; seq <= 2 * MAX_ENTRIES; seq++) store.add(kill(seq))
  assert.ok(store.entries.length <= MAX_ENTRIES + 256)
  assert.equal(store.entries.at(-1)!.seq, 2 * MAX_ENTRIES)
  assert.equal(store.get('1-1'), undefined)
})

test('only so much text is kept, however few the events: that of deaths longest', () => {
  const store = new Store()
  const death = store.add(kill(1))
  for (let seq = 2; seq <= 30; seq++)
    store.add(envelope(seq, 'note', { text: 'x'.repeat(900_000) }))
  const kept = store.entries.reduce((sum, { json }) => sum + (json?.length ?? 0), 0)
  assert.ok(kept <= MAX_JSON_CHARS + 1_000_000, `${kept} characters`)
  assert.notEqual(death.json, undefined)
  assert.notEqual(store.entries.at(-1)!.json, undefined)
  assert.equal(store.entries.length, 30)
})

test('those that tell of one death find each other, whichever comes first', () => {
  const store = new Store()
  const page = { title: 'Shop', oom_kill_seq: 2 }
  store.addHistory([envelope(3, 'page_crashed', page)])
  store.addHistory([kill(2)])
  const [death, crash] = store.entries
  assert.deepEqual(store.related(death!), [crash])
  assert.deepEqual(store.related(crash!), [death])
  store.add(envelope(4, 'page_crashed', { ...page, title: 'Cart' }))
  assert.equal(store.related(death!).length, 2)
  // Its card is drawn again.
  assert.equal(death!.revision, 1)
})

test('a hole in the stream is a gap behind the newest event', () => {
  const store = new Store()
  store.add(envelope(7))
  const gap = store.addMissed(12)
  assert.equal(gap.kind, 'gap')
  assert.match(gap.sentence, /12/)
  store.addHistory([envelope(8)])
  assert.deepEqual(
    store.entries.map(({ seq }) => seq),
    [7, 7.5, 8]
  )
})
