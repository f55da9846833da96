/**
 * `npm run bench:figures`: runs `npm run bench` and puts its table into docs/figures.md, with machine and
 * date. With `-- --only NAME` only those rows are measured, and the others stay as they were, with their date.
 */

import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Figure, short } from './figures.ts'
import { machineWords } from './machine.ts'

const PAPER = fileURLToPath(new URL('../../docs/figures.md', import.meta.url))
const BEGIN = '<!-- bench -->\n'
const END = '<!-- /bench -->\n'
const HEAD =
  '| figure | ratio | quartiles | here | peer | |\n| --- | --- | --- | --- | --- | --- |\n'

const paper = readFileSync(PAPER, 'utf8')
const [before = '', rest = ''] = paper.split(BEGIN)
const [table = '', after = ''] = rest.split(END)
const rows = new Map<string, string>()
// Of a run of all figures none of an earlier one stays.
const isWhole = process.argv.length === 2
for (const line of isWhole ? [] : table.split('\n')) {
  const name = /^\| (.+?) \| [\d.]/.exec(line)?.[1]
  if (name !== undefined) rows.set(keyOf(name, line.split(' | ').at(-1)!.replace(/ \|$/, '')), line)
}
const machine = machineWords()
const bench = spawn(
  process.execPath,
  [fileURLToPath(new URL('./run.js', import.meta.url)), '--json', ...process.argv.slice(2)],
  { stdio: ['ignore', 'pipe', 'inherit'] }
)
for await (const line of createInterface({ input: bench.stdout })) {
  const figure = JSON.parse(line) as Figure
  rows.set(keyOf(figure.name, figure.peer_name), row(figure))
}
const words = isWhole ? [`Last run: ${machine}.`] : [...earlierRuns(), `${label()}${machine}.`]
writeFileSync(
  PAPER,
  `${before}${BEGIN}${words.join('\n')}\n\n${HEAD}${[...rows.values()].join('\n')}\n${END}${after}`
)

/** When the rows that are not of this run were measured. */
function earlierRuns(): string[] {
  const lines = table.slice(0, table.indexOf('\n\n')).split('\n')
  return lines.filter(line => !line.startsWith(label()))
}

function label(): string {
  return `Since then \`${process.argv.at(-1)}\`: `
}

function keyOf(name: string, peer: string): string {
  return `${name}|${peer}`
}

function row({ name, ratio, spread, ours, peer, unit, peer_name, lower }: Figure): string {
  const quartiles = spread?.map(one => one.toFixed(2)).join(' to ') ?? ''
  const better = lower ? ' (less is better)' : ''
  return `| ${name} | ${ratio.toFixed(2)} | ${quartiles} | ${short(ours)} ${unit}${better} | ${short(peer)} | ${peer_name} |`
}
