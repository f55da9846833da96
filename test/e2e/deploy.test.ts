/** What deploy/ has for systemd and for supervisord, held against them, and against what the server does. */

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { PATH } from '../shim/shim-process.ts'
import { debianSupervisor, startSupervisord } from '../shim/supervisord.ts'
import { freePort } from '../support/free-port.ts'
import { SYSMON } from '../support/server.ts'
import { whyNoTrace } from '../support/syscalls.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const UNIT = 'deploy/systemd/fastify-sysmon.service'
const USER = 'deploy/systemd/fastify-sysmon.sysusers.conf'
const SUPERVISORD = 'deploy/supervisord/sysmon.conf'
/** Of 10; what is left is what the server is for: the kernel log, the network, /proc. */
const MAX_EXPOSURE = 3

const isSystemd = spawnSync('systemd-analyze', ['--version']).error === undefined
const noSystemd = isSystemd ? false : 'systemd-analyze is not there: apt-get install systemd'

/** The settings of the unit, in order. */
const settings = readFileSync(UNIT, 'utf8')
  .split('\n')
  .flatMap(line => {
    const [, name, value] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value!] as const]
  })

test('systemd-analyze verify has nothing to say of the unit', { skip: noSystemd }, t => {
  // A root with nothing but systemd's own units, the command and the unit.
  const root = temporaryFolder(t)
  const units = join(root, 'etc/systemd/system')
  for (const folder of [units, join(root, 'usr/local/bin'), join(root, 'usr/lib/systemd')]) {
    mkdirSync(folder, { recursive: true })
  }
  const own = execFileSync('sh', [
    '-c',
    'ls -d /usr/lib/systemd/system /lib/systemd/system | head -1',
  ])
  cpSync(own.toString().trim(), join(root, 'usr/lib/systemd/system'), {
    recursive: true,
    verbatimSymlinks: true,
  })
  writeFileSync(join(root, 'usr/local/bin/sysmon'), '#!/bin/sh\n', { mode: 0o755 })
  const verify = (text: string) => {
    writeFileSync(join(units, 'fastify-sysmon.service'), text)
    const args = ['verify', `--root=${root}`, '--man=no', 'fastify-sysmon.service']
    return spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  }
  const text = readFileSync(UNIT, 'utf8')
  const { status, stdout, stderr } = verify(text)
  assert.equal(stdout + stderr, '')
  assert.equal(status, 0)
  assert.match(verify(text.replace('KillMode=', 'KilMode=')).stderr, /KilMode/, 'it does look')
})

test('systemd-analyze security finds little that the unit leaves open', { skip: noSystemd }, () => {
  const report = execFileSync(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', join(process.cwd(), UNIT)],
    { encoding: 'utf8' }
  )
  const exposure = Number(/Overall exposure level .*: ([\d.]+)/.exec(report)?.[1])
  assert.ok(exposure <= MAX_EXPOSURE, report)
})

test('the user of the unit is the one that is made', () => {
  const [, user, home] = /^u (\S+) - "[^"]*" (\S+)$/m.exec(readFileSync(USER, 'utf8')) ?? []
  const own = Object.fromEntries(settings)
  assert.equal(user, own.User)
  assert.equal(home, `/var/lib/${own.StateDirectory}`)
})

/** The calls that the unit's filter lets through. */
function allowedCalls(): Set<string> {
  const namesIn = (group: string): string[] =>
    execFileSync('systemd-analyze', ['syscall-filter', '--no-pager', group], { encoding: 'utf8' })
      .split('\n')
      .slice(1)
      .map(line => line.trim())
      .filter(line => line !== '' && !line.startsWith('#'))
      .flatMap(line => (line.startsWith('@') ? namesIn(line) : [line]))
  const allowed = new Set<string>()
  for (const [name, value] of settings) {
    if (name !== 'SystemCallFilter') continue
    const isDenied = value.startsWith('~')
    for (const call of value.replace('~', '').split(' ').flatMap(namesIn)) {
      if (isDenied) allowed.delete(call)
      else allowed.add(call)
    }
  }
  return allowed
}

const skip = noSystemd || (whyNoTrace() ?? false)
test('the server makes no call that the filter of the unit refuses', { skip }, async t => {
  const folder = temporaryFolder(t)
  const output = join(folder, 'trace')
  const child = spawn('strace', ['-f', '-o', output, process.execPath, SYSMON, 'serve'], {
    env: {
      ...process.env,
      ...{ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'info', SYSMON_METRICS: 'true' },
      SYSMON_STATE_DIR: join(folder, 'state'),
      SYSMON_MEMORY_PRESSURE: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  t.after(() => child.kill('SIGKILL'))
  let log = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    log += text
  })
  const address = () => /Server listening at (http:[^"]+)/.exec(log)?.[1]
  await until(async () => address() !== undefined, 'the server')
  await post(address()!, { type: 'hello', category: 'system' })
  for (const path of ['/healthz', '/metrics', '/telemetry/events?limit=1']) {
    await (await fetch(address() + path)).text()
  }
  // The tracer hands no signal on.
  const pid = Number(/^(\d+)/.exec(readFileSync(output, 'utf8'))![1])
  process.kill(pid, 'SIGTERM')
  await ended
  const made = new Set(
    [...readFileSync(output, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map(([, name]) => name!)
  )
  assert.ok(made.size > 40, `${made.size} calls`)
  const allowed = allowedCalls()
  assert.deepEqual(
    [...made].filter(name => !allowed.has(name)),
    []
  )
})

const supervisor = debianSupervisor()
const noSupervisor = typeof supervisor === 'string' ? supervisor : false
test(
  'under a real supervisord: the server, the shim, and a crash',
  { skip: noSupervisor },
  async t => {
    assert.ok(typeof supervisor !== 'string')
    const folder = temporaryFolder(t)
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    symlinkSync(SYSMON, join(bin, 'sysmon'))
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const own = readFileSync(SUPERVISORD, 'utf8')
      .replace(/^stdout_logfile=.*$/m, `stdout_logfile=${join(folder, 'sysmon.log')}`)
      .split('[program:sysmon]\n')[1]!
    const supervisord = await startSupervisord(t, supervisor, {
      services: { sysmon: own, victim: 'command=sleep 1000\nstartsecs=0' },
      apiUrl: url,
      env: { PATH: `${bin}:${PATH}`, PORT: String(port), SYSMON_KMSG_PATH: 'false' },
    })
    await supervisord.until(() => supervisord.pidOf('victim') > 0, 'the victim')
    await until(async () => (await fetch(`${url}/healthz`)).status === 200, 'the server')
    process.kill(supervisord.pidOf('victim'), 'SIGKILL')
    let found: EventEnvelope[] = []
    await until(async () => {
      found = (await (
        await fetch(`${url}/telemetry/events?type=service_crashed&limit=9`)
      ).json()) as EventEnvelope[]
      return found.length > 0
    }, 'the crash')
    const { source, data } = found[0]!.event
    assert.equal((data as { service_name: string }).service_name, 'victim')
    assert.equal(source.metadata?.reporter, 'supervisor', 'by the socket in the state folder')
  }
)

async function until(isTrue: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isTrue().catch(() => false))) {
    assert.ok(Date.now() < deadline, `${what} never came`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function post(url: string, event: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const options = { method: 'POST', headers, body: JSON.stringify(event) }
  assert.equal((await fetch(`${url}/telemetry/events`, options)).status, 200)
}
