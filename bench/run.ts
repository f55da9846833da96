/** `npm run bench [-- --json]`: figures against peers, as ratios in one run. */

import { parseArgs } from 'node:util'
import type { Figure } from './figures.ts'
import { journal } from './journal.ts'
import { latency } from './latency.ts'
import { shim } from './shim.ts'
import { start } from './start.ts'
import { storm } from './storm.ts'

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' } } })
const BENCHES: Readonly<Record<string, (log: (line: string) => void) => Promise<Figure[]>>> = {
  storm,
  latency,
  journal,
  shim,
  start,
}

for (const [name, bench] of Object.entries(BENCHES)) {
  if (values.only !== undefined && values.only !== name) continue
  for (const figure of await bench(line => process.stderr.write(`${line}\n`))) {
    if (values.json === true) {
      console.log(JSON.stringify(figure))
    } else {
      const { ours, peer, peer_name, unit, ratio } = figure
      console.log(
        `${figure.name.padEnd(40)} ${ours.toPrecision(3).padStart(9)} ${unit.padEnd(10)} ${peer_name}: ${peer.toPrecision(3)}   ratio ${ratio.toFixed(2)}`
      )
    }
  }
}
