/** The `oom-kill:` line: every wording, and names and paths that look like parts of it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  isStructuredPart,
  parseStructuredLine,
  type StructuredLine,
} from '../../plugin/oom/lines/structured.ts'
import { AWKWARD_NAMES } from './awkward-names.ts'

// Structured line

const NO_PARTS: Partial<StructuredLine> = {
  constraint: 'NONE',
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
  assert.equal(isStructuredPart(',task=memcg_test_1,pid=11280,uid=0'), true)
  assert.equal(isStructuredPart(',oom_memcg=/a,task_memcg=/a,task=x y,pid=1,uid=0'), true)
  assert.equal(isStructuredPart(',task_memcg=/a,task=two\nlines,pid=1,uid=0'), true)
  assert.equal(isStructuredPart(',global_oom,task_memcg=/,task=x,pid=1,uid=0'), true)
  assert.equal(isStructuredPart(', and more'), false)
  assert.equal(isStructuredPart(',task=x,pid=1'), false)
  assert.equal(isStructuredPart(',task=x,pid=1,uid=0 and so on'), false)
  const head = 'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/a'
  assert.equal(isStructuredPart(',task=x,pid=1,uid=0', head), true)
  // Of another line: this one has its groups.
  assert.equal(isStructuredPart(',task_memcg=/b,task=x,pid=1,uid=0', head), false)
  assert.equal(isStructuredPart(',global_oom,task_memcg=/,task=x,pid=1,uid=0', head), false)
})

test('structured line: shortened to the group whose limit it was', () => {
  const got = parseStructuredLine(
    'oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/pod/a,task=x,pid=2,uid=0'
  )
  assert.deepEqual([got?.oomMemcg, got?.taskMemcg, got?.pid], ['/pod/a', undefined, 2])
})

test('structured line: a name has 15 bytes at most, and what is longer is of the path', () => {
  const of = (path: string) => {
    const got = parseStructuredLine(
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/p,task=${path},task=x,pid=1,uid=0`
    )
    return [got?.taskMemcg, got?.comm]
  }
  assert.deepEqual(of('12345678'), ['/p', '12345678,task=x'])
  assert.deepEqual(of('123456789'), ['/p,task=123456789', 'x'])
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
