/** What was seen in each scenario, printed at the end. */

import { after } from 'node:test'

export interface Table {
  row(scenario: string, ...seen: readonly string[]): void
}

/** Call it once a file: it prints after the file's last test. */
export function printedTable(title: string): Table {
  const rows: [string, string][] = []
  after(() => {
    const width = Math.max(...rows.map(([scenario]) => scenario.length))
    const lines = rows.map(([scenario, seen]) => `  ${scenario.padEnd(width)}  ${seen}`)
    console.log(`\n${title}\n${lines.join('\n')}\n`)
  })
  return {
    row(scenario, ...seen) {
      for (const [i, line] of seen.entries()) rows.push([i === 0 ? scenario : '', line])
    },
  }
}
