/** A sink's position over restarts, of earlier versions too, and what stands in the place of its file. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { CursorFile } from '../../plugin/sinks/cursor-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function cursorFile(t: TestContext, stateDir: string): { file: CursorFile; log: () => string } {
  let lines = ''
  const log = pino(
    {},
    {
      write(line: string) {
        lines += line
      },
    }
  )
  const file = new CursorFile(stateDir, 's2', log)
  t.after(() => file.close())
  return { file, log: () => lines }
}

test('what was written is read by the next process, with the state of the sink', t => {
  const stateDir = temporaryFolder(t)
  const { file, log } = cursorFile(t, stateDir)
  assert.equal(file.read(), undefined)
  const cursor = { seq: 7, state: { origin: 'x'.repeat(600), position: 3 } }
  for (const seq of [1, 2, 7]) file.write({ ...cursor, seq })
  assert.deepEqual(cursorFile(t, stateDir).file.read(), cursor)
  assert.equal(log(), '')
})

test('the line that earlier versions wrote is read, and replaced', t => {
  const stateDir = temporaryFolder(t)
  mkdirSync(join(stateDir, 'sinks'))
  const path = join(stateDir, 'sinks/s2')
  writeFileSync(path, '{"seq":41,"state":{"origin":"a"}}\n')
  const { file, log } = cursorFile(t, stateDir)
  assert.deepEqual(file.read(), { seq: 41, state: { origin: 'a' } })
  file.write({ seq: 42 })
  assert.deepEqual(cursorFile(t, stateDir).file.read(), { seq: 42 })
  assert.equal(log(), '')
})

test('a damaged position is none, and said', t => {
  const stateDir = temporaryFolder(t)
  const { file } = cursorFile(t, stateDir)
  file.write({ seq: 7 })
  const path = join(stateDir, 'sinks/s2')
  for (const text of [
    readFileSync(path, 'utf8').replace('7}', '8}'),
    '{"seq":-1}\n',
    '{}',
    'null',
    'x',
    'x'.repeat(10_000),
  ]) {
    writeFileSync(path, text)
    const next = cursorFile(t, stateDir)
    assert.equal(next.file.read(), undefined, text)
    assert.match(next.log(), /position of a sink cannot be read/)
  }
})

test('a FIFO, or a link, is neither waited for nor followed: said once', t => {
  for (const spoil of [
    (path: string) => execFileSync('mkfifo', [path]),
    (path: string) => symlinkSync('/nonexistent/target', path),
  ]) {
    const stateDir = temporaryFolder(t)
    mkdirSync(join(stateDir, 'sinks'))
    spoil(join(stateDir, 'sinks/s2'))
    const { file, log } = cursorFile(t, stateDir)
    assert.equal(file.read(), undefined)
    for (const seq of [1, 2]) file.write({ seq })
    assert.equal(log().match(/: remove it/g)?.length, 2 * 2)
    assert.equal(log().match(/cannot be written/g)?.length, 1)
  }
  const stateDir = temporaryFolder(t)
  symlinkSync(temporaryFolder(t), join(stateDir, 'sinks'))
  const { file, log } = cursorFile(t, stateDir)
  assert.equal(file.read(), undefined)
  file.write({ seq: 1 })
  assert.match(log(), /sinks is a symbolic link: remove it/)
})
