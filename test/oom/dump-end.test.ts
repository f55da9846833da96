/** Where a dump is over: its ends without a kill, silence, pauses of a slow console, bounds; what comes then inherits nothing. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'
import {
  MAX_FOREIGN_LINES,
  MAX_LINES,
  MAX_SILENCE_US,
  SILENCE_US,
} from '../../plugin/oom/section.ts'
import {
  buildDump,
  factsOf,
  linesOf,
  onlyKill,
  parse,
  parseLines,
  recordsOf,
} from './dump-builder.ts'
import { LONELY_FACTS, LONELY_KILL, ordinary, SACRIFICE, summary, withPauses } from './outcomes.ts'

// What ends a section

const UNFINISHED = linesOf({ ...buildDump(), structured: [], kill: [] })

function assertInheritsNothing(records: Parameters<typeof parse>[0], expected: string[]): void {
  const outcomes = parse(records)
  assert.deepEqual(summary(outcomes), [...expected, '77 other partial'])
  assert.deepEqual(oomKillFacts(onlyKill(outcomes)), LONELY_FACTS)
}

test('panic_on_oom ends the dump: the next kill inherits nothing', () => {
  const panic = 'Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled'
  assertInheritsNothing(recordsOf([...UNFINISHED, panic, LONELY_KILL]), ['panic'])
})

test('no killable process ends the dump, its panic is no second one', () => {
  const lines = [
    ...UNFINISHED,
    'Out of memory and no killable processes...',
    'Kernel panic - not syncing: System is deadlocked on memory',
    LONELY_KILL,
  ]
  assertInheritsNothing(recordsOf(lines), ['no_killable_process'])
})

test('a panic of another cause does not count as an OOM', () => {
  assert.deepEqual(parseLines(['Kernel panic - not syncing: Fatal exception in interrupt']), [])
})

test('a new opener ends the dump before it', () => {
  const opener = 'node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
  const outcomes = parseLines([...UNFINISHED, opener, LONELY_KILL])
  assert.deepEqual(summary(outcomes), ['cut', '77 other partial'])
  const facts = oomKillFacts(onlyKill(outcomes))
  assert.deepEqual(facts, { ...LONELY_FACTS, trigger_process_name: 'node' })
})

test('silence by the stamps ends the dump', () => {
  const lastUs = 5_000_000 + (UNFINISHED.length - 1) * 20
  const kill = (us: number) => recordsOf([LONELY_KILL], { seq: 9000, us })
  assertInheritsNothing([...recordsOf(UNFINISHED), ...kill(lastUs + SILENCE_US + 1)], ['cut'])
})

test('a pause shorter than silence does not end the dump', () => {
  const dump = buildDump()
  const lines = linesOf({ ...dump, kill: [] })
  const lastUs = 5_000_000 + (lines.length - 1) * 20
  const kill = recordsOf(dump.kill, { seq: 9000, us: lastUs + SILENCE_US - 1 })
  assert.deepEqual(summary(parse([...recordsOf(lines), ...kill])), ['4711 chrome'])
})

test('many foreign lines end the dump', () => {
  assertInheritsNothing(
    recordsOf([...UNFINISHED, ...ordinary(MAX_FOREIGN_LINES + 1), LONELY_KILL]),
    ['cut']
  )
})

test('a dump of more lines than the bound ends, whatever they are', () => {
  const row =
    '[      7]     0     7      100       50       25       25         0    61440        0             0 x'
  const parser = new OomParser()
  const outcomes: OomOutcome[] = []
  for (const record of recordsOf(UNFINISHED)) outcomes.push(...parser.push(record))
  const [template] = recordsOf([row])
  for (let count = 0; count <= MAX_LINES; count++) outcomes.push(...parser.push(template!))
  outcomes.push(...parser.push({ ...template!, text: LONELY_KILL }), ...parser.end())
  assert.deepEqual(summary(outcomes), ['cut', '77 other partial'])
  assert.deepEqual(oomKillFacts(onlyKill(outcomes)), LONELY_FACTS)
})

test('the end of the records ends the dump', () => {
  assert.deepEqual(summary(parseLines(UNFINISHED)), ['cut'])
})

test('a slow console may pause for minutes in front of a kill that the dump names, not for ever', () => {
  const dump = buildDump()
  const lines = linesOf({ ...dump, kill: [] })
  const lastUs = 5_000_000 + (lines.length - 1) * 20
  const after = (seconds: number): string[] =>
    summary(
      parse([
        ...recordsOf(lines),
        ...recordsOf(dump.kill, { seq: 9000, us: lastUs + seconds * 1e6 }),
      ])
    )
  assert.deepEqual(after(5), ['4711 chrome'])
  assert.deepEqual(after(60), ['4711 chrome'])
  assert.deepEqual(after(MAX_SILENCE_US / 1e6 + 1), ['cut', '4711 chrome partial'])
})

test('stamps that run backwards end nothing', () => {
  const records = recordsOf(linesOf(buildDump()), { us: 60_000_000, stepUs: -1_000_000 })
  assert.deepEqual(summary(parse(records)), ['4711 chrome'])
})

for (const [title, options] of [
  ['global', { counters: 'records' }],
  ['memcg', { kind: 'memcg' }],
] as const) {
  test(`13 s in front of any line of a dump do not end it: ${title}`, () => {
    const lines = linesOf(buildDump(options))
    const expected = factsOf(lines)
    for (let at = 1; at < lines.length; at++) {
      const outcomes = parse(withPauses(lines, [at]))
      assert.deepEqual(summary(outcomes), ['4711 chrome'], `13 s before: ${lines[at]}`)
      assert.deepEqual(oomKillFacts(onlyKill(outcomes)), expected, `13 s before: ${lines[at]}`)
    }
    const everywhere = withPauses(lines, [...lines.keys()])
    assert.deepEqual(oomKillFacts(onlyKill(parse(everywhere))), expected)
  })
}

test('13 s in front of the lines of a kill before 5.0, with foreign lines in the pause', () => {
  const dump = buildDump()
  const lines = linesOf({
    ...dump,
    structured: ['INFO: rcu_sched self-detected stall on CPU'],
    kill: [SACRIFICE, 'Killed process 4711 (chrome) total-vm:1kB, anon-rss:2kB, file-rss:3kB'],
  })
  for (let back = 1; back <= 3; back++) {
    const records = withPauses(lines, [lines.length - back])
    assert.deepEqual(summary(parse(records)), ['4711 chrome'], `${back} lines before the end`)
  }
})

test('after silence another dump inherits nothing, though its head is lost', () => {
  const first = linesOf({ ...buildDump(), structured: [], kill: [] })
  const second = buildDump({
    kind: 'memcg',
    victim: { pid: 5, comm: 'second', rssPages: 30 },
    others: [],
  })
  for (const part of [
    { ...second, opener: [], cpu: [], stack: [] },
    { ...second, opener: [], cpu: [], stack: [], memory: [] },
    { ...second, opener: [], cpu: [], stack: [], memory: [], tasks: [] },
  ]) {
    const lines = linesOf(part)
    const outcomes = parse(withPauses([...first, ...lines], [first.length]))
    assert.deepEqual(summary(outcomes), ['cut', '5 second partial'], lines[0])
    const facts = oomKillFacts(onlyKill(outcomes))
    assert.equal(facts.trigger_process_name, undefined)
    assert.equal(facts.mem_free_kb, undefined)
  }
})

test('after silence in which records were lost nothing is taken into the dump', () => {
  const dump = buildDump()
  const parser = new OomParser()
  const records = withPauses(linesOf(dump), [linesOf(dump).length - 1])
  for (const record of records.slice(0, -1)) parser.push(record)
  parser.tear()
  assert.deepEqual(summary(parse(records.slice(-1), parser)), ['cut', '4711 chrome partial'])
})

test('a panic that names the want of memory, without a dump: the killer was not allowed to kill', () => {
  const panic = 'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled'
  assert.deepEqual(summary(parseLines([panic])), ['panic'])
  assert.deepEqual(summary(parseLines(['Kernel panic - not syncing: Fatal exception'])), [])
})
