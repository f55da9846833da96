/** What a dump says of a memory control group. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OomDump } from '../../plugin/oom/dump.ts'
import { addMemcgStats, parseMemcgLine, parseMemcgUsage } from '../../plugin/oom/lines/memcg.ts'

for (const path of ['/', '/a', '/a b,c', '/x) are going to be']) {
  test(`limit line before 5.0: ${JSON.stringify(path)}`, () => {
    assert.deepEqual(
      parseMemcgLine(`Task in ${path}/leaf killed as a result of limit of ${path}`),
      {
        task: `${path}/leaf`,
        limit: path,
      }
    )
  })
}

const USAGES: Array<[string, ReturnType<typeof parseMemcgUsage>]> = [
  [
    'memory: usage 65536kB, limit 65536kB, failcnt 22',
    { resource: 'memory', usageKb: 65_536, limitKb: 65_536, failcnt: 22 },
  ],
  [
    'memory+swap: usage 0kB, limit 9007199254740988kB, failcnt 0',
    { resource: 'memory+swap', usageKb: 0, limitKb: 9_007_199_254_740_988, failcnt: 0 },
  ],
  [
    'swap: usage 4kB, limit 0kB, failcnt 5',
    { resource: 'swap', usageKb: 4, limitKb: 0, failcnt: 5 },
  ],
  [
    'kmem: usage 264kB, limit 1kB',
    { resource: 'kmem', usageKb: 264, limitKb: 1, failcnt: undefined },
  ],
  ['memory: usage 655', undefined],
  ['tmem: usage 264kB, limit 1kB', undefined],
  ['my memory: usage 264kB, limit 1kB', undefined],
]

for (const [line, expected] of USAGES) {
  test(`memory of a group: ${line}`, () => assert.deepEqual(parseMemcgUsage(line), expected))
}

test('memcg statistics are a part of the dump, and so is what follows them', () => {
  const dump = new OomDump()
  for (const line of ['Memory cgroup stats for /a:', 'anon 4096', 'file 8192']) {
    assert.equal(dump.push(line), true, line)
  }
  assert.deepEqual(Object.fromEntries(dump.memcgStats), { anon: 4096, file: 8192 })
})

test('memcg statistics before 5.3: groups of one line each add up', () => {
  const into = new Map<string, number>()
  for (const line of [
    'Memory cgroup stats for /a: cache:100KB rss:20KB rss_huge:0KB',
    'Memory cgroup stats for /a/b: c: cache:8KB rss:4KB',
    'Memory cgroup stats for /a:',
    'Memory cgroup out of memory: Killed process 1 (x)',
  ]) {
    addMemcgStats(line, into)
  }
  assert.deepEqual(
    [...into],
    [
      ['cache', 108 * 1024],
      ['rss', 24 * 1024],
      ['rss_huge', 0],
    ]
  )
})
