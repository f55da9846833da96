/**
 * From which line each field of the event comes, in which unit, and when it is absent. The table is
 * that of the wire contract: one test per field.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isOomKillData,
  OOM_KILL_EVENT,
  type OomKillFacts,
  oomKillFacts,
  oomKillSource,
  unknownConstraint,
} from '../../plugin/oom/event.ts'
import {
  buildDump,
  type Dump,
  type DumpOptions,
  factsOf,
  killLine,
  linesOf,
  onlyKill,
  parse,
  parseLines,
  recordsOf,
  VICTIM,
} from './dump-builder.ts'

const without = (dump: Dump, ...parts: Array<keyof Dump>): string[] =>
  linesOf({ ...dump, ...Object.fromEntries(parts.map(part => [part, []])) })

/** The kill line with what follows the sizes cut off, as kernels before 5.4 print it. */
const oldKillLine = (options: DumpOptions): string => killLine(options).replace(/, UID:.*/, '')

const GLOBAL: OomKillFacts = {
  process_name: 'chrome',
  pid: 4711,
  rss_kb: 516_062 * 4,
  constraint: 'none',
  mem_total_kb: 524_158 * 4,
  mem_free_kb: 11_072 * 4,
  top_tasks: [
    { pid: 4711, name: 'chrome', rss_kb: 516_062 * 4 },
    { pid: 4720, name: 'Web Content', rss_kb: 40_231 * 4 },
    { pid: 1, name: 'systemd', rss_kb: 3011 * 4 },
    { pid: 812, name: 'tmux: server', rss_kb: 977 * 4 },
    { pid: 641, name: 'a) b (c', rss_kb: 734 * 4 },
  ],
  trigger_process_name: 'node',
  trigger_pid: 812_345,
  total_vm_kb: 2_316_564 * 4,
  oom_score_adj: 300,
  uid: 1000,
  swap_kb: 47_863 * 4,
  pgtables_kb: 11_744,
  task_memcg: '/user.slice',
}

test('a global kill, whole', () => {
  assert.deepEqual(factsOf(linesOf(buildDump())), GLOBAL)
})

test('a group whose limit it was makes the kill one of a group, whatever its constraint is called', () => {
  const dump = buildDump()
  const structured = dump.structured.map(line => line.replace('global_oom', 'oom_memcg=/a'))
  assert.equal(factsOf(linesOf({ ...dump, structured })).constraint, 'memcg')
  const cpuset = structured.map(line => line.replace('CONSTRAINT_NONE', 'CONSTRAINT_CPUSET'))
  assert.equal(factsOf(linesOf({ ...dump, structured: cpuset })).constraint, 'cpuset')
})

test("a control group's kill, whole", () => {
  const { mem_total_kb: _, mem_free_kb: __, ...rest } = GLOBAL
  assert.deepEqual(
    factsOf(linesOf(buildDump({ kind: 'memcg', usageKb: 524_284, limitKb: 524_288 }))),
    {
      ...rest,
      constraint: 'memcg',
      oom_memcg: '/docker/abc',
      task_memcg: '/docker/abc/leaf',
      memcg_limit_kb: 524_288,
      memcg_usage_kb: 524_284,
    }
  )
})

// Units

for (const pageKb of [4, 16, 64]) {
  test(`pages of ${pageKb} KiB: revealed by Mem-Info`, () => {
    const facts = factsOf(linesOf(buildDump({ pageKb })))
    assert.equal(facts.mem_total_kb, 524_158 * pageKb)
    assert.equal(facts.mem_free_kb, 11_072 * pageKb)
    assert.equal(facts.rss_kb, 516_062 * pageKb)
    assert.equal(facts.swap_kb, 47_863 * pageKb)
    assert.equal(facts.top_tasks?.[1]?.rss_kb, 40_231 * pageKb)
  })

  test(`pages of ${pageKb} KiB: revealed by the victim's own two lines, in a group's dump`, () => {
    const facts = factsOf(linesOf(buildDump({ pageKb, kind: 'memcg' })))
    assert.equal(facts.swap_kb, 47_863 * pageKb)
    assert.equal(facts.top_tasks?.[1]?.rss_kb, 40_231 * pageKb)
  })

  test(`pages of ${pageKb} KiB: revealed by the node counters when no buddy line is there`, () => {
    const dump = buildDump({ pageKb })
    const memory = dump.memory.filter(line => !/\*\d+kB/.test(line))
    assert.equal(memory.length, dump.memory.length - 2)
    assert.equal(factsOf(linesOf({ ...dump, memory, tasks: [] })).mem_free_kb, 11_072 * pageKb)
  })

  test(`pages of ${pageKb} KiB: the machine's, when the dump reveals none`, () => {
    const dump = buildDump()
    const memory = dump.memory.filter(line => !/^Node/.test(line))
    const kill = onlyKill(parseLines(linesOf({ ...dump, memory, tasks: [] })))
    assert.equal(oomKillFacts(kill, { pageSizeKb: pageKb }).mem_free_kb, 11_072 * pageKb)
  })
}

test("the dump's own page size beats the machine's", () => {
  const kill = onlyKill(parseLines(linesOf(buildDump({ pageKb: 64 }))))
  assert.equal(oomKillFacts(kill, { pageSizeKb: 4 }).mem_free_kb, 11_072 * 64)
})

test('of an unknown page size nothing is guessed: pages are left out, KiB stay', () => {
  const dump = buildDump()
  const memory = dump.memory.filter(line => !/^Node/.test(line))
  // Too few pages to compare, and page tables of a size that any pages make.
  const { tasks: others } = buildDump({
    victim: { totalVmPages: 0, rssPages: 3, pgtablesBytes: 65_536 },
    others: [{ comm: 'x', pid: 1, rssPages: 9, pgtablesBytes: 131_072 }],
  })
  const facts = factsOf(linesOf({ ...dump, memory, tasks: others }))
  for (const field of ['mem_total_kb', 'mem_free_kb', 'swap_kb', 'top_tasks'] as const) {
    assert.equal(field in facts, false, field)
  }
  assert.equal(facts.rss_kb, GLOBAL.rss_kb)
  assert.equal(facts.total_vm_kb, GLOBAL.total_vm_kb)
})

test('one damaged figure decides no page size: the others outvote it, or nothing is converted', () => {
  const dump = buildDump({ kind: 'memcg' })
  const [kill] = dump.kill
  const expected = factsOf(linesOf(dump))
  // As if a digit had come in, and as if one had been lost: once eight times as much, once a quarter.
  for (const [of, damaged] of [
    [/total-vm:\d+/, `total-vm:${2_316_564 * 32}`],
    [/total-vm:\d+/, `total-vm:${2_316_564 * 16 + 1}`],
    [/anon-rss:\d+/, `anon-rss:${516_062 * 16}`],
  ] as const) {
    const facts = factsOf(linesOf({ ...dump, kill: [kill!.replace(of, damaged)] }))
    assert.deepEqual(facts.top_tasks, expected.top_tasks, damaged)
  }
  const { memory } = buildDump({ pageKb: 64 })
  const buddies = memory.map(line => line.replace(/^(Node 0 DMA: 2)\*64kB/, '$1*4kB'))
  const facts = factsOf(linesOf({ ...buildDump({ pageKb: 64 }), memory: buddies }))
  assert.equal(facts.mem_free_kb, 11_072 * 64)
})

test('a release that names x86_64 has pages of 4 KiB, whatever the figures say', () => {
  const dump = buildDump({ pageKb: 64 })
  const cpu = dump.cpu.map(line => line.replace('6.12.9', '6.12.9-x86_64'))
  assert.equal(factsOf(linesOf({ ...dump, cpu })).mem_free_kb, 11_072 * 4)
})

test('a kill line that is cut in its middle: the sizes are those of its row, in pages that page tables prove', () => {
  const dump = buildDump({ kind: 'memcg', victim: { pgtablesBytes: 45_056 } })
  const [kill] = dump.kill
  const facts = factsOf(linesOf({ ...dump, kill: [kill!.slice(0, kill!.indexOf('total-') + 6)] }))
  assert.equal(facts.rss_kb, 516_062 * 4)
  assert.equal(facts.total_vm_kb, 2_316_564 * 4)
  assert.equal(facts.process_name, 'chrome')
})

// Required fields

test('process_name: UTF-8 is decoded, other bytes are shown as \\xNN', () => {
  const comm = Buffer.from('\u00e9t\u00e9', 'utf8').toString('latin1')
  assert.equal(factsOf(linesOf(buildDump({ victim: { comm } }))).process_name, 'été')
  assert.equal(factsOf(linesOf(buildDump({ victim: { comm: 'a\xff' } }))).process_name, 'a\\xff')
})

test('rss_kb: anonymous, file and shared pages of the kill line', () => {
  const kill =
    'Out of memory: Killed process 4711 (chrome) total-vm:9kB, anon-rss:1kB, file-rss:20kB, shmem-rss:300kB'
  assert.equal(factsOf(linesOf({ ...buildDump(), kill: [kill] })).rss_kb, 321)
})

test('rss_kb: without shmem-rss, as before 4.5', () => {
  const kill =
    'Out of memory: Killed process 4711 (chrome) total-vm:9kB, anon-rss:1kB, file-rss:20kB'
  assert.equal(factsOf(linesOf({ ...buildDump(), kill: [kill] })).rss_kb, 21)
})

test('rss_kb: 0 is sent', () => {
  const facts = factsOf(linesOf(buildDump({ victim: { rssPages: 0 } })))
  assert.equal(facts.rss_kb, 0)
  assert.equal(isOomKillData(facts), true)
})

test("rss_kb: the task's row, when the kill line is cut after the name", () => {
  const kill = 'Out of memory: Killed process 4711 (chrome)'
  assert.equal(factsOf(linesOf({ ...buildDump(), kill: [kill] })).rss_kb, 516_062 * 4)
})

test('rss_kb: absent when no line states it, and then it is no event', () => {
  const facts = factsOf(
    without({ ...buildDump(), kill: ['Out of memory: Killed process 4711 (chrome)'] }, 'tasks')
  )
  assert.equal('rss_kb' in facts, false)
  assert.equal(isOomKillData(facts), false)
})

// constraint

for (const [kind, constraint] of [
  ['none', 'none'],
  ['memcg', 'memcg'],
  ['cpuset', 'cpuset'],
  ['memory_policy', 'memory_policy'],
] as const) {
  test(`constraint: ${constraint}, from the structured line`, () => {
    assert.equal(factsOf(linesOf(buildDump({ kind }))).constraint, constraint)
  })
}

test('constraint: absent without a structured line, as before 5.0', () => {
  assert.equal('constraint' in factsOf(without(buildDump(), 'structured')), false)
})

test("constraint: memcg by the kill line's own words, without a structured line", () => {
  const facts = factsOf(without(buildDump({ kind: 'memcg' }), 'structured'))
  assert.equal(facts.constraint, 'memcg')
})

test('constraint: memcg, though a prerelease of 5.2 printed NONE', () => {
  const dump = buildDump({ kind: 'memcg' })
  const structured = dump.structured[0]!.replace('CONSTRAINT_MEMCG', 'CONSTRAINT_NONE')
  assert.equal(factsOf(linesOf({ ...dump, structured: [structured] })).constraint, 'memcg')
})

test('constraint: an unknown one is absent and named for the log', () => {
  const dump = buildDump()
  const structured = dump.structured[0]!.replace('CONSTRAINT_NONE', 'CONSTRAINT_BPF')
  const kill = onlyKill(parseLines(linesOf({ ...dump, structured: [structured] })))
  assert.equal('constraint' in oomKillFacts(kill), false)
  assert.equal(unknownConstraint(kill), 'BPF')
  assert.equal(unknownConstraint(onlyKill(parseLines(linesOf(dump)))), undefined)
})

for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
  test(`constraint: CONSTRAINT_${name} is unknown like any other`, () => {
    const dump = buildDump()
    const structured = dump.structured[0]!.replace('CONSTRAINT_NONE', `CONSTRAINT_${name}`)
    const kill = onlyKill(parseLines(linesOf({ ...dump, structured: [structured] })))
    assert.equal('constraint' in oomKillFacts(kill), false)
    assert.equal(unknownConstraint(kill), name)
  })
}

// Memory of the machine

test('mem_total_kb: pages RAM, the reserved ones included', () => {
  assert.equal(factsOf(linesOf(buildDump({ ramPages: 1000 }))).mem_total_kb, 4000)
})

test('mem_free_kb: free of the whole machine, not of a zone', () => {
  assert.equal(factsOf(linesOf(buildDump({ freePages: 5 }))).mem_free_kb, 20)
})

test('mem_free_kb: 0 is sent', () => {
  assert.equal(factsOf(linesOf(buildDump({ freePages: 0 }))).mem_free_kb, 0)
})

test('mem_total_kb and mem_free_kb: absent without Mem-Info', () => {
  for (const facts of [
    factsOf(without(buildDump(), 'memory')),
    factsOf(linesOf(buildDump({ kind: 'memcg' }))),
  ]) {
    assert.equal('mem_total_kb' in facts, false)
    assert.equal('mem_free_kb' in facts, false)
  }
})

test("mem_total_kb and mem_free_kb: absent for a group's kill, though SysRq m printed them meanwhile", () => {
  const dump = buildDump({ kind: 'memcg' })
  const facts = factsOf(linesOf({ ...dump, memory: [...dump.memory, ...buildDump().memory] }))
  assert.equal('mem_total_kb' in facts, false)
  assert.equal('mem_free_kb' in facts, false)
  assert.equal(facts.memcg_limit_kb, 524_288)
})

test('mem_total_kb and mem_free_kb: each without the other', () => {
  const dump = buildDump()
  const noTotal = dump.memory.filter(line => !line.includes('pages RAM'))
  const noFree = dump.memory.filter(line => !line.includes('active_file:117'))
  const one = factsOf(linesOf({ ...dump, memory: noTotal }))
  assert.deepEqual([one.mem_total_kb, one.mem_free_kb], [undefined, GLOBAL.mem_free_kb])
  const two = factsOf(linesOf({ ...dump, memory: noFree }))
  assert.deepEqual([two.mem_total_kb, two.mem_free_kb], [GLOBAL.mem_total_kb, undefined])
})

test('mem_free_kb: of a cpuset, the whole machine', () => {
  assert.equal(factsOf(linesOf(buildDump({ kind: 'cpuset' }))).mem_free_kb, 11_072 * 4)
})

// Tasks

test('top_tasks: absent without a table, empty with an empty one', () => {
  assert.equal('top_tasks' in factsOf(without(buildDump(), 'tasks')), false)
  const dump = buildDump()
  const header = dump.tasks.slice(0, 2)
  assert.deepEqual(factsOf(linesOf({ ...dump, tasks: header })).top_tasks, [])
})

test('top_tasks: at most five, by size', () => {
  const others = Array.from({ length: 40 }, (_, pid) => ({ comm: `p${pid}`, pid, rssPages: pid }))
  const facts = factsOf(linesOf(buildDump({ others })))
  assert.deepEqual(
    facts.top_tasks?.map(task => task.pid),
    [4711, 39, 38, 37, 36]
  )
})

test('top_tasks: a task of 0 pages is listed with 0', () => {
  const facts = factsOf(linesOf(buildDump({ others: [{ comm: 'x', pid: 1, rssPages: 0 }] })))
  assert.deepEqual(facts.top_tasks?.[1], { pid: 1, name: 'x', rss_kb: 0 })
})

// Trigger

test('trigger: absent without an opener', () => {
  const facts = factsOf(without(buildDump(), 'opener', 'cpu', 'stack'))
  assert.equal('trigger_process_name' in facts, false)
  assert.equal('trigger_pid' in facts, false)
})

test('trigger: the name alone without a CPU line', () => {
  const facts = factsOf(without(buildDump(), 'cpu'))
  assert.equal(facts.trigger_process_name, 'node')
  assert.equal('trigger_pid' in facts, false)
})

test('trigger: absent for a manual kill', () => {
  const facts = factsOf(linesOf(buildDump({ order: -1 })))
  assert.equal('trigger_process_name' in facts, false)
  assert.equal('trigger_pid' in facts, false)
})

// Our own fields

test('total_vm_kb: the kill line, else the row', () => {
  assert.equal(factsOf(linesOf(buildDump())).total_vm_kb, VICTIM.totalVmPages * 4)
  const kill = ['Out of memory: Killed process 4711 (chrome)']
  assert.equal(factsOf(linesOf({ ...buildDump(), kill })).total_vm_kb, VICTIM.totalVmPages * 4)
})

test("oom_score_adj: the kill line, else the row, never the opener's", () => {
  const options = { victim: { oomScoreAdj: -998 } }
  assert.equal(factsOf(linesOf(buildDump(options))).oom_score_adj, -998)
  const old = { ...buildDump(options), kill: [oldKillLine(options)] }
  assert.equal(factsOf(linesOf(old)).oom_score_adj, -998)
  assert.equal('oom_score_adj' in factsOf(without(old, 'tasks')), false)
})

test('oom_score_adj: 0 is sent', () => {
  assert.equal(factsOf(linesOf(buildDump({ victim: { oomScoreAdj: 0 } }))).oom_score_adj, 0)
})

test('uid: the kill line, else the structured line, else the row', () => {
  const old = { ...buildDump(), kill: [oldKillLine({})] }
  assert.equal(factsOf(linesOf(buildDump())).uid, 1000)
  assert.equal(factsOf(without(old, 'tasks')).uid, 1000)
  assert.equal(factsOf(without(old, 'structured')).uid, 1000)
  assert.equal('uid' in factsOf(without(old, 'structured', 'tasks')), false)
})

test('uid: 0 is sent', () => {
  assert.equal(factsOf(linesOf(buildDump({ victim: { uid: 0 } }))).uid, 0)
})

test("swap_kb: the victim's row, 0 too; absent without it", () => {
  assert.equal(factsOf(linesOf(buildDump({ victim: { swapPages: 0 } }))).swap_kb, 0)
  assert.equal('swap_kb' in factsOf(without(buildDump(), 'tasks')), false)
})

test('pgtables_kb: the kill line, else the row in bytes', () => {
  assert.equal(factsOf(without(buildDump(), 'tasks')).pgtables_kb, 11_744)
  const old = { ...buildDump(), kill: [oldKillLine({})] }
  assert.equal(factsOf(linesOf(old)).pgtables_kb, 11_744)
  assert.equal('pgtables_kb' in factsOf(without(old, 'tasks')), false)
})

test('pgtables_kb: early 5.4 kernels printed bytes and called them kB', () => {
  const kill = killLine().replace('pgtables:11744kB', `pgtables:${VICTIM.pgtablesBytes}kB`)
  assert.ok(kill.includes(String(VICTIM.pgtablesBytes)))
  assert.equal(factsOf(linesOf({ ...buildDump(), kill: [kill] })).pgtables_kb, 11_744)
})

test('oom_memcg and task_memcg: whose limit, and where the victim lived', () => {
  const facts = factsOf(
    linesOf(buildDump({ kind: 'memcg', oomMemcg: '/pod', taskMemcg: '/pod/é' }))
  )
  assert.equal(facts.oom_memcg, '/pod')
  assert.equal(facts.task_memcg, '/pod/\\xe9')
})

test('oom_memcg and task_memcg: the line of kernels before 5.0', () => {
  const dump = buildDump({ kind: 'memcg' })
  const memory = ['Task in /pod/leaf killed as a result of limit of /pod', ...dump.memory]
  const facts = factsOf(without({ ...dump, memory }, 'structured'))
  assert.equal(facts.oom_memcg, '/pod')
  assert.equal(facts.task_memcg, '/pod/leaf')
})

test('memcg_limit_kb and memcg_usage_kb: those of memory, not of swap', () => {
  const facts = factsOf(linesOf(buildDump({ kind: 'memcg', usageKb: 0, limitKb: 4096 })))
  assert.equal(facts.memcg_usage_kb, 0)
  assert.equal(facts.memcg_limit_kb, 4096)
})

test('memcg fields: absent for a global kill', () => {
  const facts = factsOf(linesOf(buildDump()))
  for (const field of ['oom_memcg', 'memcg_limit_kb', 'memcg_usage_kb', 'oom_group']) {
    assert.equal(field in facts, false, field)
  }
})

test('no field is ever null, undefined or NaN', () => {
  for (const kind of ['none', 'memcg'] as const) {
    const lines = linesOf(buildDump({ kind }))
    for (let start = 0; start < lines.length; start++) {
      const facts = factsOf(lines.slice(start))
      for (const [field, value] of Object.entries(facts)) {
        assert.ok(value !== undefined && value !== null && !Number.isNaN(value), field)
      }
    }
  }
})

// Source

test('source: kind and event, and no metadata when there is none', () => {
  const kill = onlyKill(parseLines(linesOf(buildDump())))
  assert.deepEqual(oomKillSource(kill, { isRaw: false }), {
    kind: 'local_process',
    event: OOM_KILL_EVENT,
  })
  assert.equal(OOM_KILL_EVENT, 'linux.oom_kill')
})

test('source: boot_id and the sequence number of the kill line, as strings', () => {
  const lines = linesOf(buildDump())
  const kill = onlyKill(parse(recordsOf(lines, { seq: 100 })))
  assert.deepEqual(oomKillSource(kill, { isRaw: true, bootId: 'b' }).metadata, {
    boot_id: 'b',
    kmsg_seq: String(100 + lines.length - 1),
  })
})

test('source: lines that a userspace writer injected say so', () => {
  const records = recordsOf(linesOf(buildDump())).map(record => ({ ...record, facility: 1 }))
  const kill = onlyKill(parse(records))
  assert.equal(oomKillSource(kill, { isRaw: true }).metadata?.facility, 'user')
})

test('source: manual, partial and replayed are said only when they are so', () => {
  const whole = onlyKill(parseLines(linesOf(buildDump())))
  assert.deepEqual(oomKillSource(whole, { isRaw: false, isReplayed: true }).metadata, {
    replayed: 'true',
  })
  const manual = onlyKill(parseLines(linesOf(buildDump({ order: -1 }))))
  assert.deepEqual(oomKillSource(manual, { isRaw: false, isReplayed: false }).metadata, {
    manual: 'true',
  })
  const partial = onlyKill(parseLines([killLine()]))
  assert.deepEqual(oomKillSource(partial, { isRaw: false }).metadata, { partial: 'true' })
})
