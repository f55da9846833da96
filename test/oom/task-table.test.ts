/** The Tasks-state table: every header there has been, any name, five rows kept however many come. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RawRecord } from '../../plugin/kmsg/record.ts'
import { TaskTable } from '../../plugin/oom/task-table.ts'
import fc from '../support/fast-check.ts'
import { TASKS_HEADER, taskRow } from './dump-builder.ts'

function tableOf(...lines: string[]): TaskTable {
  const table = new TaskTable()
  for (const line of lines) assert.equal(table.push(line), true, line)
  return table
}

const FORMS: Array<{
  title: string
  header: string
  row: string
  swapPages: number | undefined
  pgtablesBytes: number | undefined
}> = [
  {
    title: '2.6.36 to 3.6 and RHEL 6: cpu and oom_adj',
    header: '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name',
    row: '[20557]   188 20557  2140125     3183   3       0           -17 my haproxy',
    swapPages: undefined,
    pgtablesBytes: undefined,
  },
  {
    title: '3.7 to 3.19 and RHEL 7: nr_ptes, swapents',
    header: '[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
    row: '[20557]   188 20557  2140125     3183     911       77           -17 my haproxy',
    swapPages: 77,
    pgtablesBytes: undefined,
  },
  {
    title: '4.0 to 4.14: nr_ptes and nr_pmds',
    header: '[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name',
    row: '[20557]   188 20557  2140125     3183     911      12       77           -17 my haproxy',
    swapPages: 77,
    pgtablesBytes: undefined,
  },
  {
    title: '4.15 to 4.18: pgtables_bytes with the old brackets',
    header: '[ pid ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    row: '[20557]   188 20557  2140125     3183   188416       77           -17 my haproxy',
    swapPages: 77,
    pgtablesBytes: 188_416,
  },
  {
    title: '4.19 to 6.7: pgtables_bytes',
    header: '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    row: '[  20557]   188 20557  2140125     3183   188416       77           -17 my haproxy',
    swapPages: 77,
    pgtablesBytes: 188_416,
  },
  {
    title: '6.8 on: RSS by kind',
    header: TASKS_HEADER,
    row: '[  20557]   188 20557  2140125     3183     1100     2000        83   188416       77           -17 my haproxy',
    swapPages: 77,
    pgtablesBytes: 188_416,
  },
  {
    title: 'a column of a later kernel',
    header:
      '[  pid  ]   uid  tgid total_vm      rss rss_dax swapents pgtables_bytes oom_score_adj name',
    row: '[  20557]   188 20557  2140125     3183       5       77   188416           -17 my haproxy',
    swapPages: 77,
    pgtablesBytes: 188_416,
  },
]

for (const { title, header, row, swapPages, pgtablesBytes } of FORMS) {
  test(`columns: ${title}`, () => {
    const table = tableOf(header, row)
    assert.deepEqual(table.find(20_557), {
      pid: 20_557,
      uid: 188,
      totalVmPages: 2_140_125,
      rssPages: 3183,
      swapPages,
      pgtablesBytes,
      oomScoreAdj: -17,
    })
    assert.deepEqual(table.top, [{ pid: 20_557, comm: 'my haproxy', rssPages: 3183 }])
  })
}

test('2.6.32: oom_adj is no oom_score_adj', () => {
  const table = tableOf(
    '[ pid ]   uid  tgid total_vm      rss cpu oom_adj name',
    '[ 7]   188 7  2140125     3183   3       15 x'
  )
  assert.equal(table.find(7)?.oomScoreAdj, undefined)
  assert.deepEqual(table.top, [{ pid: 7, comm: 'x', rssPages: 3183 }])
})

test('pids of seven digits, and a pid that is not the tgid', () => {
  const table = tableOf(
    TASKS_HEADER,
    '[3902942]   100 2596  36944    12345     1 1 1   188416        0             0 php-fpm'
  )
  assert.equal(table.find(3_902_942)?.rssPages, 12_345)
  assert.equal(table.find(2596), undefined)
})

const NAMES = [
  'tmux: server',
  'Web Content',
  '(sd-pam)',
  'a) b (c',
  '531',
  '12 34',
  '[x]',
  '] 5 6',
  '-5',
  ' lead',
  'trail ',
  '',
  ' ',
  'two\nlines',
  'x\x1b[1m',
]

for (const comm of NAMES) {
  test(`names: ${JSON.stringify(comm)}`, () => {
    const table = tableOf(TASKS_HEADER, taskRow({ comm, pid: 5, rssPages: 10, oomScoreAdj: -998 }))
    assert.deepEqual(table.top, [{ pid: 5, comm, rssPages: 10 }])
    assert.equal(table.find(5)?.oomScoreAdj, -998)
  })
}

test('any name is the rest of the line', () => {
  const name = fc.uint8Array({ maxLength: 15 }).map(bytes => Buffer.from(bytes).toString('latin1'))
  fc.assert(
    fc.property(name, fc.nat(0xffff_ffff), (comm, rssPages) => {
      const table = tableOf(TASKS_HEADER, taskRow({ comm, pid: 1, rssPages }))
      assert.deepEqual(table.top, [{ pid: 1, comm, rssPages }])
    })
  )
})

test('the largest five, in descending order', () => {
  const sizes = [3, 900, 1, 50, 7, 60, 0, 800, 5]
  const table = tableOf(
    TASKS_HEADER,
    ...sizes.map((rssPages, pid) => taskRow({ comm: `p${pid}`, pid, rssPages }))
  )
  assert.deepEqual(
    table.top.map(task => [task.rssPages, task.pid, task.comm]),
    [
      [900, 1, 'p1'],
      [800, 7, 'p7'],
      [60, 5, 'p5'],
      [50, 3, 'p3'],
      [7, 4, 'p4'],
    ]
  )
})

test('equal ones in the order of the table', () => {
  const sizes = [5, 5, 9, 5, 5, 9, 5]
  const table = tableOf(
    TASKS_HEADER,
    ...sizes.map((rssPages, pid) => taskRow({ comm: 'x', pid, rssPages }))
  )
  assert.deepEqual(
    table.top.map(task => task.pid),
    [2, 5, 0, 1, 3]
  )
})

test('the same five as by sorting all rows', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), sizes => {
      const table = tableOf(
        TASKS_HEADER,
        ...sizes.map((rssPages, pid) => taskRow({ comm: 'x', pid, rssPages }))
      )
      const sorted = sizes
        .map((rssPages, pid) => ({ pid, comm: 'x', rssPages }))
        .sort((a, b) => b.rssPages - a.rssPages || a.pid - b.pid)
      assert.deepEqual(table.top, sorted.slice(0, 5))
      assert.equal(table.count, sizes.length)
      assert.equal(
        table.rssPages,
        sizes.reduce((sum, size) => sum + size, 0)
      )
    })
  )
})

test('fewer than five rows, and none', () => {
  assert.equal(tableOf(TASKS_HEADER, taskRow({ comm: 'x', pid: 1, rssPages: 0 })).top.length, 1)
  const empty = tableOf(TASKS_HEADER)
  assert.deepEqual([...empty.top], [])
  assert.equal(empty.isPresent, true)
  assert.equal(empty.find(1), undefined)
})

test('a table of 300,000 rows: the largest five are right, memory is bounded', () => {
  const table = new TaskTable()
  table.push(TASKS_HEADER)
  const tail = '    9000       0       0       0    61440        0             0 x'
  for (let pid = 1; pid <= 300_000; pid++) {
    // The largest come last, long after no more rows are kept.
    table.push(`[${String(pid).padStart(7)}]     0 ${pid}  9000 ${pid}${tail}`)
  }
  assert.equal(table.count, 300_000)
  assert.deepEqual(
    table.top.map(task => task.pid),
    [300_000, 299_999, 299_998, 299_997, 299_996]
  )
  assert.equal(table.find(1)?.rssPages, 1)
  assert.equal(table.find(32_768)?.rssPages, 32_768)
  assert.equal(table.find(300_000), undefined, 'rows above the bound are not kept')
})

test('lines that are no rows are not taken and change nothing', () => {
  const row = taskRow({ comm: 'x', pid: 1, rssPages: 10 })
  const table = tableOf(TASKS_HEADER, row)
  for (const line of [
    '',
    '[',
    '[ 1',
    '[   12]',
    '[  12]     0    12',
    '[   12.345678] 1 2 3 4 5 6 7 8 9 x',
    '[<ffffffff8112>] ? foo+0x1/0x2',
    '[T123] x',
    '[   12]     0    12     9000       10       10        0         0   -',
    '[   12]     0    12     9000       1x       10        0         0    69632        0             0 x',
    '[   12     0    12     9000       10       10        0         0    69632        0             0 x',
    'oom-kill:constraint=CONSTRAINT_NONE',
    '0 pages HighMem/MovableOnly',
  ]) {
    assert.equal(table.push(line), false, line)
  }
  assert.equal(table.count, 1)
  assert.deepEqual(table.top, [{ pid: 1, comm: 'x', rssPages: 10 }])
})

test('rows without a header are not read where rows may be missing in front', () => {
  const table = new TaskTable()
  assert.equal(table.push(taskRow({ comm: 'x', pid: 1, rssPages: 10 })), false)
  assert.equal(table.isPresent, false)
})

for (const { title, header, row, swapPages, pgtablesBytes } of FORMS) {
  test(`columns without a header: ${title}`, () => {
    const table = new TaskTable()
    // Seven to ten numbers, of which the third is the pid; of six and seven, what they count is not sure.
    const isKnown = header === TASKS_HEADER || title.includes('pgtables_bytes')
    assert.equal(table.push(row, true), true)
    assert.deepEqual(table.top, [{ pid: 20_557, comm: 'my haproxy', rssPages: 3183 }])
    const { totalVmPages, oomScoreAdj, ...found } = table.find(20_557)!
    assert.deepEqual([totalVmPages, oomScoreAdj], [2_140_125, -17])
    assert.equal(found.swapPages, isKnown ? swapPages : undefined)
    assert.equal(found.pgtablesBytes, isKnown ? pgtablesBytes : undefined)
  })
}

test('no header, and rows that show no columns: none is read', () => {
  for (const row of [
    '[   12]     0    13     9000       10       10        0         0 x',
    '[   12]     0    12     9000     9001       10        0         0 x',
    '[   12]     0    12     9000       10 x',
    '[   12]     0    12    -9000       10       10        0         0 x',
  ]) {
    assert.equal(new TaskTable().push(row, true), false, row)
  }
})

test('families: processes of one name add up, largest first', () => {
  const table = tableOf(
    TASKS_HEADER,
    ...[
      { comm: 'chrome', pid: 1, rssPages: 300 },
      { comm: 'Web Content', pid: 2, rssPages: 400 },
      { comm: 'chrome', pid: 3, rssPages: 200 },
      { comm: '531', pid: 4, rssPages: 7 },
    ].map(taskRow)
  )
  assert.deepEqual(table.families(2), [
    { comm: 'chrome', processes: 2, rssPages: 500 },
    { comm: 'Web Content', processes: 1, rssPages: 400 },
  ])
  assert.equal(table.rssPages, 907)
  assert.equal(table.has(1, 'chrome'), true)
  assert.equal(table.has(1, 'Web Content'), false)
  assert.equal(table.has(9, 'chrome'), false)
})

test('another layout begins another table', () => {
  const table = tableOf(
    '[ pid ]   uid  tgid total_vm      rss cpu oom_adj name',
    '[ 7]   188 7  2140125     3183   3       15 x',
    TASKS_HEADER,
    taskRow({ comm: 'y', pid: 8, rssPages: 5 })
  )
  assert.deepEqual([table.count, table.rssPages, table.find(7)], [1, 5, undefined])
  assert.deepEqual(table.top, [{ pid: 8, comm: 'y', rssPages: 5 }])
})

test('page tables are made of pages: which, of one task or of many', () => {
  const of = (...bytes: number[]): number | undefined =>
    tableOf(
      TASKS_HEADER,
      ...bytes.map((pgtablesBytes, pid) => taskRow({ comm: 'x', pid, rssPages: 1, pgtablesBytes }))
    ).pageTableUnitKb
  assert.equal(of(45_056), 4)
  assert.equal(of(65_536, 131_072), undefined, 'chance')
  assert.equal(of(...Array.from({ length: 16 }, (_, at) => 65_536 * (at + 1))), 64)
  assert.equal(of(45_056, 1000), undefined, 'no pages at all')
  assert.equal(of(), undefined)
})

test('page tables that no column tells of have no unit', () => {
  const rows = Array.from({ length: 20 }, (_, pid) => `[ ${pid}]   0 ${pid}  100  10   3   0   0 x`)
  const header = '[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name'
  assert.equal(tableOf(header, ...rows).pageTableUnitKb, undefined)
})

test('a row of bytes ends where it says, whatever comes behind', () => {
  const row = taskRow({ comm: 'a name', pid: 7, rssPages: 10, oomScoreAdj: 123 })
  const bytes = Buffer.from(`${row} and more 1 2 3`)
  for (let textEnd = 1; textEnd <= row.length; textEnd++) {
    const [raw, text] = [tableOf(TASKS_HEADER), tableOf(TASKS_HEADER)]
    const isRow = raw.pushRaw({ bytes, textAt: 0, textEnd } as RawRecord)
    const cut = row.slice(0, textEnd)
    // Within the digits of the last number there is no telling.
    if (!cut.endsWith(' 12') && !cut.endsWith(' 1')) {
      assert.equal(isRow, text.push(cut), cut)
      assert.deepEqual(raw.top, text.top, cut)
    } else assert.equal(isRow, false, cut)
  }
})

test('victims are ranked where every row is kept, with all that they are chosen by', () => {
  const rankable = (count: number) => {
    const table = tableOf(TASKS_HEADER)
    const tail = '  9000 5    9000       0       0       0    61440        0             0 x'
    for (let pid = 1; pid <= count; pid++) table.push(`[${pid}]     0 ${pid}${tail}`)
    return table.canBeRanked
  }
  assert.equal(new TaskTable().canBeRanked, false)
  assert.equal(rankable(32_768), true)
  assert.equal(rankable(32_769), false)
  for (const { header, swapPages, pgtablesBytes } of FORMS) {
    const isWhole = swapPages !== undefined && pgtablesBytes !== undefined
    assert.equal(tableOf(header).canBeRanked, isWhole, header)
  }
})

test('without a header, the columns of a row by kind are those that add up', () => {
  const table = new TaskTable()
  const row =
    '[   12]     0    12     9000       10       7        2         0    8192        5             0 x'
  assert.equal(table.push(row, true), true)
  assert.equal(table.find(12)?.swapPages, undefined)
  const right = new TaskTable()
  assert.equal(right.push(row.replace(' 7 ', ' 8 '), true), true)
  assert.deepEqual([right.find(12)?.swapPages, right.find(12)?.pgtablesBytes], [5, 8192])
})

test('of a long table every row is found again, the last one too', () => {
  for (const count of [63, 64, 65, 127, 128, 129, 255, 256, 257, 1024, 1025, 5000]) {
    const rows = Array.from({ length: count }, (_, at) =>
      taskRow({ comm: `task ${at}`, pid: at + 1, rssPages: at * 3, totalVmPages: at * 7 })
    )
    const table = tableOf(TASKS_HEADER, ...rows)
    for (const at of [0, 1, count - 2, count - 1]) {
      const { rssPages, totalVmPages } = table.find(at + 1)!
      assert.deepEqual([rssPages, totalVmPages], [at * 3, at * 7], `${at} of ${count}`)
    }
  }
})
