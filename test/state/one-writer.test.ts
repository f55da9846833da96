/** Real servers on one state folder: one writes, and whoever may not says so and keeps events in memory. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { EventEnvelope, Health, JournalHealth } from '../../generated/types.ts'
import { linesIn } from '../journal/journals.ts'
import { postJson } from '../support/post-json.ts'
import { type Server, startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const NO_KMSG = { SYSMON_KMSG_PATH: 'off' }

async function journalOf({ url }: Server): Promise<JournalHealth> {
  return ((await (await fetch(`${url}/healthz`)).json()) as Health).journal
}

test('the second server on a folder takes events, keeps them in memory, and says what to mend', async t => {
  const stateDir = temporaryFolder(t)
  const env = { ...NO_KMSG, SYSMON_STATE_DIR: stateDir }
  const first = await startServer(t, env)
  const second = await startServer(t, env)
  assert.equal((await journalOf(first)).state, 'writing')
  const { state, error } = await journalOf(second)
  assert.equal(state, 'off')
  assert.match(error!, /another server uses .*SYSMON_STATE_DIR/)
  assert.match(second.output(), /kept in memory only: another server uses/)
  for (const server of [first, second, first]) {
    const event = { type: 'note', category: 'system', data: server.url }
    assert.equal((await postJson(`${server.url}/telemetry/events`, event)).status, 200)
  }
  const kept = linesIn(`${stateDir}/journal`).map(line => JSON.parse(line) as EventEnvelope)
  assert.deepEqual(
    kept.map(({ seq, event }) => [seq, event.data]),
    [
      [1, first.url],
      [2, first.url],
    ]
  )
})

test('killed -9 beside its reader of the kernel log, a server is followed at once', async t => {
  const env = { SYSMON_STATE_DIR: temporaryFolder(t) }
  for (let round = 0; round < 3; round++) {
    const server = await startServer(t, env)
    assert.equal((await journalOf(server)).state, 'writing', `round ${round}`)
    await server.stop('SIGKILL')
  }
})

test('where there is no command flock, events are kept in memory, and it says what to install', async t => {
  const server = await startServer(t, { ...NO_KMSG, PATH: '/nonexistent' })
  const { state, error } = await journalOf(server)
  assert.equal(state, 'off')
  assert.match(error!, /no command flock.*install util-linux or busybox/)
  assert.match(server.output(), /kept in memory only: there is no command flock/)
})

test('a lock that fails is no lock, and its words are told', async t => {
  // What a file system without locks has it say: one command more in the path.
  const bin = temporaryFolder(t)
  const words = 'flock: 3: No locks available'
  writeFileSync(`${bin}/flock`, `#!/bin/sh\necho '${words}' >&2\nexit 1\n`, { mode: 0o755 })
  const server = await startServer(t, { ...NO_KMSG, PATH: `${bin}:${process.env.PATH}` })
  const { state, error } = await journalOf(server)
  assert.equal(state, 'off')
  assert.match(error!, /cannot be locked .*No locks available.*SYSMON_STATE_DIR/)
})

test('a lock’s command that does not end keeps no server from its start', async t => {
  const bin = temporaryFolder(t)
  writeFileSync(`${bin}/flock`, '#!/bin/sh\nexec sleep 200\n', { mode: 0o755 })
  const server = await startServer(t, { ...NO_KMSG, PATH: `${bin}:${process.env.PATH}` })
  const { state, error } = await journalOf(server)
  assert.equal(state, 'off')
  assert.match(error!, /cannot be locked .*flock ended with SIGKILL/)
})

test('of two workers of a cluster one writes and listens, and the other says why it does not', async t => {
  const application = fileURLToPath(new URL('cluster.js', import.meta.url))
  const primary = spawn(process.execPath, [application, temporaryFolder(t)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // Its workers end with it: their channel to it does.
  t.after(() => primary.kill('SIGKILL'))
  const said: { journal: JournalHealth; hasSocket: boolean }[] = []
  for await (const line of createInterface(primary.stdout)) {
    said.push(JSON.parse(line))
    if (said.length === 2) break
  }
  const writer = said.find(({ journal }) => journal.state === 'writing')
  assert.equal(writer?.hasSocket, true, 'the supervisor has its socket')
  const other = said.find(({ journal }) => journal.state === 'off')
  assert.match(other?.journal.error ?? '', /of the workers of a cluster, one/)
})
