/** Sequence numbers of which nobody knows: learnt from the gap that names them, and counted exactly. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import { UncertainNumbers, uncertainMetadata } from '../../plugin/events/uncertain-numbers.ts'

function gap(metadata: Record<string, string>, type = 'telemetry_gap') {
  const reported = { ...metadata, reporter: 'server' }
  const source = { kind: 'kernel_api', metadata: reported } as const
  return sealEnvelope(1, { ts: 1, type, category: 'monitor', source })
}

test('both ends of a range are in it', () => {
  const numbers = new UncertainNumbers()
  numbers.add({ from: 10, to: 12 })
  for (const [from, to, count] of [
    [1, 9, 0],
    [1, 10, 1],
    [10, 10, 1],
    [11, 11, 1],
    [12, 12, 1],
    [10, 12, 3],
    [1, 100, 3],
    [11, 100, 2],
    [12, 100, 1],
    [13, 100, 0],
  ] as const) {
    assert.equal(numbers.countIn(from, to), count, `${from} to ${to}`)
  }
})

test('several ranges are counted together', () => {
  const numbers = new UncertainNumbers()
  for (const range of [
    { from: 1, to: 1 },
    { from: 5, to: 8 },
    { from: 20, to: 29 },
  ]) {
    numbers.add(range)
  }
  assert.equal(numbers.countIn(1, 30), 15)
  assert.equal(numbers.countIn(2, 24), 9)
})

test('a range is learnt from the gap that names it, and from no other event', () => {
  const numbers = new UncertainNumbers()
  numbers.learn(gap(uncertainMetadata({ from: 4, to: 6 })))
  assert.equal(numbers.countIn(0, 100), 3)
  numbers.learn(gap(uncertainMetadata({ from: 50, to: 60 }), 'note'))
  numbers.learn(gap(uncertainMetadata(undefined)))
  for (const range of ['', '50', '50-', '-60', '50-60-70', ' 50-60', '50-6x', '5e1-60']) {
    numbers.learn(gap({ uncertain_seq: range }))
  }
  assert.equal(numbers.countIn(0, 100), 3)
})

test('ranges that touch, overlap or hold each other count each number once; a number between them does not', () => {
  for (const [first, second, count] of [
    [{ from: 1, to: 3 }, { from: 3, to: 5 }, 5],
    [{ from: 3, to: 5 }, { from: 1, to: 3 }, 5],
    [{ from: 1, to: 3 }, { from: 4, to: 6 }, 6],
    [{ from: 4, to: 6 }, { from: 1, to: 3 }, 6],
    [{ from: 1, to: 3 }, { from: 5, to: 7 }, 6],
    [{ from: 5, to: 7 }, { from: 1, to: 3 }, 6],
    [{ from: 1, to: 9 }, { from: 3, to: 5 }, 9],
    [{ from: 3, to: 5 }, { from: 1, to: 9 }, 9],
    [{ from: 3, to: 5 }, { from: 3, to: 5 }, 3],
  ] as const) {
    const numbers = new UncertainNumbers()
    numbers.add(first)
    numbers.add(second)
    assert.equal(numbers.countIn(0, 100), count, JSON.stringify([first, second]))
  }
})
