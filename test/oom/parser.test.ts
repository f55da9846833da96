/**
 * Which lines make one dump: where a section begins and ends, what is one kill and what are two, and
 * that no kill is given another one's figures.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawRecord } from '../../plugin/kmsg/record.ts'
import { oomKillFacts, oomKillSource } from '../../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'
import {
  MAX_FOREIGN_LINES,
  MAX_LINES,
  MAX_SILENCE_US,
  SILENCE_US,
} from '../../plugin/oom/section.ts'
import {
  buildDump,
  type DumpOptions,
  factsOf,
  killLine,
  killsOf,
  linesOf,
  onlyKill,
  parse,
  parseLines,
  recordsOf,
  toKmsg,
  VICTIM,
} from './dump-builder.ts'

/** pid, name and whether the dump is missing, of every kill; the outcome of every other dump. */
function summary(outcomes: readonly OomOutcome[]): string[] {
  return outcomes.map(outcome =>
    outcome.type === 'kill'
      ? `${outcome.victim.pid} ${outcome.victim.comm}${outcome.isPartial ? ' partial' : ''}`
      : outcome.outcome
  )
}

const LONELY_KILL =
  'Out of memory: Killed process 77 (other) total-vm:900kB, anon-rss:80kB, file-rss:8kB, shmem-rss:0kB, UID:7 pgtables:44kB oom_score_adj:5'

/** What a kill line alone supports. */
const LONELY_FACTS = {
  process_name: 'other',
  pid: 77,
  rss_kb: 88,
  total_vm_kb: 900,
  oom_score_adj: 5,
  uid: 7,
  pgtables_kb: 44,
}

const ordinary = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `usb 1-${index}: new high-speed USB device number 4`)

test('a dump and its kill line are one kill, not partial', () => {
  const outcomes = parseLines(linesOf(buildDump()))
  assert.deepEqual(summary(outcomes), ['4711 chrome'])
  assert.equal(onlyKill(outcomes).dump.opener?.comm, 'node')
})

test('the kill is identified by the record of its kill line', () => {
  const lines = linesOf(buildDump())
  const kill = onlyKill(parse(recordsOf(lines, { seq: 500, us: 9_000_000, stepUs: 3 })))
  assert.equal(kill.record.seq, 500 + lines.length - 1)
  assert.equal(kill.record.timestampUs, 9_000_000 + (lines.length - 1) * 3)
})

test('two dumps in a row are two kills, each with its own figures', () => {
  const first = buildDump({ freePages: 100, ramPages: 1000 })
  const second: DumpOptions = {
    victim: { pid: 9, comm: 'second', rssPages: 30 },
    freePages: 0,
    ramPages: 2000,
    trigger: { comm: 'cc1', pid: 55 },
  }
  const kills = killsOf(parseLines([...linesOf(first), ...linesOf(buildDump(second))]))
  const facts = kills.map(kill => oomKillFacts(kill))
  assert.deepEqual(
    facts.map(fact => [fact.pid, fact.trigger_process_name, fact.mem_total_kb, fact.mem_free_kb]),
    [
      [4711, 'node', 4000, 400],
      [9, 'cc1', 8000, 0],
    ]
  )
})

test('ordinary lines give nothing and open nothing', () => {
  const parser = new OomParser()
  const outcomes = recordsOf(ordinary(50)).flatMap(record => [...parser.push(record)])
  assert.deepEqual(outcomes, [])
  assert.equal(parser.openSections, 0)
  assert.equal(parser.hasHeldKill, false)
})

test('a program that logs "Killed process 7 (x)" is no kill of the kernel', () => {
  assert.deepEqual(parseLines(['watchdog: Killed process 7 (x)']), [])
})

test('a kill line without its dump is a kill of its own, partial, with its own figures', () => {
  const outcomes = parseLines([...ordinary(2), LONELY_KILL, ...ordinary(2)])
  assert.deepEqual(summary(outcomes), ['77 other partial'])
  assert.deepEqual(oomKillFacts(onlyKill(outcomes)), LONELY_FACTS)
  assert.equal(oomKillSource(onlyKill(outcomes), { isRaw: false }).metadata?.partial, 'true')
})

test('kill lines of a storm, whose dumps the rate limit dropped, are a kill each', () => {
  const lines = [1, 2, 3].map(pid => killLine({ victim: { pid } }))
  assert.deepEqual(summary(parseLines(lines)), [
    '1 chrome partial',
    '2 chrome partial',
    '3 chrome partial',
  ])
})

test('a kill line after a finished dump inherits nothing from it', () => {
  const kills = killsOf(parseLines([...linesOf(buildDump()), LONELY_KILL]))
  assert.equal(kills.length, 2)
  assert.deepEqual(oomKillFacts(kills[1]!), LONELY_FACTS)
})

test('a dump without its opener is a kill with figures, partial', () => {
  const dump = buildDump()
  const outcomes = parseLines(linesOf({ ...dump, opener: [], cpu: [], stack: [] }))
  assert.deepEqual(summary(outcomes), ['4711 chrome partial'])
  const facts = oomKillFacts(onlyKill(outcomes))
  assert.equal(facts.mem_free_kb, 11_072 * 4)
  assert.equal(facts.trigger_process_name, undefined)
})

test('a dump whose memory lines are missing is partial', () => {
  const dump = buildDump()
  assert.deepEqual(summary(parseLines(linesOf({ ...dump, memory: [] }))), ['4711 chrome partial'])
})

test('no table is no loss: vm.oom_dump_tasks may be 0', () => {
  const dump = buildDump()
  const outcomes = parseLines(linesOf({ ...dump, tasks: [] }))
  assert.deepEqual(summary(outcomes), ['4711 chrome'])
  assert.equal(oomKillFacts(onlyKill(outcomes)).top_tasks, undefined)
})

test('CRLF or not, a name that ends in spaces is kept', () => {
  const facts = factsOf(linesOf(buildDump({ victim: { comm: 'two  ' } })))
  assert.equal(facts.process_name, 'two  ')
  assert.equal(facts.top_tasks?.[0]?.name, 'two  ')
})

// Two-line kills, before 5.1

const SACRIFICE = 'Out of memory: Kill process 4711 (chrome) score 713 or sacrifice child'
const CHILD =
  'Killed process 4720 (Web Content) total-vm:1000kB, anon-rss:300kB, file-rss:20kB, shmem-rss:1kB'

test('the announcement "Kill process ... or sacrifice child" kills nobody', () => {
  const dump = buildDump()
  const lines = linesOf({ ...dump, structured: [], kill: [SACRIFICE] })
  assert.deepEqual(summary(parseLines(lines)), ['cut'])
})

test('announcement and kill are one event', () => {
  const dump = buildDump()
  const lines = linesOf({
    ...dump,
    structured: [],
    kill: [SACRIFICE, 'Killed process 4711 (chrome) total-vm:1kB, anon-rss:2kB, file-rss:3kB'],
  })
  const outcomes = parseLines(lines)
  assert.deepEqual(summary(outcomes), ['4711 chrome'])
  assert.equal(oomKillFacts(onlyKill(outcomes)).rss_kb, 5)
})

for (const [title, structured] of [
  ['of kernels without structured line', []],
  ['of kernel 5.0, whose structured line names the parent', buildDump().structured],
] as const) {
  test(`a sacrificed child is the victim, ${title}`, () => {
    const outcomes = parseLines(
      linesOf({ ...buildDump(), structured: [...structured], kill: [SACRIFICE, CHILD] })
    )
    assert.deepEqual(summary(outcomes), ['4720 Web Content'])
    const facts = oomKillFacts(onlyKill(outcomes))
    assert.equal(facts.rss_kb, 321)
    assert.equal(facts.mem_free_kb, 11_072 * 4)
    assert.equal(facts.uid, 1000, 'the child has a row of its own')
  })
}

test('the announcement of a memory control group makes the kill one of the group', () => {
  const dump = buildDump({ kind: 'memcg' })
  const facts = factsOf(
    linesOf({
      ...dump,
      structured: [],
      kill: [SACRIFICE.replace('Out of memory', 'Memory cgroup out of memory'), CHILD],
    })
  )
  assert.equal(facts.constraint, 'memcg')
  assert.equal(facts.memcg_limit_kb, 524_288)
})

// Structured line and kill line must be about one process

test('a kill line with another pid than the structured line is not merged with the dump', () => {
  const dump = buildDump()
  const outcomes = parseLines([...linesOf({ ...dump, kill: [] }), LONELY_KILL])
  assert.deepEqual(summary(outcomes), ['cut', '77 other partial'])
  assert.deepEqual(oomKillFacts(onlyKill(outcomes)), LONELY_FACTS)
})

test('a kill line with the pid but another name than the structured line is not merged', () => {
  const dump = buildDump()
  const outcomes = parseLines(
    linesOf({ ...dump, kill: [killLine({ victim: { comm: 'firefox' } })] })
  )
  assert.deepEqual(summary(outcomes), ['cut', '4711 firefox partial'])
  assert.equal(oomKillFacts(onlyKill(outcomes)).mem_free_kb, undefined)
})

test('the right kill line after a foreign one does not take the dump a second time', () => {
  const dump = buildDump()
  const outcomes = parseLines([...linesOf({ ...dump, kill: [] }), LONELY_KILL, ...dump.kill])
  const kills = killsOf(outcomes)
  assert.deepEqual(
    kills.map(kill => kill.victim.pid),
    [77, 4711]
  )
  assert.deepEqual(oomKillFacts(kills[0]!), LONELY_FACTS)
})

test('a cgroup path that looks like the end of the structured line does not cost the dump', () => {
  for (const taskMemcg of ['/a,task=b', '/a,pid=5,uid=6', '/a b', '/a,b', '/x) total-vm:1kB']) {
    const facts = factsOf(linesOf(buildDump({ kind: 'memcg', taskMemcg })))
    assert.equal(facts.pid, 4711, taskMemcg)
    assert.equal(facts.memcg_limit_kb, 524_288, taskMemcg)
    assert.equal(facts.task_memcg, taskMemcg)
  }
})

// Group kills

const GROUP_LINE = 'Tasks in /docker/abc are going to be killed due to memory.oom.group set'
const member = (pid: number, comm: string): string =>
  killLine({ kind: 'memcg', victim: { pid, comm, rssPages: pid } })

function groupKill(between: readonly string[] = []): string[] {
  return [
    ...linesOf(buildDump({ kind: 'memcg' })),
    GROUP_LINE,
    member(30, 'helper'),
    ...between,
    killLine({ kind: 'memcg' }),
    member(31, 'helper'),
  ]
}

test('a group kill is one event per process, the first victim not twice', () => {
  assert.deepEqual(summary(parseLines(groupKill())), ['4711 chrome', '30 helper', '31 helper'])
})

test('every victim of a group kill says so, the first one too', () => {
  const facts = killsOf(parseLines(groupKill())).map(kill => oomKillFacts(kill))
  assert.deepEqual(
    facts.map(fact => fact.oom_group),
    [true, true, true]
  )
})

test('a further victim of a group kill has the dump, but not what the dump says of the first', () => {
  const facts = oomKillFacts(killsOf(parseLines(groupKill()))[1]!)
  assert.equal(facts.memcg_limit_kb, 524_288)
  assert.equal(facts.oom_memcg, '/docker/abc')
  assert.notEqual(facts.task_memcg, '/docker/abc/leaf', 'the leaf is where the first one lived')
  assert.equal(facts.swap_kb, undefined, 'it has no row in the table')
})

test('the uid of the first victim is not given to the others (4.19 to 5.3 print none)', () => {
  const old = (line: string): string => line.replace(/, UID:.*/, '')
  const dump = buildDump({ kind: 'memcg' })
  const lines = [
    ...linesOf({ ...dump, kill: dump.kill.map(old) }),
    GROUP_LINE,
    old(member(30, 'helper')),
  ]
  assert.deepEqual(
    killsOf(parseLines(lines)).map(kill => oomKillFacts(kill).uid),
    [1000, undefined]
  )
})

test('foreign lines between the kills of a group do not end it', () => {
  const between = ['oom_reaper: reaped process 30 (helper), now anon-rss:0kB', ...ordinary(20)]
  assert.deepEqual(summary(parseLines(groupKill(between))), [
    '4711 chrome',
    '30 helper',
    '31 helper',
  ])
})

test('a line of the oom reaper before the group line does not hide the group', () => {
  const lines = groupKill()
  const groupAt = lines.indexOf(GROUP_LINE)
  const reaper = 'oom_reaper: reaped process 4711 (chrome), now anon-rss:0kB, file-rss:0kB'
  const kills = killsOf(parseLines([...lines.slice(0, groupAt), reaper, ...lines.slice(groupAt)]))
  assert.deepEqual(
    kills.map(kill => [kill.victim.pid, kill.isPartial]),
    [
      [4711, false],
      [30, false],
      [31, false],
    ]
  )
})

test('a kill line long after the group was killed is a kill of its own', () => {
  const outcomes = parseLines([...groupKill(), ...ordinary(300), LONELY_KILL])
  assert.deepEqual(summary(outcomes).at(-1), '77 other partial')
  assert.deepEqual(oomKillFacts(killsOf(outcomes).at(-1)!), LONELY_FACTS)
})

test('without the group line a second kill line is no follower', () => {
  const lines = [...linesOf(buildDump({ kind: 'memcg' })), member(30, 'helper')]
  const kills = killsOf(parseLines(lines))
  assert.deepEqual(
    kills.map(kill => [kill.victim.pid, kill.isFollower, kill.groupPath, kill.isPartial]),
    [
      [4711, false, undefined, false],
      [30, false, undefined, true],
    ]
  )
})

test('a repeated kill line of the same process within its dump is one event', () => {
  const dump = buildDump()
  const lines = [...linesOf(dump), ...ordinary(3), ...dump.kill]
  assert.deepEqual(summary(parseLines(lines)), ['4711 chrome'])
})

test('the same pid killed again in a new dump is a second event', () => {
  const lines = linesOf(buildDump())
  assert.deepEqual(summary(parseLines([...lines, ...lines])), ['4711 chrome', '4711 chrome'])
})

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

// Interleaved output

test('two dumps interleaved line by line are told apart by their callers', () => {
  const one = recordsOf(linesOf(buildDump()), { caller: 'T1' })
  const two = recordsOf(
    linesOf(
      buildDump({
        kind: 'memcg',
        victim: { pid: 5, comm: 'b', rssPages: 9 },
        others: [],
        trigger: { comm: 'dd', pid: 6 },
      })
    ),
    { caller: 'T2' }
  )
  const mixed = []
  for (let at = 0; at < Math.max(one.length, two.length); at++) {
    mixed.push(...one.slice(at, at + 1), ...two.slice(at, at + 1))
  }
  const byPid = new Map(killsOf(parse(mixed)).map(kill => [kill.victim.pid, kill]))
  assert.deepEqual(
    oomKillFacts(byPid.get(4711)!),
    oomKillFacts(onlyKill(parse(one))),
    'as if it were alone'
  )
  assert.deepEqual(oomKillFacts(byPid.get(5)!), oomKillFacts(onlyKill(parse(two))))
  assert.equal(byPid.get(4711)!.isPartial, false)
  assert.equal(byPid.get(5)!.isPartial, false)
})

test('a kill waits for the next record of its own caller', () => {
  const parser = new OomParser()
  const records = recordsOf(linesOf(buildDump({ kind: 'memcg' })), { caller: 'T1' })
  const [foreign] = recordsOf(['usb 1-1: hello'], { caller: 'T9', seq: 8000 })
  const [own] = recordsOf([GROUP_LINE], { caller: 'T1', seq: 8001 })
  for (const record of records) assert.deepEqual(parser.push(record), [])
  assert.deepEqual(parser.push(foreign!), [])
  assert.deepEqual(summary(parser.push(own!)), ['4711 chrome'])
})

test('the number of open sections is bounded', () => {
  const parser = new OomParser()
  for (let caller = 0; caller < 1000; caller++) {
    const [opener] = recordsOf(buildDump().opener, { caller: `T${caller}` })
    parser.push(opener!)
  }
  assert.ok(parser.openSections <= 64, `${parser.openSections} sections are open`)
})

// Foreign reports in the middle

const REPORT = [
  '------------[ cut here ]------------',
  'WARNING: CPU: 2 PID: 999 at mm/page_alloc.c:1 foo+0x1/0x2',
  'CPU: 2 UID: 0 PID: 999 Comm: kworker/2:1 Tainted: G        W          6.12.9 #1',
  'Call Trace:',
  ' bar+0x1/0x2',
  '---[ end trace 0000000000000000 ]---',
  'audit: type=1701 audit(1.2:3): pid=5 comm="x" sig=9',
  '',
  'eth0: Link is Up - 1Gbps/Full',
]

test("another task's report after the opener does not give the trigger's pid", () => {
  const dump = buildDump()
  const facts = factsOf(linesOf({ ...dump, opener: [...dump.opener, ...REPORT] }))
  assert.equal(facts.trigger_pid, 812_345)
})

test('foreign reports between any two lines change nothing', () => {
  const lines = linesOf(buildDump())
  const expected = factsOf(lines)
  for (let at = 1; at < lines.length; at++) {
    const mixed = [...lines.slice(0, at), ...REPORT, ...lines.slice(at)]
    assert.deepEqual(factsOf(mixed), expected, `report before: ${lines[at]}`)
  }
})

test('a structured line cut in two by a report is put together', () => {
  const dump = buildDump({ kind: 'memcg' })
  const [structured] = dump.structured
  const cut = structured!.indexOf(',task=')
  const lines = linesOf({
    ...dump,
    structured: [structured!.slice(0, cut), ...REPORT, structured!.slice(cut)],
  })
  assert.deepEqual(factsOf(lines), factsOf(linesOf(dump)))
})

test('a second CPU line of a process with the same name does not replace the first', () => {
  const dump = buildDump()
  const again = dump.cpu[0]!.replace('PID: 812345', 'PID: 3')
  assert.equal(factsOf(linesOf({ ...dump, cpu: [...dump.cpu, again] })).trigger_pid, 812_345)
})

// tear() and flush()

test('records lost in the middle of a dump make its kill partial', () => {
  const parser = new OomParser()
  const records = recordsOf(linesOf(buildDump()))
  for (const record of records.slice(0, 10)) parser.push(record)
  parser.tear()
  const outcomes = parse(records.slice(14), parser)
  assert.deepEqual(summary(outcomes), ['4711 chrome partial'])
})

test('records lost before a dump do not make its kill partial', () => {
  const parser = new OomParser()
  parser.tear()
  assert.deepEqual(summary(parse(recordsOf(linesOf(buildDump())), parser)), ['4711 chrome'])
})

test('a kill is held until the next record, or given out by flush(), once', () => {
  const parser = new OomParser()
  for (const record of recordsOf(linesOf(buildDump()))) assert.deepEqual(parser.push(record), [])
  assert.equal(parser.hasHeldKill, true)
  assert.deepEqual(summary(parser.flush()), ['4711 chrome'])
  assert.equal(parser.hasHeldKill, false)
  assert.deepEqual(parser.flush(), [])
  assert.deepEqual(parser.end(), [])
})

test('after flush() the rest of the group is still of the group', () => {
  const parser = new OomParser()
  const lines = groupKill()
  const records = recordsOf(lines)
  const groupAt = lines.indexOf(GROUP_LINE)
  const outcomes: OomOutcome[] = []
  for (const record of records.slice(0, groupAt)) outcomes.push(...parser.push(record))
  outcomes.push(...parser.flush())
  outcomes.push(...parse(records.slice(groupAt), parser))
  assert.deepEqual(summary(outcomes), ['4711 chrome', '30 helper', '31 helper'])
  assert.deepEqual(
    killsOf(outcomes).map(kill => oomKillFacts(kill).oom_group),
    [undefined, true, true],
    'the first was given out before the kernel said it was a group'
  )
})

// Forms

test('Mem-Info in one record with newlines and in a record a line give the same', () => {
  const one = linesOf(buildDump({ counters: 'one record' }))
  const many = linesOf(buildDump({ counters: 'records' }))
  assert.notEqual(one.length, many.length)
  assert.deepEqual(factsOf(one), factsOf(many))
  assert.equal(factsOf(one).mem_free_kb, 11_072 * 4)
})

test('memory statistics of a control group in one record give the same', () => {
  const dump = buildDump({ kind: 'memcg' })
  const merged = { ...dump, memory: [dump.memory.join('\n')] }
  assert.deepEqual(factsOf(linesOf(merged)), factsOf(linesOf(dump)))
})

test('a newline in a name does not cut the lines that bear it', () => {
  const comm = 'two\nlines'
  const facts = factsOf(linesOf(buildDump({ victim: { comm }, trigger: { comm, pid: 4711 } })))
  assert.equal(facts.process_name, comm)
  assert.equal(facts.trigger_process_name, comm)
  assert.equal(facts.trigger_pid, 4711)
  assert.equal(facts.top_tasks?.[0]?.name, comm)
  assert.equal(facts.constraint, 'none')
})

test('a manual kill (sysrq) is marked and has no trigger', () => {
  const lines = [
    'sysrq: Manual OOM execution',
    ...linesOf(buildDump({ order: -1, trigger: { comm: 'kworker/0:2', pid: 735 } })),
  ]
  const kill = onlyKill(parseLines(lines))
  const facts = oomKillFacts(kill)
  assert.equal(kill.isPartial, false)
  assert.equal(oomKillSource(kill, { isRaw: false }).metadata?.manual, 'true')
  assert.equal('trigger_process_name' in facts, false)
  assert.equal('trigger_pid' in facts, false)
  assert.equal(facts.mem_free_kb, 11_072 * 4)
})

test('an unknown constraint costs the constraint and nothing else', () => {
  const dump = buildDump()
  const structured = dump.structured[0]!.replace('CONSTRAINT_NONE', 'CONSTRAINT_MOON_PHASE')
  const expected = factsOf(linesOf(dump))
  delete expected.constraint
  assert.deepEqual(factsOf(linesOf({ ...dump, structured: [structured] })), expected)
})

test('a victim that is its own trigger (oom_kill_allocating_task) is both', () => {
  const dump = buildDump({ trigger: { comm: VICTIM.comm, pid: VICTIM.pid } })
  const kill = dump.kill[0]!.replace('Out of memory:', 'Out of memory (oom_kill_allocating_task):')
  const facts = factsOf(linesOf({ ...dump, kill: [kill] }))
  assert.equal(facts.pid, VICTIM.pid)
  assert.equal(facts.trigger_pid, VICTIM.pid)
  assert.equal(facts.constraint, 'none')
})

test('the memory shown for a failed allocation is not that of the kill after it', () => {
  const { memory } = buildDump({ counters: 'records' })
  const [kill] = killsOf(
    parseLines(['x: page allocation failure: order:9', ...memory, ...buildDump().kill])
  )
  assert.equal(kill?.isPartial, true)
  assert.equal(kill?.dump.hasMemInfo, false)
  assert.deepEqual(parseLines(['x: page allocation failure: order:9', ...memory]), [])
})

test('kills of two lines whose dumps the rate limit dropped: whose limit each was', () => {
  const kills = killsOf(
    parseLines([
      'Memory cgroup out of memory: Kill process 7 (a) score 9 or sacrifice child',
      'Killed process 7 (a) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
      'Memory cgroup out of memory: Kill process 8 (b) score 9 or sacrifice child',
      'Killed process 9 (c) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
      'Out of memory: Kill process 10 (d) score 9 or sacrifice child',
      'Killed process 10 (d) total-vm:8kB, anon-rss:4kB, file-rss:0kB',
    ])
  )
  assert.deepEqual(
    kills.map(kill => [kill.victim.pid, kill.victim.prefix]),
    [
      [7, 'Memory cgroup out of memory'],
      [9, 'Memory cgroup out of memory'],
      [10, 'Out of memory'],
    ]
  )
})

// A slow console

/** The records of a dump with a pause in front of the line at each of these places. */
function withPauses(lines: readonly string[], places: readonly number[], pauseUs = 13_000_000) {
  let us = 5_000_000
  return lines.flatMap((line, at) => {
    us += places.includes(at) ? pauseUs : 20
    return recordsOf([line], { seq: at, us })
  })
}

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

test('13 s between the victims of a group do not end it, be there a table or not', () => {
  const others = [
    { comm: 'helper', pid: 30, rssPages: 30 },
    { comm: 'helper', pid: 31, rssPages: 31 },
  ]
  const dump = buildDump({ kind: 'memcg', others })
  const lines = groupKill()
  const group = lines.slice(lines.indexOf(GROUP_LINE))
  for (const tasks of [dump.tasks, []]) {
    const known = linesOf({ ...dump, tasks })
    const all = [...known, ...group]
    const places = [...all.keys()].filter(at => at >= known.length)
    assert.deepEqual(
      killsOf(parse(withPauses(all, places))).map(one => [one.victim.pid, one.isFollower]),
      [
        [4711, false],
        [30, true],
        [31, true],
      ]
    )
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

// A head that is cut off

test('Mem-Info with which the records begin is that of the kill right after it', () => {
  const { memory, kill } = buildDump({ counters: 'records' })
  const outcomes = parseLines([' dump_stack_lvl+0x5d/0x80', ...memory, SACRIFICE, ...kill])
  assert.deepEqual(summary(outcomes), ['4711 chrome partial'])
  assert.equal(oomKillFacts(onlyKill(outcomes)).mem_free_kb, 11_072 * 4)
  const later = parseLines([...memory, ...ordinary(40), ...kill])
  assert.equal(oomKillFacts(onlyKill(later)).mem_free_kb, undefined, 'long before it')
  assert.deepEqual(parseLines(memory), [], 'without a kill it is no dump of the killer')
})

test('the memory that SysRq m shows, or a failed allocation after a kill, is not that of a kill', () => {
  const { memory, kill } = buildDump({ counters: 'records' })
  for (const header of [
    'sysrq: Show Memory',
    'SysRq : Show Memory',
    'dd: page allocation stalls',
  ]) {
    const facts = oomKillFacts(onlyKill(parseLines([header, ...memory, ...kill])))
    assert.equal(facts.mem_free_kb, undefined, header)
  }
  const first = linesOf(buildDump({ kind: 'memcg' }))
  const lines = [...first, 'x: page allocation failure: order:9', ...memory, LONELY_KILL]
  assert.deepEqual(oomKillFacts(killsOf(parseLines(lines))[1]!), LONELY_FACTS)
})

test('live, Mem-Info after other records is that of a failed allocation: no head is lost', () => {
  const { memory, kill } = buildDump({ counters: 'records' })
  const read = (lines: readonly string[], isLost: boolean): unknown => {
    const parser = new OomParser()
    const raw = new RawRecord()
    const outcomes: OomOutcome[] = []
    for (const [seq, text] of lines.entries()) {
      const bytes = Buffer.from(toKmsg(recordsOf([text], { seq })[0]!), 'latin1')
      assert.ok(raw.read(bytes, 0, bytes.length))
      if (isLost && seq === 1) parser.tear()
      outcomes.push(...parser.pushRaw(raw))
    }
    return oomKillFacts(onlyKill([...outcomes, ...parser.end()]), { pageSizeKb: 4 }).mem_free_kb
  }
  const lines = ['usb 1-1: new', ...memory, ...kill]
  assert.equal(read(lines, false), undefined)
  assert.equal(read(lines, true), 11_072 * 4)
})

// A structured line in parts

test('a structured line that the kernel went on with in further records is put together', () => {
  const [structured] = buildDump({
    kind: 'memcg',
    oomMemcg: `/${'a'.repeat(500)}`,
    taskMemcg: `/${'a'.repeat(500)}/${'b'.repeat(400)}`,
  }).structured
  const dump = buildDump({ kind: 'memcg' })
  const expected = factsOf(linesOf({ ...dump, structured: [structured!] }))
  const ends = [',cpuset=', ',mems_allowed', ',oom_memcg=', '/a', ',task_memcg=', '/a', ',task=']
  let from = 0
  const places: number[] = []
  for (const end of ends) {
    const at = structured!.indexOf(end, from)
    places.push(end === ',cpuset=' ? at + end.length : at)
    from = at + 1
  }
  const pieces = (cuts: readonly number[]): string[] =>
    [0, ...cuts].map((cut, index) => structured!.slice(cut, cuts[index]))
  for (const cuts of [...places.map(place => [place]), [places[3]!, places[5]!], places]) {
    const parts = pieces(cuts)
    const outcomes = parseLines(linesOf({ ...dump, structured: parts }))
    assert.deepEqual(summary(outcomes), ['4711 chrome'], parts.join(' | '))
    assert.deepEqual(oomKillFacts(onlyKill(outcomes)), expected, parts.join(' | '))
  }
})

test('a path that fills a record may have lost its end: it is left out', () => {
  const path = `/${'a'.repeat(1022)}`
  const dump = buildDump({ kind: 'memcg', oomMemcg: path, taskMemcg: '/b' })
  const [structured] = dump.structured
  const at = structured!.indexOf('/aa')
  const end = structured!.indexOf(',task_memcg')
  const parts = [structured!.slice(0, at), structured!.slice(at, end), structured!.slice(end)]
  const facts = factsOf(linesOf({ ...dump, structured: parts }))
  assert.deepEqual([facts.oom_memcg, facts.task_memcg], [undefined, '/b'])
})

test('a structured line whose end never comes makes the kill partial', () => {
  const dump = buildDump({ kind: 'memcg' })
  const [structured] = dump.structured
  const cut = structured!.slice(0, structured!.indexOf('/docker'))
  const outcomes = parseLines(linesOf({ ...dump, structured: [cut] }))
  assert.deepEqual(summary(outcomes), ['4711 chrome partial'])
  assert.equal(oomKillFacts(onlyKill(outcomes)).oom_memcg, undefined)
})

// Other kernels

test('OpenVZ: the size is that of the kill line', () => {
  const facts = factsOf([
    'Out of memory in UB 101: OOM killed process 30286 (httpd) score 0 vm:281988kB, rss:17004kB, swap:12kB',
  ])
  assert.deepEqual(facts, {
    process_name: 'httpd',
    pid: 30_286,
    rss_kb: 17_004,
    total_vm_kb: 281_988,
    swap_kb: 12,
  })
})

test('2.6.9: an opener that names nobody, and a kill without figures', () => {
  const outcomes = parseLines([
    'oom-killer: gfp_mask=0xd0, order=0',
    'Mem-info:',
    'DMA free:11012kB min:120kB low:148kB high:180kB active:0kB inactive:0kB present:16384kB',
    'Free swap:            0kB',
    '262144 pages of RAM',
    'Out of Memory: Killed process 2592 (oracle).',
  ])
  const { dump, victim } = onlyKill(outcomes)
  assert.deepEqual([victim.pid, victim.comm], [2592, 'oracle'])
  assert.deepEqual([dump.ramPages, dump.freeSwapKb, dump.trigger], [262_144, 0, undefined])
})

// A table without its header row

test('a table without its header row is read where its columns are unmistakable', () => {
  const lines = [
    'chrome invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    '[ 400]  1000   400     1000      100    45056        0             0 tini',
    '[ 410]  1000   410   500000    60000   802816       12           300 chrome',
    'Out of memory: Killed process 410 (chrome) total-vm:2000000kB, anon-rss:200000kB, file-rss:30000kB, shmem-rss:10000kB, UID:1000 pgtables:784kB oom_score_adj:300',
  ]
  const facts = factsOf(lines)
  assert.deepEqual(facts.top_tasks, [
    { pid: 410, name: 'chrome', rss_kb: 240_000 },
    { pid: 400, name: 'tini', rss_kb: 400 },
  ])
  assert.equal(facts.swap_kb, 48)
  assert.equal(factsOf(lines.slice(1)).top_tasks, undefined, 'rows may be missing in front')
})

test('a table of unknown columns is left out, and the kill is partial', () => {
  const dump = buildDump()
  const tasks = ['[ 410]  1000   500000    60000   802816       12           300 chrome']
  const outcomes = parseLines(linesOf({ ...dump, tasks }))
  assert.deepEqual(summary(outcomes), ['4711 chrome partial'])
  assert.equal(oomKillFacts(onlyKill(outcomes)).top_tasks, undefined)
})

test('lines that a program writes, each with a process of its own, are one dump', () => {
  const records = recordsOf(linesOf(buildDump())).map((record, at) => ({
    ...record,
    facility: 1,
    caller: `T${100 + at}`,
  }))
  assert.deepEqual(summary(parse(records)), ['4711 chrome'])
})

test('a dump without its head, right after a kill, is not that kill\u2019s: it is the next one\u2019s', () => {
  const whole = linesOf(buildDump({ kind: 'memcg', victim: { pid: 31, comm: 'next' } }))
  const headless = whole.slice(whole.findIndex(line => line.startsWith('memory: usage')))
  const outcomes = parseLines([...linesOf(buildDump()), ...headless])
  assert.deepEqual(summary(outcomes), ['4711 chrome', '31 next partial'])
  const [, second] = killsOf(outcomes)
  const { memcg_limit_kb, top_tasks, trigger_process_name } = oomKillFacts(second!)
  const { memcg_limit_kb: limit, top_tasks: tasks } = factsOf(whole)
  assert.deepEqual([memcg_limit_kb, top_tasks], [limit, tasks])
  assert.equal(trigger_process_name, undefined)
})

test('the head of a table without rows is no dump', () => {
  const head = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name'
  assert.deepEqual(summary(parseLines([head, 'usb 1-1: new device'])), [])
})

test('a panic that names the want of memory, without a dump: the killer was not allowed to kill', () => {
  const panic = 'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled'
  assert.deepEqual(summary(parseLines([panic])), ['panic'])
  assert.deepEqual(summary(parseLines(['Kernel panic - not syncing: Fatal exception'])), [])
})
