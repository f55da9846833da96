/** `npm run bench [-- --json] [-- --only NAME]`: figures against peers, as ratios in one run. */

import { parseArgs } from 'node:util'
import { fanOut, fanOutStalled } from './fan-out.ts'
import { type Figure, rowOf } from './figures.ts'
import { ingest } from './ingest.ts'
import { journal } from './journal.ts'
import { latency } from './latency.ts'
import { publish } from './publish.ts'
import { shim } from './shim.ts'
import { start } from './start.ts'
import { storm } from './storm.ts'

interface Bench {
  /** The rows that it measures, without what comes after a comma; `--only` takes one of them. */
  readonly rows: readonly string[]
  readonly run: (log: (line: string) => void) => Promise<Figure[]>
}

const BENCHES: readonly Bench[] = [
  { rows: ['fan-out'], run: fanOut },
  { rows: ['fan-out-stalled'], run: fanOutStalled },
  { rows: ['ingest', 'ingest-journaled'], run: ingest },
  { rows: ['publish', 'publish-journaled'], run: publish },
  { rows: ['start', 'memory'], run: start },
  { rows: ['kill-latency', 'idle'], run: latency },
  { rows: ['crash-latency', 'shim'], run: shim },
  { rows: ['parse-storm'], run: storm },
  { rows: ['journal'], run: journal },
]

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } })
const { json = false, only } = values
const wanted = BENCHES.filter(({ rows }) => only === undefined || rows.includes(only))
if (wanted.length === 0) {
  const known = BENCHES.flatMap(({ rows }) => rows).join(', ')
  throw new Error(`there is no figure "${only}": --only takes one of ${known}`)
}
for (const { run } of wanted) {
  for (const figure of await run(line => process.stderr.write(`${line}\n`))) {
    console.log(json ? JSON.stringify(figure) : rowOf(figure))
  }
}
