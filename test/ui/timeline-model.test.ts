/** Where everything is on the timeline. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Store } from '../../plugin/ui/store.ts'
import { RANGES, rangeOf, timelineModel } from '../../plugin/ui/timeline-model.ts'
import { envelope, kill } from './envelopes.ts'

const NOW = 1_700_000_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const RANGE = { from: NOW - HOUR, to: NOW }
/** Pixels: ten a minute. */
const WIDTH = 600
const crash = (seq: number, name: string, ms: number, data: object = {}) =>
  envelope(seq, 'service_crashed', { service_name: name, ...data }, ms)

function model(...events: ReturnType<typeof envelope>[]) {
  const store = new Store()
  for (const event of events) store.add(event)
  return timelineModel(store.entries, RANGE, WIDTH)
}

test('a lane for each service, by name; what died together has one mark, of the worst kind', () => {
  const { lanes } = model(
    crash(1, 'web', NOW - 30 * MINUTE),
    kill(2, 'web', NOW - 29 * MINUTE),
    crash(3, 'web', NOW - 10 * MINUTE),
    crash(4, 'api', NOW - 30 * MINUTE),
    crash(5, 'gone', NOW - 2 * HOUR)
  )
  assert.deepEqual(
    lanes.map(({ name, marks }) => [name, marks.map(({ x, kind }) => [x, kind])]),
    [
      ['api', [[300, 'service']]],
      [
        'web',
        [
          [300, 'kill'],
          [500, 'service'],
        ],
      ],
    ]
  )
  assert.equal(lanes[1]!.marks[0]!.entries.length, 2)
})

test('marks do not lie upon each other, however many died', () => {
  const events = Array.from({ length: 500 }, (_, index) =>
    crash(index + 1, 'web', NOW - HOUR + index * 7000)
  )
  const [lane] = model(...events).lanes
  const places = lane!.marks.map(({ x }) => x)
  assert.ok(places.every((x, index) => index === 0 || x - places[index - 1]! >= 24))
  assert.equal(
    lane!.marks.reduce((sum, { entries }) => sum + entries.length, 0),
    500
  )
})

test('at most eight lanes: those with most deaths; the others are counted', () => {
  const events = Array.from({ length: 30 }, (_, index) =>
    crash(index + 1, `service ${index % 10}`, NOW - MINUTE)
  )
  const more = crash(31, 'service 9', NOW - MINUTE)
  const { lanes, laneless } = model(...events, more)
  assert.equal(lanes.length, 8)
  assert.equal(laneless, 2)
  assert.ok(lanes.some(({ name }) => name === 'service 9'))
})

test('a crash is joined to the kill that caused it, where they are on two lanes', () => {
  const { lanes, joins } = model(
    kill(1, 'chromium', NOW - 30 * MINUTE),
    crash(2, 'browser', NOW - 20 * MINUTE, { oom_kill_seq: 1 })
  )
  assert.deepEqual(
    lanes.map(({ name }) => name),
    ['browser', 'chromium']
  )
  assert.deepEqual(joins, [{ from: { lane: 1, x: 300 }, to: { lane: 0, x: 400 } }])
})

test('pressure is a line, which ends where no more is told; between 0 and 1', () => {
  const pressure = (seq: number, ms: number, full: number) =>
    envelope(seq, 'memory_pressure', { reason: 'pressure', full_avg10: full, some_avg10: 90 }, ms)
  const { pressure: lines, lanes } = model(
    pressure(1, NOW - 50 * MINUTE, 40),
    pressure(2, NOW - 49 * MINUTE, 400),
    pressure(3, NOW - 20 * MINUTE, 0)
  )
  assert.deepEqual(
    lines.map(line => line.map(({ x, y }) => [x, y])),
    [
      [
        [100, 0.4],
        [110, 1],
      ],
      [[400, 0.9]],
    ]
  )
  assert.deepEqual(lanes, [])
})

test('a gap is as wide as its time, and wide enough to be seen; one that began before is cut', () => {
  const gap = (seq: number, from: number, to: number) =>
    envelope(
      seq,
      'telemetry_gap',
      { source: 'kmsg', reason: 'r', from: from * 1000, to: to * 1000 },
      to
    )
  const { gaps } = model(
    gap(1, NOW - 3 * HOUR, NOW - 50 * MINUTE),
    gap(2, NOW - 30 * MINUTE, NOW - 30 * MINUTE),
    gap(3, NOW - 5 * HOUR, NOW - 4 * HOUR)
  )
  assert.deepEqual(
    gaps.map(({ from, to }) => [from, to]),
    [
      [0, 100],
      [297, 303],
    ]
  )
})

test('however many reports, gaps and joins there are, no more is drawn than can be seen', () => {
  const events = Array.from({ length: 3000 }, (_, index) => {
    const ms = NOW - HOUR + index * 1000
    const at = index * 4 + 1
    return [
      envelope(at, 'memory_pressure', { reason: 'pressure', full_avg10: 1 + (index % 50) }, ms),
      envelope(at + 1, 'telemetry_gap', { source: 'kmsg', reason: 'r', from: ms * 1000 }, ms),
      kill(at + 2, 'chromium', ms),
      crash(at + 3, 'browser', ms, { oom_kill_seq: at + 2 }),
    ]
  }).flat()
  const { pressure, gaps, joins } = model(...events)
  const count = (parts: ReadonlyArray<{ count: number }>) =>
    parts.reduce((sum, one) => sum + one.count, 0)
  // The store keeps 8,192 of the 12,000.
  for (const parts of [pressure.flat(), gaps]) {
    assert.ok(parts.length <= 100, `${parts.length} parts`)
    assert.ok(count(parts) > 2000, `of ${count(parts)}`)
  }
  assert.ok(joins.length <= 60, `${joins.length} joins`)
  assert.equal(Math.max(...pressure.flat().map(({ y }) => y)), 0.5)
})

test('ticks stand at whole times of the reader, not too near', () => {
  const zone = 90 * MINUTE
  const { ticks } = timelineModel([], RANGE, WIDTH, zone)
  assert.ok(ticks.length >= 3 && ticks.length <= 7, `${ticks.length} ticks`)
  assert.ok(ticks.every(({ ms }) => (ms + zone) % (10 * MINUTE) === 0))
  assert.ok(ticks.every(({ x }) => x >= 0 && x <= WIDTH))
})

test('without width, and without time, there is nothing that is no number', () => {
  const store = new Store()
  store.add(kill(1, 'a', NOW))
  for (const width of [0, 1]) {
    const { lanes, ticks } = timelineModel(store.entries, RANGE, width)
    for (const { marks } of lanes) assert.ok(marks.every(({ x }) => Number.isFinite(x)))
    assert.ok(ticks.every(({ x }) => Number.isFinite(x)))
  }
})

test('the range is the named one, else the shortest that all deaths are in', () => {
  const store = new Store()
  store.add(envelope(1, 'note', {}, NOW - 100 * HOUR))
  assert.equal(NOW - rangeOf('', store.entries, NOW).from, RANGES[0]![1])
  store.add(kill(2, 'a', NOW - 2 * HOUR))
  assert.equal(NOW - rangeOf('', store.entries, NOW).from, 6 * HOUR)
  assert.equal(NOW - rangeOf('1h', store.entries, NOW).from, HOUR)
  assert.equal(NOW - rangeOf('no range', store.entries, NOW).from, 6 * HOUR)
})
