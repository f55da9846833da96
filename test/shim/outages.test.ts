/**
 * Nothing lost, nothing twice: the API away and dying, the shim dying, supervisord reloading, full
 * disks and full buffers, each with the real supervisord.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope, EventPage, Health, ServiceCrashedData } from '../../generated/types.ts'
import { startMortalApi } from '../support/mortal-api.ts'
import { startServer } from '../support/server.ts'
import { PATIENCE_MS, waitFor } from '../support/wait.ts'
import { startRecorder, temporaryFolder } from './shim-process.ts'
import { debianSupervisor, dying, type Installation, startSupervisord } from './supervisord.ts'

const STAYS = 'command=sleep 1000\nstartsecs=0\nautorestart=true'
const SILENT = { SYSMON_KMSG_PATH: 'off' }

test('crashes while the API is down are reported when it is back, with their time', async t => {
  const outage = Number(process.env.SYSMON_OUTAGE ?? 0) * 1000 // "npm run soak" makes it a minute.

  const installation = needSupervisord(t)
  if (installation === undefined) return
  const first = await startServer(t, SILENT)
  const port = new URL(first.url).port
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: first.url,
    services: { chromium: STAYS },
  })
  await first.stop('SIGKILL')
  const killed: number[] = []
  const downUntil = Date.now() + outage
  let crashes = 0
  while (crashes < 3 || Date.now() < downUntil) {
    crashes++
    killed.push(Date.now() * 1000)
    process.kill(supervisord.pidOf('chromium'), 'SIGKILL')
    await supervisord.until(
      () => (supervisord.shimLog().match(/a service crashed/g)?.length ?? 0) === crashes,
      'a crash in the spool'
    )
    await pause(outage / 30)
  }
  await supervisord.until(() => /takes no events/.test(supervisord.shimLog()), 'a failed delivery')
  const backAt = Date.now() * 1000
  const second = await startServer(t, { ...SILENT, PORT: port })
  await waitFor(async () => (await crashesAt(second.url)).length === crashes, 'the crashes')
  for (const [index, { ts }] of (await crashesAt(second.url)).entries()) {
    assert.ok(ts >= killed[index]! && ts < backAt)
  }
})

test('the API killed at random while 1,000 crashes arrive: each once at the consumer', async t => {
  const installation = needSupervisord(t)
  if (installation !== undefined) await killAtRandom(t, installation, 1000, ['api'])
})

test('a soak: API and shim killed at random while SYSMON_SOAK crashes arrive', async t => {
  const crashes = Number(process.env.SYSMON_SOAK ?? 0)
  if (crashes === 0) return t.skip('a long one: npm run soak')
  const installation = needSupervisord(t)
  if (installation !== undefined) await killAtRandom(t, installation, crashes, ['api', 'shim'])
})

async function killAtRandom(
  t: TestContext,
  installation: Installation,
  crashes: number,
  victims: ('api' | 'shim')[]
): Promise<void> {
  const folder = temporaryFolder(t)
  const api = await startMortalApi(t)
  // supervisord hands out about 100 events a second at best. Where its listener is away half of the
  // time, more than 50 would overflow its buffer, and be lost before they are anybody's.
  const lifetime = victims.includes('shim') ? 0.5 : 0.05
  const services = manyDying(folder, 20, crashes / 20, lifetime)
  const supervisord = await startSupervisord(t, installation, { apiUrl: api.url, services })
  const killing = api.killAtRandom(500)
  let shimKills = 0
  const allCrashed = () => exits(supervisord.log()) >= crashes
  while (victims.includes('shim') && !allCrashed()) {
    await pause(Math.random() * 4000)
    if (killSilently(supervisord.pidOf('supervisord-shim'))) shimKills++
  }
  await supervisord.until(allCrashed, 'all crashes', 2 * PATIENCE_MS)
  await killing.stop()
  const events = () => api.received.filter(isCrashOfDying)
  const isOver = () => events().length >= crashes || api.received.some(isGap)
  await supervisord.until(isOver, 'all events', 60_000)
  await pause(1000) // What came twice would come now.
  t.diagnostic(
    `${crashes} crashes, ${killing.count()} kills of the API, ${shimKills} of the shim, ${events().length} events at the consumer`
  )
  assert.deepEqual(
    api.received.filter(isGap).map(({ event }) => event.data),
    [],
    'no gap is reported where there was none'
  )
  const ids = api.received.map(({ seq }) => seq)
  assert.ok(
    ids.every((id, index) => index === 0 || id > ids[index - 1]!),
    'in order, none twice'
  )
  for (const service of Object.keys(services)) {
    const pids = events().map(({ event }) => event.data as ServiceCrashedData)
    const found = pids.filter(({ service_name }) => service_name === service)
    assert.equal(found.length, crashes / 20, service)
  }
  assert.equal(events().length, crashes)
  assert.ok(killing.count() > 2, 'the API was killed')
}

test('the shim killed at random while busy: none lost, none twice at the consumer', async t => {
  const installation = needSupervisord(t)
  if (installation === undefined) return
  const api = await startServer(t, SILENT)
  const folder = temporaryFolder(t)
  const crashes = 240
  const services = manyDying(folder, 8, crashes / 8)
  const supervisord = await startSupervisord(t, installation, { apiUrl: api.url, services })
  let kills = 0
  while (exits(supervisord.log()) < crashes) {
    await pause(Math.random() * 500)
    if (killSilently(supervisord.pidOf('supervisord-shim'))) kills++
  }
  await supervisord.until(
    async () => (await eventsAt(api.url)).filter(isDying).length >= crashes,
    'all events'
  )
  const events = await eventsAt(api.url)
  const ours = events.filter(isDying)
  assert.equal(ours.length, crashes)
  assert.equal(new Set(ours.map(({ pid }) => pid)).size, crashes, 'each process once')
  assert.deepEqual(
    events.filter(({ type }) => type !== 'service_crashed'),
    [],
    'and no gap is reported where there was none'
  )
  assert.ok(kills > 2, 'the shim was killed')
})

test('a reload by SIGHUP: what crashes before and after it is reported, and nothing else', async t => {
  const installation = needSupervisord(t)
  if (installation === undefined) return
  const api = await startServer(t, SILENT)
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    services: {
      before: STAYS,
      flapping: 'command=sh -c "exit 1"\nstartsecs=5\nstartretries=100',
    },
  })
  process.kill(supervisord.pidOf('before'), 'SIGKILL')
  await waitFor(async () => (await eventsAt(api.url)).length === 1, 'the first crash')
  const listeners = () => supervisord.shimLog().match(/"msg":"listening"/g)?.length
  supervisord.signal('SIGHUP')
  await supervisord.until(() => listeners() === 2, 'the listener after the reload')
  process.kill(supervisord.pidOf('before'), 'SIGKILL')
  await waitFor(async () => (await eventsAt(api.url)).length > 1, 'the second crash')
  const events = await eventsAt(api.url)
  assert.deepEqual(
    events.map(({ service, phase }) => [service, phase]),
    [
      ['before', 'running'],
      ['before', 'running'],
    ]
  )
  assert.equal(events[0]?.instance, events[1]?.instance, 'it is the same run of supervisord')
  assert.notEqual(events[0]?.serial, events[1]?.serial)
})

test('two supervisords on one state folder: each delivers its own, and what is left is delivered', async t => {
  const installation = needSupervisord(t)
  if (installation === undefined) return
  const stateDir = join(temporaryFolder(t), 'state')
  const apis = [await startRecorder(t), await startRecorder(t)]
  const away = ['http://127.0.0.1:1', 'http://127.0.0.1:1']
  const start = (index: number, apiUrl: string) =>
    startSupervisord(t, installation, {
      apiUrl,
      stateDir,
      services: { [`service${index}`]: STAYS },
    })
  const supervisords = [await start(0, away[0]!), await start(1, away[1]!)]
  for (const [index, supervisord] of supervisords.entries()) {
    process.kill(supervisord.pidOf(`service${index}`), 'SIGKILL')
    await supervisord.until(() => /a service crashed/.test(supervisord.shimLog()), 'the crash')
  }
  assert.doesNotMatch(supervisords[0]!.shimLog(), /another shim/)
  assert.match(supervisords[1]!.shimLog(), /"level":40.*another shim uses the spool/)
  assert.deepEqual(readdirSync(stateDir).sort(), [
    'shim-status',
    'shim-status-2',
    'spool',
    'spool-2',
  ])
  const [first, second] = supervisords
  first!.signal('SIGTERM')
  await first!.ended
  // Its place is free, and what is left there is the next one's; the other one's is not.
  const third = await start(2, apis[0]!.url)
  await third.until(() => apis[0]!.posted.length === 1, 'what the first one has left')
  assert.equal(apis[0]!.posted[0]!.data.service_name, 'service0')
  second!.signal('SIGTERM')
  third.signal('SIGTERM')
  await Promise.all([second!.ended, third.ended])
  await start(3, apis[1]!.url)
  await waitFor(() => apis[1]!.posted.length === 1, 'what the second one has left')
  assert.equal(apis[1]!.posted[0]!.data.service_name, 'service1')
  assert.deepEqual(
    apis.map(({ posted }) => posted.length),
    [1, 1]
  )
})

test('an API that is not where the shim was told is said, and its events wait', async t => {
  const installation = needSupervisord(t)
  if (installation === undefined) return
  const stateDir = join(temporaryFolder(t), 'state')
  const api = await startServer(t, { ...SILENT, SYSMON_STATE_DIR: stateDir })
  // By the socket it would find the API, wherever it was told.
  rmSync(join(stateDir, 'api.sock'))
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: 'http://127.0.0.1:1',
    stateDir,
    services: { chromium: STAYS },
  })
  const health = async () => (await (await fetch(`${api.url}/healthz`)).json()) as Health
  assert.equal((await health()).spool?.delivery_error, undefined)
  process.kill(supervisord.pidOf('chromium'), 'SIGKILL')
  await waitFor(async () => (await health()).spool?.delivery_error !== undefined, 'the reason')
  const { status, spool } = await health()
  assert.equal(status, 'degraded')
  assert.match(spool!.delivery_error!, /ECONNREFUSED 127\.0\.0\.1:1/)
  assert.equal(spool!.waiting, 1)
})

test('a full disk: events are kept in memory, and that is said', async t => {
  const installation = needSupervisord(t)
  if (installation === undefined) return
  const stateDir = fullDisk(t)
  if (stateDir === undefined) return
  const first = await startServer(t, SILENT)
  const port = new URL(first.url).port
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: first.url,
    stateDir,
    services: { chromium: STAYS },
  })
  await first.stop('SIGKILL')
  process.kill(supervisord.pidOf('chromium'), 'SIGKILL')
  await supervisord.until(
    () => /"level":40.*cannot be written.*SYSMON_STATE_DIR/.test(supervisord.shimLog()),
    'the warning'
  )
  const second = await startServer(t, { ...SILENT, PORT: port })
  await waitFor(async () => (await crashesAt(second.url)).length === 1, 'the crash')
})

test("supervisord's buffer overflows: what was thrown away is told", async t => {
  const installation = needSupervisord(t)
  if (installation === undefined) return
  const api = await startServer(t, SILENT)
  const folder = temporaryFolder(t)
  const crashes = 15
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    configure: shipped => shipped.replace(/^buffer_size=.*$/m, 'buffer_size=5'),
    services: {
      dying: `${dying(folder, 'dying', crashes, 0.1)}`,
    },
  })
  const shim = supervisord.pidOf('supervisord-shim')
  process.kill(shim, 'SIGSTOP')
  await supervisord.until(() => exits(supervisord.log()) === crashes, 'all crashes')
  process.kill(shim, 'SIGCONT')
  const told = async () => {
    const events = await eventsAt(api.url)
    const lost = events.reduce((sum, { data }) => sum + ((data as { lost?: number }).lost ?? 0), 0)
    return lost + events.filter(({ type }) => type === 'service_crashed').length
  }
  await supervisord.until(async () => (await told()) === crashes, 'all crashes or their loss')
  const gaps = (await eventsAt(api.url)).filter(({ type }) => type === 'telemetry_gap')
  assert.equal(gaps.length, 1)
  assert.equal((gaps[0]!.data as { source?: string }).source, 'supervisord')
})

function needSupervisord(t: TestContext): Installation | undefined {
  const installation = debianSupervisor()
  if (typeof installation !== 'string') return installation
  t.skip(installation)
  return undefined
}

async function eventsAt(url: string) {
  const events = []
  for (let offset = 0; ; ) {
    const response = await fetch(`${url}/telemetry/events?limit=1000&offset=${offset}`, {
      headers: { accept: 'application/json' },
    })
    const page = (await response.json()) as EventPage
    for (const { event } of page) {
      const data = event.data as ServiceCrashedData
      events.push({
        type: event.type,
        ts: event.ts,
        service: data.service_name as string | undefined,
        phase: data.phase,
        pid: data.pid,
        data: event.data,
        instance: event.source.metadata?.supervisor_instance,
        serial: event.source.metadata?.supervisor_serial,
      })
    }
    if (response.headers.get('x-has-more') !== 'true') return events
    offset = Number(response.headers.get('x-next-offset'))
  }
}

async function crashesAt(url: string) {
  return (await eventsAt(url)).filter(({ type }) => type === 'service_crashed')
}

function manyDying(folder: string, services: number, times: number, seconds = 0.05) {
  const names = Array.from({ length: services }, (_, index) => `dying${index}`)
  return Object.fromEntries(names.map(name => [name, dying(folder, name, times, seconds)]))
}

/** Crashes of the services of `manyDying`, by supervisord's log. */
function exits(log: string): number {
  return log.match(/exited: dying\d* \(exit status 3/g)?.length ?? 0
}

const isDying = ({ service }: { service?: string }) => service?.startsWith('dying') === true

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** @returns whether there was a process; it may just be being started again */
function killSilently(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

const isGap = ({ event }: EventEnvelope) => event.type === 'telemetry_gap'

/** supervisord reports the death of its listener, too: the next one then reports it. */
const isCrashOfDying = ({ event }: EventEnvelope) =>
  event.type === 'service_crashed' &&
  (event.data as ServiceCrashedData).service_name.startsWith('dying')

/** A tmpfs without a free byte; undefined, and the test skipped, where none can be mounted. */
function fullDisk(t: TestContext): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'sysmon-disk-'))
  let mounted = false
  t.after(() => {
    if (mounted) execFileSync('umount', ['--lazy', path])
    rmdirSync(path)
  })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    t.skip(`no tmpfs can be mounted: ${(error as Error).message.split('\n')[1]}`)
    return undefined
  }
  mounted = true
  try {
    for (;;) appendFileSync(join(path, 'ballast'), Buffer.alloc(4096))
  } catch {
    return path
  }
}
