/** A record in a file of fixed size: written in place, whole or known to be damaged. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SlotFile } from '../../plugin/state/slot-file.ts'
import { fill, remount, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Place {
  readonly seq: number
  readonly text?: string
}

function slotIn(t: TestContext, folder: string): SlotFile<Place> {
  const slot = new SlotFile<Place>(join(folder, 'slot'), 128)
  t.after(() => slot.close())
  return slot
}

test('none at first; then the newest record, and the file keeps its size', t => {
  const folder = temporaryFolder(t)
  const slot = slotIn(t, folder)
  assert.equal(slot.read(), undefined)
  for (const seq of [1, 123_456_789, 2]) {
    slot.write({ seq, text: 'é'.repeat(seq % 10) })
    assert.equal(slotIn(t, folder).read()?.record?.seq, seq)
    assert.equal(statSync(slot.path).size, 128)
    assert.equal(statSync(slot.path).mode & 0o777, 0o600)
  }
  const { writtenAtUs } = slot.read()!
  assert.ok(Math.abs(writtenAtUs / 1000 - Date.now()) < 60_000)
})

test('it is one line of JSON that any tool reads', t => {
  const slot = slotIn(t, temporaryFolder(t))
  slot.write({ seq: 7 })
  const text = readFileSync(slot.path, 'utf8')
  assert.ok(text.endsWith(' \n'))
  assert.equal(JSON.parse(text).seq, 7)
})

test('what is too long is refused, and the record before it stays', t => {
  const slot = slotIn(t, temporaryFolder(t))
  slot.write({ seq: 1 })
  const long = { seq: 2, text: 'x'.repeat(200) }
  assert.equal(slot.fits(long), false)
  assert.throws(() => slot.write(long), RangeError)
  assert.equal(slot.read()?.record?.seq, 1)
  const longest = 127 - '{"crc32":"00000000","seq":2,"text":""}'.length
  slot.write({ seq: 2, text: 'x'.repeat(longest) })
  assert.equal(slot.read()?.record?.seq, 2)
  assert.throws(() => slot.write({ seq: 3, text: 'x'.repeat(longest + 1) }), RangeError)
})

test('every bit flipped, and every length cut to, is damage or harms nothing', t => {
  const folder = temporaryFolder(t)
  const slot = slotIn(t, folder)
  slot.write({ seq: 7 })
  const whole = readFileSync(slot.path)
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 1 << (at % 8)
    writeFileSync(slot.path, damaged)
    const { record } = slot.read()!
    assert.ok(record === undefined || record.seq === 7, `byte ${at}`)
  }
  writeFileSync(slot.path, whole)
  for (let length = whole.length - 1; length > 0; length--) {
    truncateSync(slot.path, length)
    const { record } = slot.read()!
    assert.ok(record === undefined || record.seq === 7, `cut to ${length}`)
  }
  truncateSync(slot.path, 0)
  assert.equal(slot.read()?.text, '')
  assert.equal(slot.read()?.record, undefined)
})

test('a file that is too long is damaged, and is cut when it is written', t => {
  const slot = slotIn(t, temporaryFolder(t))
  writeFileSync(slot.path, Buffer.alloc(100_000, 'x'))
  assert.equal(slot.read()?.record, undefined)
  slot.write({ seq: 1 })
  assert.equal(statSync(slot.path).size, 128)
  assert.equal(slot.read()?.record?.seq, 1)
})

test('a full disk has room for the next record', { skip: whyNoSmallDisk }, t => {
  const disk = smallDisk(t, '64k')
  const slot = slotIn(t, disk)
  slot.write({ seq: 1 })
  fill(disk)
  slot.write({ seq: 2 })
  assert.equal(slot.read()?.record?.seq, 2)
  assert.throws(() => new SlotFile(join(disk, 'late'), 128).write({ seq: 3 }), /ENOSPC/)
})

test(
  'a read-only disk is read, and says that it cannot be written',
  { skip: whyNoSmallDisk },
  t => {
    const disk = smallDisk(t, '64k')
    const first = slotIn(t, disk)
    first.write({ seq: 1 })
    first.close()
    remount(disk, 'ro')
    const slot = slotIn(t, disk)
    assert.equal(slot.read()?.record?.seq, 1)
    assert.throws(() => slot.write({ seq: 2 }), /EROFS/)
  }
)

test('a FIFO in its place holds up neither reading nor writing', t => {
  const slot = slotIn(t, temporaryFolder(t))
  execFileSync('mkfifo', [slot.path])
  assert.throws(() => slot.read(), /is a FIFO: remove it/)
  assert.throws(() => slot.write({ seq: 1 }), /is a FIFO: remove it/)
})
