/**
 * Every line of a dump in every wording there has been, 2.6.24 to 6.18 and the distributions' own:
 * tables of lines and what each of them says.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addMemcgStats,
  isStructuredTail,
  type KillLine,
  type Opener,
  parseBuddyLine,
  parseCounters,
  parseDeadEnd,
  parseGroupLine,
  parseHugePages,
  parseKernelRelease,
  parseKillLine,
  parseLowmemReserve,
  parseMemcgLine,
  parseMemcgUsage,
  parseNodeCounter,
  parseOpener,
  parsePages,
  parseSacrificeLine,
  parseStructuredLine,
  parseSwap,
  parseTriggerPid,
  parseZone,
  type StructuredLine,
} from '../../plugin/oom/grammar.ts'

// Opener

const OPENERS: Array<[string, string, Opener]> = [
  [
    '2.6.24, oomkilladj',
    'apache2 invoked oom-killer: gfp_mask=0x1201d2, order=0, oomkilladj=0',
    { comm: 'apache2', gfpMask: '0x1201d2', order: 0, oomScoreAdj: undefined },
  ],
  [
    '2.6.32, oom_adj only',
    'mysqld invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=-17',
    { comm: 'mysqld', gfpMask: '0x201da', order: 0, oomScoreAdj: undefined },
  ],
  [
    '2.6.36 to 3.6 and RHEL 6, both',
    'dsm_sa_datamgrd invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0',
    { comm: 'dsm_sa_datamgrd', gfpMask: '0x201da', order: 0, oomScoreAdj: 0 },
  ],
  [
    '3.7 to 4.5 and RHEL 7',
    'IPDL Background invoked oom-killer: gfp_mask=0x24000c0, order=2, oom_score_adj=0',
    { comm: 'IPDL Background', gfpMask: '0x24000c0', order: 2, oomScoreAdj: 0 },
  ],
  [
    '4.6 to 4.8, flags by name',
    'java invoked oom-killer: gfp_mask=0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0, oom_score_adj=300',
    {
      comm: 'java',
      gfpMask: '0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)',
      order: 0,
      oomScoreAdj: 300,
    },
  ],
  [
    '4.9 to 4.20, nodemask in between, two spaces',
    'CPU 0/KVM invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null),  order=0, oom_score_adj=0',
    { comm: 'CPU 0/KVM', gfpMask: '0x14000c0(GFP_KERNEL)', order: 0, oomScoreAdj: 0 },
  ],
  [
    '4.9 to 4.20, a list of nodes',
    'stress invoked oom-killer: gfp_mask=0x14280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), nodemask=0,2-3, order=9, oom_score_adj=0',
    {
      comm: 'stress',
      gfpMask: '0x14280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)',
      order: 9,
      oomScoreAdj: 0,
    },
  ],
  [
    '5.0 to 6.18',
    'runc:[2:INIT] invoked oom-killer: gfp_mask=0x500cc2(GFP_HIGHUSER|__GFP_ACCOUNT), order=0, oom_score_adj=-998',
    {
      comm: 'runc:[2:INIT]',
      gfpMask: '0x500cc2(GFP_HIGHUSER|__GFP_ACCOUNT)',
      order: 0,
      oomScoreAdj: -998,
    },
  ],
  [
    'a page fault, no flags',
    'nfsd invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0',
    { comm: 'nfsd', gfpMask: '0x0()', order: 0, oomScoreAdj: 0 },
  ],
  [
    'sysrq',
    'kworker/0:2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0',
    { comm: 'kworker/0:2', gfpMask: '0xcc0(GFP_KERNEL)', order: -1, oomScoreAdj: 0 },
  ],
  [
    'cut after the words',
    'mem_on_node0 invoked oom-killer',
    { comm: 'mem_on_node0', gfpMask: undefined, order: undefined, oomScoreAdj: undefined },
  ],
  [
    'a process without a name',
    ' invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    { comm: '', gfpMask: '0xcc0(GFP_KERNEL)', order: 0, oomScoreAdj: 0 },
  ],
  [
    'a name with order= in it',
    'order=7 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=1, oom_score_adj=0',
    { comm: 'order=7', gfpMask: '0xcc0(GFP_KERNEL)', order: 1, oomScoreAdj: 0 },
  ],
]

for (const [title, line, expected] of OPENERS) {
  test(`opener: ${title}`, () => assert.deepEqual(parseOpener(line), expected))
}

test('opener: no other line', () => {
  for (const line of [
    '',
    'oom-kill:constraint=CONSTRAINT_NONE',
    'chrome invoked the oom-killer',
    'sysrq: Manual OOM execution',
    'an allocating task invoked oom-killer on our machine',
    'pr_warn("%s invoked oom-killer: gfp_mask=%#x(%pGg), order=%d',
  ]) {
    assert.equal(parseOpener(line), undefined, line)
  }
})

// CPU line

const CPU_LINES: Array<[string, string, string, number | undefined]> = [
  ['up to 3.8', 'java', 'Pid: 4917, comm: java Not tainted 2.6.32-279.el6.x86_64 #1', 4917],
  ['3.9 to 6.10', 'java', 'CPU: 3 PID: 74 Comm: java Not tainted 6.1.0-18-amd64 #1', 74],
  ['6.11 on, with UID', 'java', 'CPU: 3 UID: 0 PID: 74 Comm: java Not tainted 6.12.0 #1', 74],
  ['CPU number padded', 'x', 'CPU:11 PID: 74 Comm: x Tainted: G        W   5.8.2 #1', 74],
  [
    'Kdump in between',
    'test_zswap',
    'CPU: 1 UID: 0 PID: 177372 Comm: test_zswap Kdump: loaded Not tainted 6.12.0-211.el10.ppc64le #1 VOLUNTARY',
    177_372,
  ],
  ['a name that begins with CPU', 'CPU 0/KVM', 'CPU: 5 PID: 2 Comm: CPU 0/KVM Not tainted 4.15', 2],
  [
    'a name with a space',
    'IPDL Background',
    'CPU: 0 PID: 3 Comm: IPDL Background Not tainted 4.4',
    3,
  ],
  [
    'a name with brackets',
    'runc:[2:INIT]',
    'CPU: 8 PID: 8291 Comm: runc:[2:INIT] Tainted: G',
    8291,
  ],
  ['a name like a pid', 'PID: 9', 'CPU: 8 PID: 8291 Comm: PID: 9 Not tainted 5.1', 8291],
  ['the line ends with the name', 'dd', 'CPU: 0 PID: 5 Comm: dd', 5],
  ['no name', '', 'CPU: 0 PID: 5 Comm:  Not tainted 6.1 #1', 5],
  ['another task', 'java', 'CPU: 3 PID: 74 Comm: javac Not tainted 6.1.0 #1', undefined],
  ['a WARNING, which has no name', 'java', 'WARNING: CPU: 3 PID: 74 at mm/x.c:1', undefined],
]

for (const [title, comm, line, pid] of CPU_LINES) {
  test(`CPU line: ${title}`, () => assert.equal(parseTriggerPid(line, comm), pid))
}

const RELEASES: Array<[string, string | undefined]> = [
  ['CPU: 3 PID: 74 Comm: java Not tainted 6.1.0-18-amd64 #1 Debian', '6.1.0-18-amd64'],
  [
    'CPU: 8 PID: 8 Comm: x Tainted: G        W I E     5.8.2-0.g71b519a-default #1',
    '5.8.2-0.g71b519a-default',
  ],
  ['Pid: 4917, comm: java Not tainted 2.6.32-279.19.1.el6.x86_64 #1', '2.6.32-279.19.1.el6.x86_64'],
  [
    'CPU: 1 PID: 7 Comm: x Kdump: loaded Tainted: P           O      3.10.0-957.el7 #1',
    '3.10.0-957.el7',
  ],
  ['Hardware name: Dell Inc.', undefined],
]

for (const [line, release] of RELEASES) {
  test(`kernel release: ${release ?? 'none'}`, () => {
    assert.equal(parseKernelRelease(line), release)
  })
}

// Structured line

const NO_PARTS: Partial<StructuredLine> = {
  constraint: 'NONE',
  global: false,
  nodemask: '(null)',
  cpuset: undefined,
  memsAllowed: undefined,
  oomMemcg: undefined,
  taskMemcg: undefined,
  comm: undefined,
  pid: undefined,
  uid: undefined,
}

const STRUCTURED: Array<[string, string, Partial<StructuredLine>]> = [
  [
    'global',
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/user.slice,task=chrome,pid=4711,uid=1000',
    {
      global: true,
      cpuset: '/',
      memsAllowed: '0-1',
      taskMemcg: '/user.slice',
      comm: 'chrome',
      pid: 4711,
      uid: 1000,
    },
  ],
  [
    'memcg',
    'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=a,mems_allowed=0,oom_memcg=/pod,task_memcg=/pod/c,task=x,pid=1,uid=0',
    {
      constraint: 'MEMCG',
      cpuset: 'a',
      memsAllowed: '0',
      oomMemcg: '/pod',
      taskMemcg: '/pod/c',
      comm: 'x',
      pid: 1,
      uid: 0,
    },
  ],
  [
    'memory policy with a list of nodes',
    'oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=0,2-3,cpuset=/,mems_allowed=0-3,7,global_oom,task_memcg=/,task=x,pid=1,uid=0',
    {
      constraint: 'MEMORY_POLICY',
      nodemask: '0,2-3',
      global: true,
      cpuset: '/',
      memsAllowed: '0-3,7',
      taskMemcg: '/',
      comm: 'x',
      pid: 1,
      uid: 0,
    },
  ],
  [
    'kernel without CPUSETS',
    'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/leaker,task_memcg=/leaker,task=leaker,pid=1083,uid=0',
    {
      constraint: 'MEMCG',
      oomMemcg: '/leaker',
      taskMemcg: '/leaker',
      comm: 'leaker',
      pid: 1083,
      uid: 0,
    },
  ],
  [
    'kernel without MEMCG',
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,task=nfsd,pid=5,uid=0',
    { cpuset: '/', memsAllowed: '0', comm: 'nfsd', pid: 5, uid: 0 },
  ],
  [
    'kernel without both',
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=nfsd,pid=5,uid=0',
    { comm: 'nfsd', pid: 5, uid: 0 },
  ],
  [
    'a constraint of a later kernel',
    'oom-kill:constraint=CONSTRAINT_BPF_PSI_MEM,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/t,task_memcg=/t,task=x,pid=5,uid=0',
    {
      constraint: 'BPF_PSI_MEM',
      cpuset: '/',
      memsAllowed: '0',
      oomMemcg: '/t',
      taskMemcg: '/t',
      comm: 'x',
      pid: 5,
      uid: 0,
    },
  ],
  [
    'cut before the task: no path is believed that may be cut',
    'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/t,task_memcg=/t/lon',
    { constraint: 'MEMCG', cpuset: '/', memsAllowed: '0', oomMemcg: '/t' },
  ],
  [
    'cut in the path of the limit',
    'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/lon',
    { constraint: 'MEMCG', cpuset: '/', memsAllowed: '0' },
  ],
  [
    'cut after mems_allowed',
    'oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=(null),cpuset=t,mems_allowed=0',
    { constraint: 'CPUSET', cpuset: 't', memsAllowed: '0' },
  ],
  [
    'cut after the constraint',
    'oom-kill:constraint=CONSTRAINT_CPUSET',
    { constraint: 'CPUSET', nodemask: undefined },
  ],
]

for (const [title, line, parts] of STRUCTURED) {
  test(`structured line: ${title}`, () => {
    assert.deepEqual(parseStructuredLine(line), { ...NO_PARTS, ...parts })
  })
}

/** What may stand where a path or a name stands. */
const AWKWARD_PATHS = [
  '/a b',
  '/a,b',
  '/a,task=b',
  '/a,pid=5,uid=6',
  '/a,task_memcg=b',
  '/a,global_oom',
  '/a,cpuset=x,mems_allowed=0',
  '/machine.slice/machine-qemu\\x2d1.scope',
]
const AWKWARD_NAMES = [
  'tmux: server',
  'a) b (c',
  '(sd-pam)',
  'a,task=b',
  ',task=',
  ',pid=1,uid=2',
  '9,pid=8,uid=7',
  '531',
  '',
  ' ',
  'two\nlines',
  '\xc3\xa9t\xc3\xa9',
]

for (const path of AWKWARD_PATHS) {
  test(`structured line: cgroup paths such as ${JSON.stringify(path)}`, () => {
    const line = `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/pod,task_memcg=/pod${path},task=chrome,pid=4711,uid=1000`
    const got = parseStructuredLine(line)
    assert.equal(got?.pid, 4711)
    assert.equal(got?.uid, 1000)
    assert.equal(got?.constraint, 'MEMCG')
    // With ',task=' in it, the path can be told from the name only when the name is known.
    if (!path.includes(',task=')) assert.equal(got?.comm, 'chrome')
    const told = parseStructuredLine(line, 'chrome')
    assert.equal(told?.comm, 'chrome')
    if (!path.includes(',task_memcg=')) {
      assert.equal(told?.oomMemcg, '/pod')
      assert.equal(told?.taskMemcg, `/pod${path}`)
    }
  })
}

for (const path of AWKWARD_PATHS) {
  test(`structured line: the limit of a group such as ${JSON.stringify(path)}`, () => {
    const got = parseStructuredLine(
      `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/pod${path},task_memcg=/pod${path}/leaf,task=chrome,pid=4711,uid=1000`
    )
    assert.equal(got?.oomMemcg, `/pod${path}`)
    assert.equal(got?.taskMemcg, `/pod${path}/leaf`)
    assert.equal(got?.cpuset, '/')
    assert.equal(got?.memsAllowed, '0')
  })
}

for (const cpuset of ['a b', 'a,b', 'docker-9976a2.scope', 'x,mems_allowed=7']) {
  test(`structured line: cpusets such as ${JSON.stringify(cpuset)}`, () => {
    const got = parseStructuredLine(
      `oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=(null),cpuset=${cpuset},mems_allowed=4,global_oom,task_memcg=/s,task=x,pid=1,uid=0`
    )
    assert.equal(got?.cpuset, cpuset)
    assert.equal(got?.memsAllowed, '4')
    assert.equal(got?.taskMemcg, '/s')
  })
}

for (const comm of AWKWARD_NAMES) {
  test(`structured line: names such as ${JSON.stringify(comm)}`, () => {
    const got = parseStructuredLine(
      `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/t,task_memcg=/t/leaf,task=${comm},pid=4711,uid=1000`
    )
    assert.deepEqual(
      [got?.comm, got?.pid, got?.uid, got?.oomMemcg, got?.taskMemcg],
      [comm, 4711, 1000, '/t', '/t/leaf']
    )
  })
}

test('structured line: its tail alone, and no other line with a comma', () => {
  assert.equal(isStructuredTail(',task=memcg_test_1,pid=11280,uid=0'), true)
  assert.equal(isStructuredTail(',oom_memcg=/a,task_memcg=/a,task=x y,pid=1,uid=0'), true)
  assert.equal(isStructuredTail(',task_memcg=/a,task=two\nlines,pid=1,uid=0'), true)
  assert.equal(isStructuredTail(',global_oom,task_memcg=/,task=x,pid=1,uid=0'), true)
  assert.equal(isStructuredTail(', and more'), false)
  assert.equal(isStructuredTail(',task=x,pid=1'), false)
  const head = 'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/a'
  assert.equal(isStructuredTail(',task=x,pid=1,uid=0', head), true)
  // Of another line: this one has its groups.
  assert.equal(isStructuredTail(',task_memcg=/b,task=x,pid=1,uid=0', head), false)
  assert.equal(isStructuredTail(',global_oom,task_memcg=/,task=x,pid=1,uid=0', head), false)
})

test('structured line: no other line', () => {
  for (const line of [
    '',
    'oom-kill:constraint=',
    'x oom-kill:constraint=CONSTRAINT_NONE',
    'oom-kill: x',
  ]) {
    assert.equal(parseStructuredLine(line), undefined, line)
  }
})

// Kill line

const NO_FIGURES: KillLine = {
  prefix: '',
  pid: 0,
  comm: '',
  totalVmKb: undefined,
  anonRssKb: undefined,
  fileRssKb: undefined,
  shmemRssKb: undefined,
  uid: undefined,
  pgtablesKb: undefined,
  oomScoreAdj: undefined,
}

const KILL_LINES: Array<[string, string, Partial<KillLine>]> = [
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

const SACRIFICES: Array<[string, string, { pid: number; prefix: string }]> = [
  [
    '2.6.32, lower case, no score',
    'Out of memory: kill process 5 (x) score 21 or a child',
    { pid: 5, prefix: 'Out of memory' },
  ],
  [
    '2.6.36 to 5.0',
    'Memory cgroup out of memory: Kill process 5 (a) b (c) score 986 or sacrifice child',
    { pid: 5, prefix: 'Memory cgroup out of memory' },
  ],
  [
    'oom_kill_allocating_task',
    'Out of memory (oom_kill_allocating_task): Kill process 6344 (sh) score 0 or sacrifice child',
    { pid: 6344, prefix: 'Out of memory (oom_kill_allocating_task)' },
  ],
  [
    'a name with the words in it',
    'Out of memory: Kill process 5 (x) score 1 or) score 2 or sacrifice child',
    { pid: 5, prefix: 'Out of memory' },
  ],
]

for (const [title, line, expected] of SACRIFICES) {
  test(`announcement: ${title}`, () => assert.deepEqual(parseSacrificeLine(line), expected))
}

test('announcement: no kill line', () => {
  assert.equal(parseSacrificeLine(KILL_LINES[6]![1]), undefined)
})

// Groups

for (const path of ['/', '/a', '/a b,c', '/x) are going to be']) {
  test(`group line: ${JSON.stringify(path)}`, () => {
    const line = `Tasks in ${path} are going to be killed due to memory.oom.group set`
    assert.equal(parseGroupLine(line), path)
  })
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

test('group line: not the table title', () => {
  assert.equal(parseGroupLine('Tasks state (memory values in pages):'), undefined)
})

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

// Memory of the machine

function counters(...lines: string[]): Record<string, number> {
  const into = new Map<string, number>()
  for (const line of lines) parseCounters(line, into)
  return Object.fromEntries(into)
}

test('counters: pages by name, with or without a leading space', () => {
  assert.deepEqual(
    counters(
      'active_anon:123 inactive_anon:4 isolated_anon:0',
      ' free:11072 free_pcp:61 free_cma:0',
      'slab_reclaimable:5868 isolated(file):3'
    ),
    {
      active_anon: 123,
      inactive_anon: 4,
      isolated_anon: 0,
      free: 11_072,
      free_pcp: 61,
      free_cma: 0,
      slab_reclaimable: 5868,
      'isolated(file)': 3,
    }
  )
})

test('counters: free of a zone is in kB and is none', () => {
  assert.deepEqual(counters('Node 0 DMA free:836kB boost:0kB min:136kB', ' free:836kB'), {})
})

test('counters: the first value stands', () => {
  assert.deepEqual(counters('free:1 free_pcp:2', 'free:3'), { free: 1, free_pcp: 2 })
})

test('counters: their number is bounded', () => {
  const line = Array.from({ length: 1000 }, (_, index) => `a${'_'.repeat(index)}:1`).join(' ')
  assert.ok(Object.keys(counters(line)).length <= 100)
})

const ZONES: Array<[string, string, ReturnType<typeof parseZone>]> = [
  [
    '6.x with boost',
    'Node 0 DMA32 free:1592kB boost:0kB min:1640kB low:2048kB high:2456kB reserved_highatomic:0KB present:245632kB managed:193136kB mlocked:0kB',
    {
      node: 0,
      name: 'DMA32',
      freeKb: 1592,
      minKb: 1640,
      lowKb: 2048,
      highKb: 2456,
      highAtomicKb: 0,
      freeCmaKb: undefined,
      kernelStackKb: undefined,
      presentKb: 245_632,
      managedKb: 193_136,
    },
  ],
  [
    'without nodes (i386, arm)',
    'HighMem free:1048740kB min:512kB low:1748kB high:2984kB present:1149540kB managed:1149540kB',
    {
      node: 0,
      name: 'HighMem',
      freeKb: 1_048_740,
      minKb: 512,
      lowKb: 1748,
      highKb: 2984,
      highAtomicKb: undefined,
      freeCmaKb: undefined,
      kernelStackKb: undefined,
      presentKb: 1_149_540,
      managedKb: 1_149_540,
    },
  ],
  [
    'before 3.10, no managed',
    'Node 11 Normal free:44kB min:45kB low:56kB high:67kB active_anon:0kB present:15996kB mlocked:0kB',
    {
      node: 11,
      name: 'Normal',
      freeKb: 44,
      minKb: 45,
      lowKb: 56,
      highKb: 67,
      highAtomicKb: undefined,
      freeCmaKb: undefined,
      kernelStackKb: undefined,
      presentKb: 15_996,
      managedKb: undefined,
    },
  ],
  [
    'Movable',
    'Node 4 Movable free:130021408kB min:9140kB low:139160kB high:269180kB reserved_highatomic:2048KB present:0kB kernel_stack:16kB free_pcp:0kB free_cma:512kB',
    {
      node: 4,
      name: 'Movable',
      freeKb: 130_021_408,
      minKb: 9140,
      lowKb: 139_160,
      highKb: 269_180,
      highAtomicKb: 2048,
      freeCmaKb: 512,
      kernelStackKb: 16,
      presentKb: 0,
      managedKb: undefined,
    },
  ],
  ['no per-cpu line', 'Node 0 DMA per-cpu:', undefined],
  ['no node counter', 'Node 0 active_anon:3044kB inactive_anon:177540kB', undefined],
]

for (const [title, line, expected] of ZONES) {
  test(`zone: ${title}`, () => assert.deepEqual(parseZone(line), expected))
}

test('lowmem_reserve: pages by zone', () => {
  assert.deepEqual(parseLowmemReserve('lowmem_reserve[]: 0 1921 1921 1921'), [0, 1921, 1921, 1921])
  assert.equal(parseLowmemReserve('lowmem_reserve[]:'), undefined)
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

test('buddy line: block sizes and counts, with the migrate types', () => {
  assert.deepEqual(parseBuddyLine('Node 1 Normal: 2*4kB (UE) 0*8kB 5*16kB (U) = 88kB'), {
    node: 1,
    zone: 'Normal',
    blocks: [
      [4, 2],
      [8, 0],
      [16, 5],
    ],
  })
})

test('buddy line: pages of 64 KiB, no node', () => {
  assert.deepEqual(parseBuddyLine('DMA: 7*64kB (U) 1*128kB (U) = 576kB'), {
    node: 0,
    zone: 'DMA',
    blocks: [
      [64, 7],
      [128, 1],
    ],
  })
})

test('buddy line: no other line of a zone', () => {
  assert.equal(parseBuddyLine('Node 0 DMA free:836kB boost:0kB'), undefined)
  assert.equal(parseBuddyLine('Node 0 DMA per-cpu:'), undefined)
})

test('node counter: active_anon in kB', () => {
  assert.deepEqual(parseNodeCounter('Node 3 active_anon:3044kB inactive_anon:1kB'), {
    node: 3,
    activeAnonKb: 3044,
    kernelStackKb: 0,
  })
  assert.equal(
    parseNodeCounter('Node 0 active_anon:1kB shmem:0kB kernel_stack:2160kB pagetables:9kB')
      ?.kernelStackKb,
    2160
  )
  assert.equal(parseNodeCounter('Node 0 DMA free:1kB active_anon:5kB '), undefined)
})

test('huge pages: size times number', () => {
  assert.deepEqual(
    parseHugePages(
      'Node 0 hugepages_total=512 hugepages_free=12 hugepages_surp=0 hugepages_size=2048kB'
    ),
    { totalKb: 1_048_576, freeKb: 24_576 }
  )
  assert.deepEqual(
    parseHugePages('hugepages_total=1 hugepages_free=0 hugepages_surp=0 hugepages_size=1048576kB'),
    { totalKb: 1_048_576, freeKb: 0 }
  )
})

const PAGES: Array<[string, ReturnType<typeof parsePages>]> = [
  ['524158 pages RAM', { of: 'RAM', pages: 524_158 }],
  ['0 pages HighMem/MovableOnly', { of: 'HighMem', pages: 0 }],
  ['287385 pages HighMem', { of: 'HighMem', pages: 287_385 }],
  ['20068 pages reserved', { of: 'reserved', pages: 20_068 }],
  ['16384 pages of RAM', { of: 'RAM', pages: 16_384 }],
  ['1087 reserved pages', { of: 'reserved', pages: 1087 }],
  ['369 free pages', undefined],
  ['113 pages in swap cache', undefined],
  ['0 pages cma reserved', undefined],
  ['0 pages hwpoisoned', undefined],
  ['1234 pages shared', undefined],
  ['99 pages non-shared', undefined],
  ['2561 total pagecache pages', undefined],
]

for (const [line, expected] of PAGES) {
  test(`pages: ${line}`, () => assert.deepEqual(parsePages(line), expected))
}

const SWAPS: Array<[string, ReturnType<typeof parseSwap>]> = [
  ['Free swap  = 120kB', { of: 'Free', kb: 120 }],
  ['Total swap = 191452kB', { of: 'Total', kb: 191_452 }],
  ['Total swap = 0kB', { of: 'Total', kb: 0 }],
  ['Free swap  = -1640kB', { of: 'Free', kb: -1640 }],
  ['Swap cache stats: add 0, delete 0, find 0/0', undefined],
  ['Free swap  = 12', undefined],
]

for (const [line, expected] of SWAPS) {
  test(`swap: ${line}`, () => assert.deepEqual(parseSwap(line), expected))
}

const DEAD_ENDS: Array<[string, ReturnType<typeof parseDeadEnd>]> = [
  ['Out of memory and no killable processes...', 'no_killable_process'],
  ['Kernel panic - not syncing: Out of memory and no killable processes...', 'no_killable_process'],
  ['Kernel panic - not syncing: System is deadlocked on memory', 'no_killable_process'],
  ['Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled', 'panic'],
  ['Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled', 'panic'],
  ['Kernel panic - not syncing: out of memory. panic_on_oom is selected', 'panic'],
  ['Out of memory: Killed process 5 (x)', undefined],
  ['---[ end Kernel panic - not syncing: x ]---', undefined],
]

for (const [line, expected] of DEAD_ENDS) {
  test(`end without a kill: ${line}`, () => assert.equal(parseDeadEnd(line), expected))
}
