/** Memory is given back once nothing has happened for a while, where Node lets it be. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdleMemory } from '../../shim/idle-memory.ts'
import { waitFor } from '../support/wait.ts'

test('once after what happened last, and again after the next', async t => {
  const { gc } = globalThis
  t.after(() => {
    globalThis.gc = gc
  })
  const calls: unknown[] = []
  globalThis.gc = ((options: unknown) => void calls.push(options)) as typeof gc
  const memory = new IdleMemory()
  memory.postpone()
  memory.postpone()
  assert.deepEqual(calls, [])
  await waitFor(() => calls.length > 0, 'a collection')
  await new Promise(resolve => setTimeout(resolve, 400))
  assert.deepEqual(calls, [{ type: 'major', execution: 'sync', flavor: 'last-resort' }])
  memory.postpone()
  await waitFor(() => calls.length > 1, 'another')
})

test('without gc, nothing', t => {
  const { gc } = globalThis
  t.after(() => {
    globalThis.gc = gc
  })
  globalThis.gc = undefined
  const begin = t.mock.method(globalThis, 'setTimeout')
  new IdleMemory().postpone()
  assert.equal(begin.mock.callCount(), 0)
})
