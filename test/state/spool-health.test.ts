/** What `/healthz` tells of the shim's spool, read from its file names. */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SpoolHealth } from '../../generated/types.ts'
import { spoolHealth } from '../../plugin/state/spool-health.ts'
import { createLog } from '../../shim/own-log.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import { StatusFile } from '../../shim/status-file.ts'
import { startApp } from '../support/app.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** As it is sent: without what is undefined. */
const said = (health: SpoolHealth | undefined) => health && JSON.parse(JSON.stringify(health))

test('no spool: nothing is said', async t => {
  const stateDir = temporaryFolder(t)
  assert.equal(spoolHealth(stateDir), undefined)
  const app = await startApp(t, { stateDir })
  assert.equal(app.sysmon.health().spool, undefined)
})

test('what the shim writes is counted, and the oldest told', async t => {
  const stateDir = temporaryFolder(t)
  const spool = new SpoolDir(stateDir)
  spool.open()
  assert.deepEqual(said(spoolHealth(stateDir)), { waiting: 0 })
  const [first] = spool.write({ sequence: 1, ts: 1_764_000_000_000_002, kind: 'event' }, '{}')
  spool.write({ sequence: 2, ts: 1_764_000_000_000_001, kind: 'gap' }, '{}')
  const app = await startApp(t, { stateDir })
  assert.deepEqual(said(app.sysmon.health().spool), {
    waiting: 2,
    oldest_at: 1_764_000_000_000_001,
  })
  spool.remove(first.name)
  assert.equal(app.sysmon.health().spool?.waiting, 1)
})

test('a spool that may not be looked into is not told of', t => {
  const stateDir = temporaryFolder(t)
  mkdirSync(join(stateDir, 'spool'))
  chmodSync(join(stateDir, 'spool'), 0o000)
  const seen = said(spoolHealth(stateDir))
  // root may look into any folder.
  assert.deepEqual(seen, process.getuid?.() === 0 ? { waiting: 0 } : undefined)
})

test('a link in the place of a spool is not followed, though what it leads to is one', t => {
  const elsewhere = temporaryFolder(t)
  const other = new SpoolDir(elsewhere)
  other.open()
  other.write({ sequence: 1, ts: 1_764_000_000_000_001, kind: 'event' }, '{}')
  const stateDir = temporaryFolder(t)
  symlinkSync(other.path, join(stateDir, 'spool'))
  assert.equal(spoolHealth(stateDir), undefined)
  assert.equal(spoolHealth(elsewhere)?.waiting, 1)
  other.close()
})

test('a health that is asked for again and again leaves nothing open', t => {
  const stateDir = temporaryFolder(t)
  mkdirSync(join(stateDir, 'spool'), 0o750)
  writeFileSync(join(stateDir, 'shim-status'), '{}')
  const before = openDescriptors()
  for (let n = 0; n < 50; n++) assert.deepEqual(said(spoolHealth(stateDir)), { waiting: 0 })
  assert.equal(openDescriptors(), before)
})

test('what the shim says that it cannot do is told, and an API that is not given events is degraded', async t => {
  const stateDir = temporaryFolder(t)
  const spool = new SpoolDir(stateDir)
  spool.open()
  const status = new StatusFile(stateDir, spool, createLog('silent'))
  const app = await startApp(t, { stateDir, kmsgPath: false })
  const health = async () => (await app.inject('/healthz')).json()
  status.write()
  assert.deepEqual((await health()).spool, { waiting: 0 })
  status.set('cause_error', 'no log')
  assert.equal((await health()).spool.cause_error, 'no log')
  assert.equal((await health()).status, 'ok')
  status.set('delivery_error', 'connect ECONNREFUSED')
  assert.equal((await health()).spool.delivery_error, 'connect ECONNREFUSED')
  assert.equal((await health()).status, 'degraded')
  status.set('delivery_error', undefined)
  assert.equal((await health()).status, 'ok')
  status.remove()
  assert.deepEqual((await health()).spool, { waiting: 0 })
  spool.close()
})

test('two shims on one folder are told of together', t => {
  const stateDir = temporaryFolder(t)
  const [first, second] = [new SpoolDir(stateDir), new SpoolDir(stateDir)]
  for (const [index, dir] of [first, second].entries()) {
    dir.open()
    dir.write({ sequence: 1, ts: 1_764_000_000_000_000 + index, kind: 'event' }, '{}')
  }
  new StatusFile(stateDir, second, createLog('silent')).set('error', 'another shim')
  assert.deepEqual(said(spoolHealth(stateDir)), {
    waiting: 2,
    oldest_at: 1_764_000_000_000_000,
    error: 'another shim',
  })
  first.close()
  second.close()
})

test('what is no status of a shim is not believed, waited for or followed', t => {
  const stateDir = temporaryFolder(t)
  const file = join(stateDir, 'shim-status')
  const elsewhere = join(stateDir, 'elsewhere')
  writeFileSync(elsewhere, '{"error":"x"}')
  for (const make of [
    () => writeFileSync(file, 'no json'),
    () => writeFileSync(file, '["error"]'),
    () => symlinkSync(elsewhere, file),
    () => execFileSync('mkfifo', [file]),
    () => mkdirSync(file),
  ]) {
    make()
    assert.equal(spoolHealth(stateDir)?.error, undefined)
    rmSync(file, { recursive: true })
  }
  writeFileSync(file, JSON.stringify({ error: 7, cause_error: 'x'.repeat(5000) }))
  assert.equal(spoolHealth(stateDir)?.error, undefined)
  assert.equal(spoolHealth(stateDir)?.cause_error?.length, 1000)
})
