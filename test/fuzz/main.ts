/**
 * `npm run fuzz [-- --minutes N] [--seed S] [--records N]`: damaged dumps and the tests of properties,
 * in turns and from ever new seeds, until the time is over (1 minute). With --records only dumps, until
 * that many records were damaged. What does not hold is printed with the command that repeats it.
 */

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fuzzRound, readRecordings, type Tally } from './fuzz.ts'
import { propertyFiles, runProperties } from './properties.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    records: { type: 'string' },
    seed: { type: 'string' },
  },
})
const minutes = Number(values.minutes ?? (values.records === undefined ? 1 : Infinity))
const records = Number(values.records ?? Infinity)
const first = Number(values.seed ?? Date.now() % 2 ** 31)
if ([minutes, records, first].some(Number.isNaN)) {
  console.error('--minutes, --records and --seed take a number')
  process.exit(2)
}
/** Memory above the start, in bytes, at which the parser is said to leak. */
const MEMORY_BOUND_BYTES = 256 * 2 ** 20
/** Dumps are damaged for so long, then the properties of one file are tried. */
const DUMPS_A_TURN_MS = 15_000
const REPORT_EVERY_MS = 60_000

const folders = ['fixtures', 'corpus'].map(name => join(process.cwd(), 'test', name))
const recordings = readRecordings(folders)
const files = values.records === undefined ? propertyFiles() : []
const tally: Tally = { records: 0, mutated: 0, kills: 0, withoutKill: 0 }
const idle = process.memoryUsage().rss
const deadline = performance.now() + minutes * 60_000
let reported = performance.now()
let dumpsMs = 0
let peak = 0
let tried = 0
let seed = first

const report = (): string =>
  `${tally.records} records (${tally.mutated} of them damaged or out of place), ${tally.kills} kills, ` +
  `${tally.withoutKill} dumps without one, ${(tally.records / dumpsMs).toFixed(0)}k records/s, ` +
  `at most ${(peak / 2 ** 20).toFixed(0)} MiB above the start; ${tried} files of properties`

const isOver = (): boolean => performance.now() >= deadline || tally.mutated >= records

/** @throws where something does not hold */
function damageDumps(): void {
  const start = performance.now()
  do {
    fuzzRound(recordings, seed, tally)
    peak = Math.max(peak, process.memoryUsage.rss() - idle)
    if (peak > MEMORY_BOUND_BYTES) throw new Error('memory is not bounded')
    seed++
  } while (!isOver() && performance.now() - start < DUMPS_A_TURN_MS)
  dumpsMs += performance.now() - start
}

console.log(
  `${recordings.length} recordings, ${files.length} files of properties, first seed ${first}`
)
while (!isOver()) {
  try {
    damageDumps()
  } catch (error) {
    console.error(error)
    console.error(`after ${report()}\nrepeat it with: npm run fuzz -- --seed ${seed}`)
    process.exit(1)
  }
  const file = files[tried % files.length]
  if (file !== undefined && !isOver()) {
    const failure = await runProperties(file, seed)
    if (failure !== undefined) {
      console.error(failure)
      console.error(`after ${report()}\nrepeat it with: SYSMON_SEED=${seed} node --test ${file}`)
      process.exit(1)
    }
    tried++
  }
  if (performance.now() - reported > REPORT_EVERY_MS) {
    reported = performance.now()
    console.log(report())
  }
}
console.log(`${report()}: everything held`)
