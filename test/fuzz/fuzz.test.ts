/** A short run of `npm run fuzz`, the same each time, over the project's own recordings. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { fuzzRound, readRecordings, type Tally } from './fuzz.ts'

const ROUNDS = 40

test('damaged and mixed dumps: no throw, bounded sections, no event the records do not justify', () => {
  const recordings = readRecordings([join(process.cwd(), 'test', 'fixtures')])
  const tally: Tally = { records: 0, mutated: 0, kills: 0, withoutKill: 0 }
  for (let seed = 1; seed <= ROUNDS; seed++) {
    try {
      fuzzRound(recordings, seed, tally)
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
  assert.ok(tally.mutated > 50_000, `${tally.mutated} damaged records`)
  assert.ok(tally.kills > 1000, `${tally.kills} kills`)
})
