/** The lines of supervisord's log. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterStart, parseLog, tellsOfStart } from '../../shim/supervisor-log-line.ts'
import { at, exited, spawned, started } from './supervisor-log-lines.ts'

test('an exit status, a signal, a core dump', () => {
  for (const [how, end] of [
    ['exit status 3', { exit_code: 3 }],
    ['exit status 0', { exit_code: 0 }],
    ['terminated by SIGKILL', { signal: 'SIGKILL', core_dumped: false }],
    ['terminated by SIGSEGV (core dumped)', { signal: 'SIGSEGV', core_dumped: true }],
    ['terminated by SIGIOT (core dumped)', { signal: 'SIGABRT', core_dumped: true }],
    ['terminated by signal 40', { signal: 'SIGRTMIN+6', core_dumped: false }],
    ['terminated by signal 33', { signal: 'SIG33', core_dumped: false }],
    ['unknown termination cause 0x137f', {}],
  ] as const) {
    const parsed = parseLog(at(exited('cat', how)))
    assert.deepEqual(parsed, [{ kind: 'exited', name: 'cat', isExpected: false, end }], how)
  }
})

test('every line that tells of a process, whatever its name', () => {
  for (const name of ['cat', "o'clock", 'a(b)', 'été', '0', 'a\tb', 'spawned', "x'"]) {
    assert.deepEqual(
      parseLog(
        at(
          spawned(name, 7),
          `INFO success: ${name} entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)`,
          `INFO exited: ${name} (exit status 0; expected)`,
          `WARN stopped: ${name} (terminated by SIGTERM)`,
          `INFO gave up: ${name} entered FATAL state, too many start retries too quickly`,
          `INFO spawnerr: can't find command '${name}'`
        )
      ),
      [
        { kind: 'spawned', name, pid: 7 },
        { kind: 'running', name },
        { kind: 'exited', name, isExpected: true, end: { exit_code: 0 } },
        {
          kind: 'stopped',
          name,
          isExpected: true,
          end: { signal: 'SIGTERM', core_dumped: false },
        },
        { kind: 'gave up', name },
        { kind: 'not spawned' },
      ]
    )
  }
})

test('lines that are cut or foreign are passed over', () => {
  const text = `55 WARN exited: cat (exit status 9; not expected)\n\u0000\n\n${at(
    'CRIT Server running',
    'INFO reaped unknown pid 9 (exit status 0)',
    "WARN killing 'cat' (7) with SIGKILL",
    started(1),
    spawned('cat', 7)
  )}2026-11-24 00:23:28,155 WARN exit`
  assert.deepEqual(parseLog(text), [{ kind: 'spawned', name: 'cat', pid: 7 }])
  assert.deepEqual(parseLog(''), [])
})

test('the last start of this supervisord, not of another', () => {
  const text = at(started(100), spawned('cat', 7), started(100), spawned('cat', 8), started(1000))
  assert.equal(text.slice(afterStart(text, 100)), at(spawned('cat', 8), started(1000)))
  assert.equal(afterStart(text, 10), -1)
})

test('the start of this process, in any time zone, not of one with its pid before', () => {
  const logged = Date.parse('2026-11-24T00:23:28.155Z')
  const text = at(spawned('supervisord-shim', 77))
  const minutes = 60_000
  for (const zone of [0, 60, -300, 345, 765]) {
    assert.ok(tellsOfStart(text, 77, logged + zone * minutes + 500), `${zone} minutes`)
    assert.ok(!tellsOfStart(text, 77, logged + zone * minutes + 5 * minutes))
  }
  assert.ok(!tellsOfStart(text, 7, logged))
  assert.ok(!tellsOfStart(text, 777, logged))
  assert.ok(!tellsOfStart(at(exited('supervisord-shim', 'exit status 1')), 77, logged))
})
