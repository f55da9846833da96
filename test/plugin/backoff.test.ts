/** The wait between attempts, and what another side asks for. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backoff, retryAfterMs } from '../../plugin/backoff.ts'

test('doubles from the first to the last, and begins anew after a success', () => {
  const backoff = new Backoff({ firstMs: 100, lastMs: 1000 })
  assert.deepEqual(
    Array.from({ length: 6 }, () => backoff.next()),
    [100, 200, 400, 800, 1000, 1000]
  )
  assert.equal(backoff.failures, 6)
  backoff.reset()
  assert.equal(backoff.failures, 0)
  assert.equal(backoff.next(), 100)
})

test('stays at the last however often it fails', () => {
  const backoff = new Backoff({ firstMs: 1, lastMs: 30_000 })
  for (let n = 0; n < 5000; n++) backoff.next()
  assert.equal(backoff.next(), 30_000)
})

test('with jitter: between half of the wait and all of it, and not always the same', () => {
  const waits = Array.from({ length: 200 }, () => {
    return new Backoff({ firstMs: 1000, lastMs: 9000, hasJitter: true }).next()
  })
  assert.ok(waits.every(ms => ms >= 500 && ms <= 1000))
  assert.ok(new Set(waits).size > 100)
})

const NOW = Date.parse('2026-11-24T08:00:00Z')
for (const [value, ms] of [
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['0', 0],
  ['2', 2000],
  [' 2 ', 2000],
  ['Tue, 24 Nov 2026 08:00:07 GMT', 7000],
  ['Tue, 24 Nov 2026 07:00:00 GMT', 0],
  ['9'.repeat(400), undefined],
] as const) {
  test(`Retry-After: ${value?.slice(0, 30)} is ${ms} ms`, () => {
    assert.equal(retryAfterMs(value, NOW), ms)
  })
}
