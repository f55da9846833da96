/** A spool whose folder or disk does not take a file, and what is synced. */

import assert from 'node:assert/strict'
import fs, { readdirSync, readlinkSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fill, remount, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { drain, event, files, open, openDirs } from './open-spool.ts'
import { temporaryFolder } from './shim-process.ts'

test('a folder that cannot be made: memory, and one warning', async t => {
  const path = temporaryFolder(t)
  writeFileSync(join(path, 'file'), '')
  const { spool, logged } = open(join(path, 'file'), { memoryLength: 600 })
  for (let index = 0; index < 40; index++) await spool.append(event(`e${index}`))
  assert.ok(spool.hasUnwritten)
  assert.equal(logged().match(/cannot be written/g)?.length, 1)
  assert.match(logged(), /SYSMON_STATE_DIR/)
  const { types, losses } = drain(spool)
  assert.equal(types.length - 1 + losses[0]!.lost, 40, 'bounded, and what is dropped is told')
  assert.ok(types.includes('e39'))
  assert.ok(!spool.hasUnwritten)
})

test('what is found in a folder that could not be used at first is older than what came since', async t => {
  const path = join(temporaryFolder(t), 'state')
  const first = open(path).spool
  for (const name of ['a', 'b']) await first.append(event(name))
  openDirs.get(path)!.close()
  renameSync(path, `${path}.away`)
  writeFileSync(path, '')
  const { spool, logged } = open(path)
  await spool.append(event('c'))
  assert.ok(spool.hasUnwritten)
  unlinkSync(path)
  renameSync(`${path}.away`, path)
  const start = process.uptime()
  t.mock.method(process, 'uptime', () => start + 60)
  await spool.append(event('d'))
  assert.ok(!spool.hasUnwritten)
  assert.match(logged(), /can be written again/)
  // By their names: the next run finds no more.
  assert.deepEqual(drain(open(path).spool).types, ['a', 'b', 'c', 'd'])
})

test('where nothing can be made at all, it does not look for a parent for ever', () => {
  const { spool, logged } = open('/proc/sysmon/state')
  assert.equal(spool.isWritable, false)
  assert.match(logged(), /cannot be written/)
})

test(
  'a full disk: memory, and back to the disk when there is room',
  { skip: whyNoSmallDisk },
  async t => {
    const path = smallDisk(t, '64k')
    const { spool, logged } = open(path)
    const empty = fill(path)
    await spool.append(event('a'))
    await spool.append(event('b'))
    assert.ok(spool.hasUnwritten)
    assert.equal(spool.isWritable, false)
    assert.deepEqual(files(path), [], 'nothing half-written is left')
    empty()
    await spool.append(event('c'))
    assert.ok(!spool.hasUnwritten)
    assert.match(logged(), /can be written again/)
    assert.deepEqual(drain(open(path).spool).types, ['a', 'b', 'c'])
  }
)

test(
  'a read-only disk: what is there is delivered, what comes is kept in memory',
  { skip: whyNoSmallDisk },
  async t => {
    const path = smallDisk(t, '64k')
    await open(path).spool.append(event('a'))
    remount(path, 'ro')
    const { spool } = open(path)
    await spool.append(event('b'))
    assert.ok(spool.hasUnwritten)
    assert.deepEqual(drain(spool).types, ['a', 'b'])
  }
)

/** Syncs end when the test says so. */
function holdSyncs(t: TestContext) {
  const held: { path: string; fd: number; end: (error: Error | null) => void }[] = []
  const mock = t.mock.method(fs, 'fsync', ((fd: number, end: (error: Error | null) => void) => {
    held.push({ path: readlinkSync(`/proc/self/fd/${fd}`), fd, end })
  }) as typeof fs.fsync)
  return { held, release: () => mock.mock.restore() }
}

test('an event is safe when its file is synced, which is closed then', async t => {
  const path = temporaryFolder(t)
  const { spool } = open(path)
  const { held } = holdSyncs(t)
  let isSafe = false
  const appended = spool.append(event('a')).then(() => {
    isSafe = true
  })
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal(isSafe, false)
  assert.deepEqual(
    held.map(one => one.path),
    [join(path, 'spool', files(path)[0]!)]
  )
  held[0]!.end(null)
  await appended
  const paths = readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return []
    }
  })
  assert.ok(!paths.includes(held[0]!.path))
})

test('a sync that fails is told, until one works', async t => {
  const path = temporaryFolder(t)
  const { spool, logged, error } = open(path)
  const { held, release } = holdSyncs(t)
  const appended = spool.append(event('a'))
  held[0]!.end(Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' }))
  await appended
  assert.equal(spool.isWritable, false)
  assert.match(error()!, /EIO.*SYSMON_STATE_DIR/)
  release()
  await spool.append(event('b'))
  assert.equal(spool.isWritable, true)
  assert.equal(error(), undefined)
  assert.match(logged(), /can be written again/)
  assert.deepEqual(drain(spool).types, ['a', 'b'])
})

test('what was in memory only is synced, too, when it can be written', async t => {
  const path = temporaryFolder(t)
  const { spool } = open(path)
  const write = t.mock.method(fs, 'writeFileSync', () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  })
  for (const name of ['a', 'b']) await spool.append(event(name))
  assert.deepEqual(files(path), [])
  write.mock.restore()
  const { held, release } = holdSyncs(t)
  const appended = spool.append(event('c'))
  held[0]!.end(null)
  await appended
  const expected = files(path).map(name => join(path, 'spool', name))
  assert.deepEqual(held.map(one => one.path).sort(), expected.sort())
  assert.equal(held.length, 3)
  release()
  for (const { end } of held.slice(1)) end(null)
})
