/** The lines about the death itself in every wording, 2.4 to 6.18 and the distributions' own. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type KillLine,
  parseGroupLine,
  parseKillLine,
  parseSacrificeLine,
} from '../../plugin/oom/lines/kill.ts'
import { AWKWARD_NAMES } from './awkward-names.ts'

// Kill line

const NO_FIGURES: KillLine = {
  prefix: '',
  pid: 0,
  comm: '',
  totalVmKb: undefined,
  anonRssKb: undefined,
  fileRssKb: undefined,
  shmemRssKb: undefined,
  rssKb: undefined,
  swapKb: undefined,
  uid: undefined,
  pgtablesKb: undefined,
  oomScoreAdj: undefined,
}

const KILL_LINES: Array<[string, string, Partial<KillLine>]> = [
  [
    '2.4',
    'Out of Memory: Killed process 2592 (oracle).',
    { prefix: 'Out of Memory', pid: 2592, comm: 'oracle' },
  ],
  [
    '2.6.33 to 2.6.35, vsz',
    'Killed process 1917 (php-cgi) vsz:467184kB, anon-rss:101196kB, file-rss:204kB',
    { pid: 1917, comm: 'php-cgi', totalVmKb: 467_184, anonRssKb: 101_196, fileRssKb: 204 },
  ],
  [
    'vsz, a name with the words in it',
    'Killed process 19 (a) vsz:7kB) vsz:8kB, anon-rss:4kB, file-rss:2kB',
    { pid: 19, comm: 'a) vsz:7kB', totalVmKb: 8, anonRssKb: 4, fileRssKb: 2 },
  ],
  [
    'OpenVZ 6',
    'Out of memory in UB 101: OOM killed process 30286 (httpd) score 0 vm:281988kB, rss:17004kB, swap:12kB',
    {
      prefix: 'Out of memory in UB 101',
      pid: 30_286,
      comm: 'httpd',
      totalVmKb: 281_988,
      rssKb: 17_004,
      swapKb: 12,
    },
  ],
  [
    'OpenVZ 6, an awkward name, without the group',
    'OOM killed process 7 (a) score 1 vm: b) score 12 vm:9kB, rss:8kB, swap:0kB',
    { pid: 7, comm: 'a) score 1 vm: b', totalVmKb: 9, rssKb: 8, swapKb: 0 },
  ],
  [
    'OpenVZ 5, told when the process is gone',
    'OOM killed process my sqld (pid=14490, ve=101) exited, free=43104 gen=24501.',
    { prefix: 'Out of memory', pid: 14_490, comm: 'my sqld' },
  ],
  [
    'a space that somebody lost before the name',
    'Killed process 9682, UID 27,(mysqld) total-vm:8kB, anon-rss:4kB, file-rss:2kB',
    { pid: 9682, comm: 'mysqld', uid: 27, totalVmKb: 8, anonRssKb: 4, fileRssKb: 2 },
  ],
  [
    "a reader's own words with brackets behind it",
    'Out of Memory: Killed process 2592 (a) b).It has the PID (process number) of 2592.',
    { prefix: 'Out of Memory', pid: 2592, comm: 'a) b' },
  ],
  [
    '2.6.32 to 4.4',
    'Killed process 6345 (sleep) total-vm:2132kB, anon-rss:60kB, file-rss:352kB',
    { pid: 6345, comm: 'sleep', totalVmKb: 2132, anonRssKb: 60, fileRssKb: 352 },
  ],
  [
    'RHEL 6, uid before the name',
    'Killed process 20557, UID 188, (haproxy) total-vm:8560500kB, anon-rss:12468kB, file-rss:264kB',
    {
      pid: 20_557,
      comm: 'haproxy',
      uid: 188,
      totalVmKb: 8_560_500,
      anonRssKb: 12_468,
      fileRssKb: 264,
    },
  ],
  [
    'RHEL 7, uid after the name',
    'Killed process 2102 (tomcat), UID 91, total-vm:8560500kB, anon-rss:12468kB, file-rss:264kB, shmem-rss:8kB',
    {
      pid: 2102,
      comm: 'tomcat',
      uid: 91,
      totalVmKb: 8_560_500,
      anonRssKb: 12_468,
      fileRssKb: 264,
      shmemRssKb: 8,
    },
  ],
  [
    'RHEL 7, uid after the name without a second comma',
    'Killed process 2102 (tomcat), UID 91 total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB',
    { pid: 2102, comm: 'tomcat', uid: 91, totalVmKb: 1, anonRssKb: 2, fileRssKb: 3, shmemRssKb: 4 },
  ],
  [
    '4.5 to 5.0',
    'Killed process 7 (x) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB',
    { pid: 7, comm: 'x', totalVmKb: 1, anonRssKb: 2, fileRssKb: 3, shmemRssKb: 4 },
  ],
  [
    '5.1 to 5.3',
    'Memory cgroup out of memory: Killed process 7 (x) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB',
    {
      prefix: 'Memory cgroup out of memory',
      pid: 7,
      comm: 'x',
      totalVmKb: 1,
      anonRssKb: 2,
      fileRssKb: 3,
      shmemRssKb: 4,
    },
  ],
  [
    '5.4 to 6.18',
    'Out of memory: Killed process 7 (x) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:1000 pgtables:148kB oom_score_adj:-999',
    {
      prefix: 'Out of memory',
      pid: 7,
      comm: 'x',
      totalVmKb: 1,
      anonRssKb: 2,
      fileRssKb: 3,
      shmemRssKb: 4,
      uid: 1000,
      pgtablesKb: 148,
      oomScoreAdj: -999,
    },
  ],
  [
    'oom_kill_allocating_task',
    'Out of memory (oom_kill_allocating_task): Killed process 7 (x) total-vm:1kB, anon-rss:2kB, file-rss:3kB, shmem-rss:4kB, UID:0 pgtables:4kB oom_score_adj:0',
    {
      prefix: 'Out of memory (oom_kill_allocating_task)',
      pid: 7,
      comm: 'x',
      totalVmKb: 1,
      anonRssKb: 2,
      fileRssKb: 3,
      shmemRssKb: 4,
      uid: 0,
      pgtablesKb: 4,
      oomScoreAdj: 0,
    },
  ],
  [
    'cut after the name',
    'Out of memory: Killed process 13432 (mem_on_node1)',
    { prefix: 'Out of memory', pid: 13_432, comm: 'mem_on_node1' },
  ],
  [
    'a size above 2^32 KiB',
    'Killed process 7 (x) total-vm:1572864000123kB, anon-rss:2kB, file-rss:3kB',
    { pid: 7, comm: 'x', totalVmKb: 1_572_864_000_123, anonRssKb: 2, fileRssKb: 3 },
  ],
]

for (const [title, line, parts] of KILL_LINES) {
  test(`kill line: ${title}`, () => {
    assert.deepEqual(parseKillLine(line), { ...NO_FIGURES, ...parts })
  })
}

const FIGURES = 'total-vm:900kB, anon-rss:80kB, file-rss:8kB, shmem-rss:1kB'
const AWKWARD_VICTIMS = [
  ...AWKWARD_NAMES,
  ') total-vm:1kB,',
  'x) total-vm:1kB, anon-rss:2kB (y',
  'UID:7 pgtables:',
  ', UID 7,',
  '(x), UID 5,',
  'victim -17',
  'anon-rss:7kB',
  ')',
  '(',
]

for (const comm of AWKWARD_VICTIMS) {
  test(`kill line: names such as ${JSON.stringify(comm)}`, () => {
    assert.deepEqual(
      parseKillLine(
        `Out of memory: Killed process 5 (${comm}) ${FIGURES}, UID:3 pgtables:44kB oom_score_adj:-7`
      ),
      {
        prefix: 'Out of memory',
        pid: 5,
        comm,
        totalVmKb: 900,
        anonRssKb: 80,
        fileRssKb: 8,
        shmemRssKb: 1,
        rssKb: undefined,
        swapKb: undefined,
        uid: 3,
        pgtablesKb: 44,
        oomScoreAdj: -7,
      }
    )
  })
}

test('kill line: a figure that is cut in the middle of its digits is not believed', () => {
  const line = `Out of memory: Killed process 5 (x) ${FIGURES}, UID:3 pgtables:4400kB oom_score_adj:-7`
  const whole = parseKillLine(line)!
  for (let end = line.indexOf('total-vm'); end < line.indexOf(' oom_score_adj'); end++) {
    const cut = parseKillLine(line.slice(0, end))
    for (const key of [
      'totalVmKb',
      'anonRssKb',
      'fileRssKb',
      'shmemRssKb',
      'pgtablesKb',
    ] as const) {
      const value = cut?.[key]
      assert.ok(
        value === undefined || value === whole[key],
        `${key} is ${value} in: ${line.slice(0, end)}`
      )
    }
  }
})

test('kill line: no other line', () => {
  for (const line of [
    'Killed process',
    'Killed process x (y)',
    'Killed process 5',
    'Killed process 5 (x',
    'oom_reaper: reaped process 5 (x), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
    'Out of memory: Kill process 5 (x) score 5 or sacrifice child',
  ]) {
    assert.equal(parseKillLine(line), undefined, line)
  }
})

// The announcement of kernels before 5.1

const SACRIFICES: Array<
  [string, string, { pid: number; prefix: string; score?: number | undefined }]
> = [
  [
    '2.6.32, lower case, no score',
    'Out of memory: kill process 5 (x) score 21 or a child',
    { pid: 5, prefix: 'Out of memory', score: 21 },
  ],
  [
    '2.6.36 to 5.0',
    'Memory cgroup out of memory: Kill process 5 (a) b (c) score 986 or sacrifice child',
    { pid: 5, prefix: 'Memory cgroup out of memory', score: 986 },
  ],
  [
    'oom_kill_allocating_task',
    'Out of memory (oom_kill_allocating_task): Kill process 6344 (sh) score 0 or sacrifice child',
    { pid: 6344, prefix: 'Out of memory (oom_kill_allocating_task)', score: 0 },
  ],
  [
    'without its end, as some vendors print it',
    'Memory cgroup out of memory: Kill process 5021 (dd) [State: 0 Flags: 400040]',
    { pid: 5021, prefix: 'Memory cgroup out of memory', score: undefined },
  ],
  [
    'a name with the words in it',
    'Out of memory: Kill process 5 (x) score 1 or) score 2 or sacrifice child',
    { pid: 5, prefix: 'Out of memory', score: 2 },
  ],
]

for (const [title, line, expected] of SACRIFICES) {
  test(`announcement: ${title}`, () => assert.deepEqual(parseSacrificeLine(line), expected))
}

test('announcement: no kill line', () => {
  for (const [, line] of KILL_LINES) assert.equal(parseSacrificeLine(line), undefined, line)
  assert.equal(parseSacrificeLine('my-app: Kill process 5 (x) at once'), undefined)
})

test('kill line: a number that is no process number', () => {
  assert.equal(
    parseKillLine('Out of memory: Killed process 99999999999999999999 (x) total-vm:1kB'),
    undefined
  )
})

test('kill line: a name that is longer than the kernel keeps is somebody else’s, and kept', () => {
  const line = 'Out of memory: Killed process 5 (a-name-that-is-too-long)'
  assert.equal(parseKillLine(line)?.comm, 'a-name-that-is-too-long')
  // What follows in parentheses is a reader's word.
  assert.equal(parseKillLine('Killed process 5 (mysqld), again (and again)')?.comm, 'mysqld')
})

// Groups

for (const path of ['/', '/a', '/a b,c', '/x) are going to be']) {
  test(`group line: ${JSON.stringify(path)}`, () => {
    const line = `Tasks in ${path} are going to be killed due to memory.oom.group set`
    assert.equal(parseGroupLine(line), path)
  })
}

test('group line: not the table title', () => {
  assert.equal(parseGroupLine('Tasks state (memory values in pages):'), undefined)
})
