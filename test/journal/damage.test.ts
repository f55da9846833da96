/**
 * Damaged journals: whatever happened to its files, the events that can be read are read, and the
 * number of those that cannot is exact.
 */

import assert from 'node:assert/strict'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { segmentName } from '../../plugin/journal/segment.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { MEMORY, temporaryFolder } from '../support/temporary-folder.ts'
import { openJournal, read, segmentsIn } from './journals.ts'

/** A journal of a killed process: events 1 to `count`, in segments of some 64 of them. */
function killed(t: TestContext, count: number, size = 1000): string {
  const folder = temporaryFolder(t)
  const { append } = openJournal(t, folder, { maxBytes: 2 ** 20 })
  for (let i = 0; i < count; i++) append('x'.repeat(size))
  const copy = join(temporaryFolder(t), 'journal')
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** For tests of a thousand journals: in memory, as each of them is synced. */
function copyOf(t: TestContext, folder: string): string {
  const copy = join(temporaryFolder(t, 'sysmon-', MEMORY), 'journal')
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** Opens, repairs, and opens again: the second time there is nothing left to say. */
async function recovered(t: TestContext, folder: string) {
  const { journal, losses, append, recovery } = openJournal(t, folder, { maxBytes: 2 ** 20 })
  await journal.verify()
  const seqs = read(journal)
  append('after')
  await journal.close()
  const again = openJournal(t, folder, { maxBytes: 2 ** 20 })
  await again.journal.verify()
  assert.deepEqual(again.losses, [], 'a loss is reported once')
  assert.deepEqual(read(again.journal), [...seqs, recovery.nextSeq])
  await again.journal.close()
  return { seqs, losses, lost: losses.reduce((sum, { lost = 0 }) => sum + lost, 0), recovery }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('cut at every byte: whole lines stay, the rest is counted, no number is given twice', async t => {
  const folder = killed(t, 4, 5)
  const [name] = segmentsIn(folder)
  const whole = readFileSync(join(folder, name!))
  for (let length = 0; length <= whole.length; length++) {
    const copy = copyOf(t, folder)
    truncateSync(join(copy, name!), length)
    const kept = whole.subarray(0, length).filter(byte => byte === 10).length
    const { seqs, lost, recovery } = await recovered(t, copy)
    assert.deepEqual(seqs, upTo(kept), `cut at ${length}`)
    assert.equal(lost, 4 - kept, `cut at ${length}`)
    assert.equal(recovery.nextSeq, 5)
  }
})

test('a line that was being written at the kill is cut without a word', async t => {
  const folder = killed(t, 3, 5)
  const path = join(folder, segmentsIn(folder)[0]!)
  const line = readFileSync(path, 'utf8').split('\n')[2]!
  for (let length = 1; length < line.length; length += 7) {
    const copy = copyOf(t, folder)
    writeFileSync(join(copy, segmentsIn(copy)[0]!), line.slice(0, length), { flag: 'a' })
    const before = openDescriptors()
    const { seqs, losses } = await recovered(t, copy)
    assert.equal(openDescriptors(), before)
    assert.deepEqual(seqs, [1, 2, 3])
    assert.deepEqual(losses, [])
  }
})

test('every byte flipped: one event is lost, or two where it was the newline between them', async t => {
  const folder = killed(t, 3, 5)
  const [name] = segmentsIn(folder)
  const whole = readFileSync(join(folder, name!))
  for (let at = 0; at < whole.length; at++) {
    const copy = copyOf(t, folder)
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 1 << (at % 8)
    writeFileSync(join(copy, name!), damaged)
    const { seqs, lost } = await recovered(t, copy)
    const line = whole.subarray(0, at).filter(byte => byte === 10).length + 1
    const gone = whole[at] === 10 && line < 3 ? [line, line + 1] : [line]
    assert.deepEqual(
      seqs,
      upTo(3).filter(seq => !gone.includes(seq)),
      `byte ${at}`
    )
    assert.equal(lost, gone.length, `byte ${at}`)
  }
})

test('damage at the end: numbers go on after what was lost, and nothing is lost again', async t => {
  const folder = killed(t, 10)
  const [name] = segmentsIn(folder)
  const path = join(folder, name!)
  const lines = readFileSync(path, 'utf8').split('\n')
  // The four last lines, each damaged in its middle.
  for (let at = 6; at < 10; at++) lines[at] = lines[at]!.replace('"note"', '"eton"')
  writeFileSync(path, lines.join('\n'))
  const mending = openJournal(t, folder)
  await mending.journal.verify()
  assert.deepEqual(
    mending.losses.map(({ lost }) => lost),
    [4]
  )
  await mending.journal.close()
  // What is written in the place of the lost lines is all that tells where to go on.
  rmSync(join(folder, 'high-water'))
  const going = openJournal(t, folder)
  going.append()
  await going.journal.close()
  const last = await recovered(t, folder)
  assert.deepEqual([last.lost, last.seqs.length], [0, 7])
})

test('damage in an old segment is found after the start, set aside, and the rest of it is used', async t => {
  const folder = killed(t, 500)
  const name = segmentsIn(folder)[2]!
  const path = join(folder, name)
  const bytes = readFileSync(path)
  bytes.fill(0, 5000, 9000)
  writeFileSync(path, bytes)
  const { losses, seqs } = await recovered(t, folder)
  const [loss] = losses
  assert.equal(losses.length, 1)
  assert.ok(loss!.lost! >= 4 && loss!.lost! <= 6, `${loss!.lost}`)
  assert.equal(seqs.length, 500 - loss!.lost!)
  assert.ok(loss!.from! < loss!.to!)
  const aside = readdirSync(join(folder, 'damaged'))
  assert.equal(aside.length, 1)
  assert.deepEqual(readFileSync(join(folder, 'damaged', aside[0]!)), bytes)
})

test('damage in a segment that is not read back at the start is found after it', async t => {
  const folder = killed(t, 500)
  const names = segmentsIn(folder)
  for (const name of [names[1]!, names[3]!]) {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    lines.splice(10, 2)
    writeFileSync(join(folder, name), lines.join('\n'))
  }
  const options = { maxBytes: 2 ** 20 }
  const { journal, losses, recovery, logged } = openJournal(t, folder, options, {
    events: 10,
    bytes: 1e9,
  })
  assert.deepEqual(recovery.damaged, [])
  await journal.verify()
  const firsts = [1, 3].map(index => Number(names[index]!.slice(17, 29)))
  assert.deepEqual(
    losses.map(({ lost, key }) => [lost, key]),
    firsts.map(first => [2, `${first + 10}-${first + 11}`])
  )
  assert.equal(logged.filter(({ msg }) => msg.includes('is set aside')).length, 2)
  assert.equal(read(journal).length, 496)
  await journal.close()
  const again = openJournal(t, folder, options, { events: 10, bytes: 1e9 })
  await again.journal.verify()
  assert.deepEqual(again.losses, [])
})

test('a file that is whole is not touched, though it was not read back at the start', async t => {
  const folder = killed(t, 500)
  const before = segmentsIn(folder).map(name => readFileSync(join(folder, name)))
  const bounds = { events: 10, bytes: 1e9 }
  const { journal, losses } = openJournal(t, folder, { maxBytes: 2 ** 20 }, bounds)
  await journal.verify()
  assert.deepEqual(losses, [])
  assert.deepEqual(
    segmentsIn(folder).map(name => readFileSync(join(folder, name))),
    before
  )
  assert.ok(!existsSync(join(folder, 'damaged')))
})

test('files that are missing are told of again where the first to find it was killed before it told', t => {
  const folder = killed(t, 500)
  rmSync(join(folder, segmentsIn(folder)[0]!))
  const [first, second] = [1, 2].map(() => openJournal(t, folder, { maxBytes: 2 ** 20 }))
  assert.ok(first!.recovery.missing!.lost > 10)
  assert.deepEqual(second!.recovery.missing, first!.recovery.missing)
})

test('a torn line alone in its file is cut, and the file is continued by a line of any length', async t => {
  const folder = temporaryFolder(t)
  openJournal(t, folder, { maxBytes: 2 ** 20 })
  writeFileSync(join(folder, segmentName(1, 1)), '{"crc32":"1c29', { mode: 0o600 })
  const { append, journal, recovery } = openJournal(t, folder, { maxBytes: 2 ** 20 })
  assert.equal(journal.health.bytes, 0)
  append('x'.repeat(100_000))
  assert.equal(segmentsIn(folder).length, 1)
  assert.deepEqual(read(journal), [recovery.nextSeq])
})

test('of many damaged files the newest 16 are kept', async t => {
  const folder = killed(t, 1500)
  const names = segmentsIn(folder)
  assert.ok(names.length > 20)
  for (const name of names.slice(0, 20)) {
    const bytes = readFileSync(join(folder, name))
    bytes.fill(0, 5000, 9000)
    writeFileSync(join(folder, name), bytes)
  }
  // Older than all of them: what was a folder in the place of a file.
  mkdirSync(join(folder, 'damaged', '0', 'x'), { recursive: true, mode: 0o700 })
  const { journal } = openJournal(t, folder, { maxBytes: 2 ** 22 })
  await journal.verify()
  const aside = readdirSync(join(folder, 'damaged')).map(name => name.replace(/\.\d+$/, ''))
  assert.deepEqual(aside, names.slice(4, 20))
})

for (const [what, index] of [
  ['the oldest', 0],
  ['one in the middle', 3],
  ['the newest', -1],
] as const) {
  test(`a segment is deleted, ${what}: its events are counted`, async t => {
    const folder = killed(t, 500)
    const name = segmentsIn(folder).at(index)!
    const events = readFileSync(join(folder, name), 'utf8').split('\n').length - 1
    rmSync(join(folder, name))
    const { seqs, lost, recovery } = await recovered(t, folder)
    assert.equal(lost, events)
    assert.equal(seqs.length, 500 - events)
    assert.equal(recovery.nextSeq, 501)
  })
}

test('all segments are deleted: counted, and numbers go on', async t => {
  const folder = killed(t, 100)
  for (const name of segmentsIn(folder)) rmSync(join(folder, name))
  const { seqs, lost, recovery } = await recovered(t, folder)
  assert.deepEqual(seqs, [])
  assert.equal(lost, 100)
  assert.equal(recovery.nextSeq, 101)
})

for (const [what, damage] of [
  ['deleted', (path: string) => rmSync(path)],
  ['emptied', (path: string) => writeFileSync(path, '')],
  ['overwritten', (path: string) => writeFileSync(path, Buffer.alloc(256, 255))],
] as const) {
  test(`high-water is ${what}: everything is there, and no number is given twice`, async t => {
    const folder = killed(t, 100)
    damage(join(folder, 'high-water'))
    const { seqs, lost, recovery } = await recovered(t, folder)
    assert.deepEqual(seqs, upTo(100))
    assert.equal(lost, 0)
    assert.ok(recovery.nextSeq > 100)
  })
}

test('garbage between the lines costs nothing', async t => {
  const folder = killed(t, 10, 5)
  const path = join(folder, segmentsIn(folder)[0]!)
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.splice(4, 0, 'garbage', '', '{"crc32":"00000000","n":5}', lines[2]!)
  writeFileSync(path, lines.join('\n'))
  const { seqs, losses } = await recovered(t, folder)
  assert.deepEqual(seqs, upTo(10))
  assert.deepEqual(losses, [])
  assert.doesNotMatch(readFileSync(path, 'utf8'), /garbage|"00000000"/)
  assert.equal(readdirSync(join(folder, 'damaged')).length, 1)
})

test('a segment that is a folder, or is not readable, is a damaged one', async t => {
  const folder = killed(t, 200)
  const name = segmentsIn(folder)[1]!
  const events = readFileSync(join(folder, name), 'utf8').split('\n').length - 1
  rmSync(join(folder, name))
  cpSync(temporaryFolder(t), join(folder, name), { recursive: true })
  const { journal, losses } = openJournal(t, folder, { maxBytes: 2 ** 20 })
  await journal.verify()
  assert.equal(losses[0]?.lost, events)
  assert.equal(read(journal).length, 200 - events)
})

test('two copies of a segment under different names are not read twice', async t => {
  const folder = killed(t, 100)
  const names = segmentsIn(folder)
  copyFileSync(join(folder, names[0]!), join(folder, names[0]!.replace('0000.jsonl', '1111.jsonl')))
  assert.ok(existsSync(join(folder, names[0]!)))
  const { seqs } = await recovered(t, folder)
  assert.deepEqual(seqs, upTo(100))
})

test('a segment that is removed for its age while the others are looked through is reported once', async t => {
  const folder = killed(t, 600)
  const names = segmentsIn(folder)
  // Looked at by `verify` only, being old; and removed by the first segment that is begun.
  const bytes = readFileSync(join(folder, names[1]!))
  bytes.fill(0, 5000, 9000)
  writeFileSync(join(folder, names[1]!), bytes)
  for (const name of names.slice(0, 4)) utimesSync(join(folder, name), 1, 1)
  const { journal, append, losses } = openJournal(
    t,
    folder,
    { maxBytes: 2 ** 20, maxAge: 3_600_000 },
    { events: 10, bytes: 1e9 }
  )
  const verified = journal.verify()
  for (let i = 0; i < 100; i++) append('x'.repeat(1000))
  await verified
  const next = Number(names[4]!.slice(0, 16))
  assert.equal(
    losses.reduce((sum, { lost = 0 }) => sum + lost, 0),
    next - 1
  )
  assert.equal(read(journal).length, 700 - (next - 1))
})
