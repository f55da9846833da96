/** A spool that is not emptied: told by its oldest event, which stays. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { SpoolProgress } from '../../plugin/state/spool-progress.ts'
import { SpoolDir } from '../../shim/spool-dir.ts'
import { startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SECOND_US = 1_000_000

test('what waits is on its way for half a minute, and stuck after that', () => {
  const progress = new SpoolProgress()
  const now = Date.now() * 1000
  const spool = { waiting: 1, oldest_at: now }
  const stuckAfter = (seconds: number) =>
    progress.look(spool, now + seconds * SECOND_US).stuck_since
  for (const seconds of [0, 10, 29]) assert.equal(stuckAfter(seconds), undefined)
  assert.equal(stuckAfter(31), now)
  assert.equal(stuckAfter(100), now)
})

test('at the first look, what waited before the server started has waited since its start', () => {
  const started = Date.now() * 1000
  const progress = new SpoolProgress()
  const spool = { waiting: 1, oldest_at: started - 3600 * SECOND_US }
  const { stuck_since } = progress.look(spool, started + 40 * SECOND_US)
  assert.ok(stuck_since! >= started && stuck_since! < started + SECOND_US)
})

test('while it is emptied, whatever it holds, it is not stuck; empty neither', () => {
  const progress = new SpoolProgress()
  const now = Date.now() * 1000
  for (let seconds = 0; seconds < 200; seconds += 20) {
    const spool = { waiting: 1000 - seconds, oldest_at: now - 10_000 * SECOND_US + seconds }
    assert.equal(progress.look(spool, now + seconds * SECOND_US).stuck_since, undefined)
  }
  for (const seconds of [200, 300]) {
    assert.equal(progress.look({ waiting: 0 }, now + seconds * SECOND_US).stuck_since, undefined)
  }
  const spool = { waiting: 1, oldest_at: now }
  assert.equal(progress.look(spool, now + 300 * SECOND_US).stuck_since, undefined)
  assert.equal(progress.look(spool, now + 331 * SECOND_US).stuck_since, now + 300 * SECOND_US)
})

test('health is degraded while events wait that nobody delivers, and says what to mend', async t => {
  const stateDir = temporaryFolder(t)
  const app = await startApp(t, { stateDir, kmsgPath: false })
  const spool = new SpoolDir(stateDir)
  spool.open()
  t.after(() => spool.close())
  const [file, fd] = spool.write({ sequence: 1, ts: Date.now() * 1000, kind: 'event' }, '{}')
  assert.ok(fd > 0, join(stateDir, file.name))
  assert.equal(app.sysmon.health().status, 'ok')
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 })
  const { status, reasons } = app.sysmon.health()
  assert.equal(status, 'degraded')
  assert.match(reasons![0]!, /wait in the spool.*KERNEL_IMAGES_API_BASE_URL/)
  spool.remove(file.name)
  assert.equal(app.sysmon.health().status, 'ok')
})
