/** `sysmon doctor` on machines that lack something, with servers that do, and after a real kill. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Health } from '../../generated/types.ts'
import type { Finding } from '../../plugin/doctor/finding.ts'
import { serverFindings } from '../../plugin/doctor/server.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { SYSMON, startServer } from '../support/server.ts'

interface Run {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function run(
  command: readonly string[],
  args: readonly string[],
  env: Record<string, string> = {}
): Run {
  const [file, ...rest] = [...command, process.execPath, SYSMON, 'doctor', ...args]
  const { status, stdout, stderr } = spawnSync(file!, rest, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, out: stdout, err: stderr }
}
const doctor = (args: readonly string[], env?: Record<string, string>): Run => run([], args, env)

function findings({ out }: Run): Map<string, Finding> {
  const { findings } = JSON.parse(out) as { findings: Finding[] }
  return new Map(findings.map(finding => [finding.check, finding]))
}

test('no kernel log, no server: each fails, with what to do', () => {
  const { code, out } = doctor(['--url', 'http://127.0.0.1:1'], {
    SYSMON_KMSG_PATH: '/nonexistent',
  })
  assert.equal(code, 1)
  assert.match(
    out,
    /^fail {2}kernel log {4}there is no \/nonexistent: no OOM kill is told\n {20}mend: in a container, pass the device in/m
  )
  assert.match(
    out,
    /^fail {2}server {8}no server answers at http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*\n {20}mend: start it/m
  )
  assert.doesNotMatch(out, /\u001b/)
})

test('something else in the place of the kernel log: what to do is about that', () => {
  const { out } = doctor(['--url', 'http://127.0.0.1:1'], { SYSMON_KMSG_PATH: '/dev/null' })
  assert.match(
    out,
    /^fail {2}kernel log {4}\/dev\/null is not the kernel log device.*: no OOM kill is told\n {20}mend: in a container, pass the device in/m
  )
})

const AS_NOBODY = [
  'setpriv',
  '--reuid=65534',
  '--clear-groups',
  '--bounding-set=-all',
  '--inh-caps=-all',
]

/** Somebody else may not get to this Node, or to this clone. */
function whyNotAsNobody(): string | undefined {
  const [file, ...args] = [...AS_NOBODY, process.execPath, SYSMON, '--version']
  const { status, stderr, error } = spawnSync(file!, args, { encoding: 'utf8' })
  return status === 0
    ? undefined
    : `it cannot be run as nobody: ${error?.message ?? stderr.slice(0, 200)}`
}

test('without the capability', { skip: whyNoOomKills() ?? whyNotAsNobody() ?? false }, () => {
  const done = run(AS_NOBODY, ['--json', '--url', 'http://127.0.0.1:1'])
  assert.equal(done.code, 1, done.err)
  const log = findings(done).get('kernel log')!
  assert.equal(log.status, 'fail')
  assert.match(log.says, /^reading \/dev\/kmsg is not permitted/)
  assert.match(log.mend!, /CAP_SYSLOG|read permission/)
})

test('in a pid namespace of its own', { skip: whyNoOomKills() ?? false }, () => {
  const inside = ['unshare', '--pid', '--fork', '--mount-proc']
  const ids = findings(run(inside, ['--json', '--url', 'http://127.0.0.1:1'])).get('process ids')!
  assert.equal(ids.status, 'warn')
  assert.match(ids.says, /the numbers that the host knows/)
  const outside = findings(doctor(['--json', '--url', 'http://127.0.0.1:1'])).get('process ids')!
  assert.notEqual(outside.says, ids.says)
})

test('a server that does its job; one that is degraded', async t => {
  const good = await startServer(t, { SYSMON_KMSG_PATH: 'false' })
  const all = findings(doctor(['--json', '--url', `${good.url}/`]))
  assert.equal(all.get('server')!.status, 'ok')
  assert.equal(all.get('journal')!.status, 'ok')
  assert.equal(all.get('supervisord')!.status, 'warn')

  const degraded = await startServer(t, {
    SYSMON_KMSG_PATH: '/nonexistent',
    SYSMON_STATE_DIR: 'false',
  })
  const told = findings(doctor(['--json', '--url', degraded.url]))
  assert.equal(told.get('server')!.status, 'fail')
  assert.match(told.get('server')!.says, /OOM kills are not seen: there is no \/nonexistent/)
  assert.equal(told.get('journal')!.status, 'warn')
  assert.match(told.get('journal')!.mend!, /SYSMON_STATE_DIR/)
})

test('what answers and is no such server', async t => {
  const answers: Array<[number, string]> = [
    [200, '<html>'],
    [200, '{"status":"ok"}'],
    [401, '{"message":"x"}'],
    [404, '{}'],
  ]
  const server = createServer((_, response) => {
    const [status, body] = answers[0]!
    response.writeHead(status).end(body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (; answers.length > 0; answers.shift()) {
    const { code, out } = await inBackground(t, ['--json', '--url', url])
    assert.equal(code, 1, answers[0]![1])
    const { status, mend } = findings({ code, out, err: '' }).get('server')!
    assert.equal(status, 'fail')
    assert.match(mend!, answers[0]![0] === 401 ? /SYSMON_READ_TOKEN/ : /--url/)
  }
})

/** Beside a server of this process. */
async function inBackground(
  t: TestContext,
  args: readonly string[]
): Promise<{ code: number | null; out: string }> {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, [SYSMON, 'doctor', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let out = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    out += text
  })
  const code = await new Promise<number | null>(done => child.once('close', done))
  return { code, out }
}

test('each thing that a server says of itself', () => {
  const health = {
    status: 'ok',
    kmsg: { state: 'watching', path: '/dev/kmsg', lost: 0, restarts: 0, stalls: 0 },
    stream: {},
    journal: { state: 'memory', error: 'ENOSPC: no space left' },
    spool: { waiting: 2, delivery_error: 'ECONNREFUSED 127.0.0.1:1' },
    devtools: { state: 'connecting', url: 'http://127.0.0.1:9222', error: 'ECONNREFUSED' },
    sinks: [
      { name: 's2', state: 'refused', lag_events: 7, error: 'wrong token' },
      { name: 'otlp', state: 'retrying', lag_events: 1 },
      { name: 'webhook', state: 'delivering', lag_events: 0 },
    ],
  } as unknown as Health
  const by = new Map(serverFindings('http://x', health).map(each => [each.check, each]))
  assert.deepEqual(
    [...by].map(([check, { status }]) => `${check}: ${status}`),
    [
      'server: ok',
      'journal: fail',
      'supervisord: fail',
      'browser: warn',
      'sink s2: fail',
      'sink otlp: warn',
      'sink webhook: ok',
    ]
  )
  for (const { status, mend } of by.values()) assert.equal(mend === undefined, status === 'ok')
  assert.match(by.get('supervisord')!.says, /2 crashes of services wait in the spool: ECONNREFUSED/)
  const mute = { ...health, spool: { waiting: 0, cause_error: 'add [unix_http_server]' } } as Health
  const { status, mend } = serverFindings('http://x', mute)[2]!
  assert.deepEqual([status, mend], ['warn', 'add [unix_http_server]'])
})

test('--kill: a real one, followed to here', { skip: whyNoOomKills() ?? false }, async t => {
  const server = await startServer(t)
  const { code, out, err } = doctor(['--kill', '--url', server.url])
  assert.equal(code, 0, out + err)
  assert.match(
    out,
    /^ok {4}a real kill {3}its event was here \d+ ms after its parent heard of it$/m
  )
  assert.match(
    out,
    /system_oom_kill {2}tail \(pid \d+\) held .*, the limit of \S*\/sysmon-doctor-\d+ \(64 MiB\)$/m
  )
  assert.match(out, /^ {3}next {6}\S/m)
  const deaf = await startServer(t, { SYSMON_KMSG_PATH: 'false' })
  const nothing = doctor(['--kill', '--json', '--url', deaf.url])
  assert.equal(nothing.code, 1)
  assert.match(
    findings(nothing).get('a real kill')!.says,
    /killed a process of .*, and no event came/
  )
})

test('wrong usage is told, with status 2', () => {
  assert.equal(doctor(['--nope']).code, 2)
  assert.equal(doctor(['--url', 'ftp://x']).code, 2)
  assert.match(doctor(['--help']).out, /^Usage: sysmon doctor/)
})
