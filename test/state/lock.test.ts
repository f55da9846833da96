/** One server for a state folder: the second is refused, the next takes over from one that is gone. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { lockDescriptor } from '../../plugin/state/lock.ts'
import { openStateFolder } from '../../plugin/state/state-folder.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { fill, remount, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { contend } from './contender.ts'

function open(t: TestContext, folder: string): { fd: number; release: () => void } {
  const fd = openSync(folder, 'r')
  let isOpen = true
  const release = () => {
    if (isOpen) closeSync(fd)
    isOpen = false
  }
  t.after(release)
  return { fd, release }
}

test('the second is refused, whoever it is, and nothing is left in the folder', async t => {
  const folder = temporaryFolder(t)
  const first = open(t, folder)
  assert.equal(await lockDescriptor(first.fd), true)
  assert.equal(await lockDescriptor(open(t, folder).fd), false)
  assert.deepEqual((await contend(t, folder)).locked, [false])
  assert.deepEqual(readdirSync(folder), [])
})

test('a lock that was let go can be taken at once', async t => {
  const folder = temporaryFolder(t)
  for (let i = 0; i < 3; i++) {
    const { fd, release } = open(t, folder)
    assert.equal(await lockDescriptor(fd, 0), true)
    release()
  }
})

test('a folder that another has is not kept open', async t => {
  const folder = temporaryFolder(t)
  await lockDescriptor(open(t, folder).fd, 0)
  const before = openDescriptors()
  const second = await openStateFolder(folder, pino({ level: 'silent' }))
  assert.match('error' in second ? second.error : '', /another server uses/)
  assert.equal(openDescriptors(), before)
})

test('a server that is just going is waited for', async t => {
  const folder = temporaryFolder(t)
  const going = open(t, folder)
  await lockDescriptor(going.fd, 0)
  const next = lockDescriptor(open(t, folder).fd)
  setTimeout(going.release, 200)
  assert.equal(await next, true)
})

test('the lock of a killed process is free at once, also while a child of it lives on', async t => {
  const folder = temporaryFolder(t)
  const other = await contend(t, folder, { child: true })
  t.after(() => process.kill(other.childPid!, 'SIGKILL'))
  assert.deepEqual(other.locked, [true])
  await other.kill()
  assert.ok(existsSync(`/proc/${other.childPid}`), 'the child lives')
  assert.equal(await lockDescriptor(open(t, folder).fd, 0), true)
})

test('a child that was given the descriptor keeps the lock: what the test above would find', async t => {
  const folder = temporaryFolder(t)
  const { fd, release } = open(t, folder)
  assert.equal(await lockDescriptor(fd, 0), true)
  const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  release()
  assert.equal(await lockDescriptor(open(t, folder).fd, 0), false)
})

test('of fifty that start at once beside busy loops, one has it, in each round', async t => {
  const folder = temporaryFolder(t)
  for (let i = 0; i < 2; i++) {
    const busy = spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' })
    t.after(() => busy.kill('SIGKILL'))
  }
  for (let round = 0; round < 3; round++) {
    const stale = await contend(t, folder, { patienceMs: 1000 })
    assert.deepEqual(stale.locked, [true])
    const starts = Array.from({ length: 5 }, () =>
      contend(t, folder, { attempts: 10, patienceMs: 1000 })
    )
    await stale.kill()
    const all = await Promise.all(starts)
    const winners = all.flatMap(({ locked }) => locked).filter(Boolean).length
    assert.equal(winners, 1, `round ${round}`)
    for (const one of all) await one.kill()
  }
})

test('what earlier versions left in the folder is in nobody’s way', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'lock'), '')
  assert.equal(await lockDescriptor(open(t, folder).fd, 0), true)
})

test('a disk that is full or read-only can be locked', { skip: whyNoSmallDisk }, async t => {
  const folder = smallDisk(t, '64k')
  fill(folder)
  const full = open(t, folder)
  assert.equal(await lockDescriptor(full.fd, 0), true)
  assert.deepEqual((await contend(t, folder)).locked, [false])
  full.release()
  remount(folder, 'ro')
  assert.equal(await lockDescriptor(open(t, folder).fd, 0), true)
  assert.deepEqual((await contend(t, folder)).locked, [false])
})
