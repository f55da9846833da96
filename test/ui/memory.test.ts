/** The figures behind a kill's bar: they add up, and nothing is drawn that is not known. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MemorySource, memoryOf } from '../../plugin/ui/memory.ts'
import fc from '../support/fast-check.ts'

const GROUP: MemorySource = {
  process_name: 'java',
  pid: 1,
  rss_kb: 40_000,
  constraint: 'memcg',
  oom_memcg: '/docker/a',
  memcg_limit_kb: 65_536,
  memcg_usage_kb: 65_000,
  trigger_pid: 2,
  top_tasks: [
    { pid: 3, name: 'large', rss_kb: 10_000 },
    { pid: 1, name: 'java', rss_kb: 40_000 },
    { pid: 2, name: 'sh', rss_kb: 5000 },
  ],
}

test('of a group: the victim, the trigger, what is beside, what is free, and its limit', () => {
  const memory = memoryOf(GROUP)!
  assert.equal(memory.whole, 'Memory of /docker/a: 64 MiB')
  assert.equal(memory.limitKb, 65_536)
  assert.deepEqual(
    memory.parts.map(({ kind, name, kb }) => [kind, name, kb]),
    [
      ['task', 'large', 10_000],
      ['task', 'java', 40_000],
      ['task', 'sh', 5000],
      ['rest', 'all else in the group', 10_000],
      ['free', 'free', 536],
    ]
  )
  assert.deepEqual(
    memory.parts.filter(part => part.isVictim).map(({ pid }) => pid),
    [1]
  )
  assert.deepEqual(
    memory.parts.filter(part => part.isTrigger).map(({ pid }) => pid),
    [2]
  )
  assert.ok(memory.scaleKb > memory.limitKb!, 'the line is seen')
  assert.ok(!memory.isOvercounted)
})

test('of the machine: what is free, and no limit', () => {
  const { memcg_limit_kb: _, memcg_usage_kb: __, ...rest } = GROUP
  const memory = memoryOf({
    ...rest,
    constraint: 'none',
    mem_total_kb: 100_000,
    mem_free_kb: 2000,
  })!
  assert.equal(memory.limitKb, undefined)
  assert.equal(memory.scaleKb, 100_000)
  assert.match(memory.whole, /^Memory of the machine: 98 MiB, 2.0 MiB free$/)
})

test('the victim is there, also where it is not among the largest', () => {
  const memory = memoryOf({ ...GROUP, pid: 9, process_name: 'small', rss_kb: 10 })!
  assert.equal(memory.parts.find(part => part.isVictim)?.name, 'small')
})

test('a group without a limit has no line; a limit of 2^63 is none', () => {
  const memory = memoryOf({ ...GROUP, memcg_limit_kb: 9_007_199_254_740_988 })!
  assert.equal(memory.limitKb, undefined)
  assert.equal(memory.wholeKb, 65_000)
  assert.equal(
    memory.parts.some(({ kind }) => kind === 'free'),
    false
  )
})

test('of one process alone nothing is drawn', () => {
  assert.equal(memoryOf({ process_name: 'a', pid: 1, rss_kb: 5 }), undefined)
})

test('memory that processes share may be counted twice, and that is said', () => {
  const memory = memoryOf({ ...GROUP, memcg_limit_kb: 40_000, memcg_usage_kb: 40_000 })!
  assert.ok(memory.isOvercounted)
  assert.ok(memory.parts.every(({ kind }) => kind !== 'rest'))
})

const kb = fc.option(fc.nat(2 ** 40), { nil: undefined })
const source = fc.record<MemorySource>({
  process_name: fc.string(),
  pid: fc.integer({ min: 1, max: 9 }),
  rss_kb: fc.nat(2 ** 40),
  constraint: fc.constantFrom(undefined, 'none', 'memcg', 'cpuset'),
  mem_total_kb: kb,
  mem_free_kb: kb,
  memcg_limit_kb: kb,
  memcg_usage_kb: kb,
  oom_memcg: fc.option(fc.string(), { nil: undefined }),
  trigger_pid: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  top_tasks: fc.option(
    fc.uniqueArray(
      fc.record({
        pid: fc.integer({ min: 1, max: 9 }),
        name: fc.string(),
        rss_kb: fc.nat(2 ** 40),
      }),
      { maxLength: 5, selector: ({ pid }) => pid }
    ),
    { nil: undefined }
  ),
})

test('whatever was sent: no part is negative, all fit into the bar, one is the victim', () => {
  fc.assert(
    fc.property(source, data => {
      const memory = memoryOf(data)
      if (memory === undefined) return
      const sum = memory.parts.reduce((all, part) => all + part.kb, 0)
      assert.ok(memory.parts.every(part => part.kb >= 0))
      assert.ok(sum <= memory.scaleKb)
      assert.ok((memory.limitKb ?? 0) <= memory.scaleKb)
      assert.equal(memory.parts.filter(part => part.isVictim).length, 1)
    })
  )
})
