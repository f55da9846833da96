/** `npm run bench [-- --json] [-- --only NAME,...]`: figures against peers, as ratios in one run. */

import { parseArgs } from 'node:util'
import { devtoolsIdle } from './devtools-idle.ts'
import { explain } from './explain.ts'
import { fanOut, fanOutStalled } from './fan-out.ts'
import { type Figure, rowOf } from './figures.ts'
import { fleetSink } from './fleet-sink.ts'
import { idle } from './idle.ts'
import { ingest } from './ingest.ts'
import { journal } from './journal.ts'
import { flood } from './kmsg-flood.ts'
import { latency } from './latency.ts'
import { pageCrash } from './page-crash.ts'
import { publish } from './publish.ts'
import { replay } from './replay.ts'
import { shim } from './shim.ts'
import { start } from './start.ts'
import { quiet, storm } from './storm.ts'

interface Bench {
  /** The rows that it measures, without what comes after a comma; `--only` takes some of them. */
  readonly rows: readonly string[]
  readonly run: (log: (line: string) => void) => Promise<Figure[]>
}

const BENCHES: readonly Bench[] = [
  { rows: ['fan-out'], run: fanOut },
  { rows: ['fan-out-stalled'], run: fanOutStalled },
  { rows: ['ingest', 'ingest-journaled'], run: ingest },
  { rows: ['publish', 'publish-journaled'], run: publish },
  { rows: ['start', 'memory'], run: start },
  { rows: ['kill-latency'], run: latency },
  { rows: ['idle'], run: idle },
  { rows: ['crash-latency', 'shim'], run: shim },
  { rows: ['page-crash-latency'], run: pageCrash },
  { rows: ['devtools-idle', 'process-table-idle'], run: devtoolsIdle },
  { rows: ['parse-storm'], run: storm },
  { rows: ['parse-quiet'], run: quiet },
  { rows: ['explain'], run: explain },
  { rows: ['kmsg-flood'], run: flood },
  { rows: ['replay'], run: replay },
  { rows: ['fleet'], run: fleetSink },
  { rows: ['journal'], run: journal },
]

const known = BENCHES.flatMap(({ rows }) => rows)
const { json, names } = wantedFigures()
const wanted = BENCHES.filter(({ rows }) => rows.some(row => names.includes(row)))
const log = (line: string): void => void process.stderr.write(`${line}\n`)
for (const { rows, run } of wanted) {
  try {
    for (const figure of await run(log)) {
      console.log(json ? JSON.stringify(figure) : rowOf(figure))
    }
  } catch (error) {
    // The others are worth their minutes nevertheless.
    log(`${rows.join(', ')}: ${(error as Error).stack}`)
    process.exitCode = 1
  }
}

/** Of the command line; where there is something wrong with it, the process ends with what that is. */
function wantedFigures(): { json: boolean; names: readonly string[] } {
  try {
    const { values } = parseArgs({
      options: { json: { type: 'boolean' }, only: { type: 'string' } },
    })
    const names = values.only?.split(',') ?? known
    const unknown = names.find(name => !known.includes(name))
    if (unknown !== undefined) throw new Error(`there is no figure "${unknown}"`)
    return { json: values.json ?? false, names }
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`)
    console.error(`usage: npm run bench [-- [--json] [--only NAME,...]], of ${known.join(',')}`)
    process.exit(2)
  }
}
