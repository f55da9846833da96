/** One server for a state folder: the second is refused, the next takes over from one that is gone. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lockFolder } from '../../plugin/state/lock.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const LOCK = fileURLToPath(new URL('../../plugin/state/lock.js', import.meta.url))

/** Another process that tries to take the lock, and keeps it until it is killed. */
async function contender(t: TestContext, folder: string) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { lockFolder } from ${JSON.stringify(LOCK)}
       const lock = await lockFolder(process.argv[1])
       console.log(lock === undefined ? 'refused' : 'locked')
       if (lock !== undefined) setInterval(() => {}, 1000)`,
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  )
  const exit = once(child, 'exit')
  t.after(() => child.kill('SIGKILL'))
  const [answer] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    answer: answer.toString().trim(),
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

test('the second is refused, and harms nothing', async t => {
  const folder = temporaryFolder(t)
  const first = await lockFolder(folder)
  assert.ok(first)
  assert.equal(await lockFolder(folder), undefined)
  assert.equal((await contender(t, folder)).answer, 'refused')
  assert.deepEqual(readdirSync(folder), ['lock'])
  await first.release()
  assert.deepEqual(readdirSync(folder), [])
})

test('a lock that was released can be taken at once', async t => {
  const folder = temporaryFolder(t)
  for (let i = 0; i < 3; i++) await (await lockFolder(folder))!.release()
})

test('the lock of a killed process is taken over', async t => {
  const folder = temporaryFolder(t)
  const other = await contender(t, folder)
  assert.equal(other.answer, 'locked')
  await other.kill()
  assert.ok(existsSync(join(folder, 'lock')))
  const lock = await lockFolder(folder)
  assert.ok(lock)
  await lock.release()
})

test('of many that find a stale lock, one takes it', async t => {
  const folder = temporaryFolder(t)
  for (let round = 0; round < 3; round++) {
    const stale = await contender(t, folder)
    assert.equal(stale.answer, 'locked')
    await stale.kill()
    const all = await Promise.all(Array.from({ length: 6 }, () => contender(t, folder)))
    assert.deepEqual(
      all.map(({ answer }) => answer).filter(answer => answer === 'locked').length,
      1
    )
    for (const one of all) await one.kill()
  }
})

test('a file in the place of the lock is no server', async t => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'lock'), '')
  const lock = await lockFolder(folder)
  assert.ok(lock)
  await lock.release()
})

test('a folder with a path longer than a socket may have', async t => {
  const folder = join(temporaryFolder(t), 'x'.repeat(200))
  mkdirSync(folder)
  const lock = await lockFolder(folder)
  assert.ok(lock)
  assert.equal(await lockFolder(folder), undefined)
  await lock.release()
})
