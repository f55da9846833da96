/** The file that is being written, by itself. */

import assert from 'node:assert/strict'
import fs, { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SegmentWriter } from '../../plugin/journal/writer.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Syncs that end when they are told to. */
function heldSyncs(t: TestContext): Array<(error?: Error) => void> {
  const held: Array<(error?: Error) => void> = []
  const { fdatasync } = fs
  const set = (to: unknown): void => {
    Object.assign(fs, { fdatasync: to })
    syncBuiltinESMExports()
  }
  t.after(() => set(fdatasync))
  set((_: number, done: (error: Error | null) => void) => {
    held.push((error = undefined) => done(error ?? null))
  })
  return held
}

test('nobody is told that it is on the disk before the sync that is under way has ended', async t => {
  const held = heldSyncs(t)
  const segment = { name: 'a', firstSeq: 1, firstN: 1, isTrusted: false, bytes: 0 }
  const writer = new SegmentWriter(temporaryFolder(t), segment, true)
  const told: string[] = []
  const sync = (who: string) =>
    writer.sync().then(
      () => told.push(who),
      () => told.push(`${who} failed`)
    )
  writer.append(Buffer.from('a\n'))
  sync('a')
  sync('a too')
  writer.append(Buffer.from('b\n'))
  // What came after the sync began is not in it.
  sync('b')
  sync('b too')
  await turn()
  assert.deepEqual(told, [])
  assert.equal(held.length, 1)
  held.pop()!(new Error('EIO'))
  await turn()
  assert.deepEqual(told, ['a failed', 'a too failed'])
  assert.equal(held.length, 1, 'one for both')
  held.pop()!()
  await turn()
  assert.deepEqual(told.slice(2), ['b', 'b too'])
  await writer.sync()
  assert.equal(held.length, 0, 'there is nothing to sync')
  await writer.close()
})

test('closed twice is closed once: its descriptor may be another file’s by then', async t => {
  const folder = temporaryFolder(t)
  const of = (name: string) =>
    new SegmentWriter(folder, { name, firstSeq: 1, firstN: 1, isTrusted: false, bytes: 0 }, true)
  const first = of('first')
  first.append(Buffer.from('a\n'))
  await first.close()
  const second = of('second')
  await first.close()
  second.append(Buffer.from('b\n'))
  await second.close()
  assert.equal(readFileSync(join(folder, 'first'), 'utf8'), 'a\n')
  assert.equal(readFileSync(join(folder, 'second'), 'utf8'), 'b\n')
})
