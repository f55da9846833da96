/** What was lost between two notifications, and what came twice. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { compare, type ListenerPosition } from '../../shim/continuity.ts'
import { supervisorInstance } from '../../shim/instance.ts'
import { ListenerPositionFile } from '../../shim/listener-position.ts'
import { createLog } from '../../shim/own-log.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from './shim-process.ts'

const last: ListenerPosition = {
  instance: 'run',
  pool: 'shim',
  serial: '100',
  poolSerial: 7,
  stopping: false,
}
const next = (poolSerial: number, serial = '101', pool = 'shim', instance = 'run') => ({
  instance,
  pool,
  serial,
  poolSerial,
})

test('the next number is the next notification', () => {
  assert.deepEqual(compare(last, next(8)), { kind: 'next' })
  assert.deepEqual(compare(undefined, next(0)), { kind: 'next' })
})

test('the same numbers are the same notification, sent again', () => {
  assert.deepEqual(compare(last, next(7, '100')), { kind: 'repeated' })
})

test('numbers left out are lost', () => {
  assert.deepEqual(compare(last, next(11)), { kind: 'gap', lost: 3 })
})

test('lost before the first one that was ever read', () => {
  assert.deepEqual(compare(undefined, next(7)), { kind: 'gap', lost: 7 })
})

test('another run of supervisord and another pool begin at 0', () => {
  assert.deepEqual(compare(last, next(0, '3', 'shim', 'other')), { kind: 'next' })
  assert.deepEqual(compare(last, next(2, '3', 'shim', 'other')), { kind: 'gap', lost: 2 })
  assert.deepEqual(compare(last, next(0, '3', 'shim2')), { kind: 'next' })
})

test('a pool made anew begins at 0', () => {
  assert.deepEqual(compare(last, next(0)), { kind: 'next' })
  assert.deepEqual(compare({ ...last, poolSerial: 0 }, next(0)), { kind: 'next' })
})

test('without a record, a loss is possible and its size unknown', () => {
  assert.deepEqual(compare('unknown', next(0)), { kind: 'next' })
  assert.deepEqual(compare('unknown', next(5)), { kind: 'gap', lost: undefined })
})

test('a header without numbers tells nothing', () => {
  const bare = { instance: 'run', pool: 'shim', serial: undefined, poolSerial: undefined }
  assert.deepEqual(compare(last, bare), { kind: 'next' })
})

test('the run of supervisord is its process, within a boot', t => {
  if (process.ppid === 0) return t.skip('the first process of a pid namespace has no parent')
  assert.match(supervisorInstance(), /^[0-9a-f-]{36}\/\d+\/\d+\/\d+$/)
  assert.equal(supervisorInstance(), supervisorInstance())
  assert.throws(() => supervisorInstance('/nonexistent'))
})

test('two runs that share a folder have each its position', t => {
  const dir = spoolDir(t)
  const log = createLog('silent')
  const [one, two] = ['boot/1/2/3', 'boot/1/4/5'].map(
    run => new ListenerPositionFile(dir, run, log)
  )
  assert.equal(one!.read(), undefined)
  one!.write({ ...last, instance: 'boot/1/2/3' })
  two!.write({ ...last, instance: 'boot/1/4/5', poolSerial: 9 })
  assert.deepEqual(one!.read(), { ...last, instance: 'boot/1/2/3' })
})

test('positions of the past do not fill the folder', t => {
  const dir = spoolDir(t)
  for (let run = 0; run < 30; run++) {
    new ListenerPositionFile(dir, `boot/${run}`, createLog('silent')).write(last)
  }
  assert.ok(readdirSync(dir.path).length <= 18)
})

test('of positions of the past the newest 16 are kept', t => {
  const dir = spoolDir(t)
  for (let run = 0; run < 20; run++) {
    const path = join(dir.path, `position-${run}`)
    writeFileSync(path, '{}')
    // Not in the order of their names.
    utimesSync(path, 1000, 1000 + ((run * 7) % 20))
  }
  new ListenerPositionFile(dir, 'own', createLog('silent'))
  const kept = readdirSync(dir.path).map(name => Number(name.slice('position-'.length)))
  assert.equal(kept.length, 16)
  assert.ok(kept.every(run => (run * 7) % 20 >= 4))
})

test('a position is written in place, by one descriptor', t => {
  const dir = spoolDir(t)
  const file = new ListenerPositionFile(dir, 'run', createLog('silent'))
  file.write(last)
  const before = openDescriptors()
  for (let poolSerial = 8; poolSerial < 20; poolSerial++) file.write({ ...last, poolSerial })
  assert.equal(openDescriptors(), before)
  assert.equal((file.read() as ListenerPosition).poolSerial, 19)
  assert.equal(statSync(join(dir.path, 'position-run')).size, 256)
})

test('a position that is none is unknown', t => {
  const dir = spoolDir(t)
  for (const content of ['', '{', 'null', '{}', JSON.stringify({ ...last, poolSerial: '7' })]) {
    writeFileSync(join(dir.path, 'position-run'), content)
    assert.equal(new ListenerPositionFile(dir, 'run', createLog('silent')).read(), 'unknown')
  }
})

test('the position of a shim that had another of the spools is found', t => {
  const stateDir = temporaryFolder(t)
  const [first, second] = [new SpoolDir(stateDir), new SpoolDir(stateDir)]
  first.open()
  second.open()
  assert.notEqual(first.path, second.path)
  const log = createLog('silent')
  new ListenerPositionFile(second, 'run', log).write(last)
  assert.deepEqual(new ListenerPositionFile(first, 'run', log).read(), last)
  first.close()
  second.close()
})

test('a FIFO or a link in the place of the position is not waited for and not followed', t => {
  const dir = spoolDir(t)
  const log = createLog('silent')
  execFileSync('mkfifo', [join(dir.path, 'position-fifo')])
  writeFileSync(join(dir.path, '..', 'other'), JSON.stringify(last))
  symlinkSync('../other', join(dir.path, 'position-link'))
  for (const run of ['fifo', 'link']) {
    const file = new ListenerPositionFile(dir, run, log)
    assert.equal(file.read(), 'unknown')
    file.write({ ...last, poolSerial: 8 })
    assert.equal(file.read(), 'unknown')
  }
  assert.equal(readFileSync(join(dir.path, '..', 'other'), 'utf8'), JSON.stringify(last))
})

function spoolDir(t: TestContext): SpoolDir {
  const dir = new SpoolDir(temporaryFolder(t))
  dir.open()
  t.after(() => dir.close())
  return dir
}
