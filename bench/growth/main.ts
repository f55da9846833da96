/**
 * `npm run bench:growth [-- --only NAME,...]`: how cost grows with what there is of it, over three orders of
 * magnitude and more, as pictures in docs/growth/ and a table in docs/figures.md.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { short } from '../figures.ts'
import { machineWords } from '../machine.ts'
import { byTasks } from './dumps.ts'
import { byStreams } from './fleet.ts'
import { byJournal } from './journal.ts'
import { type Growth, plotOf, powerOf } from './log-plot.ts'
import { byClients, byRate } from './publishing.ts'

const PAPER = fileURLToPath(new URL('../../../docs/figures.md', import.meta.url))
const PICTURES = fileURLToPath(new URL('../../../docs/growth/', import.meta.url))
const BEGIN = '<!-- growth -->\n'
const END = '<!-- /growth -->\n'
const HEAD = '| | grows with the power | from | to |\n| --- | --- | --- | --- |\n'

const MEASURES: Readonly<
  Record<string, (log: (line: string) => void) => Promise<Growth[]> | Growth[]>
> = {
  events: byRate,
  clients: byClients,
  tasks: byTasks,
  journal: byJournal,
  streams: byStreams,
}

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
const wanted = only?.split(',') ?? Object.keys(MEASURES)
for (const name of wanted) {
  if (name in MEASURES) continue
  throw new Error(`there is no "${name}": --only takes some of ${Object.keys(MEASURES).join(',')}`)
}
const machine = machineWords()
mkdirSync(PICTURES, { recursive: true })
for (const name of wanted) {
  const grown = await MEASURES[name]!(line => console.error(line))
  for (const growth of grown) {
    writeFileSync(`${PICTURES}${growth.name}.svg`, plotOf(growth))
    write(growth)
  }
}

/** The growth's row of the table, in place of that of an earlier run. */
function write({ name, of, cost, points }: Growth): void {
  const [before = '', rest = ''] = readFileSync(PAPER, 'utf8').split(BEGIN)
  const [table = '', after = ''] = rest.split(END)
  const rows = new Map(
    table.split('\n').flatMap(line => {
      const key = /\(growth\/(.+?)\.svg\)/.exec(line)?.[1]
      return key === undefined ? [] : [[key, line] as const]
    })
  )
  const [first, last] = [points[0]!, points.at(-1)!]
  const at = ({ x, y }: { x: number; y: number }) => `${short(y)} at ${x.toLocaleString('en-US')}`
  const power = powerOf(points).toFixed(2)
  rows.set(
    name,
    `| ![${cost}](growth/${name}.svg) | ${power} of the ${of} | ${at(first)} | ${at(last)} |`
  )
  const text = `${BEGIN}Last run: ${machine}.\n\n${HEAD}${[...rows.values()].join('\n')}\n${END}`
  writeFileSync(PAPER, before + text + after)
}
