/**
 * `npm run fuzz [-- --seconds N] [--records N] [--seed S]`: damaged dumps without end, until the time
 * is over (60 s) or, with --records, that many records were damaged. A failure prints the seed that
 * repeats it at once: `npm run fuzz -- --seed S`.
 */

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzzRound, readRecordings, type Tally } from './fuzz.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    records: { type: 'string' },
    seed: { type: 'string' },
  },
})
const seconds = Number(values.seconds ?? (values.records === undefined ? 60 : Infinity))
const records = Number(values.records ?? Infinity)
const first = Number(values.seed ?? Date.now() % 2 ** 31)
if ([seconds, records, first].some(Number.isNaN)) {
  console.error('--seconds, --records and --seed take a number')
  process.exit(2)
}
/** Memory above the start, in bytes, at which the parser is said to leak. */
const MEMORY_BOUND = 256 * 2 ** 20

const folder = process.env.SYSMON_CORPUS ?? join(process.cwd(), '..', 'shared', 'corpus')
const recordings = readRecordings([join(process.cwd(), 'test', 'fixtures'), folder])
const tally: Tally = { records: 0, mutated: 0, kills: 0, withoutKill: 0 }
const start = performance.now()
const idle = process.memoryUsage().rss
let reported = start
let peak = 0
let seed = first
const elapsed = (): number => (performance.now() - start) / 1000
const report = (): string =>
  `${tally.records} records (${tally.mutated} of them damaged or out of place), ${tally.kills} kills, ` +
  `${tally.withoutKill} dumps without one, ${(tally.records / elapsed() / 1e3).toFixed(0)}k records/s, ` +
  `at most ${(peak / 2 ** 20).toFixed(0)} MiB above the start`

console.log(`${recordings.length} recordings, first seed ${first}`)
for (; elapsed() < seconds && tally.mutated < records; seed++) {
  try {
    fuzzRound(recordings, seed, tally)
    peak = Math.max(peak, process.memoryUsage.rss() - idle)
    if (peak > MEMORY_BOUND) throw new Error('memory is not bounded')
  } catch (error) {
    console.error(error)
    console.error(`after ${report()}\nrepeat it with: npm run fuzz -- --seed ${seed}`)
    process.exit(1)
  }
  if (performance.now() - reported > 30_000) {
    reported = performance.now()
    console.log(report())
  }
}
console.log(`${report()}: everything held`)
