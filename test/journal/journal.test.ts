/** The journal: what is kept over the end of a process, in which order, and within which bounds. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { RESERVED_NUMBERS } from '../../plugin/journal/high-water.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { ALL, linesIn, openJournal, read, runningTimers, segmentsIn } from './journals.ts'

const SMALLEST = 2 ** 20

/** As JSON has it: without what is undefined. */
const asSent = (value: object): object => JSON.parse(JSON.stringify(value)) as object

test('what was appended is there after a kill, and numbers go on', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  const events = [1, 2, 3].map(data => first.append(data))
  // Nothing is closed: this is how kill -9 leaves it.
  const second = openJournal(t, folder)
  assert.deepEqual(second.recovery.events, events)
  assert.equal(second.recovery.nextSeq, 4)
  second.append(4)
  const third = openJournal(t, folder)
  assert.deepEqual(read(third.journal), [1, 2, 3, 4])
  await third.journal.verify()
  assert.deepEqual(third.losses, [])
})

test('after a proper end too, and the segment is continued', async t => {
  const folder = temporaryFolder(t)
  for (let run = 0; run < 5; run++) {
    const { journal, append, recovery } = openJournal(t, folder)
    assert.equal(recovery.nextSeq, run + 1)
    append(run)
    await journal.close()
  }
  assert.equal(segmentsIn(folder).length, 1)
})

test('its files are for their owner only', t => {
  const folder = join(temporaryFolder(t), 'journal')
  openJournal(t, folder).append()
  const names = readdirSync(folder).filter(name => name !== 'trusted')
  assert.equal(names.length, 2)
  for (const name of names) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
})

test('its health is that of its files', async t => {
  const folder = temporaryFolder(t)
  const { journal, append } = openJournal(t, folder, { maxBytes: SMALLEST })
  assert.deepEqual(asSent(journal.health), {
    state: 'writing',
    path: folder,
    sync: 'never',
    events: 0,
    bytes: 0,
    last_seq: 0,
    unwritten: 0,
  })
  append(1, 'console')
  for (let i = 0; i < 200; i++) append('x'.repeat(1000))
  append(1, 'console')
  const sizes = segmentsIn(folder).map(name => statSync(join(folder, name)).size)
  assert.ok(sizes.length > 2)
  const { events, bytes, oldest_seq, last_seq } = journal.health
  const total = sizes.reduce((sum, size) => sum + size, 0)
  assert.deepEqual(
    { events, bytes, oldest_seq, last_seq },
    { events: 200, bytes: total, oldest_seq: 2, last_seq: 201 }
  )
  await journal.close()
  assert.deepEqual(openJournal(t, folder, { maxBytes: SMALLEST }).journal.health, {
    ...journal.health,
  })
})

for (const [maxBytes, segmentBytes] of [
  [32 * 100_000, 100_000],
  [32 * 100_000 + 31, 100_000],
  [1, 64 * 1024],
] as const) {
  test(`a segment is filled up to its size, and a larger event has one of its own: ${maxBytes}`, t => {
    const folder = temporaryFolder(t)
    const { append, journal } = openJournal(t, folder, { maxBytes })
    const empty = append('').json.length + `{"crc32":"00000000","n":1,`.length
    // Two lines that are together exactly as long as a segment may be.
    append('x'.repeat(segmentBytes - 2 * empty))
    assert.deepEqual(
      segmentsIn(folder).map(name => statSync(join(folder, name)).size),
      [segmentBytes]
    )
    append('x')
    assert.equal(segmentsIn(folder).length, 2)
    append('x'.repeat(2 * segmentBytes))
    assert.equal(segmentsIn(folder).length, 3)
    append('x')
    assert.equal(segmentsIn(folder).length, 4)
    assert.deepEqual(read(journal), [1, 2, 3, 4, 5])
  })
}

test('a segment has 4 MiB at most', t => {
  const folder = temporaryFolder(t)
  const { append } = openJournal(t, folder, { maxBytes: 2 ** 30 })
  while (segmentsIn(folder).length < 2) append('x'.repeat(100_000))
  const { size } = statSync(join(folder, segmentsIn(folder)[0]!))
  assert.ok(size <= 4 * 1024 * 1024 && size > 4 * 1024 * 1024 - 110_000, `${size}`)
})

test('the journal may be exactly as large as its bound, and not larger', async t => {
  const folder = temporaryFolder(t)
  const { append, journal, losses } = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 1500; i++) append('x'.repeat(500))
  await turn()
  assert.deepEqual(losses, [])
  const { bytes } = journal.health
  await journal.close()
  const exact = openJournal(t, folder, { maxBytes: bytes! })
  await exact.journal.verify()
  assert.deepEqual(exact.losses, [])
  await exact.journal.close()
  const smaller = openJournal(t, folder, { maxBytes: bytes! - 1 })
  await smaller.journal.verify()
  assert.equal(smaller.losses.length, 1)
})

test('a reader gives its file back when it is closed, and when it goes on to the next', t => {
  const { journal, append } = openJournal(t, temporaryFolder(t), { maxBytes: SMALLEST })
  for (let i = 0; i < 200; i++) append('x'.repeat(1000))
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()
  const reader = journal.readerAfter(0)
  for (let i = 0; i < 190; i++) reader.next()
  assert.equal(open(), before + 1)
  reader.close()
  assert.equal(open(), before)
  reader.close()
})

test('a closed journal removes nothing and tells of nothing any more', async t => {
  const folder = temporaryFolder(t)
  const { append, journal, losses } = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 1100; i++) append('x'.repeat(1000))
  // What is too much goes in the next turn.
  await journal.close()
  await turn()
  assert.deepEqual(losses, [])
  const next = openJournal(t, folder, { maxBytes: SMALLEST })
  await next.journal.verify()
  assert.ok(next.losses.length > 0)
  assert.ok(next.journal.health.bytes! <= SMALLEST)
})

test('other categories are not kept, and their numbers are not given again', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  first.append(1)
  first.append(2, 'console')
  const newest = first.append(3)
  assert.deepEqual(read(first.journal), [1, 3])

  const killed = openJournal(t, folder)
  assert.equal(killed.recovery.nextSeq, 2 + RESERVED_NUMBERS)
  await killed.journal.verify()
  const [{ lost, reason, uncertain, from } = assert.fail('nothing is said')] = killed.losses
  assert.equal(lost, undefined)
  assert.equal(from, newest.ts, 'not before the newest that is there')
  assert.match(reason, /without notice/)
  assert.deepEqual(uncertain, { from: 4, to: 1 + RESERVED_NUMBERS })
})

test('numbers are reserved a thousand at a time', t => {
  const folder = temporaryFolder(t)
  const { append } = openJournal(t, folder)
  const reserved = () =>
    Number(/"reserved":(\d+)/.exec(readFileSync(join(folder, 'high-water'), 'utf8'))?.[1])
  append(1)
  assert.equal(reserved(), 1)
  append(2, 'console')
  for (let i = 0; i < 999; i++) {
    assert.equal(reserved(), 1001)
    append('', 'console')
  }
  assert.equal(reserved(), 1001)
  append('', 'console')
  assert.equal(reserved(), 2001)
})

test('after a proper end no number is left out, and nothing is lost', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  first.append(1)
  first.append(2, 'console')
  await first.journal.close()
  const second = openJournal(t, folder)
  assert.equal(second.recovery.nextSeq, 3)
  await second.journal.verify()
  assert.deepEqual(second.losses, [])
})

test('a kill right after the start leaves nothing unsure', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  first.append(1)
  first.append(2, 'console')
  await first.journal.close()
  openJournal(t, folder)
  const { journal, recovery, losses } = openJournal(t, folder)
  assert.equal(recovery.nextSeq, 3)
  await journal.verify()
  assert.deepEqual(losses, [])
})

test('where only kept events were published, a kill leaves no number out', t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  first.append(1)
  first.append(2, 'monitor')
  assert.equal(openJournal(t, folder).recovery.nextSeq, 3)
})

test('another boot without a proper end: said, and numbers that may have been given are left out', async t => {
  const folder = temporaryFolder(t)
  openJournal(t, folder).append(1)
  const { recovery, journal, losses } = openJournal(t, folder, { bootId: 'another' })
  assert.equal(recovery.nextSeq, 2 + RESERVED_NUMBERS)
  await journal.verify()
  assert.equal(losses.length, 1)
  assert.match(losses[0]!.reason, /went down without notice/)
})

test('only the newest are read back, as many as are asked for, and the rest by a cursor', t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 400; i++) first.append('x'.repeat(1000))
  assert.ok(segmentsIn(folder).length > 4)
  const { recovery, journal } = openJournal(
    t,
    folder,
    { maxBytes: SMALLEST },
    { ...ALL, events: 10 }
  )
  assert.equal(recovery.events.at(-1)?.seq, 400)
  assert.ok(recovery.events.length >= 10 && recovery.events.length < 100)
  assert.deepEqual(
    read(journal),
    Array.from({ length: 400 }, (_, index) => index + 1)
  )
  for (const after of [0, 1, 57, 123, 399, 400, 9999]) {
    assert.equal(read(journal, after).length, Math.max(0, 400 - after))
  }
})

test('a cursor at the end goes on with what comes, over segments', t => {
  const { journal, append } = openJournal(t, temporaryFolder(t), { maxBytes: SMALLEST })
  append()
  const cursor = journal.readerAfter(0)
  assert.equal(cursor.next()?.seq, 1)
  assert.equal(cursor.next(), undefined)
  for (let i = 0; i < 200; i++) {
    append('x'.repeat(1000))
    assert.equal(cursor.next()?.seq, i + 2)
    assert.equal(cursor.next(), undefined)
  }
  cursor.close()
})

test('past its bound the oldest segments go, each a loss of so many events', async t => {
  const folder = temporaryFolder(t)
  const { journal, append, losses } = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 3000; i++) {
    append('x'.repeat(1000))
    if (i % 50 === 0) await turn()
  }
  await turn()
  assert.ok(journal.health.bytes! <= SMALLEST)
  const kept = read(journal)
  const lost = losses.reduce((sum, loss) => sum + loss.lost!, 0)
  assert.equal(kept.length + lost, 3000)
  assert.equal(kept[0], lost + 1)
  assert.equal(journal.health.events, kept.length)
  assert.equal(new Set(losses.map(({ key }) => key)).size, losses.length)
  for (const { from, to } of losses) assert.ok(from! < to!)

  const again = openJournal(t, folder, { maxBytes: SMALLEST })
  await again.journal.verify()
  assert.deepEqual(again.losses, [], 'what was removed is not missing')
})

test('segments past their age go', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 200; i++) first.append('x'.repeat(1000))
  await first.journal.close()
  const names = segmentsIn(folder)
  utimesSync(join(folder, names[0]!), 1, 1)
  const { journal, losses } = openJournal(t, folder, { maxBytes: SMALLEST, maxAge: 3_600_000 })
  await journal.verify()
  assert.deepEqual(segmentsIn(folder), names.slice(1))
  assert.equal(losses.length, 1)
  assert.match(losses[0]!.reason, /age/)
})

test('segments that pass their age while nothing is published go, within some minutes', t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const folder = temporaryFolder(t)
  const { journal, append, losses } = openJournal(t, folder, {
    maxBytes: SMALLEST,
    maxAge: 3_600_000,
  })
  for (let i = 0; i < 200; i++) append('x'.repeat(1000))
  const names = segmentsIn(folder)
  t.mock.timers.tick(60 * 60_000)
  assert.deepEqual(segmentsIn(folder), names, 'none is too old')
  for (const name of names.slice(0, 2)) utimesSync(join(folder, name), 1, 1)
  t.mock.timers.tick(15 * 60_000)
  assert.deepEqual(segmentsIn(folder), names.slice(2))
  assert.equal(losses.length, 2)
  assert.equal(read(journal).length, 200 - losses[0]!.lost! - losses[1]!.lost!)
})

test('always: what is settled was synced, many at once by few syncs', async t => {
  const { journal, append } = openJournal(t, temporaryFolder(t), { sync: 'always' })
  await Promise.all(
    Array.from({ length: 100 }, () => {
      append()
      return journal.settled()
    })
  )
  assert.equal(read(journal).length, 100)
})

test('a closed journal leaves no timer behind', async t => {
  const running = runningTimers(t)
  const { journal, append, logged } = openJournal(t, temporaryFolder(t), { sync: 'interval' })
  append()
  assert.equal(running.size, 3, 'the age of either part, and a sync')
  await journal.close()
  assert.equal(running.size, 0)
  assert.deepEqual(logged, [])
})

test('other files in the folder are left alone', t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  first.append()
  assert.equal(linesIn(folder).length, 1)
  assert.deepEqual(readdirSync(folder).sort(), [segmentsIn(folder)[0], 'high-water', 'trusted'])
  const [name = ''] = segmentsIn(folder)
  for (const other of [`x${name}`, `${name}~`, `${name}.gz`, name.slice(1), 'notes.jsonl']) {
    writeFileSync(join(folder, other), 'theirs\n', { mode: 0o600 })
    const { journal, recovery } = openJournal(t, folder)
    assert.deepEqual(
      recovery.segments.map(segment => segment.name),
      [name]
    )
    assert.deepEqual(read(journal), [1])
    assert.equal(readFileSync(join(folder, other), 'utf8'), 'theirs\n')
    rmSync(join(folder, other))
  }
})
