/** `sysmon explain`: reads a saved kernel log and says who was killed, and why. */

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Explained, Explainer } from '../explain/explain.ts'
import { COLOURED, killReport, noKillReport, PLAIN } from '../explain/report.ts'
import { LineSplitter } from './lines.ts'
import { parseOptions, UsageError } from './usage.ts'

const HELP = `Usage: sysmon explain [--json] [FILE...]

Reads saved kernel logs (standard input without FILE) and says of every OOM kill
in them who was killed, how large it was, whose limit was hit, and why.

Takes raw /dev/kmsg records, dmesg (also -T, -x, --raw), journalctl (short, iso,
json) and syslog, with the prefixes of Kubernetes and CI logs, quoted or wrapped
by mail.

Options:
  --json      one event a line, as "event" in the envelope of the API.
              "ts" is Unix microseconds where the log states the time of day,
              microseconds since boot where it has the kernel's stamps only,
              and the time of reading where it has neither.
  -h, --help  this text

Exit status: 0 when a kill was found, 1 when there was none, 2 for wrong usage.
`

export async function explainCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const files = positionals.length === 0 ? ['-'] : positionals
  if (files.includes('-') && process.stdin.isTTY) {
    throw new UsageError('name a file, or pipe a log in: dmesg | sysmon explain')
  }
  const style = process.stdout.isTTY && !process.env.NO_COLOR ? COLOURED : PLAIN
  let kills = 0
  for (const file of files) {
    let outcomes = 0
    const explainer = new Explainer((explained: Explained) => {
      outcomes++
      if (explained.type === 'kill') kills++
      if (values.json === true) {
        if (explained.type === 'kill') process.stdout.write(`${JSON.stringify(explained.event)}\n`)
      } else {
        process.stdout.write(
          `${explained.type === 'kill' ? killReport(explained, kills, style) : noKillReport(explained, style)}\n`
        )
      }
    })
    await eachLine(file, line => explainer.push(line))
    explainer.end()
    if (outcomes === 0) {
      process.stderr.write(
        `${file === '-' ? 'standard input' : file}: no OOM kill in ${explainer.records} lines of the kernel\n`
      )
    }
  }
  return kills > 0 ? 0 : 1
}

async function eachLine(file: string, onLine: (line: string) => void): Promise<void> {
  const input: Readable = file === '-' ? process.stdin : createReadStream(file)
  const splitter = new LineSplitter(onLine)
  try {
    for await (const chunk of input) splitter.push((chunk as Buffer).toString('latin1'))
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`)
  }
  splitter.end()
}
