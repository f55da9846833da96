/** memory.oom.group: one dump, and a kill line for each process of the group. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'
import {
  buildDump,
  killLine,
  killsOf,
  linesOf,
  parse,
  parseLines,
  recordsOf,
} from './dump-builder.ts'
import { GROUP_LINE, LONELY_FACTS, LONELY_KILL, ordinary, summary, withPauses } from './outcomes.ts'

// Group kills

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

test('the silence after which a group is over counts from the last line that was its', () => {
  const lines = [
    ...linesOf({ ...buildDump({ kind: 'memcg' }), tasks: [] }),
    GROUP_LINE,
    member(30, 'helper'),
    member(31, 'helper'),
  ]
  const groupAt = lines.indexOf(GROUP_LINE)
  const pausesUs = new Map([
    [groupAt, 9_000_000],
    [groupAt + 1, 595_000_000],
    [groupAt + 2, 595_000_000],
  ])
  let us = 5_000_000
  const records = lines.flatMap((line, at) => {
    us += pausesUs.get(at) ?? 20
    return recordsOf([line], { seq: at, us })
  })
  assert.deepEqual(
    killsOf(parse(records)).map(one => [one.victim.pid, one.isFollower]),
    [
      [4711, false],
      [30, true],
      [31, true],
    ]
  )
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
