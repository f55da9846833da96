/**
 * End to end with the real supervisord, the shipped configuration and the real server: which deaths
 * of services become which events at a reader of the stream, and which do not.
 */

import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventEnvelope, ServiceCrashedData } from '../../generated/types.ts'
import { startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'
import { temporaryFolder } from './shim-process.ts'
import {
  debianSupervisor,
  pypiSupervisor,
  type SupervisordOptions,
  startSupervisord,
} from './supervisord.ts'

const STAYS = 'command=sleep 1000\nstartsecs=0\nautorestart=true'
const LONG_NAME = 'n'.repeat(200)

for (const find of [debianSupervisor, pypiSupervisor]) {
  test(`crashes are reported, with what ended them, and only crashes (${find.name})`, async t => {
    const installation = find()
    if (typeof installation === 'string') return t.skip(installation)
    const { api, stream } = await startApi(t)
    const supervisord = await startSupervisord(t, installation, {
      apiUrl: api.url,
      services: {
        killed: STAYS,
        segfaulting: STAYS,
        aborting: STAYS,
        [LONG_NAME]: STAYS,
        grouped: `${STAYS}\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)02d`,
        failing: 'command=sh -c "sleep 0.2; exit 4"\nstartsecs=0\nautorestart=false',
        flaky: 'command=sh -c "exit 5"\nstartsecs=1\nstartretries=1',
        missing: 'command=/nonexistent\nstartretries=1',
        stopped: STAYS,
        finished: 'command=sh -c "sleep 0.2; exit 0"\nstartsecs=0\nautorestart=unexpected',
      },
    })
    for (const [service, signal] of [
      ['killed', 'SIGKILL'],
      ['segfaulting', 'SIGSEGV'],
      ['aborting', 'SIGABRT'],
      [LONG_NAME, 'SIGKILL'],
      ['grouped_01', 'SIGTERM'],
    ] as const) {
      const pid = supervisord.pidOf(service)
      process.kill(pid, signal)
      const { data, source, category } = await crash(stream, service)
      assert.equal(category, 'system')
      assert.equal(source.kind, 'local_process')
      assert.equal(source.event, 'service.crashed')
      assert.deepEqual(Object.keys(source.metadata ?? {}).sort(), [
        'reporter',
        'supervisor_instance',
        'supervisor_serial',
      ])
      const { core_dumped, ...rest } = data
      assert.equal(typeof core_dumped, 'boolean')
      const group_name = service.replace(/_01$/, '')
      assert.deepEqual(rest, { service_name: service, group_name, phase: 'running', pid, signal })
    }
    await supervisord.call('stopProcess', 'stopped')

    const gaveUp = (await crash(stream, 'flaky')).data
    assert.deepEqual(gaveUp, {
      service_name: 'flaky',
      group_name: 'flaky',
      phase: 'gave_up',
      exit_code: 5,
    })
    const missing = (await crash(stream, 'missing')).data
    assert.deepEqual(missing, { service_name: 'missing', group_name: 'missing', phase: 'gave_up' })
    assert.equal((await crash(stream, 'failing')).data.exit_code, 4)

    // A last crash, so that anything that came before it would be there.
    process.kill(supervisord.pidOf('killed'), 'SIGKILL')
    await stream.until(() => crashes(stream, 'killed').length === 2, 'the last crash')
    const names = stream.events.map(({ envelope }) => name(envelope)).sort()
    const expected = ['aborting', 'failing', 'flaky', 'grouped_01', 'killed', 'killed', 'missing']
    assert.deepEqual(names, [...expected, LONG_NAME, 'segfaulting'].sort())
    assert.doesNotMatch(JSON.stringify(stream.events), /RUNNING|BACKOFF|FATAL|EXITED/)
  })

  test(`a shutdown gives up a flapping service: no crash (${find.name})`, async t => {
    const installation = find()
    if (typeof installation === 'string') return t.skip(installation)
    const { api, stream } = await startApi(t)
    const supervisord = await startSupervisord(t, installation, {
      apiUrl: api.url,
      services: {
        flapping: 'command=sh -c "exit 1"\nstartsecs=5\nstartretries=100',
        obedient: STAYS,
        stubborn: `command=sh -c 'trap "" TERM; while :; do sleep 0.1; done'\nstartsecs=0\nstopwaitsecs=1`,
      },
    })
    await supervisord.until(() => /exited: flapping/.test(supervisord.log()), 'a failed start')
    supervisord.signal('SIGTERM')
    await supervisord.ended
    assert.match(supervisord.shimLog(), /supervisord is shutting down/)
    assert.deepEqual(stream.events, [])
  })

  test(`forty services that die at once are forty events (${find.name})`, async t => {
    const installation = find()
    if (typeof installation === 'string') return t.skip(installation)
    const { api, stream } = await startApi(t)
    const supervisord = await startSupervisord(t, installation, {
      apiUrl: api.url,
      services: {
        many: `${STAYS}\nautorestart=false\nnumprocs=40\nprocess_name=many_%(process_num)02d`,
      },
    })
    await supervisord.until(() => spawned(supervisord.log()).length === 40, 'forty services')
    const pids = spawned(supervisord.log())
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await stream.until(() => stream.events.length >= 40, 'forty events', 20_000)
    const data = stream.events.map(({ envelope }) => envelope.event.data as ServiceCrashedData)
    assert.deepEqual(
      data.map(({ pid }) => pid).sort(),
      pids.sort(),
      'each of them once, and no gap'
    )
    assert.ok(data.every(({ signal }) => signal === 'SIGKILL'))
  })
}

test('a failed start is an event for those who subscribe to it', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  await startSupervisord(t, installation, {
    apiUrl: api.url,
    configure: shipped =>
      shipped.replace('PROCESS_STATE_EXITED,', 'PROCESS_STATE_EXITED,PROCESS_STATE_BACKOFF,'),
    services: { flaky: 'command=sh -c "exit 5"\nstartsecs=1\nstartretries=1' },
  })
  await stream.until(() => crashes(stream, 'flaky').length === 3, 'two failed starts and the end')
  const [first, second, last] = crashes(stream, 'flaky')
  assert.equal(typeof first?.pid, 'number')
  assert.deepEqual(
    [first, second, last].map(data => [data?.phase, data?.restart_attempt, data?.exit_code]),
    [
      ['startup', 0, 5],
      ['startup', 1, 5],
      ['gave_up', undefined, 5],
    ]
  )
})

test('what ended a service is read from the log itself, also when it is rotated', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    logBytes: 1500,
    services: { killed: STAYS },
  })
  await supervisord.until(() => /log of supervisord is found/.test(supervisord.shimLog()), 'a find')
  for (let kill = 1; kill <= 6; kill++) {
    const pid = supervisord.pidOf('killed')
    process.kill(pid, 'SIGKILL')
    await stream.until(() => crashes(stream, 'killed').length === kill, 'the crash')
    await supervisord.until(() => supervisord.pidOf('killed') !== pid, 'the next process')
  }
  assert.deepEqual(
    new Set(crashes(stream, 'killed').map(({ signal }) => signal)),
    new Set(['SIGKILL'])
  )
  assert.ok(existsSync(join(supervisord.folder, 'supervisord.log.1')))
  assert.doesNotMatch(supervisord.shimLog(), /has gone|"level":[45]0/)
})

test('supervisord is asked for its log where its files may not be looked at', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  // proc_pid_fd(5): for who has fewer capabilities than supervisord, as for another user.
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    configure: shipped => shipped.replace(/^command=/m, '$&setpriv --bounding-set=-sys_ptrace '),
    services: { killed: STAYS },
  })
  process.kill(supervisord.pidOf('killed'), 'SIGKILL')
  assert.equal((await crash(stream, 'killed')).data.signal, 'SIGKILL')
  assert.match(supervisord.shimLog(), /it is not found/)
})

test('a container that preloads a module which prints into every Node loses no crash', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const tracer = join(temporaryFolder(t), 'tracer.cjs')
  writeFileSync(tracer, 'console.log("TRACER CONFIGURATION"); setInterval(console.log, 50).unref()')
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    env: { NODE_OPTIONS: `--require ${tracer}`, NODE_CHANNEL_FD: '3' },
    services: { killed: STAYS },
  })
  for (let kill = 1; kill <= 2; kill++) {
    const pid = supervisord.pidOf('killed')
    process.kill(pid, 'SIGKILL')
    await stream.until(() => crashes(stream, 'killed').length === kill, 'the crash')
    await supervisord.until(() => supervisord.pidOf('killed') !== pid, 'the next process')
  }
  assert.doesNotMatch(supervisord.log(), /UNKNOWN|bad result/)
})

test('services of one name in two groups: each is told its own end', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const same = `startsecs=0\nautorestart=true\nnumprocs=2\nprocess_name=%(process_num)d`
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    services: {
      web: `command=sh -c 'trap "exit 3" USR1; while :; do sleep 0.1; done'\n${same}`,
      api: `command=sleep 1000\n${same}`,
    },
  })
  const told = async (group: string, signal: NodeJS.Signals) => {
    const pid = await supervisord.pidIn(group, '0')
    process.kill(pid, signal)
    const is = (data: ServiceCrashedData) => data.group_name === group && data.pid === pid
    await stream.until(() => crashes(stream, '0').some(is), `the crash of ${group}:0`)
    const { exit_code, signal: told } = crashes(stream, '0').find(is)!
    await supervisord.until(async () => (await supervisord.pidIn(group, '0')) !== pid, 'the next')
    return exit_code ?? told
  }
  // The trap is set before the first signal.
  await new Promise(resolve => setTimeout(resolve, 500))
  assert.equal(await told('web', 'SIGUSR1'), 3)
  assert.equal(await told('api', 'SIGSEGV'), 'SIGSEGV')
  appendFileSync(join(supervisord.folder, 'supervisord.log'), JUNK)
  assert.equal(await told('api', 'SIGKILL'), 'SIGKILL')
  await new Promise(resolve => setTimeout(resolve, 500))
  assert.equal(await told('web', 'SIGUSR1'), 3)

  // Both at once: what each died of, or nothing.
  const pids = [await supervisord.pidIn('web', '0'), await supervisord.pidIn('api', '0')]
  process.kill(pids[0]!, 'SIGABRT')
  process.kill(pids[1]!, 'SIGSEGV')
  const both = () => crashes(stream, '0').filter(({ pid }) => pids.includes(pid!))
  await stream.until(() => both().length === 2, 'both crashes')
  for (const { pid, signal } of both()) {
    assert.ok([undefined, pid === pids[0] ? 'SIGABRT' : 'SIGSEGV'].includes(signal), signal)
  }
})

test('a shim that comes late to a long log knows what ends from then on', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    services: { killed: STAYS },
  })
  const pid = supervisord.pidOf('killed')
  appendFileSync(join(supervisord.folder, 'supervisord.log'), JUNK)
  const shim = supervisord.pidOf('supervisord-shim')
  process.kill(shim, 'SIGKILL')
  const listeners = () => supervisord.shimLog().match(/"msg":"listening"/g)?.length
  await supervisord.until(() => listeners() === 2, 'the next shim')
  // supervisord answers within two turns of its main loop.
  await new Promise(resolve => setTimeout(resolve, 1000))
  process.kill(pid, 'SIGKILL')
  assert.equal((await crash(stream, 'killed')).data.signal, 'SIGKILL')
  assert.doesNotMatch(supervisord.shimLog(), /"level":[45]0/)
})

test('what supervisord does not tell is one warning that says what to mend', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const cases: [string, Partial<SupervisordOptions>, RegExp][] = [
    ['no-socket', { withoutSocket: true }, /\[unix_http_server\]: add one/],
    ['null', { logFile: '/dev/null' }, /loglevel=info and a file as logfile=/],
    ['syslog', { logFile: 'syslog' }, /set a file as logfile=/],
    ['stdout', { logFile: '/dev/stdout' }, /set (loglevel=info and )?a file as logfile=/],
    ['loglevel', { logLevel: 'error' }, /set loglevel=info/],
  ]
  for (const [service, options, mend] of cases) {
    const supervisord = await startSupervisord(t, installation, {
      apiUrl: api.url,
      ...options,
      services: { [service]: 'command=sh -c "sleep 0.3; exit 3"\nstartsecs=0\nautorestart=false' },
    })
    const { pid, ...rest } = (await crash(stream, service)).data
    assert.ok(pid)
    assert.deepEqual(rest, { service_name: service, group_name: service, phase: 'running' })
    await supervisord.until(() => mend.test(supervisord.shimLog()), `the warning about ${service}`)
    assert.equal(supervisord.shimLog().match(/"level":40/g)?.length, 1, supervisord.shimLog())
  }
})

test('a socket that was swept away: the end is told all the same, or what to mend', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const isNotRoot = (shipped: string) =>
    shipped.replace(/^command=/m, '$&setpriv --bounding-set=-sys_ptrace ')
  for (const [service, configure] of [
    ['by-file', undefined],
    ['by-question', isNotRoot],
  ] as const) {
    const supervisord = await startSupervisord(t, installation, {
      apiUrl: api.url,
      configure,
      services: { [service]: STAYS },
    })
    await supervisord.until(() => /it is not found|is found/.test(supervisord.shimLog()), 'a look')
    rmSync(join(supervisord.folder, 'supervisor.sock'))
    process.kill(supervisord.pidOf(service), 'SIGSEGV')
    const { signal } = (await crash(stream, service)).data
    assert.equal(signal, configure === undefined ? 'SIGSEGV' : undefined)
    const warnings = supervisord.shimLog().match(/"level":40.*/g) ?? []
    assert.equal(warnings.length, configure === undefined ? 0 : 1)
    if (configure !== undefined) assert.match(warnings[0]!, /nobody listens.*restart supervisord/)
  }
})

/** More than is read of the log at once where supervisord is asked. */
const JUNK = '2026-11-24 00:23:28,155 INFO reaped unknown pid 1 (exit status 0)\n'.repeat(2000)

async function startApi(t: Parameters<typeof startServer>[0]) {
  const api = await startServer(t, { SYSMON_KMSG_PATH: 'off' })
  const stream = await SseClient.open(`${api.url}/telemetry/events?replay=all`, {
    accept: 'text/event-stream',
  })
  t.after(() => stream.close())
  return { api, stream }
}

const name = ({ event }: EventEnvelope) =>
  event.type === 'service_crashed' ? (event.data as ServiceCrashedData).service_name : event.type

function crashes(stream: SseClient, service: string): ServiceCrashedData[] {
  return stream.events
    .filter(({ envelope }) => name(envelope) === service)
    .map(({ envelope }) => envelope.event.data as ServiceCrashedData)
}

async function crash(stream: SseClient, service: string) {
  const { envelope } = await stream.find(found => name(found) === service, service, 15_000)
  return envelope.event as typeof envelope.event & { data: ServiceCrashedData }
}

function spawned(log: string): number[] {
  return [...log.matchAll(/spawned: 'many_.*' with pid (\d+)/g)].map(match => Number(match[1]))
}

test('EXIT_ON_FATAL: supervisord ends once the API has the event, and not for other services', async t => {
  const installation = debianSupervisor()
  if (typeof installation === 'string') return t.skip(installation)
  const { api, stream } = await startApi(t)
  const noteFile = join(temporaryFolder(t), 'given-up')
  const supervisord = await startSupervisord(t, installation, {
    apiUrl: api.url,
    services: {
      other: 'command=false\nstartretries=0',
      browser: 'command=sh -c "sleep 0.3; exit 7"\nstartretries=1',
    },
    env: { EXIT_ON_FATAL: 'browser, nothing', EXIT_ON_FATAL_FILE: noteFile },
  })
  assert.equal((await crash(stream, 'other')).data.phase, 'gave_up')
  assert.equal((await crash(stream, 'browser')).data.exit_code, 7)
  await supervisord.ended
  const [said] = /[^\n]*EXIT_ON_FATAL was given up[^\n]*/.exec(supervisord.shimLog()) ?? []
  assert.match(
    supervisord.shimLog(),
    /EXIT_ON_FATAL: there is no service nothing: there are [^"]*browser/
  )
  const { service, waiting } = JSON.parse(said ?? '{}')
  assert.deepEqual([service, waiting], ['browser', 0])
  assert.equal(readFileSync(noteFile, 'utf8'), 'browser\n')
})
