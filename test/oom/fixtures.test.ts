/**
 * Dumps recorded by the project from real kills (6.1, 6.12 and 6.18; see test/fixtures/record.sh),
 * as raw bytes of /dev/kmsg, field by field, and again cut into random chunks.
 */

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { oomKillSource } from '../../plugin/oom/event.ts'
import type { OomOutcome } from '../../plugin/oom/parser.ts'
import fc from '../support/fast-check.ts'
import { differences, namesIn, type Reading, readKmsg, readLog, type Stated } from './recorded.ts'

const FIELDS = [
  'process_name',
  'pid',
  'rss_kb',
  'constraint',
  'mem_total_kb',
  'mem_free_kb',
  'top_tasks',
  'trigger_process_name',
  'trigger_pid',
  'total_vm_kb',
  'oom_score_adj',
  'uid',
  'swap_kb',
  'pgtables_kb',
  'oom_memcg',
  'task_memcg',
  'memcg_limit_kb',
  'memcg_usage_kb',
  'oom_group',
]

/** Each with the reason why the reading is right as it is. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  // Further victims of a group kill: the group that is killed stands for where they lived.
  '6.1-memcg2-group': ['94 task_memcg: absent, "/job"', '95 task_memcg: absent, "/job"'],
  '6.12-memcg2-group': ['144 task_memcg: absent, "/job"', '145 task_memcg: absent, "/job"'],
}

/** All of them were recorded on x86-64. */
const PAGE_KB = 4

interface StatedKill extends Stated {
  readonly kmsg_seq: number
  readonly manual: boolean
  readonly partial: boolean
}

interface StatedDump {
  readonly trigger_process_name: string | null
  readonly trigger_pid: number | null
  readonly outcome: readonly string[]
  readonly tasks: number
  readonly mem_total_kb: number | null
  readonly mem_free_kb: number | null
  readonly memcg_limit_kb: number | null
  readonly memcg_usage_kb: number | null
  readonly opener_seq: number
}

interface Spec {
  readonly kills: readonly StatedKill[]
  readonly dumps_without_kill: readonly StatedDump[]
}

/** Metadata of the kills: what identifies them, and what is to be known of their evidence. */
function metadataOf(outcomes: readonly OomOutcome[]): object[] {
  return outcomes.flatMap(one => {
    if (one.type !== 'kill') return []
    const metadata = oomKillSource(one, { isRaw: true }).metadata ?? {}
    return [
      {
        pid: one.victim.pid,
        kmsg_seq: metadata.kmsg_seq,
        manual: metadata.manual === 'true',
        partial: metadata.partial === 'true',
        facility: metadata.facility,
      },
    ]
  })
}

function withoutKill(outcomes: readonly OomOutcome[]): object[] {
  const kb = (pages: number | undefined): number | null =>
    pages === undefined ? null : pages * PAGE_KB
  return outcomes.flatMap(one => {
    if (one.type === 'kill') return []
    const { dump } = one
    return [
      {
        outcome: one.outcome,
        trigger: dump.opener?.comm ?? null,
        pid: dump.triggerPid ?? null,
        tasks: dump.tasks.count,
        total: kb(dump.ramPages),
        free: kb(dump.counters.get('free')),
        limit: dump.memcgUsage.get('memory')?.limitKb ?? null,
        usage: dump.memcgUsage.get('memory')?.usageKb ?? null,
        seq: one.record.seq,
      },
    ]
  })
}

const OUTCOMES: Readonly<Record<string, string>> = {
  cut: 'cut',
  panic_on_oom: 'panic',
  no_killable_processes: 'no_killable_process',
}

function check(spec: Spec, known: readonly string[], reading: Reading): void {
  assert.deepEqual(differences(spec.kills, reading.kills, FIELDS), known)
  assert.deepEqual(
    metadataOf(reading.outcomes),
    spec.kills.map(kill => ({
      pid: kill.pid,
      kmsg_seq: String(kill.kmsg_seq),
      manual: kill.manual,
      partial: kill.partial,
      facility: undefined,
    }))
  )
  assert.deepEqual(
    withoutKill(reading.outcomes),
    spec.dumps_without_kill.map(dump => ({
      outcome: OUTCOMES[dump.outcome[0]!],
      trigger: dump.trigger_process_name,
      pid: dump.trigger_pid,
      tasks: dump.tasks,
      total: dump.mem_total_kb,
      free: dump.mem_free_kb,
      limit: dump.memcg_limit_kb,
      usage: dump.memcg_usage_kb,
      seq: dump.opener_seq,
    }))
  )
}

const folder = join(process.cwd(), 'test', 'fixtures')
const names = namesIn(folder).filter(name => existsSync(join(folder, `${name}.kmsg`)))

describe('fixtures', () => {
  test('are there, and what is listed as different is among them', () => {
    assert.ok(names.length >= 40, `${names.length} fixtures in ${folder}`)
    for (const name of Object.keys(KNOWN)) assert.ok(names.includes(name), name)
  })

  for (const name of names) {
    const spec = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Spec
    const text = readFileSync(join(folder, `${name}.kmsg`), 'latin1')
    const known = KNOWN[name] ?? []

    test(`${name}: as the watcher reads it`, () => check(spec, known, readKmsg(text, PAGE_KB)))

    test(`${name}: as sysmon explain reads it`, () => check(spec, known, readLog(text)))

    test(`${name}: in random chunks`, () => {
      const whole = readLog(text).kills
      fc.assert(
        fc.property(fc.array(fc.nat(text.length), { maxLength: 30 }), cuts => {
          const places = [0, ...cuts.sort((a, b) => a - b), text.length]
          const chunks = places.slice(1).map((end, index) => text.slice(places[index], end))
          assert.deepEqual(readLog(...chunks).kills, whole)
        }),
        { numRuns: 20 }
      )
    })
  }
})
