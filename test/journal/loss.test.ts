/** What the journal lost, as the events that tell of it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import { lossEvent, lossOfHoles, lossOfSegment, uncertainLoss } from '../../plugin/journal/loss.ts'

const eventAt = (n: number) => ({
  n,
  event: sealEnvelope(n, { ts: n * 10, type: 'a', category: 'page', source: { kind: 'cdp' } }),
})

test('holes: summed, between the events beside them, under the numbers from the first to the last', () => {
  const holes = [
    { n: 3, lost: 2, after: 20, before: 50 },
    { n: 8, lost: 4, after: 70, before: 120 },
  ]
  assert.deepEqual(lossOfHoles(holes, 'a file is gone'), {
    lost: 6,
    reason: 'a file is gone: the events in it could not be read any more',
    from: 20,
    to: 120,
    key: '3-11',
  })
})

test('holes with nothing before or after them have no such time', () => {
  const loss = lossOfHoles([{ n: 1, lost: 1, after: undefined, before: undefined }], 'x')
  assert.deepEqual({ ...loss }, { ...loss, key: '1-1', lost: 1 })
  assert.equal(loss.from, undefined)
  assert.equal(loss.to, undefined)
})

test('a segment that is removed: its events and what was missing in it, from the first to the last', () => {
  const lines = [eventAt(4), { n: 5, lost: 3 }, eventAt(8), eventAt(9)]
  const holes = [{ n: 10, lost: 2, after: 90, before: undefined }]
  const scan = { lines, holes, wholeBytes: 0, isSound: false }
  assert.deepEqual(lossOfSegment(4, 11, scan, 'too old'), {
    lost: 5,
    reason: 'too old: its oldest events were removed',
    from: 40,
    to: 90,
    key: '4-11',
  })
})

test('an end without notice: since the newest event kept, until now', () => {
  const before = Date.now() * 1000
  const loss = uncertainLoss('killed', { from: 5, to: 7 }, 40)
  assert.match(loss.reason, /the server ended without notice/)
  assert.equal(loss.from, 40)
  assert.ok(loss.to! >= before && loss.to! <= Date.now() * 1000)
  assert.deepEqual(loss.uncertain, { from: 5, to: 7 })
  assert.match(uncertainLoss('power_cut', undefined, undefined).reason, /the machine went down/)
  assert.match(uncertainLoss('unwritable', undefined, undefined).reason, /cannot be written/)
  assert.equal(uncertainLoss('power_cut', undefined, undefined).from, undefined)
})

test('the event says what is known, and its key and the numbers stand in its metadata', () => {
  const { source, data, ts, type } = lossEvent({
    lost: 6,
    reason: 'r',
    from: 20,
    to: 120,
    key: '3-11',
    uncertain: { from: 5, to: 7 },
  })
  assert.equal(type, 'telemetry_gap')
  assert.equal(ts, 120)
  assert.deepEqual(data, { source: 'stream', lost: 6, reason: 'r', from: 20, to: 120 })
  assert.deepEqual(source.metadata, { journal: '3-11', uncertain_seq: '5-7' })
  assert.equal(lossEvent({ reason: 'r' }).source.metadata, undefined)
  assert.deepEqual(lossEvent({ reason: 'r', key: '1-1' }).source.metadata, { journal: '1-1' })
})
