/** `sysmon explain`: reads a saved kernel log and says who was killed, and why. */

import { IncidentCollector } from '../explain/incidents.ts'
import { bystanderOf, type ExplainOutput, jsonOutput } from '../explain/json-output.ts'
import { type Explained, LogExplainer } from '../explain/log-explainer.ts'
import { nothingFound } from '../explain/nothing-found.ts'
import { OtherDeaths } from '../explain/other-killers.ts'
import { Repetition } from '../explain/repetition.ts'
import { block, COLOURED, incidentReport, PLAIN, type Style } from '../explain/report.ts'
import { eachLine } from './input.ts'
import { parseOptions, UsageError } from './usage.ts'

const HELP = `Usage: sysmon explain [--json [--all]] [FILE...]

Reads saved kernel logs (standard input without FILE) and says of every OOM kill
in them who was killed, how large it was, whose limit was hit, and why.

Takes raw /dev/kmsg records, dmesg (also -T, -x, --raw), journalctl (short, iso,
json) and syslog, with the prefixes of Kubernetes and CI logs, quoted or wrapped
by mail; a journal file, where journalctl is installed; and events of sysmon
itself, as JSON lines or as the text of the event stream. Also compressed (gzip,
zstd, xz, bzip2, lz4, as far as Node or a program can). The log is read as a
stream: its size does not matter.

Options:
  --json      one kill a line: "type", "category", "source" and "data" as "event"
              in the envelope of the API, "data" with its "diagnosis" ("cause",
              "evidence", "next": the sentences), and beside them
                "ts"         Unix microseconds where "time" is "wall" (the log
                             states the time of day), microseconds since boot
                             where it is "boot" (it has the kernel's stamps
                             only), the time of reading where it is "unknown"
                "dump"       the numbers behind the sentences: "allocation"
                             (flags, order), "zones" with their watermarks,
                             "held" (what the memory was used for),
                             "counters_kb", "swap", "memcg", "tasks" (sums by
                             name), "kernel"
                "after"      what came of it, in sentences: what else died, a
                             panic, units that failed
              What the log does not state is absent. At the end of a log that
              tells more: "type": "oom_summary" with "kills", "again" (kills that
              repeat, in sentences) and "others" (who else killed)
  --all       with --json, also the dumps after which nobody was killed, as
              "type": "oom_without_kill" with "outcome" (no_killable_process,
              panic or cut)
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
  const isJson = values.json === true
  const isTerminal = process.stdout.isTTY === true
  const style = {
    ...(isTerminal && !process.env.NO_COLOR ? COLOURED : PLAIN),
    width: isTerminal ? process.stdout.columns : undefined,
  }
  const print = (text: string): boolean => process.stdout.write(`${text}\n`)
  let kills = 0
  for (const file of files) {
    const log = isJson
      ? jsonOutput(values.all === true, item => print(JSON.stringify(item)))
      : textOf(style, kills, print)
    const explainer = new LogExplainer(log.onExplained, log.bystander)
    await eachLine(
      file,
      line => explainer.push(line),
      (chunk, from) => explainer.passOver(chunk, from)
    )
    explainer.end()
    log.end()
    kills += log.kills
    if (log.isSilent)
      process.stderr.write(
        `${file === '-' ? 'standard input' : file}: ${nothingFound(explainer)}\n`
      )
  }
  return kills > 0 ? 0 : 1
}

/** A block for each kill, told when it is known what belongs to it, and what they have in common. */
function textOf(style: Style, before: number, print: (text: string) => void): ExplainOutput {
  const repetition = new Repetition()
  const others = new OtherDeaths()
  const incidents = new IncidentCollector(
    incident => print(incidentReport(incident, style)),
    before
  )
  const output = {
    kills: 0,
    isSilent: true,
    onExplained(explained: Explained) {
      output.isSilent = false
      if (explained.type === 'kill') {
        output.kills++
        repetition.push(explained)
      }
      incidents.push(explained)
    },
    bystander: bystanderOf(incidents, others),
    end() {
      incidents.close()
      const reports = others.reports(output.kills > 0, style)
      for (const report of reports) print(report)
      if (reports.length > 0) output.isSilent = false
      const { sentences } = repetition
      if (sentences.length > 0) print(block(style, 'In all', undefined, [['again', sentences]]))
    },
  }
  return output
}
