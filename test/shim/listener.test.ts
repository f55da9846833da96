/** The listener by itself, where the time between two chunks matters. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
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
