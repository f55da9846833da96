/** First in, first out, also over the places that are cut off. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Queue } from '../../plugin/stream/queue.ts'

test('what was put in first comes out first, however long it is used', () => {
  const queue = new Queue<number>()
  assert.equal(queue.shift(), undefined)
  let pushed = 0
  let shifted = 0
  // Grows, is used at a length for long, and is emptied.
  for (let round = 0; round < 5000; round++) {
    for (let i = 0; i < (round < 1000 ? 2 : 1); i++) queue.push(pushed++)
    assert.equal(queue.shift(), shifted++)
    assert.equal(queue.length, pushed - shifted)
  }
  while (queue.length > 0) assert.equal(queue.shift(), shifted++)
  assert.equal(shifted, pushed)
  assert.equal(queue.shift(), undefined)
  queue.push(-1)
  assert.equal(queue.shift(), -1)
})
