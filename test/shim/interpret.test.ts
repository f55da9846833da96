/** What a notification means: which ones are crashes, and what of them is published. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { interpret } from '../../shim/interpret.ts'

const notified = (eventName: string, payload: string) => ({ eventName, payload })

test('an exit that was not expected is a crash of a running service', () => {
  const event = notified(
    'PROCESS_STATE_EXITED',
    'processname:cat_01 groupname:cats from_state:RUNNING expected:0 pid:2766'
  )
  assert.deepEqual(interpret(event, false), {
    kind: 'crash',
    crash: { service_name: 'cat_01', group_name: 'cats', phase: 'running', pid: 2766 },
  })
  // It ended by itself: supervisord had not asked it to yet.
  assert.equal(interpret(event, true).kind, 'crash')
})

test('an exit that was expected is nothing', () => {
  const payload = 'processname:cat groupname:cat from_state:RUNNING expected:1 pid:2766'
  assert.equal(interpret(notified('PROCESS_STATE_EXITED', payload), false).kind, 'nothing')
})

test('a start that failed is a crash at startup, with the restarts before it', () => {
  const payload = 'processname:cat groupname:cat from_state:STARTING tries:3'
  assert.deepEqual(interpret(notified('PROCESS_STATE_BACKOFF', payload), false), {
    kind: 'crash',
    crash: { service_name: 'cat', group_name: 'cat', phase: 'startup', restart_attempt: 2 },
  })
})

test('what is no number is left out, and the crash is told', () => {
  for (const tries of ['', ' tries:', ' tries:x3', ' tries:3x', ' tries:0', ' tries:-1']) {
    const payload = `processname:cat groupname:cat from_state:STARTING${tries}`
    assert.deepEqual(interpret(notified('PROCESS_STATE_BACKOFF', payload), false), {
      kind: 'crash',
      crash: {
        service_name: 'cat',
        group_name: 'cat',
        phase: 'startup',
        restart_attempt: undefined,
      },
    })
  }
  const payload = 'processname:cat groupname:cat from_state:RUNNING expected:0 pid:a7'
  const meaning = interpret(notified('PROCESS_STATE_EXITED', payload), false)
  assert.equal(meaning.kind === 'crash' && meaning.crash.pid, undefined)
})

test('a service that is given up is reported, but not when the shutdown gives it up', () => {
  const event = notified('PROCESS_STATE_FATAL', 'processname:cat groupname:cat from_state:BACKOFF')
  assert.deepEqual(interpret(event, false), {
    kind: 'crash',
    crash: { service_name: 'cat', group_name: 'cat', phase: 'gave_up' },
  })
  assert.equal(interpret(event, true).kind, 'nothing')
})

test('the announcement of the shutdown is told from all else', () => {
  assert.equal(interpret(notified('SUPERVISOR_STATE_CHANGE_STOPPING', ''), false).kind, 'stopping')
})

test('other events and unreadable payloads are nothing', () => {
  for (const [eventName, payload] of [
    ['PROCESS_STATE_UNKNOWN', 'processname:cat groupname:cat from_state:RUNNING'],
    ['PROCESS_STATE_STOPPED', 'processname:cat groupname:cat from_state:STOPPING pid:1'],
    ['PROCESS_STATE_RUNNING', 'processname:cat groupname:cat from_state:STARTING pid:1'],
    ['TICK_5', 'when:1201063880'],
    ['SOMETHING_NEW', 'x'],
    ['PROCESS_STATE_EXITED', 'expected:0 pid:1'],
    ['PROCESS_STATE_EXITED', ''],
    ['PROCESS_STATE_FATAL', 'processname:'],
  ] as const) {
    assert.equal(interpret(notified(eventName, payload), false).kind, 'nothing', eventName)
  }
})

test('payload tokens may come in any order, and a pid that is none is left out', () => {
  const payload = 'pid:0 expected:0 processname:a:b from_state:RUNNING'
  const meaning = interpret(notified('PROCESS_STATE_EXITED', payload), false)
  assert.ok(meaning.kind === 'crash')
  assert.deepEqual(JSON.parse(JSON.stringify(meaning.crash)), {
    service_name: 'a:b',
    phase: 'running',
  })
})
