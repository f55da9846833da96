/** What `/healthz` tells of the shim's spool, read from its file names. */

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spoolHealth } from '../../plugin/state/spool-health.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import { startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('no spool: nothing is said', async t => {
  const stateDir = temporaryFolder(t)
  assert.equal(spoolHealth(stateDir), undefined)
  const app = await startApp(t, { stateDir })
  assert.equal(app.sysmon.health().spool, undefined)
})

test('what the shim writes is counted, and the oldest told', async t => {
  const stateDir = temporaryFolder(t)
  const spool = new SpoolDir(join(stateDir, 'spool'))
  spool.open()
  assert.deepEqual(spoolHealth(stateDir), { waiting: 0 })
  const [first] = spool.write({ sequence: 1, ts: 1_764_000_000_000_002, kind: 'event' }, '{}')
  spool.write({ sequence: 2, ts: 1_764_000_000_000_001, kind: 'gap' }, '{}')
  const app = await startApp(t, { stateDir })
  assert.deepEqual(app.sysmon.health().spool, { waiting: 2, oldest_at: 1_764_000_000_000_001 })
  spool.remove(first.name)
  assert.equal(app.sysmon.health().spool?.waiting, 1)
})

test('a spool that may not be looked into is not told of', t => {
  const stateDir = temporaryFolder(t)
  mkdirSync(join(stateDir, 'spool'))
  chmodSync(join(stateDir, 'spool'), 0o000)
  const seen = spoolHealth(stateDir)
  // root may look into any folder.
  assert.deepEqual(seen, process.getuid?.() === 0 ? { waiting: 0 } : undefined)
})
