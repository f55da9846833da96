/** Sums by name over a table of processes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sumsOf } from '../../plugin/diagnosis/families.ts'
import { TaskTable } from '../../plugin/oom/task-table.ts'
import { TASKS_HEADER, taskRow } from '../oom/dump-builder.ts'

function tableOf(...lines: string[]): TaskTable {
  const table = new TaskTable()
  for (const line of lines) table.push(line)
  return table
}

test('processes of one name add up, the five largest first, names decoded', () => {
  const comms = ['chrome', 'Web Content', 'chrome', '531', 'a', 'b', '\xc3\xa9t\xc3\xa9']
  const rows = comms.map((comm, pid) => taskRow({ comm, pid, rssPages: 100 * (9 - pid) }))
  assert.deepEqual(sumsOf(tableOf(TASKS_HEADER, ...rows)), {
    processes: 7,
    rssPages: 4200,
    families: [
      { name: 'chrome', processes: 2, rssPages: 1600 },
      { name: 'Web Content', processes: 1, rssPages: 800 },
      { name: '531', processes: 1, rssPages: 600 },
      { name: 'a', processes: 1, rssPages: 500 },
      { name: 'b', processes: 1, rssPages: 400 },
    ],
  })
})

test('a dump without a table has none', () => {
  assert.equal(sumsOf(tableOf()), undefined)
  assert.deepEqual(sumsOf(tableOf(TASKS_HEADER)), { processes: 0, rssPages: 0, families: [] })
})
