/** `sysmon explain`: reads a saved kernel log and says who was killed, and why. */

import { dumpJson, killJson } from '../explain/json.ts'
import { type Explained, LogExplainer } from '../explain/log-explainer.ts'
import { COLOURED, killReport, noKillReport, PLAIN } from '../explain/report.ts'
import { eachLine } from './input.ts'
import { parseOptions, UsageError } from './usage.ts'

const HELP = `Usage: sysmon explain [--json [--all]] [FILE...]

Reads saved kernel logs (standard input without FILE) and says of every OOM kill
in them who was killed, how large it was, whose limit was hit, and why.

Takes raw /dev/kmsg records, dmesg (also -T, -x, --raw), journalctl (short, iso,
json) and syslog, with the prefixes of Kubernetes and CI logs, quoted or wrapped
by mail, also compressed with gzip. The log is read as a stream: its size does not
matter.

Options:
  --json      one kill a line: "type", "category", "source" and "data" as "event"
              in the envelope of the API, and beside them
                "ts"         Unix microseconds where "time" is "wall" (the log
                             states the time of day), microseconds since boot
                             where it is "boot" (it has the kernel's stamps
                             only), the time of reading where it is "unknown"
                "diagnosis"  "cause", "evidence" and "next": the sentences
                "dump"       the numbers behind them: "allocation" (flags,
                             order), "zones" with their watermarks, "held" (what
                             the memory was used for), "counters_kb", "swap",
                             "memcg", "tasks" (sums by name), "kernel"
              What the dump does not state is absent.
  --all       with --json, also the dumps after which nobody was killed, as
              "type": "oom_without_kill" with "outcome" (no_killable_process,
              panic or cut), "evidence" and "dump"
  -h, --help  this text

Colours are used on a terminal only, and not where NO_COLOR is set.

Exit status: 0 when a kill was found, 1 when there was none (standard error says
what was read), 2 for wrong usage or a file that cannot be read.
`

export async function explainCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      all: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (values.all === true && values.json !== true) {
    throw new UsageError('--all goes with --json; the text shows all dumps anyway')
  }
  const files = positionals.length === 0 ? ['-'] : positionals
  if (files.includes('-') && process.stdin.isTTY) {
    throw new UsageError('name a file, or pipe a log in: dmesg | sysmon explain')
  }
  const style = process.stdout.isTTY && !process.env.NO_COLOR ? COLOURED : PLAIN
  let kills = 0
  for (const file of files) {
    let outcomes = 0
    const explainer = new LogExplainer((explained: Explained) => {
      outcomes++
      if (explained.type === 'kill') kills++
      const text = render(explained)
      if (text !== undefined) process.stdout.write(`${text}\n`)
    })
    await eachLine(file, line => explainer.push(line))
    explainer.end()
    if (outcomes === 0) process.stderr.write(`${nothingFound(file, explainer.records)}\n`)
  }
  return kills > 0 ? 0 : 1

  function render(explained: Explained): string | undefined {
    if (values.json !== true) {
      return explained.type === 'kill'
        ? killReport(explained, kills, style)
        : noKillReport(explained, style)
    }
    if (explained.type === 'kill') return JSON.stringify(killJson(explained))
    return values.all === true ? JSON.stringify(dumpJson(explained)) : undefined
  }
}

function nothingFound(file: string, records: number): string {
  const name = file === '-' ? 'standard input' : file
  return records === 0
    ? `${name}: no line of the kernel in it; give the kernel's log: dmesg, journalctl -k, kern.log`
    : `${name}: no OOM kill in ${records} lines of the kernel; a kill is told by "Killed process" (was the log cut, or is it of another boot?)`
}
