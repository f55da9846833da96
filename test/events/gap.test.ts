/** The event that tells of a loss. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gapEvent } from '../../plugin/events/gap.ts'

test('it happened at the end of what is missing, or now', () => {
  assert.equal(gapEvent('a.b', { source: 'kmsg', reason: 'r', from: 5, to: 7 }).ts, 7)
  const before = Date.now() * 1000
  const { ts } = gapEvent('a.b', { source: 'kmsg', reason: 'r' })
  assert.ok(ts >= before && ts <= Date.now() * 1000)
})

test('it names its producer, and what identifies it where that is known', () => {
  const data = { source: 'kmsg', reason: 'r' } as const
  const { type, category, source } = gapEvent('a.b', data, { journal: '1-2' })
  assert.equal(type, 'telemetry_gap')
  assert.equal(category, 'monitor')
  assert.deepEqual(source, { kind: 'local_process', event: 'a.b', metadata: { journal: '1-2' } })
  assert.equal(gapEvent('a.b', data).source.metadata, undefined)
})
