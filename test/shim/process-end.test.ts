/** What ended a process, by supervisord's log: found when it is there, never another process's. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findEnd as find, parseLog } from '../../shim/process-end.ts'

const findEnd = (log: string, crash: Parameters<typeof find>[1]) => find(parseLog(log), crash)

const at = (...lines: string[]): string =>
  lines.map(line => `2026-11-24 00:23:28,155 ${line}\n`).join('')

const spawned = (name: string, pid: number): string => `INFO spawned: '${name}' with pid ${pid}`
const exited = (name: string, how: string): string => `WARN exited: ${name} (${how}; not expected)`

const running = (pid: number, name = 'cat') =>
  ({ service_name: name, phase: 'running', pid }) as const
const gaveUp = { service_name: 'cat', phase: 'gave_up' } as const
const startup = { service_name: 'cat', phase: 'startup' } as const

test('an exit status, a signal, a core dump', () => {
  for (const [how, cause] of [
    ['exit status 3', { exit_code: 3 }],
    ['exit status 0', { exit_code: 0 }],
    ['terminated by SIGKILL', { signal: 'SIGKILL', core_dumped: false }],
    ['terminated by SIGSEGV (core dumped)', { signal: 'SIGSEGV', core_dumped: true }],
    ['terminated by SIGIOT (core dumped)', { signal: 'SIGABRT', core_dumped: true }],
    ['terminated by signal 40', { signal: 'SIGRTMIN+6', core_dumped: false }],
    ['terminated by signal 33', { signal: 'SIG33', core_dumped: false }],
    ['unknown termination cause 0x137f', {}],
  ] as const) {
    const log = at(spawned('cat', 7), exited('cat', how))
    assert.deepEqual(findEnd(log, running(7)), cause, how)
  }
})

test('what a run of supervisord that was killed has left in the log is of no interest', () => {
  const log = at(
    spawned('cat', 7),
    'INFO supervisord started with pid 100',
    spawned('cat', 8),
    exited('cat', 'terminated by SIGKILL')
  )
  assert.deepEqual(findEnd(log, running(8)), { signal: 'SIGKILL', core_dumped: false })
  assert.equal(findEnd(log, running(7)), undefined)
})

test('of many deaths of one service, the one of the pid', () => {
  const log = at(
    exited('cat', 'exit status 1'),
    spawned('cat', 8),
    exited('cat', 'exit status 2'),
    spawned('other', 9),
    exited('other', 'exit status 9'),
    spawned('cat', 10),
    exited('cat', 'exit status 3'),
    spawned('cat', 11)
  )
  assert.deepEqual(findEnd(log, running(8)), { exit_code: 2 })
  assert.deepEqual(findEnd(log, running(10)), { exit_code: 3 })
  assert.equal(findEnd(log, running(11)), undefined, 'still running')
  assert.deepEqual(findEnd(log, running(4)), { exit_code: 1 }, 'started before the log begins')
  assert.equal(findEnd(log, running(4, 'third')), undefined)
})

test('a name within a name is another service', () => {
  const log = at(exited('cat', 'exit status 1'), exited('cat2', 'exit status 2'))
  assert.deepEqual(findEnd(log, running(5, 'cat2')), { exit_code: 2 })
})

test('two processes of one name at once: which one ended cannot be told', () => {
  const log = at(spawned('cat', 7), spawned('cat', 8), exited('cat', 'exit status 1'))
  assert.equal(findEnd(log, running(7)), undefined)
  assert.equal(findEnd(log, running(8)), undefined)
})

test('a log without the starts tells only when all ends are alike', () => {
  const kill = exited('cat', 'terminated by SIGKILL')
  assert.equal(findEnd(at(kill, kill), running(7))?.signal, 'SIGKILL')
  assert.equal(findEnd(at(exited('cat', 'exit status 1'), kill), running(7)), undefined)
})

test('a service that was given up: the end of its last attempt', () => {
  const attempts = [spawned('cat', 7), exited('cat', 'exit status 1'), spawned('cat', 8)]
  const end = [
    exited('cat', 'exit status 2'),
    'INFO gave up: cat entered FATAL state, too many start retries too quickly',
  ]
  assert.deepEqual(findEnd(at(...attempts, ...end), gaveUp), { exit_code: 2 })
  // "spawnerr" names no service: it may be this one that could not be started at the last attempt.
  const unknown = [...attempts, end[0]!, "INFO spawnerr: can't find command 'x'", end[1]!]
  assert.equal(findEnd(at(...unknown), gaveUp), undefined)
  assert.equal(findEnd(at(...attempts), gaveUp), undefined, 'not given up yet')
})

test('a start that failed: its end and its pid', () => {
  const log = at(spawned('cat', 7), exited('cat', 'exit status 1'))
  assert.deepEqual(findEnd(log, startup), { exit_code: 1, pid: 7 })
})

test('lines that are cut or foreign are passed over', () => {
  const log = `55 WARN exited: cat (exit status 9; not expected)\n\u0000\n\n${at(
    'INFO success: cat entered RUNNING state',
    'CRIT Server running',
    spawned('cat', 7),
    exited('cat', 'terminated by SIGTERM')
  )}2026-11-24 00:23:28,155 WARN exit`
  assert.equal(findEnd(log, running(7))?.signal, 'SIGTERM')
  assert.equal(findEnd('', running(7)), undefined)
})
