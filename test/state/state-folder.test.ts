/** The real server on state folders that somebody else had a hand in: up at once, and it says what to mend. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Health } from '../../generated/types.ts'
import { postJson } from '../support/post-json.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const NO_KMSG = { SYSMON_KMSG_PATH: 'off' }
const NOBODY = 65534
const skip = process.getuid?.() === 0 ? false : 'not root: nothing can be given to another user'

async function healthOf(url: string): Promise<Health> {
  return (await (await fetch(`${url}/healthz`)).json()) as Health
}

async function post(url: string): Promise<void> {
  const event = { type: 'note', category: 'system' }
  assert.equal((await postJson(`${url}/telemetry/events`, event)).status, 200)
}

const SPOILT: Record<string, [words: RegExp, spoil: (path: string) => unknown]> = {
  'a FIFO': [/is a FIFO: remove it/, path => execFileSync('mkfifo', [path])],
  'a link': [/is a symbolic link: remove it/, path => symlinkSync('../precious', path)],
  'a link to nothing': [/is a symbolic link: remove it/, path => symlinkSync('../nothing', path)],
}

for (const [what, [words, spoil]] of Object.entries(SPOILT)) {
  for (const file of ['journal', 'journal/high-water']) {
    test(`${what} in the place of ${file}: events are kept in memory, and it says why`, async t => {
      const parent = temporaryFolder(t)
      writeFileSync(join(parent, 'precious'), 'untouched')
      const stateDir = join(parent, 'state')
      mkdirSync(join(stateDir, 'journal'), { recursive: true, mode: 0o700 })
      if (file === 'journal') execFileSync('rmdir', [join(stateDir, 'journal')])
      spoil(join(stateDir, file))
      const { url, output } = await startServer(t, { ...NO_KMSG, SYSMON_STATE_DIR: stateDir })
      await post(url)
      const { journal } = await healthOf(url)
      assert.notEqual(journal.state, 'writing')
      assert.match(journal.error!, words)
      assert.match(output(), words)
      assert.equal(readFileSync(join(parent, 'precious'), 'utf8'), 'untouched')
    })
  }

  test(`${what} in the place of the position in the kernel log: said, and all else goes on`, async t => {
    const stateDir = temporaryFolder(t)
    spoil(join(stateDir, 'kmsg-position'))
    const { url } = await startServer(t, { SYSMON_STATE_DIR: stateDir })
    const { kmsg, journal } = await healthOf(url)
    assert.match(kmsg.position_error!, words)
    assert.equal(journal.state, 'writing')
  })

  test(`${what} in the place of a file of the journal is set aside, and its events are told as lost`, async t => {
    const stateDir = temporaryFolder(t)
    const env = { ...NO_KMSG, SYSMON_STATE_DIR: stateDir }
    const first = await startServer(t, env)
    await post(first.url)
    await first.stop('SIGKILL')
    const folder = join(stateDir, 'journal')
    const name = readdirSync(folder).find(each => each.endsWith('.jsonl'))!
    execFileSync('rm', [join(folder, name)])
    spoil(join(folder, name))
    const { url } = await startServer(t, env)
    await post(url)
    assert.equal((await healthOf(url)).journal.state, 'writing')
    const headers = { accept: 'application/json' }
    const answer = await fetch(`${url}/telemetry/events`, { headers })
    const gaps = ((await answer.json()) as { event: { type: string; data: object } }[])
      .filter(({ event }) => event.type === 'telemetry_gap')
      .map(({ event }) => event.data as { lost?: number; reason: string })
    assert.deepEqual(
      gaps.filter(({ reason }) => reason.includes('damaged')).map(({ lost }) => lost),
      [1]
    )
    assert.equal(readdirSync(join(folder, 'damaged')).length, 1)
  })
}

test('what is a file of somebody else, too, is not written; the journal goes on in another', async t => {
  const parent = temporaryFolder(t)
  const stateDir = join(parent, 'state')
  const env = { ...NO_KMSG, SYSMON_STATE_DIR: stateDir }
  const first = await startServer(t, env)
  await post(first.url)
  await first.stop('SIGKILL')
  const journal = join(stateDir, 'journal')
  const segment = readdirSync(journal).find(each => each.endsWith('.jsonl'))!
  const before = readFileSync(join(journal, segment), 'utf8')
  linkSync(join(journal, segment), join(parent, 'theirs'))
  const { url, stop } = await startServer(t, env)
  await post(url)
  const deadline = Date.now() + PATIENCE_MS
  while ((await healthOf(url)).journal.state !== 'writing') {
    assert.ok(Date.now() < deadline, 'it is written again')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  await stop('SIGKILL')
  assert.equal(readFileSync(join(parent, 'theirs'), 'utf8'), before)
  linkSync(join(journal, 'high-water'), join(parent, 'theirs too'))
  const third = await startServer(t, env)
  assert.match((await healthOf(third.url)).journal.error!, /high-water is another file too/)
  const headers = { accept: 'application/json' }
  const page = await (await fetch(`${third.url}/telemetry/events`, { headers })).json()
  const notes = (page as { event: { type: string } }[]).filter(({ event }) => event.type === 'note')
  assert.equal(notes.length, 2)
})

test('a state folder open to every user is not used, unless it is sticky', async t => {
  const stateDir = temporaryFolder(t)
  chmodSync(stateDir, 0o777)
  const open = await startServer(t, { ...NO_KMSG, SYSMON_STATE_DIR: stateDir })
  const { journal } = await healthOf(open.url)
  assert.equal(journal.state, 'off')
  assert.match(journal.error!, /every user may write .*chmod o-w/)
  assert.deepEqual(readdirSync(stateDir), [])
  await open.stop()
  chmodSync(stateDir, 0o1777)
  const { url } = await startServer(t, { ...NO_KMSG, SYSMON_STATE_DIR: stateDir })
  assert.equal((await healthOf(url)).journal.state, 'writing')
})

test('in a sticky folder, what another user made there first is not used', { skip }, async t => {
  const stateDir = temporaryFolder(t)
  chmodSync(stateDir, 0o1777)
  mkdirSync(join(stateDir, 'journal'))
  chownSync(join(stateDir, 'journal'), NOBODY, NOBODY)
  const { url } = await startServer(t, { ...NO_KMSG, SYSMON_STATE_DIR: stateDir })
  assert.match((await healthOf(url)).journal.error!, /journal belongs to user 65534/)
})

test(
  'the folder of the images, root:group 0770, is used by a member of the group',
  { skip },
  async t => {
    const stateDir = temporaryFolder(t)
    const group = 54321
    chownSync(stateDir, 0, group)
    chmodSync(stateDir, 0o770)
    const ids = { uid: NOBODY, gid: group }
    for (let run = 0; run < 2; run++) {
      const { url, stop } = await startServer(t, { ...NO_KMSG, SYSMON_STATE_DIR: stateDir }, ids)
      await post(url)
      assert.equal((await healthOf(url)).journal.state, 'writing')
      await stop()
    }
    assert.equal(statSync(join(stateDir, 'journal')).uid, NOBODY)
  }
)

test('a folder of another user is not used: it could become anything', { skip }, async t => {
  const stateDir = temporaryFolder(t)
  chownSync(stateDir, NOBODY, NOBODY)
  const { url } = await startServer(t, { ...NO_KMSG, SYSMON_STATE_DIR: stateDir })
  assert.match((await healthOf(url)).journal.error!, /belongs to user 65534.*chown/)
  assert.ok(!existsSync(join(stateDir, 'journal')))
})

test('a folder by a link is the operator’s own word', async t => {
  const parent = temporaryFolder(t)
  mkdirSync(join(parent, 'disk'), { mode: 0o700 })
  symlinkSync('disk', join(parent, 'state'))
  const env = { ...NO_KMSG, SYSMON_STATE_DIR: join(parent, 'state') }
  const { url } = await startServer(t, env)
  assert.equal((await healthOf(url)).journal.state, 'writing')
})
