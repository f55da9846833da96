/** The listener by itself, where the time between two chunks matters. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Listener, type ListenerParts } from '../../shim/listener.ts'
import { createLog } from '../../shim/own-log.ts'

function listen() {
  const said: string[] = []
  const parts = {
    instance: 'run',
    say: (text: string) => void said.push(text),
    spool: { isWritable: true },
    delivery: { wake() {} },
    positions: { read: () => undefined, write() {} },
    log: createLog('silent'),
  }
  // Of a notification that is none, nothing comes to the others.
  return { said, listener: new Listener(parts as unknown as ListenerParts) }
}

test('the rest of an unreadable notification has come in after 100 ms without a byte: one answer', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { said, listener } = listen()
  const receive = (text: string) => listener.receive(Buffer.from(text))
  receive('nonsense\nprocessname:x ')
  t.mock.timers.tick(60)
  receive('expected:0 ')
  t.mock.timers.tick(60)
  receive('pid:1')
  t.mock.timers.tick(99)
  assert.deepEqual(said, [])
  t.mock.timers.tick(1)
  assert.deepEqual(said, ['RESULT 2\nOKREADY\n'])
  t.mock.timers.tick(1000)
  assert.equal(said.length, 1)
  // It reads on.
  receive('eventname:TICK_5 len:0\n')
  await listener.finish()
  assert.deepEqual(said.slice(1), ['RESULT 2\nOK'])
})

/** @param hasUnwritten whether what is appended is in memory alone */
function listenInOrder(hasUnwritten: boolean) {
  const done: string[] = []
  let keep: () => void = () => {}
  const kept = new Promise<void>(resolve => {
    keep = resolve
  })
  const parts = {
    instance: 'run',
    say: () => void done.push('answered'),
    spool: {
      isWritable: true,
      hasUnwritten,
      append: () => {
        done.push('appended')
        return kept
      },
    },
    delivery: { wake: () => void done.push('delivered') },
    positions: {
      read: () => undefined,
      write: ({ serial }: { serial: string }) => void done.push(`read up to ${serial}`),
    },
    ends: { find: async () => ({ exit_code: 1 }) },
    log: createLog('silent'),
  }
  const listener = new Listener(parts as unknown as ListenerParts)
  const body = 'processname:a groupname:a from_state:RUNNING expected:0 pid:1'
  listener.receive(
    Buffer.from(
      `ver:3.0 server:s serial:7 pool:p poolserial:0 eventname:PROCESS_STATE_EXITED len:${body.length}\n${body}`
    )
  )
  return { done, keep, listener }
}

test('a crash that may be delivered is known to the next shim, which supervisord tells it again', async () => {
  const { done, keep, listener } = listenInOrder(false)
  await turn()
  assert.deepEqual(done, ['appended', 'read up to 7', 'delivered'])
  keep()
  await listener.finish()
  assert.deepEqual(done.slice(3), ['answered'])
})

test('a crash that is in memory alone is not: supervisord tells it again where this shim is killed', async () => {
  const { done, keep, listener } = listenInOrder(true)
  await turn()
  assert.deepEqual(done, ['appended', 'delivered'])
  keep()
  await listener.finish()
  assert.deepEqual(done.slice(2), ['read up to 7', 'answered'])
})
