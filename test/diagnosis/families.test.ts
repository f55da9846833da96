/** Sums by name over a table of processes, in every layout there has been. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TableReader, type TableSums } from '../../plugin/diagnosis/families.ts'
import { TASKS_HEADER, taskRow } from '../oom/dump-builder.ts'

function read(lines: readonly string[], caller = ''): TableSums | undefined {
  const reader = new TableReader()
  for (const line of lines) reader.push(line, caller)
  return reader.sums(caller)
}

test('processes of one name add up, largest first', () => {
  const rows = [
    { comm: 'chrome', pid: 1, rssPages: 300 },
    { comm: 'Web Content', pid: 2, rssPages: 400 },
    { comm: 'chrome', pid: 3, rssPages: 200 },
    { comm: '531', pid: 4, rssPages: 7 },
  ].map(taskRow)
  assert.deepEqual(read([TASKS_HEADER, ...rows]), {
    processes: 4,
    rssPages: 907,
    families: [
      { name: 'chrome', processes: 2, rssPages: 500 },
      { name: 'Web Content', processes: 1, rssPages: 400 },
      { name: '531', processes: 1, rssPages: 7 },
    ],
  })
})

test('older layouts', () => {
  const old = read([
    '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name',
    '[  788]     0   788     2671      111   7     -17         -1000 udevd',
  ])
  assert.deepEqual(old?.families, [{ name: 'udevd', processes: 1, rssPages: 111 }])
  const el7 = read([
    '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
    '[12345]    27 12345   644117   409372    1029    50128             0 mysqld',
  ])
  assert.equal(el7?.rssPages, 409_372)
})

test('a new header begins a new table, and each caller has its own', () => {
  const reader = new TableReader()
  for (const pid of [1, 2]) {
    reader.push(TASKS_HEADER, 'T1')
    reader.push(taskRow({ comm: 'a', pid, rssPages: 5 }), 'T1')
  }
  assert.equal(reader.sums('T1')?.processes, 1)
  assert.equal(reader.sums('T2'), undefined)
})

test('rows without a header are not read', () => {
  assert.equal(read([taskRow({ comm: 'a', pid: 1, rssPages: 5 })]), undefined)
})
