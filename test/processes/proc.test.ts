/** What /proc says, read again and again. */

import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ProcFile, readCommandLine, readStat } from '../../plugin/processes/proc.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'

test('what is read anew is what stands there now', t => {
  const path = join(temporaryFolder(t), 'loadavg')
  writeFileSync(path, '1\n')
  const file = new ProcFile(path)
  t.after(() => file.close())
  assert.equal(file.read(), '1\n')
  writeFileSync(path, '22\n')
  assert.equal(file.read(), '22\n')
})

test('a file that this kernel has not is looked for once, one that could not be opened again', t => {
  const folder = temporaryFolder(t)
  const missing = new ProcFile(join(folder, 'memory.events'))
  const path = join(folder, 'a file', 'pressure')
  writeFileSync(join(folder, 'a file'), '')
  const closed = new ProcFile(path)
  t.after(() => closed.close())
  assert.throws(() => missing.read(), { code: 'ENOENT' })
  assert.throws(() => closed.read(), { code: 'ENOTDIR' })
  writeFileSync(join(folder, 'memory.events'), 'max 0\n')
  rmSync(join(folder, 'a file'))
  mkdirSync(join(folder, 'a file'))
  writeFileSync(path, 'some\n')
  assert.throws(() => missing.read(), { code: 'ENOENT' })
  assert.equal(closed.read(), 'some\n')
})

test('what is read of one process after the other leaves no file open', () => {
  const before = openDescriptors()
  for (let n = 0; n < 50; n++) assert.equal(readStat(process.pid).parent, process.ppid)
  assert.equal(openDescriptors(), before)
})

test('a command line that was read is closed', async () => {
  const read = () =>
    new Promise<string | undefined>(resolve => readCommandLine(process.pid, resolve))
  const before = openDescriptors()
  for (let n = 0; n < 50; n++) assert.ok((await read())?.includes('\0'))
  // By another thread, a moment after the line is told.
  await waitFor(() => openDescriptors() === before, 'the end of the last')
})
