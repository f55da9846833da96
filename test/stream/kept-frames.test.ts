/** Frames in a circle of memory: whole while they are kept, and none that newer ones were written over. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeptFrames } from '../../plugin/stream/kept-frames.ts'
import fc from '../support/fast-check.ts'

test('a frame is read as it was kept, or not at all; the newest half of the bytes is there', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(sizes, all => {
      const frames = new KeptFrames(1024)
      const kept: { place: number; frame: Buffer }[] = []
      for (const [index, size] of all.entries()) {
        const frame = Buffer.alloc(size, index)
        kept.push({ place: frames.keep(frame), frame })
        let newer = 0
        for (const { place, frame } of kept.toReversed()) {
          const read = frames.read(place)
          newer += frame.length + 4
          if (newer <= 512) assert.ok(read, `${newer} bytes from the end`)
          if (read !== undefined) assert.deepEqual(read, frame)
        }
      }
    }),
    { numRuns: 50 }
  )
})
