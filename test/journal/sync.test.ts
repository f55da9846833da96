/**
 * What is said to be safe from a power cut was synced before it was said: held against the calls that
 * the kernel sees, since after anything less than a power cut the file looks the same.
 */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Syscall, trace, whyNoTrace } from '../support/syscalls.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openJournal, segmentsIn } from './journals.ts'

const skip = whyNoTrace() ?? false
const SCRIPT = fileURLToPath(new URL('sync-process.js', import.meta.url))
const CALLS = ['write', 'pwrite64', 'fdatasync', 'fsync', 'rename']

async function traced(
  t: TestContext,
  sync: string,
  what: string,
  folder = join(temporaryFolder(t), 'journal')
) {
  const calls = await trace(t, CALLS, SCRIPT, [folder, sync, what])
  const one = (name: string, isIt: (call: Syscall) => boolean): Syscall => {
    const found = calls.filter(call => call.name === name && isIt(call))
    assert.equal(found.length, 1, `one such ${name} in ${JSON.stringify(calls, null, 1)}`)
    return found[0]!
  }
  return {
    folder,
    calls,
    /** The write of an event's line. */
    line: (text: string) =>
      one('write', call => call.path.endsWith('.jsonl') && call.text.includes(text)),
    said: (text: string) => one('write', call => call.text.includes(`"${text}\\n"`)),
    /** Whether a file was synced whole between the end of one call and the beginning of another. */
    isSynced: (path: string, after: Syscall, before: Syscall) =>
      calls.some(
        call =>
          (call.name === 'fdatasync' || call.name === 'fsync') &&
          call.path === path &&
          call.result === 0 &&
          call.begin > after.end &&
          call.end < before.begin
      ),
  }
}

test(
  'always: an event is on the disk before it is settled, and so is the name of its file',
  { skip },
  async t => {
    const { folder, calls, line, said, isSynced } = await traced(t, 'always', 'settle')
    for (const n of [1, 2, 3]) {
      const written = line(`event ${n}`)
      assert.ok(isSynced(written.path, written, said(`settled ${n}`)), `event ${n}`)
    }
    assert.ok(isSynced(folder, line('event 1'), said('settled 1')), 'the name')
    const names = calls.filter(({ name, path }) => name === 'fsync' && path === folder)
    assert.equal(names.length, 1, 'the name is durable from then on')
  }
)

test('always: those that wait for a sync that is under way share the next', { skip }, async t => {
  const { calls, line, said, isSynced } = await traced(t, 'always', 'settle together')
  const { path } = line('event 1.5')
  for (const round of [1, 2]) {
    for (const n of [1, 2, 3, 4, 5]) {
      const written = line(`event ${round}.${n}`)
      assert.ok(isSynced(path, written, said(`settled ${round}`)), `event ${round}.${n}`)
    }
  }
  const syncs = calls.filter(call => call.name === 'fdatasync' && call.path === path)
  assert.equal(syncs.length, 4)
})

test('always: what is settled already is not synced again', { skip }, async t => {
  const { calls, line, said, isSynced } = await traced(t, 'always', 'settle what is settled')
  const written = line('event 1')
  assert.ok(isSynced(written.path, written, said('settled 1')))
  const syncs = calls.filter(call => call.name === 'fdatasync' && call.path === written.path)
  assert.equal(syncs.length, 1)
})

test(
  'always: what is settled together is on the disk, in whichever files it lies',
  { skip },
  async t => {
    const { folder, calls, said, isSynced } = await traced(t, 'always', 'settle over segments')
    const lines = calls.filter(({ name, path }) => name === 'write' && path.endsWith('.jsonl'))
    assert.equal(new Set(lines.map(({ path }) => path)).size, 3)
    for (const line of lines) assert.ok(isSynced(line.path, line, said('settled')), line.text)
    assert.ok(isSynced(folder, lines.at(-1)!, said('settled')), 'the names')
  }
)

test(
  'interval: an event is on the disk soon after, without anybody waiting for it',
  { skip },
  async t => {
    const { folder, line, said, isSynced } = await traced(t, 'interval', 'wait')
    const written = line('event 1')
    assert.ok(!isSynced(written.path, written, said('appended')), 'nobody waited')
    assert.ok(isSynced(written.path, written, said('waited')))
    assert.ok(isSynced(folder, written, said('waited')), 'the name')
  }
)

test('never: nothing is synced before the end', { skip }, async t => {
  const { line, said, isSynced } = await traced(t, 'never', 'wait')
  const written = line('event 1')
  assert.ok(!isSynced(written.path, written, said('waited')))
})

for (const policy of ['always', 'interval', 'never']) {
  test(`${policy}: a proper end leaves all of it on the disk`, { skip }, async t => {
    const { folder, line, said, isSynced } = await traced(t, policy, 'close')
    const written = line('event 1')
    assert.ok(isSynced(written.path, written, said('closed')))
    assert.ok(isSynced(folder, written, said('closed')), 'the name')
  })
}

test(
  'a repaired file is on the disk before it takes the place of the damaged one',
  { skip },
  async t => {
    const folder = join(temporaryFolder(t), 'journal')
    const first = openJournal(t, folder)
    for (let n = 1; n <= 3; n++) first.append(`event ${n}`)
    await first.journal.close()
    const path = join(folder, segmentsIn(folder)[0]!)
    writeFileSync(path, readFileSync(path, 'utf8').replace('event 2', 'event X'))
    const { calls } = await traced(t, 'never', 'repair', folder)
    const renamed = calls.find(({ name, text }) => name === 'rename' && text.includes('.jsonl'))
    assert.ok(renamed)
    const writes = calls.filter(
      ({ name, path: to }) => name === 'write' && to.includes('unfinished')
    )
    assert.equal(writes.length, 3)
    assert.ok(
      calls.some(
        ({ name, path: of, begin, end }) =>
          name === 'fsync' &&
          of === writes[0]!.path &&
          begin > writes.at(-1)!.end &&
          end < renamed.begin
      )
    )
  }
)
