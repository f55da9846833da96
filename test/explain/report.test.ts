/** The report of a kill, as `sysmon explain` prints it. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { killReport, noKillReport, PLAIN } from '../../plugin/explain/report.ts'
import { explain, killIn, withMemory } from '../diagnosis/diagnosed.ts'
import { buildDump, type Dump, killLine, linesOf } from '../oom/dump-builder.ts'

describe('the report', () => {
  const report = (dump: Dump): string => killReport(killIn(linesOf(dump)), 1, PLAIN)

  test('names the victim, the trigger, the largest tasks and the machine', () => {
    const text = report(buildDump())
    for (const part of [
      /chrome \(pid 4711\)/,
      /node \(pid 812345\)/,
      /Web Content \(4720\)/,
      /43 MiB/,
    ]) {
      assert.match(text, part)
    }
    assert.doesNotMatch(text, /partial/)
  })

  test("says that it is partial, and nothing of a machine's memory it does not know", () => {
    const text = killReport(killIn([killLine()]), 1, PLAIN)
    assert.match(text, /partial/)
    assert.doesNotMatch(text, /machine +\d|0 KiB free/)
  })

  test('free memory that the dump does not state is not shown as 0', () => {
    const text = report(withMemory({}, { ' free:': null }))
    assert.match(text, /2\.0 GiB/)
    assert.doesNotMatch(text, /0 KiB free/)
  })

  test('names both groups where the victim lived below the limit', () => {
    const text = report(buildDump({ kind: 'memcg', oomMemcg: '/pod', taskMemcg: '/pod/c' }))
    assert.match(text, /\/pod$/m)
    assert.match(text, /\/pod\/c$/m)
  })

  const EVIL = '\x1b]0;x\x07\x1b[2J'

  test('terminal escapes in names and paths are made visible', () => {
    const dump = buildDump({
      kind: 'memcg',
      victim: { comm: EVIL },
      trigger: { comm: EVIL, pid: 4711 },
      others: [{ comm: EVIL, pid: 1, rssPages: 1 }],
      oomMemcg: `/a${EVIL}`,
      taskMemcg: `/a${EVIL}/b\x9b31m`,
    })
    const lines = [
      ...linesOf(dump),
      `Tasks in /a${EVIL} are going to be killed due to memory.oom.group set`,
    ]
    const text = killReport(killIn(lines), 1, PLAIN)
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    assert.match(text, /\\x1b\[2J/)
    const cpuset = report(buildDump({ kind: 'cpuset', cpuset: EVIL }))
    assert.doesNotMatch(cpuset, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  })

  test('a newline in a name adds no line to the report', () => {
    const lineCount = (comm: string): number =>
      report(buildDump({ victim: { comm } })).split('\n').length
    assert.equal(lineCount('a\nb'), lineCount('a b'))
  })

  test('directional marks in names, which reorder the line, are made visible', () => {
    const comm = Buffer.from('a\u202eb\u2066', 'utf8').toString('latin1')
    assert.doesNotMatch(report(buildDump({ victim: { comm } })), /[\u202a-\u202e\u2066-\u2069]/)
  })

  for (const [title, ending, said] of [
    ['no killable process', 'Out of memory and no killable processes...', /no process to kill/],
    [
      'panic_on_oom',
      'Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled',
      /panic_on_oom/,
    ],
    ['a cut log', 'usb 1-1: hello', /no kill/],
  ] as const) {
    test(`a dump without a kill: ${title}`, () => {
      const dump = buildDump({ trigger: { comm: EVIL, pid: 3 } })
      const [outcome] = explain([...linesOf({ ...dump, structured: [], kill: [] }), ending])
      assert.ok(outcome !== undefined && outcome.type !== 'kill')
      const text = noKillReport(outcome, PLAIN)
      assert.match(text, said)
      assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    })
  }
})
