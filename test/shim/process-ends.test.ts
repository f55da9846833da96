/** What ended which process, by supervisord's log: found when it is there, never another process's. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProcessEnds } from '../../shim/process-ends.ts'
import { parseLog } from '../../shim/supervisor-log-line.ts'
import fc from '../support/fast-check.ts'
import { at, exited, spawned, started } from './supervisor-log-lines.ts'

const success = (name: string) =>
  `INFO success: ${name} entered RUNNING state, process has stayed up`
const gaveUp = (name: string) => `INFO gave up: ${name} entered FATAL state, too many start retries`
const NOT_SPAWNED = "INFO spawnerr: can't find command 'x'"

/** @param alive the processes that live */
function read(alive: number[], ...lines: string[]) {
  const living = new Set(alive)
  const ends = new ProcessEnds(pid => living.has(pid))
  const more = (...next: string[]) => {
    for (const line of parseLog(at(...next))) ends.add(line)
  }
  more(...lines)
  return { ends, more, living }
}

test('of many deaths of one service, the one of the pid, and once', () => {
  const { ends } = read(
    [11],
    spawned('cat', 8),
    exited('cat', 'exit status 2'),
    spawned('other', 9),
    exited('other', 'exit status 9'),
    spawned('cat', 10),
    exited('cat', 'exit status 3'),
    spawned('cat', 11)
  )
  assert.deepEqual(ends.take('cat', 8), { exit_code: 2 })
  assert.deepEqual(ends.take('cat', 10), { exit_code: 3 })
  assert.equal(ends.take('cat', 11), undefined, 'still running')
  assert.equal(ends.take('cat', 9), undefined, "another's pid")
  assert.equal(ends.take('cat', 10), undefined, 'told once')
})

test('a process whose start was not read has no end', () => {
  const { ends, more } = read([], exited('cat', 'exit status 1'))
  assert.equal(ends.take('cat', 7), undefined)
  more(spawned('cat', 8), exited('cat', 'exit status 2'), exited('cat', 'exit status 3'))
  assert.equal(ends.take('cat', 8), undefined, 'one of the two is of a process that is not known')
})

test('what runs already is known by taking stock', () => {
  const { ends, more } = read([])
  ends.restart([
    { name: 'cat', pid: 7 },
    { name: 'idle', pid: 0 },
  ])
  more(exited('cat', 'terminated by SIGKILL'))
  assert.deepEqual(ends.take('cat', 7), { signal: 'SIGKILL', core_dumped: false })
  // It had no process: the one that it has now is the only one that can have ended.
  more(spawned('idle', 8), exited('idle', 'exit status 4'))
  assert.deepEqual(ends.take('idle', 8), { exit_code: 4 })
})

test('one name in two groups: the only dead process is the one that ended', () => {
  const { ends, more, living } = read([8], spawned('0', 7), spawned('0', 8))
  more(exited('0', 'exit status 3'), spawned('0', 9))
  assert.deepEqual(ends.take('0', 7), { exit_code: 3 })
  living.add(9)
  living.delete(8)
  more(exited('0', 'terminated by SIGSEGV'))
  assert.deepEqual(ends.take('0', 8), { signal: 'SIGSEGV', core_dumped: false })
  assert.equal(ends.take('0', 9), undefined)
})

test('one name in two groups, both dead: only what both died of', () => {
  const both = [spawned('0', 7), spawned('0', 8)]
  const differently = read([], ...both, exited('0', 'exit status 3'), exited('0', 'exit status 4'))
  assert.equal(differently.ends.take('0', 7), undefined)
  assert.equal(differently.ends.take('0', 8), undefined)

  const { ends, more } = read([], ...both, exited('0', 'exit status 3'))
  assert.equal(ends.take('0', 7), undefined, 'the second line is missing')
  more(exited('0', 'exit status 3'))
  assert.deepEqual(ends.take('0', 7), { exit_code: 3 })
  assert.deepEqual(ends.take('0', 8), { exit_code: 3 })
})

test('a stop and an expected exit are no crash, and end their process', () => {
  const { ends, more, living } = read(
    [],
    spawned('cat', 7),
    'INFO stopped: cat (terminated by SIGTERM)',
    spawned('cat', 8),
    'INFO exited: cat (exit status 0; expected)'
  )
  assert.equal(ends.take('cat', 7), undefined)
  assert.equal(ends.take('cat', 8), undefined)
  living.add(9)
  more(spawned('cat', 9))
  living.delete(9)
  more(exited('cat', 'exit status 1'))
  assert.deepEqual(ends.take('cat', 9), { exit_code: 1 })
})

test('a line about the end of a process that lives is a lie', () => {
  const { ends, more, living } = read([7], spawned('cat', 7), exited('cat', 'exit status 1'))
  living.delete(7)
  more(exited('cat', 'exit status 2'))
  assert.equal(ends.take('cat', 7), undefined)
})

test('a pid that another service has by now', () => {
  const { ends } = read(
    [7],
    spawned('cat', 7),
    exited('cat', 'exit status 1'),
    spawned('dog', 7),
    'INFO success: dog entered RUNNING state'
  )
  assert.equal(ends.take('cat', 7), undefined)
  assert.equal(ends.take('dog', 7), undefined)
})

test('a service that was given up: the end of its last attempt', () => {
  const attempts = [spawned('cat', 7), exited('cat', 'exit status 1'), spawned('cat', 8)]
  const { ends } = read([], ...attempts, exited('cat', 'exit status 2'), gaveUp('cat'))
  assert.deepEqual(ends.takeGaveUp('cat'), { exit_code: 2 })
  assert.equal(ends.takeGaveUp('cat'), undefined, 'told once')

  // "spawnerr" names no service: it may be this one that could not be started at the last attempt.
  const unknown = [exited('cat', 'exit status 2'), NOT_SPAWNED, gaveUp('cat')]
  assert.equal(read([], ...attempts, ...unknown).ends.takeGaveUp('cat'), undefined)
  assert.equal(read([8], ...attempts).ends.takeGaveUp('cat'), undefined, 'not given up yet')
})

test('given up twice before somebody asks: only what both have in common', () => {
  const once = (pid: number, how: string) => [
    spawned('cat', pid),
    exited('cat', how),
    gaveUp('cat'),
  ]
  const alike = read([], ...once(7, 'exit status 1'), ...once(8, 'exit status 1'))
  assert.deepEqual(alike.ends.takeGaveUp('cat'), { exit_code: 1 })
  const different = read([], ...once(7, 'exit status 1'), ...once(8, 'exit status 2'))
  assert.equal(different.ends.takeGaveUp('cat'), undefined)
  const recovered = read([9], ...once(7, 'exit status 1'), spawned('cat', 9), success('cat'))
  assert.equal(recovered.ends.takeGaveUp('cat'), undefined)
})

test('a start that failed: its end and its pid', () => {
  const { ends, more } = read([], spawned('cat', 7), exited('cat', 'exit status 1'))
  assert.deepEqual(ends.takeFailedStart('cat'), { exit_code: 1, pid: 7 })
  assert.equal(ends.takeFailedStart('cat'), undefined)
  more(spawned('cat', 8), exited('cat', 'exit status 1'))
  more(spawned('cat', 9), exited('cat', 'exit status 1'))
  assert.deepEqual(ends.takeFailedStart('cat'), { exit_code: 1 }, 'of two, either')
  more(spawned('cat', 10), exited('cat', 'exit status 2'))
  assert.equal(ends.takeFailedStart('cat'), undefined, 'of two that differ')
})

test('starts that ended by different signals, or with a core and without, are not alike', () => {
  for (const how of ['terminated by SIGTERM', 'terminated by SIGKILL (core dumped)']) {
    const starts = [spawned('cat', 7), exited('cat', 'terminated by SIGKILL'), spawned('cat', 8)]
    const { ends } = read([], ...starts, exited('cat', how))
    assert.equal(ends.takeFailedStart('cat'), undefined, how)
  }
})

test('an exit that was asked about by its pid is no failed start', () => {
  const { ends, more } = read([], spawned('cat', 7), exited('cat', 'exit status 1'))
  assert.deepEqual(ends.take('cat', 7), { exit_code: 1 })
  more(spawned('cat', 8), exited('cat', 'exit status 2'))
  assert.deepEqual(ends.takeFailedStart('cat'), { exit_code: 2, pid: 8 })
})

test('starts that leave no line of their own make the others unclear, until it comes up', () => {
  const { ends, more } = read([], spawned('cat', 7), exited('cat', 'exit status 1'), NOT_SPAWNED)
  more(spawned('cat', 8), exited('cat', 'exit status 2'))
  assert.equal(ends.takeFailedStart('cat'), undefined)
  more(spawned('cat', 9), success('cat'), exited('cat', 'exit status 3'))
  assert.deepEqual(ends.takeFailedStart('cat'), { exit_code: 3, pid: 9 })
})

/** Services under names that one or two groups have, which die by one of a few causes. */
const GROUPS = ['sole', 'shared', 'shared', 'other']

const step = fc.record({
  group: fc.nat(GROUPS.length - 1),
  code: fc.integer({ min: 1, max: 3 }),
  isRead: fc.boolean(),
})

test('whatever happens and whenever it is read: the end of a process, or none', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const running: (number | undefined)[] = GROUPS.map(() => undefined)
      const truth = new Map<number, { name: string; code: number }>()
      const ends = new ProcessEnds(pid => running.includes(pid))
      let unread: string[] = []
      for (const [index, { group, code, isRead }] of steps.entries()) {
        const name = GROUPS[group]!
        const pid = running[group]
        if (pid === undefined) {
          running[group] = 100 + index
          unread.push(spawned(name, 100 + index))
        } else {
          running[group] = undefined
          truth.set(pid, { name, code })
          unread.push(exited(name, `exit status ${code}`))
        }
        if (!isRead) continue
        for (const line of parseLog(at(...unread))) ends.add(line)
        unread = []
        for (const [dead, known] of truth) {
          const end = ends.take(known.name, dead)
          if (end === undefined) assert.equal(known.name, 'shared', 'the only one of its name')
          else assert.equal(end.exit_code, known.code)
          if (end !== undefined) truth.delete(dead)
        }
      }
    })
  )
})

test('of the ends that nobody asks about the newest 1,024 are kept, and 16 of a service', () => {
  const starts = (count: number, name: (pid: number) => string) =>
    Array.from({ length: count }, (_, at) => [
      spawned(name(at + 1), at + 1),
      exited(name(at + 1), `exit status ${at % 100}`),
    ]).flat()
  const many = read([], ...starts(1025, pid => `cat-${pid}`)).ends
  assert.equal(many.take('cat-1', 1), undefined)
  assert.deepEqual(many.take('cat-2', 2), { exit_code: 1 })
  assert.deepEqual(many.take('cat-1025', 1025), { exit_code: 24 })

  const { ends } = read([], ...starts(17, () => 'cat'))
  for (let asked = 0; asked < 15; asked++) assert.equal(ends.takeFailedStart('cat'), undefined)
  assert.deepEqual(ends.takeFailedStart('cat'), { exit_code: 16, pid: 17 })
  assert.equal(ends.takeFailedStart('cat'), undefined)
})

test('the start of supervisord is no line about a process', () => {
  assert.deepEqual(parseLog(at(started(1))), [])
})
