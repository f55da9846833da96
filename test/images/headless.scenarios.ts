/**
 * What the headless image reports, each scenario in a container of its own of the built image:
 * `npm run test:images`. Scenario 6 and 7 as users meet them: a page that takes all memory, and the
 * API gone at the wrong moment.
 */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { memoryGroup, oomKill } from '../support/oom.ts'
import { PATIENCE_MS, sleep, waitFor } from '../support/wait.ts'
import { buildImage } from './support/build.ts'
import { isAnswering, startContainer } from './support/container.ts'
import { growBrowser, growRenderer } from './support/devtools.ts'
import { whyNoImages } from './support/engine.ts'
import { crashes, isCrashOf, isKillOf, killsOf, untilKill } from './support/expect.ts'
import { injectGlobalDump } from './support/inject.ts'
import { printedTable } from './support/table.ts'

/** How long nothing may come that is not to come, in ms: supervisord tells within a second. */
const QUIET_MS = 3000

const table = printedTable('The headless image')
const skip = whyNoImages() ?? false
let image = ''

describe('the headless image', { skip, concurrency: 2 }, () => {
  before(() => {
    image = buildImage('headless')
  })

  test('1: Chromium is killed with SIGKILL', async t => {
    const container = await startContainer(t, image)
    const events = await container.events(t)
    const chromium = await container.browser()
    await container.exec(['kill', '-KILL', String(chromium.pid)])
    await events.find(isCrashOf('chromium'), 'the crash', PATIENCE_MS)
    const next = await container.browser()
    await sleep(QUIET_MS)
    const [crash, ...more] = crashes(events)
    assert.deepEqual(more, [])
    assert.equal(crash?.phase, 'running')
    assert.equal(crash?.signal, 'SIGKILL')
    assert.equal(crash?.pid, chromium.pid)
    assert.notEqual(next.pid, chromium.pid)
    table.row('1 chromium -KILL', JSON.stringify(crash))
  })

  test('2: a service that never comes up is given up', async t => {
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-flaky-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'flaky.conf')
    // Not the startsecs of 1: on a busy machine supervisord may come to reap it only when it has been up
    // for that long.
    writeFileSync(
      file,
      '[program:flaky]\ncommand=sh -c "sleep 0.1; exit 1"\nstartretries=3\nstartsecs=60\nautorestart=true\n'
    )
    const container = await startContainer(t, image, {
      args: ['--volume', `${file}:/etc/supervisor/conf.d/flaky.conf:ro`],
    })
    const events = await container.events(t)
    const givenUp = () => crashes(events).filter(({ phase }) => phase === 'gave_up')
    await events.until(() => givenUp().length === 1, 'the event', PATIENCE_MS)
    await sleep(QUIET_MS)
    const starts = crashes(events).slice(0, -1)
    assert.deepEqual(
      starts.map(({ phase, restart_attempt }) => `${phase} ${restart_attempt}`),
      ['startup 0', 'startup 1', 'startup 2', 'startup 3']
    )
    // A report waits a quarter of a second for supervisord's log, which a busy machine may exceed.
    for (let tries = 2; givenUp().at(-1)?.exit_code === undefined && tries <= 5; tries++) {
      await container.sh('supervisorctl start flaky || :')
      await events.until(() => givenUp().length === tries, 'the next event', PATIENCE_MS)
    }
    const crash = givenUp().at(-1)
    assert.equal(crash?.exit_code, 1)
    assert.equal(crash !== undefined && 'pid' in crash, false)
    table.row('2 flaky service', JSON.stringify(crash))
  })

  test('3: Chromium is stopped by its operator', async t => {
    const container = await startContainer(t, image)
    await container.browser()
    const events = await container.events(t)
    // Without kills, of which there may be others on this machine.
    const quiet = await container.events(t, 'service_crashed')
    await container.exec(['supervisorctl', 'stop', 'chromium'])
    await quiet.until(() => quiet.comments.length > 0, 'a keepalive', PATIENCE_MS)
    assert.deepEqual(quiet.events, [])
    assert.deepEqual(crashes(events), [])
    assert.deepEqual(killsOf(events, container.id), [])
    table.row('3 supervisorctl stop', `no event, ${quiet.comments.length} keepalive`)
  })

  test('4: a dump of the whole machine, written line by line into the kernel log', async t => {
    const container = await startContainer(t, image)
    const events = await container.events(t)
    const { victimPid, memTotalKb } = await injectGlobalDump(container)
    const { envelope } = await events.find(isKillOf(victimPid), 'the kill', PATIENCE_MS)
    await sleep(QUIET_MS)
    assert.equal(events.events.filter(one => isKillOf(victimPid)(one.envelope)).length, 1)
    const data = envelope.event.data as Record<string, unknown>
    assert.equal(data.process_name, 'chromium')
    assert.equal(data.constraint, 'none')
    assert.equal(data.mem_total_kb, memTotalKb)
    assert.equal(data.trigger_process_name, 'chromium')
    assert.deepEqual((data.top_tasks as { name: string }[])[0]?.name, 'chromium')
    assert.equal(envelope.event.source?.metadata?.facility, 'user')
    table.row('4 dump injected', JSON.stringify(data), JSON.stringify(envelope.event.source))
  })

  test('5: a memory hog under --memory 512m', async t => {
    const container = await startContainer(t, image, { args: ['--memory', '512m'] })
    const events = await container.events(t)
    await container.browser()
    // The largest of the container, and by its score the first to go.
    const hog =
      'ln -sf /usr/bin/tail "/tmp/a hog: (1)"; echo 500 > /proc/self/oom_score_adj; exec "/tmp/a hog: (1)" /dev/zero'
    const kill = await untilKill(container, events, () => assert.rejects(container.sh(hog)))
    assert.equal(kill.process_name, 'a hog: (1)')
    assert.equal(kill.constraint, 'memcg')
    assert.equal(kill.memcg_limit_kb, 512 * 1024)
    assert.equal('mem_total_kb' in kill, false)
    assert.equal('mem_free_kb' in kill, false)
    const tasks = kill.top_tasks as { name: string; rss_kb: number }[]
    assert.equal(tasks[0]?.name, 'a hog: (1)')
    for (const { name } of tasks)
      assert.match(name, /^(a hog: \(1\)|chromium|MainThread|supervisord)$/)
    table.row('5 hog, --memory 512m', JSON.stringify(kill))
  })

  test('6: a page grows until the kernel kills its renderer; the browser lives on', async t => {
    const container = await startContainer(t, image, { args: ['--memory', '700m'] })
    const events = await container.events(t)
    const chromium = await container.browser()
    const kill = await untilKill(container, events, () => growRenderer(container))
    await sleep(QUIET_MS)
    assert.equal(kill.process_name, 'chromium')
    assert.equal(kill.constraint, 'memcg')
    for (const one of killsOf(events, container.id)) assert.notEqual(one.pid, chromium.hostPid)
    // Chromium's own score for renderers: nothing in the image changes it.
    assert.equal(kill.oom_score_adj, 300)
    assert.deepEqual(crashes(events), [])
    assert.equal((await container.browser()).pid, chromium.pid)
    table.row('6 renderer grows', JSON.stringify(kill), 'supervisord saw nothing')
  })

  test('6: the browser itself grows into the limit: both are told', async t => {
    const container = await startContainer(t, image, { args: ['--memory', '900m'] })
    const events = await container.events(t)
    const chromium = await container.browser()
    await growBrowser(t, container)
    const { envelope } = await events.find(
      isKillOf(chromium.hostPid),
      'the kill of the browser',
      PATIENCE_MS
    )
    await events.find(isCrashOf('chromium'), 'the crash', PATIENCE_MS)
    await container.browser()
    await sleep(QUIET_MS)
    const [crash, ...more] = crashes(events)
    assert.deepEqual(more, [])
    assert.equal(crash?.phase, 'running')
    assert.equal(crash?.signal, 'SIGKILL')
    assert.equal(crash?.pid, chromium.pid)
    table.row('6 browser grows', JSON.stringify(envelope.event.data), JSON.stringify(crash))
  })

  test('7: the API is killed; what happens meanwhile is told when it is back', async t => {
    const group = memoryGroup(t, `sysmon-absence-${process.pid}`)
    const container = await startContainer(t, image)
    const api = await container.service('sysmon')
    await container.exec(['kill', '-KILL', String(api.pid)])
    const pid = await oomKill(t, group, 'in its absence')
    const next = await container.service('sysmon')
    await waitFor(() => isAnswering(`${container.api}/healthz`), 'the API')
    const events = await container.events(t)
    await events.find(isCrashOf('sysmon'), 'its own crash', PATIENCE_MS)
    const { envelope } = await events.find(isKillOf(pid), 'the kill in its absence', PATIENCE_MS)
    const [crash, ...more] = crashes(events)
    assert.deepEqual(more, [])
    assert.equal(crash?.phase, 'running')
    assert.equal(crash?.signal, 'SIGKILL')
    assert.equal(crash?.pid, api.pid)
    assert.notEqual(next.pid, api.pid)
    assert.equal(envelope.event.source?.metadata?.replayed, 'true')
    const kill = { ...(envelope.event.data as object), ...envelope.event.source?.metadata }
    table.row('7 API -KILL', JSON.stringify(crash), JSON.stringify(kill))
  })
})
