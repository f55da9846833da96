/** Ends of services that are no signal of a crash by themselves: all are told, but those that were asked for. */

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, type TestContext, test } from 'node:test'
import { WebSocket } from 'ws'
import { PATIENCE_MS, sleep, waitFor } from '../support/wait.ts'
import { buildImage } from './support/build.ts'
import { type Container, isAnswering, startContainer } from './support/container.ts'
import { output, podman, whyNoImages } from './support/engine.ts'
import { type Crash, crashes, isCrashOf } from './support/expect.ts'
import { printedTable } from './support/table.ts'

const QUIET_MS = 3000

const table = printedTable('Ends of services')
const skip = whyNoImages() ?? false
let image = ''

describe('ends in the headless image', { skip, concurrency: 2 }, () => {
  before(() => {
    image = buildImage('headless')
  })

  for (const signal of ['TERM', 'INT', 'HUP', 'QUIT'] as const) {
    test(`Chromium ends by SIG${signal}`, async t => {
      await endsOnce(t, `chromium -${signal}`, async (container, pid) => {
        await container.exec(['kill', `-${signal}`, String(pid)])
      })
    })
  }

  test('Chromium is closed by DevTools (Browser.close)', async t => {
    await endsOnce(t, 'Browser.close', async container => {
      const answer = await fetch(`${container.devtools}/json/version`)
      const { webSocketDebuggerUrl } = (await answer.json()) as { webSocketDebuggerUrl: string }
      const socket = new WebSocket(webSocketDebuggerUrl)
      t.after(() => socket.terminate())
      socket.on('error', () => {})
      socket.once('open', () => socket.send('{"id":1,"method":"Browser.close"}'))
    })
  })

  test('the API and the forwarder end by SIGTERM that nobody ordered', async t => {
    const container = await startContainer(t, image)
    for (const service of ['devtools', 'sysmon']) {
      const { pid } = await container.service(service)
      await container.exec(['kill', '-TERM', String(pid)])
      await waitFor(
        async () => (await container.service(service)).pid !== pid,
        `another ${service}`
      )
    }
    const events = await container.events(t)
    for (const service of ['devtools', 'sysmon']) {
      await events.find(isCrashOf(service), `the end of ${service}`, PATIENCE_MS)
    }
  })

  test('Chromium dies before it counts as started', async t => {
    const file = join(temporary(t), 'longer.conf')
    // Not the startsecs of 1: longer than it takes on a busy machine until it is killed here.
    writeFileSync(file, '[program:chromium]\nstartsecs=60\n')
    const container = await startContainer(t, image, {
      args: ['--volume', `${file}:/etc/supervisor/conf.d/longer.conf:ro`],
    })
    const events = await container.events(t)
    // A report waits a quarter of a second for supervisord's log, which a busy machine may exceed.
    for (let tries = 1; crashes(events).at(-1)?.signal === undefined && tries <= 5; tries++) {
      await container.sh(`
        until pid=$(supervisorctl pid chromium) && [ "$pid" != 0 ]; do sleep 0.1; done
        kill -KILL "$pid"`)
      await events.until(() => crashes(events).length >= tries, 'the failed start', PATIENCE_MS)
    }
    const told = crashes(events)
    await waitFor(
      () => isAnswering(`${container.devtools}/json/version`),
      'DevTools',
      () => container.logs()
    )
    await sleep(QUIET_MS)
    assert.equal(crashes(events).length, told.length)
    assert.deepEqual([...new Set(told.map(({ phase }) => phase))], ['startup'])
    for (const { signal } of told.slice(0, -1)) assert.equal(signal, undefined)
    assert.equal(told.at(-1)?.signal, 'SIGKILL')
    table.row('chromium -KILL before startsecs', JSON.stringify(told.at(-1)))
  })

  test('Chromium dies again within its first second: both are told', async t => {
    const container = await startContainer(t, image)
    await container.browser()
    const events = await container.events(t)
    await container.sh(`
      old=$(supervisorctl pid chromium)
      kill -KILL "$old"
      for ((tries = 0; tries < 500; tries++)); do
        # Not one of the old one's children, which are supervisord's now.
        new=$(pgrep -n -P 1 -u chromium -f 'start-chromium|port=9223 --user-data-dir') && [ "$new" != "$old" ] && break
        sleep 0.02
      done
      kill -KILL "$new"`)
    await events.until(() => crashes(events).length === 2, 'two crashes', PATIENCE_MS)
    await container.browser()
    await sleep(QUIET_MS)
    const [first, second] = crashes(events).map(({ signal }) => signal)
    assert.equal(first, 'SIGKILL')
    // Of the second the log may tell later than the report waits: absent then, never another one.
    assert.ok(second === 'SIGKILL' || second === undefined, String(second))
  })

  test('stopping the container, also while a service starts, is silent', async t => {
    for (const isUp of [true, false]) {
      const folder = temporary(t)
      const container = await startContainer(t, image, {
        args: ['--volume', `${folder}:/var/lib/fastify-sysmon`],
      })
      if (isUp) await container.browser()
      await podman(['stop', '--time', '20', container.id])
      const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && /\.(?:jsonl|event)$/.test(entry.name))
        .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      assert.doesNotMatch(kept.join(''), /service_crashed/)
    }
  })

  test('EXIT_ON_FATAL: the container ends with 1 when Chromium is given up, after the event', async t => {
    const { container, state } = await startGivingUp(t, 'chromium', '/usr/bin/chromium')
    assert.equal((await podman(['wait', container.id])).trim(), '1')
    assert.match(journalOf(state), /"service_name":"chromium"[^\n]*"phase":"gave_up"/)
    assert.match(output('podman', ['logs', container.id]), /\[supervisord-shim\] .*EXIT_ON_FATAL/)
  })

  test('EXIT_ON_FATAL: the same when the API itself is given up; the next one tells it', async t => {
    const start = '/usr/local/libexec/start-sysmon'
    const { container, state } = await startGivingUp(t, 'sysmon', start)
    assert.equal((await podman(['wait', container.id])).trim(), '1')
    assert.ok(readdirSync(join(state, 'spool')).some(name => name.endsWith('.event')))
    const next = await startContainer(t, image, {
      args: ['--volume', `${state}:/var/lib/fastify-sysmon`],
    })
    const events = await next.events(t)
    await events.find(
      ({ event }) => (event.data as Crash | undefined)?.phase === 'gave_up',
      'the end of the API before',
      PATIENCE_MS
    )
    assert.deepEqual(
      crashes(events)
        .filter(({ phase }) => phase === 'gave_up')
        .map(one => one.service_name),
      ['sysmon']
    )
    await podman(['stop', '--time', '20', next.id])
    const status = output('podman', ['inspect', '--format', '{{.State.ExitCode}}', next.id])
    assert.equal(status.trim(), '0', 'stopped from outside')
  })

  test('EXIT_ON_FATAL: a name that no service has is said, with those that there are', async t => {
    const container = await startContainer(t, image, {
      args: ['--env', 'EXIT_ON_FATAL=chromum,sysmon'],
    })
    const log = () => output('podman', ['logs', container.id])
    const said =
      /\[supervisord-shim\] .*EXIT_ON_FATAL: there is no service chromum: there are chromium, devtools,/
    await waitFor(() => said.test(log()), 'the warning', log)
    await container.browser()
  })

  test('EXIT_ON_FATAL: the same when the shim itself is given up, which cannot tell it', async t => {
    const { container } = await startGivingUp(
      t,
      'supervisord-shim',
      '/usr/local/bin/supervisord-shim',
      {
        section: 'eventlistener',
        services: 'supervisord-shim',
      }
    )
    assert.equal((await podman(['wait', container.id])).trim(), '1')
    const said = /CRIT supervisord-shim of EXIT_ON_FATAL was given up, and no shim ends this/
    assert.match(output('sh', ['-c', `podman logs ${container.id} 2>&1`]), said)
  })

  test('EXIT_ON_FATAL: the same when the shim hangs, some seconds later', async t => {
    const { container } = await startGivingUp(t, 'devtools', '/usr/bin/socat', {
      services: 'devtools',
      // It is up for long enough that the shim can be stopped before.
      more: 'startsecs=30\nautostart=false\n',
    })
    const shim = await container.service('supervisord-shim')
    process.kill(shim.hostPid, 'SIGSTOP')
    await container.sh('supervisorctl start devtools || :')
    assert.equal((await podman(['wait', container.id])).trim(), '1')
    const said = /CRIT devtools of EXIT_ON_FATAL was given up, and no shim ends this/
    assert.match(output('sh', ['-c', `podman logs ${container.id} 2>&1`]), said)
  })

  test('EXIT_ON_FATAL: the same when the forwarder is given up', async t => {
    const { container, state } = await startGivingUp(t, 'devtools', '/usr/bin/socat', {
      services: 'devtools',
    })
    assert.equal((await podman(['wait', container.id])).trim(), '1')
    assert.match(journalOf(state), /"service_name":"devtools"[^\n]*"phase":"gave_up"/)
  })

  test('a crash and a kill are in the container’s log, and every line says of whom', async t => {
    const container = await startContainer(t, image, { args: ['--memory', '512m'] })
    const { pid } = await container.browser()
    await container.exec(['kill', '-SEGV', String(pid)])
    await container.browser()
    await container.sh('echo 900 > /proc/self/oom_score_adj; exec tail /dev/zero').catch(() => {})
    const log = () => output('podman', ['logs', container.id])
    await waitFor(() => /^\[sysmon\] .*"OOM kill: /m.test(log()), 'the kill', log)
    assert.match(log(), /^\[supervisord-shim\] .*"a service crashed"/m)
    assert.match(log(), /^\[chromium\] .*DevTools listening on/m)
    const others = log()
      .split('\n')
      .filter(line => line !== '' && !/^\[[a-z-]+\] |^\d{4}-\d\d-\d\d [\d:,]+ [A-Z]+ /.test(line))
    assert.deepEqual(others, [], 'supervisord’s own begin with the time, all others with a name')
    const modes = await container.sh('stat -c "%a %n" /var/log/supervisord/*.log')
    for (const line of modes.trim().split('\n')) assert.match(line, /^640 /)
  })
})

describe('ends in the headful image', { skip, concurrency: 2 }, () => {
  before(() => {
    buildImage('headful')
  })

  test('the display dies: it and what it took with it are told', async t => {
    const container = await startContainer(t, 'localhost/fastify-sysmon-headful')
    const events = await container.events(t)
    const browser = await container.browser()
    const display = await container.service('xvfb')
    await container.exec(['kill', '-KILL', String(display.pid)])
    for (const service of ['xvfb', 'chromium']) {
      const { envelope } = await events.find(
        isCrashOf(service),
        `the end of ${service}`,
        PATIENCE_MS
      )
      table.row('', JSON.stringify(envelope.event.data))
    }
    await waitFor(async () => (await container.browser()).pid !== browser.pid, 'another browser')
  })

  for (const [service, program] of [
    ['xvfb', '/usr/bin/Xvfb'],
    ['mutter', '/usr/bin/mutter'],
    ['dbus', '/usr/bin/dbus-daemon'],
  ] as const) {
    test(`EXIT_ON_FATAL: the container ends with 1 when ${service} is given up`, async t => {
      const { container, state } = await startGivingUp(t, service, program, {
        flavour: 'localhost/fastify-sysmon-headful',
        services: service,
        // mutter waits for the display and the bus before.
        more: 'startsecs=20\n',
      })
      assert.equal((await podman(['wait', container.id])).trim(), '1')
      assert.match(
        journalOf(state),
        new RegExp(`"service_name":"${service}"[^\\n]*"phase":"gave_up"`)
      )
    })
  }
})

/** @param end ends the browser of the container */
async function endsOnce(
  t: TestContext,
  what: string,
  end: (container: Container, pid: number) => Promise<unknown>
): Promise<void> {
  const container = await startContainer(t, image)
  const events = await container.events(t)
  const { pid } = await container.browser()
  await end(container, pid)
  await events.find(isCrashOf('chromium'), 'the end', PATIENCE_MS)
  const next = await container.browser()
  await sleep(QUIET_MS)
  const [crash, ...more] = crashes(events)
  assert.deepEqual(more, [])
  assert.equal(crash?.phase, 'running')
  assert.equal(crash?.pid, pid)
  assert.notEqual(next.pid, pid)
  table.row(what, JSON.stringify(crash))
}

/** A container that ends when a service is given up, which it is after its second start. */
async function startGivingUp(
  t: TestContext,
  service: string,
  program: string,
  { flavour = image, section = 'program', services = 'chromium,sysmon', more = '' } = {}
): Promise<{ container: Container; state: string }> {
  const folder = temporary(t)
  const state = join(folder, 'state')
  mkdirSync(state)
  const file = join(folder, 'fewer.conf')
  writeFileSync(file, `[${section}:${service}]\nstartretries=1\n${more}`)
  const broken = join(folder, 'broken')
  writeFileSync(broken, '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  const container = await startContainer(t, flavour, {
    immediately: true,
    args: [
      ...['--env', `EXIT_ON_FATAL=${services}`],
      ...['--volume', `${state}:/var/lib/fastify-sysmon`],
      // Read after what the entrypoint writes there.
      ...['--volume', `${file}:/run/supervisor.d/fewer.conf:ro`],
      ...['--volume', `${broken}:${program}:ro`],
    ],
  })
  return { container, state }
}

function journalOf(state: string): string {
  const trusted = join(state, 'journal/trusted')
  return readdirSync(trusted)
    .map(name => readFileSync(join(trusted, name), 'utf8'))
    .join('')
}

function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-ends-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}
