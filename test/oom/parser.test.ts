/**
 * Which lines make one dump: what is one kill and what are two, and that no kill is given another one's
 * figures.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawRecord } from '../../plugin/kmsg/record.ts'
import { oomKillFacts, oomKillSource } from '../../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'
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
import {
  CHILD,
  GROUP_LINE,
  LONELY_FACTS,
  LONELY_KILL,
  ordinary,
  SACRIFICE,
  summary,
} from './outcomes.ts'

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

test('a repeated kill line of the same process within its dump is one event', () => {
  const dump = buildDump()
  const lines = [...linesOf(dump), ...ordinary(3), ...dump.kill]
  assert.deepEqual(summary(parseLines(lines)), ['4711 chrome'])
})

test('the same pid killed again in a new dump is a second event', () => {
  const lines = linesOf(buildDump())
  assert.deepEqual(summary(parseLines([...lines, ...lines])), ['4711 chrome', '4711 chrome'])
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
