/** supervisord's log as a file: which of the files it has open, and how it is read. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createLog } from '../../shim/own-log.ts'
import { findOpenFile, preferFile } from '../../shim/supervisor-log.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from './shim-process.ts'

const silent = createLog('silent')
const line = (pid: number) => `2026-11-24 00:23:28,155 INFO spawned: 'café' with pid ${pid}\n`

test('the log is the open file that holds what supervisord answers', async t => {
  const { pid, log } = await startProcess(t)
  assert.equal(findOpenFile(pid, line(7) + line(8)), log)
  appendFileSync(log, line(9).repeat(500))
  assert.equal(findOpenFile(pid, line(7) + line(8)), log)
})

test('none is taken where none is certain: a copy, a deleted file, another user, no process', async t => {
  const { pid, log, other } = await startProcess(t)
  assert.equal(findOpenFile(pid, line(6)), undefined)
  assert.equal(findOpenFile('0', line(7)), undefined)
  copyFileSync(log, other)
  assert.equal(findOpenFile(pid, line(7)), undefined)
  writeFileSync(other, '')
  assert.equal(findOpenFile(pid, line(7)), log)
  renameSync(log, `${log}.1`)
  writeFileSync(log, line(7))
  assert.equal(findOpenFile(pid, line(7)), `${log}.1`)
  rmSync(`${log}.1`)
  assert.equal(findOpenFile(pid, line(7)), undefined)
})

test('supervisord is asked until the file is found, and again when it has gone', async t => {
  const { pid, log } = await startProcess(t)
  const asked: number[] = []
  const ask = async (bytes: number) => {
    asked.push(bytes)
    return line(7) + line(8)
  }
  const logged: string[] = []
  const tail = preferFile(
    ask,
    pid,
    createLog('debug', text => logged.push(JSON.parse(text).msg))
  )
  const { read } = tail
  const whenAsked = tail.maxBytes
  const turn = () => new Promise(resolve => setImmediate(() => setImmediate(resolve)))

  assert.equal(await read(3072, 100), line(7) + line(8))
  await turn()
  assert.ok(tail.maxBytes > whenAsked, 'a file costs supervisord nothing')
  appendFileSync(log, line(9))
  const before = openDescriptors()
  for (let n = 0; n < 20; n++) assert.equal(await read(Buffer.byteLength(line(9)), 100), line(9))
  assert.equal(openDescriptors(), before, 'it is not kept open')
  assert.deepEqual(asked, [3072])

  // Rotated: the name is supervisord's new file, and goes on where the last one ended.
  renameSync(log, `${log}.1`)
  writeFileSync(log, line(10))
  assert.equal(await read(3072, 100), line(7) + line(8) + line(9) + line(10))
  assert.equal(await read(Buffer.byteLength(line(10)), 100), line(10))
  rmSync(log)
  assert.equal(await read(1024, 100), line(7) + line(8))
  assert.deepEqual(asked, [3072, 1024])
  assert.deepEqual(logged, ['the log of supervisord is found', 'the log of supervisord has gone'])
})

test('an answer without a line of a log is looked for nowhere', async t => {
  const { pid, log } = await startProcess(t)
  let answers = 0
  const { read } = preferFile(async () => ['', '\n', line(7)][answers++] ?? '', pid, silent)
  for (let expected = 1; expected <= 3; expected++) {
    await read(3072, 100)
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(answers, expected)
  }
  rmSync(`${log}.other`)
  assert.equal(await read(3072, 100), line(7) + line(8))
  assert.equal(answers, 3)
})

/** A process with two files open, as supervisord has its log and those of its services. */
async function startProcess(t: TestContext) {
  const folder = temporaryFolder(t)
  const log = join(folder, 'supervisord.log')
  const other = `${log}.other`
  writeFileSync(log, line(7) + line(8))
  writeFileSync(other, 'a service says\n')
  const files = [log, other].map(path => openSync(path, 'a'))
  copyFileSync(log, `${log}.said`)
  const said = openSync(`${log}.said`, 'a')
  const child = spawn('sleep', ['1000'], {
    stdio: ['ignore', said, 'ignore', ...files],
  })
  t.after(() => child.kill())
  await once(child, 'spawn')
  return { pid: String(child.pid), log, other }
}
