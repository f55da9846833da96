/** Real faults: perl, which every Debian has, reads where nothing is mapped. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { EventEnvelope, ProcessCrashedData, TelemetryGapData } from '../../generated/types.ts'
import { sleep } from '../support/chromium.ts'
import { allowWrites, inject } from '../support/kernel-log.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function whyNoFaults(): string | undefined {
  const why = whyNoOomKills()
  if (why !== undefined) return why
  const isOn = readFileSync('/proc/sys/debug/exception-trace', 'utf8').trim() === '1'
  if (!isOn) return 'the kernel logs no faults here (debug.exception-trace is 0)'
  return process.arch === 'x64' ? undefined : `perl's fault is written for x64, not ${process.arch}`
}
const skip = whyNoFaults() ?? false

function fault(): number {
  const { pid, signal } = spawnSync('perl', ['-e', 'unpack "p", pack "Q", 16'])
  assert.equal(signal, 'SIGSEGV')
  return pid
}

async function start(t: TestContext, env: Record<string, string> = {}) {
  const server = await startServer(t, env)
  const client = await SseClient.open(`${server.url}/telemetry/events`)
  t.after(() => client.close())
  return { server, client }
}

const isOf =
  (pid: number) =>
  ({ event }: EventEnvelope) =>
    event.type === 'process_crashed' && (event.data as ProcessCrashedData).pid === pid

test('a process that a fault ended is a process_crashed', { skip }, async t => {
  const { client } = await start(t)
  const pid = fault()
  const { envelope } = await client.find(isOf(pid), `the crash of ${pid}`)
  const { event } = envelope
  assert.equal(event.category, 'system')
  assert.equal(event.source.event, 'linux.fault')
  assert.equal(event.source.metadata?.reporter, 'kernel')
  assert.ok(event.source.metadata?.kmsg_seq)
  const { process_name, signal, error, address } = event.data as ProcessCrashedData
  assert.deepEqual(
    { process_name, signal, error, address },
    {
      process_name: 'perl',
      signal: 'SIGSEGV',
      error: 'read where nothing is mapped',
      address: '0x10',
    }
  )
  await sleep(300)
  assert.equal(client.events.filter(({ envelope: one }) => isOf(pid)(one)).length, 1)
})

test('not where it is turned off', { skip }, async t => {
  const { client } = await start(t, { SYSMON_KMSG_CRASHES: 'false' })
  const pid = fault()
  await sleep(500)
  assert.ok(!client.events.some(({ envelope }) => isOf(pid)(envelope)))
})

test(
  'one that happened while the server was down comes once, when it is back',
  { skip },
  async t => {
    const stateDir = temporaryFolder(t)
    const first = await startServer(t, { SYSMON_STATE_DIR: stateDir })
    const before = fault()
    await sleep(500)
    assert.equal(await first.stop(), 0)
    const between = fault()
    const second = await startServer(t, { SYSMON_STATE_DIR: stateDir })
    const client = await SseClient.open(`${second.url}/telemetry/events?replay=all`)
    t.after(() => client.close())
    const { envelope } = await client.find(isOf(between), 'the crash between')
    assert.equal(envelope.event.source.metadata?.replayed, 'true')
    await sleep(300)
    for (const pid of [before, between]) {
      assert.equal(client.events.filter(one => isOf(pid)(one.envelope)).length, 1, `${pid}`)
    }
  }
)

test('lines that a person wrote are marked; what was left out is a gap', { skip }, async t => {
  allowWrites(t)
  const { client } = await start(t)
  inject(
    'sysmon-test[4194400]: segfault at 0 ip 0000000000000001 sp 0000000000000002 error 6',
    'show_signal_msg: 47 callbacks suppressed'
  )
  const { envelope } = await client.find(isOf(4194400), 'the injected crash')
  assert.equal(envelope.event.source.metadata?.facility, 'user')
  const gap = await client.find(
    ({ event }) =>
      event.source.event === 'kmsg.crashes_suppressed' &&
      (event.data as TelemetryGapData).lost === 47,
    'the gap'
  )
  assert.equal((gap.envelope.event.data as TelemetryGapData).source, 'kmsg')
})
