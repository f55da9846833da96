/** A damaged file is mended: what is written in its place, and what becomes of the damaged one. */

import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openDescriptors } from '../support/open-descriptors.ts'
import { fill, mountSmallDisk, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openJournal, read, segmentsIn } from './journals.ts'

/** Ends a journal of so many events, and damages the line of one. @returns its file's path */
async function damaged(folder: string, count: number, bytes: number, n: number): Promise<string> {
  const { append, journal } = openJournal({ after: () => {} }, folder)
  for (let i = 1; i <= count; i++) append(`event ${i} ${'x'.repeat(bytes)}`)
  await journal.close()
  const path = join(folder, segmentsIn(folder)[0]!)
  writeFileSync(path, readFileSync(path, 'utf8').replace(`event ${n} `, `event X `))
  return path
}

/** What stands in `damaged/`. */
function aside(folder: string): Buffer[] {
  const path = join(folder, 'damaged')
  return readdirSync(path).map(name => readFileSync(join(path, name)))
}

async function verified(t: TestContext, folder: string) {
  const opened = openJournal(t, folder)
  await opened.journal.verify()
  return opened
}

test('the size of a mended file is that on the disk', async t => {
  const folder = join(temporaryFolder(t), 'journal')
  const path = await damaged(folder, 5, 100, 2)
  const closed = openDescriptors()
  const { journal, append } = await verified(t, folder)
  assert.equal(journal.health.bytes, statSync(path).size)
  assert.deepEqual(read(journal), [1, 3, 4, 5])
  append('after')
  const sizes = segmentsIn(folder).map(name => statSync(join(folder, name)).size)
  assert.equal(
    journal.health.bytes,
    sizes.reduce((sum, size) => sum + size, 0)
  )
  await journal.close()
  assert.equal(openDescriptors(), closed)
})

test('what an earlier repair left unfinished is in nobody’s way', async t => {
  for (const leave of [
    (path: string) => mkdirSync(join(path, 'x'), { recursive: true }),
    (path: string) => writeFileSync(path, 'y'.repeat(10_000), { mode: 0o600 }),
  ]) {
    const folder = join(temporaryFolder(t), 'journal')
    await damaged(folder, 3, 100, 2)
    leave(join(folder, 'repaired.unfinished'))
    const { journal, losses } = await verified(t, folder)
    assert.deepEqual(
      losses.map(({ lost }) => lost),
      [1]
    )
    assert.deepEqual(read(journal), [1, 3])
    assert.equal(aside(folder).length, 1)
    assert.ok(!readdirSync(folder).includes('repaired.unfinished'))
  }
})

test('nothing is set aside where others may write, or where a link leads', async t => {
  for (const spoil of [
    (path: string) => {
      mkdirSync(path)
      chmodSync(path, 0o777)
      return path
    },
    (path: string) => {
      const elsewhere = temporaryFolder(t)
      symlinkSync(elsewhere, path)
      return elsewhere
    },
  ]) {
    const folder = join(temporaryFolder(t), 'journal')
    await damaged(folder, 3, 100, 2)
    const theirs = spoil(join(folder, 'damaged'))
    const { journal, losses, logged } = await verified(t, folder)
    assert.deepEqual(readdirSync(theirs), [])
    assert.equal(logged.filter(({ msg }) => msg === 'a file of the journal is damaged').length, 1)
    assert.deepEqual(
      losses.map(({ lost }) => lost),
      [1]
    )
    assert.deepEqual(read(journal), [1, 3])
  }
})

test(
  'where no link can be made, the damaged file is set aside as a copy',
  { skip: whyNoSmallDisk },
  async t => {
    const folder = join(temporaryFolder(t), 'journal')
    const path = await damaged(folder, 3, 100, 2)
    const before = readFileSync(path)
    mkdirSync(join(folder, 'damaged'), { mode: 0o700 })
    const unmount = mountSmallDisk('1m', join(folder, 'damaged'))
    try {
      const { journal } = await verified(t, folder)
      assert.deepEqual(read(journal), [1, 3])
      assert.deepEqual(aside(folder), [before])
    } finally {
      unmount()
    }
  }
)

test(
  'a disk that has no room for the whole of the mended file keeps the damaged one',
  { skip: whyNoSmallDisk },
  async t => {
    const mount = smallDisk(t, '1m')
    const folder = join(mount, 'journal')
    await damaged(folder, 3, 3000, 1)
    // For two lines of the three, and the beginning of the last.
    fill(mount, 4096)
    const { journal, losses, logged } = await verified(t, folder)
    assert.deepEqual(
      losses.map(({ lost }) => lost),
      [1]
    )
    assert.deepEqual(read(journal), [2, 3])
    assert.equal(logged.filter(({ msg }) => msg === 'a file of the journal is damaged').length, 1)
  }
)
