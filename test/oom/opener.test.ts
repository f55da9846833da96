/** The first lines of a dump, and those that end one without a kill, in every wording there has been. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isOomPanic,
  type Opener,
  parseDeadEnd,
  parseKernelRelease,
  parseOpener,
  parseTriggerPid,
} from '../../plugin/oom/lines/opener.ts'

// Opener

const OPENERS: Array<[string, string, Opener]> = [
  [
    '2.6.9 to 2.6.17, nobody named',
    'oom-killer: gfp_mask=0xd0, order=0',
    { comm: undefined, gfpMask: '0xd0', order: 0, oomScoreAdj: undefined },
  ],
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

test('a panic for want of memory: in the words of any kernel, and no line that quotes one', () => {
  for (const what of ['Out of memory: system-wide panic_on_oom is enabled', 'out of memory. x']) {
    assert.equal(isOomPanic(`Kernel panic - not syncing: ${what}`), true)
    assert.equal(isOomPanic(`x Kernel panic - not syncing: ${what}`), false)
  }
  assert.equal(isOomPanic('Kernel panic - not syncing: Fatal exception'), false)
})
