/** What is history and what came since, where the line that marks the start was overwritten. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KernelClock, monotonicUs } from '../../plugin/kmsg/clock.ts'
import { RawRecord } from '../../plugin/kmsg/record.ts'
import { StartMark } from '../../plugin/watch/start-mark.ts'

/** Of a kernel whose clock is five seconds behind CLOCK_MONOTONIC. */
function recordOf(seq: number): RawRecord {
  const stamp = Math.round(monotonicUs() - 5_000_000)
  const bytes = Buffer.from(`6,${seq},${stamp},-;text\n`)
  const record = new RawRecord()
  assert.ok(record.read(bytes, 0, bytes.length))
  return record
}

/** @param records the number of each, and how many are lost before it */
function startMark(...records: [seq: number, lost: number][]): (seq: number) => boolean {
  const mark = new StartMark(new KernelClock())
  // What is written there is in no log.
  mark.mark('/dev/null')
  assert.ok(mark.isMarked)
  for (const [seq, lost] of records) mark.push(recordOf(seq), lost)
  mark.end(records.at(-1)![0], true)
  return seq => mark.isBefore(recordOf(seq))
}

test('nothing of what was there is left: all came since, though the clocks are apart', () => {
  const isBefore = startMark([100, 0], [101, 0])
  assert.deepEqual([100, 101, 102].map(isBefore), [false, false, false])
})

test('some of what was there was read before the rest was overwritten: that is history', () => {
  const isBefore = startMark([100, 0], [101, 0], [300, 198], [301, 0])
  assert.deepEqual([100, 101, 300, 301, 302].map(isBefore), [true, true, false, false, false])
})
