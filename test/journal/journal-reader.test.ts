/** A place in the journal is found by its number, whatever lies around it. */

import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from '../support/fast-check.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openJournal, read, segmentsIn } from './journals.ts'

const size = fc.oneof(
  { weight: 20, arbitrary: fc.nat(3000) },
  { weight: 1, arbitrary: fc.integer({ min: 50_000, max: 300_000 }) }
)

test('reading after a number gives what reading from the beginning gives, over damage and large lines', t => {
  const root = temporaryFolder(t)
  let runs = 0
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 50, maxLength: 600, size: 'max' }),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 20 }),
      (sizes, damages) => {
        const folder = join(root, String(runs++))
        const { journal, append } = openJournal(t, folder)
        // Numbers with holes, as other categories leave them.
        for (const bytes of sizes) append('x'.repeat(bytes), bytes % 3 === 0 ? 'console' : 'system')
        const [name = ''] = segmentsIn(folder)
        const fd = openSync(join(folder, name), 'r+')
        const { length } = readFileSync(join(folder, name))
        for (const share of damages) writeSync(fd, '#', Math.floor(share * length))
        closeSync(fd)
        const all = read(journal)
        for (let after = 0; after <= sizes.length; after += 7) {
          const cursor = journal.readerAfter(after)
          assert.equal(
            cursor.next()?.seq,
            all.find(seq => seq > after)
          )
          cursor.close()
        }
      }
    ),
    { numRuns: 40 }
  )
})

/** So many bytes has this process read so far. */
const readBytes = (): number =>
  Number(/^rchar: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0)

test('the last event of a long file is found by reading little of it', t => {
  const { journal, append } = openJournal(t, temporaryFolder(t))
  for (let n = 0; n < 4000; n++) append('x'.repeat(300))
  const before = readBytes()
  const cursor = journal.readerAfter(3998)
  assert.equal(cursor.next()?.seq, 3999)
  cursor.close()
  assert.ok(readBytes() - before < 600_000, `${readBytes() - before} bytes read of 1.7 MB`)
})

test('of many files those before the place are not read', t => {
  const { journal, append } = openJournal(t, temporaryFolder(t), { maxBytes: 2 ** 20 })
  for (let n = 0; n < 900; n++) append('x'.repeat(1000))
  for (const [after, next] of [
    [450, 451],
    [899, 900],
    [900, undefined],
    [9999, undefined],
  ] as const) {
    const before = readBytes()
    const cursor = journal.readerAfter(after)
    assert.equal(cursor.next()?.seq, next)
    cursor.close()
    assert.ok(readBytes() - before < 300_000, `${readBytes() - before} bytes read of 1 MB`)
  }
})

test('every event is read, wherever in a file what is read at once ends', t => {
  const root = temporaryFolder(t)
  const readAtOnce = 64 * 1024
  for (let bytes = readAtOnce - 3; bytes <= readAtOnce + 3; bytes++) {
    const folder = join(root, String(bytes))
    const { journal, append } = openJournal(t, folder)
    append('x'.repeat(30_000))
    const first = journal.health.bytes!
    append('x'.repeat(30_000 + bytes - 2 * first))
    assert.equal(journal.health.bytes, bytes)
    assert.deepEqual(read(journal), [1, 2], `${bytes} bytes`)
  }
})

test('a place is found in a file most of whose lines are damaged', t => {
  const folder = temporaryFolder(t)
  const { journal, append } = openJournal(t, folder)
  for (let n = 0; n < 1000; n++) append('x'.repeat(300))
  const path = join(folder, segmentsIn(folder)[0]!)
  const lines = readFileSync(path, 'utf8').split('\n')
  const isSound = (seq: number): boolean => seq % 10 === 3
  const damaged = lines.map((line, index) => (isSound(index + 1) ? line : line.replace('x', 'y')))
  writeFileSync(path, damaged.join('\n'))
  for (let after = 0; after < 990; after += 13) {
    const reader = journal.readerAfter(after)
    let expected = after + 1
    while (!isSound(expected)) expected++
    assert.equal(reader.next()?.seq, expected)
    reader.close()
  }
})
