/** When short memory is told: once, when it begins, and not of what is only a moment. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PressureAlarm, type Reading } from '../../plugin/pressure/alarm.ts'
import { parseGroupEvents, parsePressure } from '../../plugin/pressure/readings.ts'

const full = (fullAvg10: number): Reading => ({
  pressure: { someAvg10: fullAvg10, fullAvg10 },
  events: undefined,
})
const group = (high: number, max = 0): Reading => ({ pressure: undefined, events: { high, max } })

/** A reading a second. @returns the seconds at which something was told */
function told(readings: readonly Reading[]): number[] {
  const alarm = new PressureAlarm({ fullPercent: 10, forMs: 2000 })
  return readings.flatMap((reading, second) =>
    alarm.read(second * 1000, reading) === undefined ? [] : [second]
  )
}
const times = (count: number, reading: Reading) => Array.from({ length: count }, () => reading)

test('pressure over the threshold for its time is told once', () => {
  assert.deepEqual(told(times(300, full(10))), [2])
  assert.deepEqual(told(times(300, full(9.99))), [])
})

test('a moment is not told', () => {
  const moment = [...times(2, full(50)), full(0)]
  assert.deepEqual(told(Array.from({ length: 50 }, () => moment).flat()), [])
})

test('not again before it was over, and not within a minute', () => {
  const wave = [...times(5, full(30)), ...times(15, full(6))]
  assert.deepEqual(told(Array.from({ length: 10 }, () => wave).flat()), [2], 'never quite over')
  const over = [...times(5, full(30)), ...times(15, full(1))]
  assert.deepEqual(told(Array.from({ length: 7 }, () => over).flat()), [2, 62, 122])
})

test('a limit that is met three seconds in a row is told, by which it was', () => {
  const rising = (count: number) => Array.from({ length: count }, (_, i) => group(i * 5))
  assert.deepEqual(told(rising(10)), [3])
  assert.deepEqual(told(times(10, group(500))), [], 'what was counted before says nothing')
  const alarm = new PressureAlarm({ fullPercent: 10, forMs: 2000 })
  const seen = [0, 1, 2, 3].map(i => alarm.read(i * 1000, group(i, i * 2)))
  assert.deepEqual(seen.at(-1), { reason: 'group_max', high: 1, max: 2 })
})

test('files of the kernel, and others', () => {
  const text =
    'some avg10=12.50 avg60=0.10 avg300=0.00 total=5\nfull avg10=3.25 avg60=0.00 avg300=0.00 total=1\n'
  assert.deepEqual(parsePressure(text), { someAvg10: 12.5, fullAvg10: 3.25 })
  assert.equal(parsePressure(''), undefined)
  assert.deepEqual(parseGroupEvents('low 0\nhigh 7\nmax 3\noom 0\noom_kill 0\n'), {
    high: 7,
    max: 3,
  })
  assert.deepEqual(parseGroupEvents('42\n'), { high: 0, max: 42 })
  assert.equal(parseGroupEvents('x'), undefined)
})
