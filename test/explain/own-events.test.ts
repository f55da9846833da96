/** What sysmon itself writes is read back: envelopes as JSON lines, pages, the event stream, --json. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { EventEnvelope } from '../../generated/types.ts'
import { ownKillsIn } from '../../plugin/explain/own-events.ts'
import { buildDump, factsOf, killLine, linesOf } from '../oom/dump-builder.ts'

const COMMAND = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))

function run(input: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'explain', ...args], {
    input,
    encoding: 'utf8',
  })
  return stdout + stderr
}

const facts = factsOf(linesOf(buildDump({ victim: { comm: '\xc3\xa9t\xc3\xa9' } })))
const envelope = (data: object, seq = 17): EventEnvelope =>
  ({
    seq,
    event: {
      ts: Date.UTC(2025, 7, 12, 3, 54, 3, 123) * 1000,
      type: 'system_oom_kill',
      category: 'system',
      source: {
        kind: 'local_process',
        event: 'linux.oom_kill',
        metadata: { boot_id: 'b', kmsg_seq: '7' },
      },
      data,
    },
  }) as unknown as EventEnvelope
const told = { cause: 'the cause as it was told', evidence: ['one thing'], next: 'look there' }
const whole = envelope({ ...facts, diagnosis: told })

const FORMS: Array<[title: string, text: string]> = [
  ['a JSON line', `${JSON.stringify(whole)}\n`],
  ['the event stream', `:\n\nid: 17\ndata: ${JSON.stringify(whole)}\n\n`],
  ['a page of events', `${JSON.stringify([envelope({ x: 1 }), whole])}\n`],
  ['the records of a fleet', `${JSON.stringify({ stream: 'sysmon/a', ...whole })}\n`],
  ['an event without its envelope', `${JSON.stringify(whole.event)}\n`],
]
for (const [title, text] of FORMS) {
  test(`${title}: who was killed, when, and what was told of it`, () => {
    const said = run(text)
    assert.match(said, /1\. The kernel killed été \(pid 4711\), which held 2\.0 GiB/)
    assert.match(said, /2025-08-12 03:54:03\.123 UTC/)
    for (const part of [
      /cause +the cause as it was told/,
      /evidence +one thing/,
      /next +look there/,
    ]) {
      assert.match(said, part)
    }
    assert.match(said, /largest +2\.0 GiB {2}été/)
    assert.equal(said.match(/The kernel killed/g)?.length, 1)
  })
}

test('an event without sentences gets those that its fields allow', () => {
  const said = run(`${JSON.stringify(envelope(facts))}\n`)
  assert.match(said, /held 2\.0 GiB.* on a machine with 2\.0 GiB and 43 MiB free: a leak/)
  const memcg = factsOf(linesOf(buildDump({ kind: 'memcg', oomMemcg: '/system.slice/a.service' })))
  assert.match(
    run(`${JSON.stringify(envelope(memcg))}\n`),
    /the limit of the service a\.service, 512 MiB, was reached/
  )
})

test('--json of --json is the same', () => {
  const log = linesOf(buildDump())
    .map((line, at) => `[  10.${String(at).padStart(6, '0')}] ${line}\n`)
    .join('')
  const first = run(log, '--json')
  const { dump: _, ...once } = JSON.parse(first) as Record<string, unknown>
  const { dump: __, ...twice } = JSON.parse(run(first, '--json')) as Record<string, unknown>
  assert.deepEqual(twice, once)
})

test('other events, and kills in a log that is JSON, are no kills of its own', () => {
  for (const line of [
    '{"seq":1,"event":{"ts":1,"type":"note","category":"page","data":{"about":"system_oom_kill"}}}',
    '{"seq":1,"event":{"ts":1,"type":"system_oom_kill","category":"system","data":null}}',
    `{"MESSAGE":"${killLine()}","note":""system_oom_kill""}`,
    '"system_oom_kill"',
    '[{"type":"system_oom_kill"',
    '{"type":"system_oom_kill","ts":1,"data":{"process_name":7,"pid":1}}',
  ]) {
    assert.equal(ownKillsIn(line), undefined, line)
  }
})

test('fields of the wrong type, and escapes, do no harm', () => {
  const evil = {
    process_name: '\x1b[2J',
    pid: 7,
    rss_kb: 'x',
    mem_total_kb: [],
    top_tasks: [{ pid: 'x' }],
    constraint: 'x',
    oom_memcg: 7,
    diagnosis: { cause: 1 },
  }
  const said = run(`${JSON.stringify(envelope(evil))}\n`)
  assert.match(said, /killed \\x1b\[2J \(pid 7\)/)
  assert.doesNotMatch(said, /undefined|NaN|\x1b|^\s+at /m)
  const escaped = { ...facts, diagnosis: { ...told, cause: 'a\x1b[2Jb' } }
  assert.doesNotMatch(run(`${JSON.stringify(envelope(escaped))}\n`), /\x1b/)
})
