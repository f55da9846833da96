/**
 * What a full disk leaves in memory only: the next process tells how much it was, and gives none of its
 * numbers again. The high water, which is overwritten in place, has room on a full disk.
 */

import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import { addUnwritten, UnwrittenEvents } from '../../plugin/journal/unwritten.ts'
import { fill, remount, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'
import { openJournal, read } from './journals.ts'

const skip = whyNoSmallDisk

/** What a kill of the process leaves of its folder, on a disk with room. */
function killed(t: TestContext, folder: string): string {
  const copy = join(temporaryFolder(t), 'journal')
  cpSync(folder, copy, { recursive: true })
  return copy
}

test('counted with their times: those that wait, and those that were dropped until they are told', () => {
  const unwritten = new UnwrittenEvents(1000)
  assert.equal(unwritten.all, undefined)
  const push = (seq: number) =>
    unwritten.push(
      sealEnvelope(seq, {
        ts: seq * 10,
        type: 'note',
        category: 'system',
        source: { kind: 'cdp' },
        data: 'x'.repeat(300),
      })
    )
  for (let seq = 1; seq <= 6; seq++) push(seq)
  assert.deepEqual(unwritten.all, { lost: 6, from: 10, to: 60 })
  const { dropped, size, droppedSeq } = unwritten
  assert.deepEqual(dropped, { lost: 6 - size, from: 10, to: (6 - size) * 10 })
  assert.equal(droppedSeq, 6 - size)
  unwritten.forgetDropped()
  assert.deepEqual(unwritten.all, { lost: size, from: droppedSeq * 10 + 10, to: 60 })
  while (unwritten.shift() !== undefined);
  assert.equal(unwritten.all, undefined)
})

test('as much waits as its bound, to the byte', () => {
  const event = (seq: number) =>
    sealEnvelope(seq, { ts: 1, type: 'note', category: 'system', source: { kind: 'cdp' } })
  const { frameBytes } = event(1)
  for (const [maxBytes, size] of [
    [3 * frameBytes, 3],
    [3 * frameBytes - 1, 2],
    // The newest waits, however large it is.
    [1, 1],
  ] as const) {
    const unwritten = new UnwrittenEvents(maxBytes)
    for (const seq of [1, 2, 3]) unwritten.push(event(seq))
    assert.equal(unwritten.size, size, `${maxBytes}`)
    assert.equal(unwritten.dropped?.lost, size === 3 ? undefined : 3 - size)
  }
})

test('added up: the sum, from the first to the last', () => {
  const one = { lost: 1, from: 5, to: 6 }
  assert.equal(addUnwritten(undefined, undefined), undefined)
  assert.equal(addUnwritten(one, undefined), one)
  assert.equal(addUnwritten(undefined, one), one)
  assert.deepEqual(addUnwritten(one, { lost: 2, from: 1, to: 4 }), { lost: 3, from: 1, to: 6 })
})

test(
  'killed on a full disk: told once, in each part, and no number is given again',
  { skip },
  async t => {
    const disk = smallDisk(t, '1m')
    const folder = join(disk, 'journal')
    const first = openJournal(t, folder)
    first.append('before')
    first.append('before', 'system', 'kernel')
    fill(disk)
    let last = 0
    for (let i = 0; i < 50; i++) {
      first.append('x'.repeat(500))
      last = first.append('x'.repeat(300), 'system', 'kernel').seq
    }
    const copy = killed(t, folder)
    const { journal, losses, recovery } = openJournal(t, copy)
    assert.equal(recovery.nextSeq, last + 1)
    await journal.verify()
    assert.equal(losses.length, 2)
    const kept = read(journal)
    assert.equal(
      losses.reduce((sum, { lost }) => sum + lost!, 0),
      102 - kept.length
    )
    assert.match(losses[0]!.key!, /^trusted-unwritten-/)
    assert.match(losses[0]!.reason, /told again where the kernel log/)
    assert.match(losses[1]!.key!, /^unwritten-/)
    for (const { from, to } of losses) assert.ok(from! < to!)
    // Killed before the gap is on disk, it is told again, as the same gap; after that no more.
    const again = openJournal(t, killed(t, folder))
    await again.journal.verify()
    assert.deepEqual(
      again.losses.map(({ key }) => key),
      losses.map(({ key }) => key)
    )
    const later = openJournal(t, copy)
    await later.journal.verify()
    assert.deepEqual(later.losses, [])
  }
)

test(
  'where the disk is still full at the next start, the one after that is told of both',
  { skip },
  async t => {
    const disk = smallDisk(t, '1m')
    const folder = join(disk, 'journal')
    const first = openJournal(t, folder)
    // A line of more than a block: none of it fits into what the file has already.
    first.append('x'.repeat(4000), 'system', 'kernel')
    fill(disk)
    for (let i = 0; i < 10; i++) first.append('x'.repeat(5000), 'system', 'kernel')
    const second = openJournal(t, folder)
    second.append('x'.repeat(5000), 'system', 'kernel')
    await second.journal.verify()
    assert.deepEqual(
      second.losses.map(({ lost }) => lost),
      [10]
    )
    assert.equal(second.journal.health.state, 'memory')
    const third = openJournal(t, killed(t, folder))
    await third.journal.verify()
    assert.deepEqual(
      third.losses.map(({ lost }) => lost),
      [11]
    )
  }
)

/** Of a first process an event got onto no disk, nor does one of the second. */
function startedAgainOnFullDisk(t: TestContext) {
  const disk = smallDisk(t, '1m')
  const folder = join(disk, 'journal')
  const first = openJournal(t, folder)
  first.append('x'.repeat(4000), 'system', 'kernel')
  const empty = fill(disk)
  first.append('x'.repeat(5000), 'system', 'kernel')
  const second = openJournal(t, folder)
  second.append('x'.repeat(5000), 'system', 'kernel')
  return { folder, empty, second }
}

test('told on a full disk, and then there is room: it is not told again', { skip }, async t => {
  const { folder, empty, second } = startedAgainOnFullDisk(t)
  await second.journal.verify()
  assert.equal(second.losses.length, 1)
  empty()
  await waitFor(() => second.journal.health.state === 'writing', 'written again')
  const third = openJournal(t, killed(t, folder))
  await third.journal.verify()
  assert.deepEqual(third.losses, [])
})

test('room before it was told: it is still to be told by the next', { skip }, async t => {
  const { folder, empty, second } = startedAgainOnFullDisk(t)
  empty()
  await waitFor(() => second.journal.health.state === 'writing', 'written again')
  const third = openJournal(t, killed(t, folder))
  await third.journal.verify()
  assert.deepEqual(
    third.losses.map(({ lost }) => lost),
    [1]
  )
})

test('what was dropped from memory too is told by whoever comes first', { skip }, async t => {
  const disk = smallDisk(t, '1m')
  const folder = join(disk, 'journal')
  const first = openJournal(t, folder)
  first.append('before')
  const empty = fill(disk)
  for (let i = 0; i < 30; i++) first.append('x'.repeat(300_000))
  const copy = killed(t, folder)
  const next = openJournal(t, copy)
  await next.journal.verify()
  assert.deepEqual(
    next.losses.map(({ lost }) => lost),
    [30]
  )
  remount(disk, 'size=32m')
  empty()
  await waitFor(() => first.losses.length > 0, 'the loss')
  const [{ lost } = assert.fail()] = first.losses
  assert.equal(read(first.journal).length + lost!, 31)
  const after = openJournal(t, killed(t, folder))
  await after.journal.verify()
  assert.deepEqual(after.losses, [], 'told by the one that dropped them')
})

test(
  'ended properly on a full disk: exactly what it had is told, and nothing else',
  { skip },
  async t => {
    const disk = smallDisk(t, '1m')
    const folder = join(disk, 'journal')
    const first = openJournal(t, folder)
    first.append('x'.repeat(4000))
    const empty = fill(disk)
    for (let i = 0; i < 5; i++) first.append('x'.repeat(5000))
    const { seq } = first.append('', 'console')
    await first.journal.close()
    empty()
    const { journal, losses, recovery } = openJournal(t, folder)
    assert.equal(recovery.nextSeq, seq + 1)
    await journal.verify()
    assert.deepEqual(
      losses.map(({ lost, uncertain }) => [lost, uncertain]),
      [[5, undefined]]
    )
  }
)

test(
  'full since before the first start: no number is given twice, and a loss is told',
  { skip },
  async t => {
    const disk = smallDisk(t, '1m')
    const folder = join(disk, 'journal')
    let empty = fill(disk)
    let newest = 0
    for (let start = 0; start < 2; start++) {
      const { append, recovery } = openJournal(t, folder)
      assert.ok(recovery.nextSeq > newest, `start ${start}`)
      for (let i = 0; i < 20; i++) newest = append('x'.repeat(100)).seq
      // Some milliseconds between two starts there are always.
      await sleep(30)
    }
    empty()
    const { journal, recovery, losses, append } = openJournal(t, folder)
    assert.ok(recovery.nextSeq > newest)
    await journal.verify()
    assert.equal(losses.length, 1)
    assert.match(losses[0]!.reason, /could not be/)
    assert.ok(losses[0]!.uncertain!.to >= newest)
    assert.equal(journal.health.state, 'writing')
    newest = append('with room').seq
    empty = fill(disk)
    const last = openJournal(t, folder)
    assert.equal(last.recovery.nextSeq, newest + 1)
    empty()
  }
)

test('a disk that is read-only at two starts: no number is given twice', { skip }, async t => {
  const disk = smallDisk(t, '1m')
  const folder = join(disk, 'journal')
  const first = openJournal(t, folder)
  first.append('before')
  const atEnd = first.append('before', 'console').seq
  let newest = atEnd
  await first.journal.close()
  remount(disk, 'ro')
  for (let start = 0; start < 2; start++) {
    const { append, recovery, journal, losses } = openJournal(t, folder)
    assert.ok(recovery.nextSeq > newest, `start ${start}`)
    await journal.verify()
    assert.deepEqual(
      losses.map(({ uncertain }) => uncertain?.from),
      [atEnd + 1]
    )
    for (let i = 0; i < 5; i++) newest = append('in memory').seq
    await sleep(20)
  }
})
