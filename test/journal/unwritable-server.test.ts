/** A server whose journal cannot be written: it serves, and its health says so. */

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '../../generated/types.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import { nextBatch, readAll } from '../support/read-all.ts'
import { startServer } from '../support/server.ts'
import { fill, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'
import { openJournal } from './journals.ts'

const skip = whyNoSmallDisk

/** @returns its sequence number */
function publishNote(stream: EventStream, bytes: number): number {
  const event = { ts: 1, type: 'note', category: 'system' } as const
  return stream.publish({ ...event, source: { kind: 'cdp' }, data: 'x'.repeat(bytes) }).seq
}

async function healthOf(url: string): Promise<Health> {
  return (await (await fetch(`${url}/healthz`)).json()) as Health
}

test('the server on a full disk: up, taking events, and its health says so', { skip }, async t => {
  const mount = smallDisk(t, '64k')
  fill(mount)
  const { url, output, said, stop } = await startServer(t, { SYSMON_STATE_DIR: mount })
  const answer = await fetch(`${url}/telemetry/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"type":"note","category":"system"}',
  })
  assert.equal(answer.status, 200)
  const { status, reasons, journal } = await healthOf(url)
  assert.equal(status, 'degraded')
  assert.ok(
    reasons!.some(reason => /kept in memory only.*ENOSPC.*: free space there$/.test(reason))
  )
  assert.notEqual(journal.state, 'writing')
  assert.ok(journal.error)
  await said(/"level":50/)
  assert.equal(output().match(/"level":50/g)?.length, 1, 'said once')
  assert.equal(await stop(), 0)
})

test('a disk that was full for a while: health says so for that while', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const env = { SYSMON_STATE_DIR: join(mount, 'state'), SYSMON_KMSG_PATH: '/dev/kmsg' }
  const { url } = await startServer(t, env)
  const isKept = async () => (await healthOf(url)).journal.error === undefined
  const reasonsNow = async () => (await healthOf(url)).reasons ?? []
  const before = await reasonsNow()
  const empty = fill(mount)
  const body = JSON.stringify({ type: 'note', category: 'system', data: 'x'.repeat(5000) })
  const headers = { 'content-type': 'application/json' }
  await fetch(`${url}/telemetry/events`, { method: 'POST', headers, body })
  assert.ok((await reasonsNow()).some(reason => /ENOSPC/.test(reason)))
  assert.equal((await fetch(`${url}/healthz`)).status, 503)
  empty()
  for (let tries = 0; !(await isKept()); tries++) {
    assert.ok(tries < PATIENCE_MS / 10, 'never written again')
    await sleep(50)
  }
  assert.deepEqual(await reasonsNow(), before)
})

test('a state folder that is a file, or may not be written: said once, and the server serves', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  mkdirSync(join(folder, 'theirs'), { mode: 0o700 })
  for (const [path, ids] of [
    [file, {}],
    [join(file, 'below'), {}],
    ['/proc/none', {}],
    ...(skip === false
      ? [[join(folder, 'theirs', 'below'), { uid: 65534, gid: 65534 }] as const]
      : []),
  ] as const) {
    const { url, output, stop } = await startServer(t, { SYSMON_STATE_DIR: path }, ids)
    const { status, journal } = await healthOf(url)
    assert.equal(status, 'degraded')
    assert.equal(journal.state, 'off')
    assert.match(journal.error ?? '', /SYSMON_STATE_DIR/)
    assert.equal(output().match(/kept in memory only/g)?.length, 1)
    assert.equal(await stop(), 0)
  }
})

test(
  'while the disk is full, a reader behind the ring is told what it misses',
  { skip },
  async t => {
    const mount = smallDisk(t, '1m')
    const { journal } = openJournal(t, join(mount, 'journal'))
    const stream = new EventStream({ capacity: 3, maxBytes: 1e9, store: journal })
    const publish = () => publishNote(stream, 8000)
    const reader = stream.subscribe('now', { categories: new Set(['system']) }, () => {})
    for (let i = 0; i < 5; i++) publish()
    assert.deepEqual(
      (await readAll(reader)).events.map(({ seq }) => seq),
      [1, 2, 3, 4, 5]
    )
    fill(mount)
    for (let i = 0; i < 10; i++) publish()
    let got = 0
    let told = 0
    for (;;) {
      const { events, missed } = await nextBatch(reader)
      told += missed
      got += events.length
      if (events.length === 0) break
    }
    assert.equal(got + told, 10)
    assert.ok(told > 0 && got >= 3, `${told} ${got}`)
  }
)
