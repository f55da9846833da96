/**
 * The main job, end to end: the kernel kills a real process, and an SSE client of the real server
 * gets the event. Each field is held against the kernel's own records, read independently here.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { OomDiagnosis, OomKillData } from '../../generated/types.ts'
import {
  memoryGroup,
  oomKill,
  openKernelLog,
  readKernelLog,
  whyNoOomKills,
} from '../support/oom.ts'
import { startServer } from '../support/server.ts'
import { SseClient } from '../support/sse-client.ts'

const skip = whyNoOomKills() ?? false
const COMMAND = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))

const NAMES: ReadonlyArray<[string, string | Buffer, string]> = [
  ['with a colon and a space', 'tmux: server', 'tmux: server'],
  ['with brackets', 'a) b (c', 'a) b (c'],
  ['not ASCII', 'été', 'été'],
  ['like a kill line', ') total-vm:1kB', ') total-vm:1kB'],
  ['with bytes that are no UTF-8', Buffer.from([0x78, 0xff, 0xc3, 0x79]), 'x\\xff\\xc3y'],
]

describe('a real OOM kill in a memory control group', { skip }, () => {
  for (const [kind, comm, expected] of NAMES) {
    test(`of a process with a name ${kind} reaches curl as the kernel printed it`, async t => {
      const group = memoryGroup(t, 'sysmon e2e,1')
      const log = openKernelLog()
      readKernelLog(log)
      const server = await startServer(t)
      const client = await SseClient.open(`${server.url}/telemetry/events`)
      t.after(() => client.close())

      const before = Date.now() * 1000
      const pid = await oomKill(t, group, comm)
      const { id, envelope } = await client.find(
        ({ event }) =>
          event.type === 'system_oom_kill' && (event.data as { pid: number }).pid === pid,
        `the kill of ${pid}`
      )
      const after = Date.now() * 1000
      const records = readKernelLog(log)
      const kernel = readDump(records, pid)

      assert.equal(id, envelope.seq)
      const { event } = envelope
      assert.equal(event.category, 'system')
      assert.equal(event.source.kind, 'local_process')
      assert.equal(event.source.event, 'linux.oom_kill')
      assert.deepEqual(Object.keys(event.source.metadata ?? {}).sort(), [
        'boot_id',
        'kmsg_seq',
        'reporter',
      ])
      assert.equal(event.source.metadata?.kmsg_seq, kernel.seq)
      // The clock of Date.now() is whole milliseconds.
      assert.ok(
        event.ts >= before - 1000 && event.ts <= after + 1000,
        `${before} ${event.ts} ${after}`
      )
      const { diagnosis, victim, ...facts } = event.data as OomKillData
      assert.equal(victim?.role, undefined)
      assert.deepEqual(diagnosis, explained(records, pid), 'as sysmon explain says it')
      assert.match(diagnosis!.cause, /^the limit of the control group .*sysmon e2e,1.* was reached/)
      assert.deepEqual(facts, {
        process_name: expected,
        pid,
        rss_kb: kernel.rssKb,
        constraint: 'memcg',
        top_tasks: [{ pid, name: expected, rss_kb: kernel.rowRssKb }],
        trigger_process_name: expected,
        trigger_pid: pid,
        total_vm_kb: kernel.totalVmKb,
        oom_score_adj: 0,
        uid: 0,
        swap_kb: kernel.swapKb,
        pgtables_kb: kernel.pgtablesKb,
        oom_memcg: group.path,
        task_memcg: group.path,
        memcg_limit_kb: group.limitKb,
        memcg_usage_kb: kernel.usageKb,
      })
      assert.equal(await server.stop(), 0)
    })
  }

  test('happens to a process that another one in the group made short of memory', async t => {
    const group = memoryGroup(t, 'sysmon-e2e-2')
    const server = await startServer(t)
    const client = await SseClient.open(`${server.url}/telemetry/stream`)
    t.after(() => client.close())
    const pids = await Promise.all([oomKill(t, group, 'hog one'), oomKill(t, group, 'hog two')])
    for (const pid of pids) {
      await client.find(
        ({ event }) =>
          event.type === 'system_oom_kill' && (event.data as { pid: number }).pid === pid,
        `the kill of ${pid}`
      )
    }
    const seqs = client.events.map(({ id }) => id)
    assert.deepEqual(seqs, [1, 2], 'one event a kill, and none besides')
  })
})

/** What `sysmon explain` says of this kill, from the same records. */
function explained(records: readonly string[], pid: number): OomDiagnosis | undefined {
  const { stdout } = spawnSync(process.execPath, [COMMAND, 'explain', '--json'], {
    input: Buffer.from(`${records.join('\n')}\n`, 'latin1'),
    encoding: 'utf8',
  })
  const kills = stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => (JSON.parse(line) as { data: OomKillData }).data)
  return kills.find(kill => kill.pid === pid)?.diagnosis
}

/** What the test itself reads from the records of the dump, with patterns of its own. */
function readDump(records: readonly string[], pid: number) {
  const end = records.findIndex(record => record.includes(`Killed process ${pid} (`))
  assert.notEqual(end, -1, 'the kernel printed a kill line')
  const start = records
    .slice(0, end)
    .findLastIndex(record => record.includes(' invoked oom-killer: '))
  const dump = records.slice(start, end + 1)
  const find = (pattern: RegExp): RegExpExecArray => {
    const found = dump.map(record => pattern.exec(record)).find(match => match !== null)
    assert.ok(found, `${pattern} in the dump`)
    return found
  }
  const kill = dump.at(-1)!
  const figure = (name: string): number =>
    Number(new RegExp(`\\b${name}:(\\d+)kB(?!.*\\b${name}:)`).exec(kill)?.[1])
  const row = find(new RegExp(`;\\[ *${pid}\\] (.*)`))[1]!
    .trim()
    .split(/ +/)
    .map(Number)
  const header = find(/;\[ *pid *\] *(.*) name/)[1]!
    .trim()
    .split(/ +/)
  const column = (name: string): number => row[header.indexOf(name)]!
  return {
    seq: kill.split(',')[1],
    rssKb: figure('anon-rss') + figure('file-rss') + figure('shmem-rss'),
    totalVmKb: figure('total-vm'),
    pgtablesKb: figure('pgtables'),
    rowRssKb: column('rss') * 4,
    swapKb: column('swapents') * 4,
    usageKb: Number(find(/;memory: usage (\d+)kB/)[1]),
  }
}
