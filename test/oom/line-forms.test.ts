/** Forms of the lines: those of other kernels, records of several lines, lines that are cut or go on in further records. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { buildDump, factsOf, killsOf, linesOf, onlyKill, parseLines } from './dump-builder.ts'
import { CHILD, SACRIFICE, summary } from './outcomes.ts'

test('CRLF or not, a name that ends in spaces is kept', () => {
  const facts = factsOf(linesOf(buildDump({ victim: { comm: 'two  ' } })))
  assert.equal(facts.process_name, 'two  ')
  assert.equal(facts.top_tasks?.[0]?.name, 'two  ')
})

// Two-line kills, before 5.1

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

test('an unknown constraint costs the constraint and nothing else', () => {
  const dump = buildDump()
  const structured = dump.structured[0]!.replace('CONSTRAINT_NONE', 'CONSTRAINT_MOON_PHASE')
  const expected = factsOf(linesOf(dump))
  delete expected.constraint
  assert.deepEqual(factsOf(linesOf({ ...dump, structured: [structured] })), expected)
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

test('the head of a table without rows is no dump', () => {
  const head = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name'
  assert.deepEqual(summary(parseLines([head, 'usb 1-1: new device'])), [])
})
