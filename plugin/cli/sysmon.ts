#!/usr/bin/env node
/** The command `sysmon`: picks the subcommand. */

import { packageInfo } from '../package-info.ts'
import { UsageError } from './usage.ts'
import { setServerFlags } from './v8-flags.ts'

const HELP = `Usage: sysmon <command> [options]

Out-of-memory kills and service crashes of this machine, as events.

Commands:
  serve     run the telemetry API: watch the kernel log, take and stream events
  explain   read a saved kernel log and say who was killed, and why
  tail      follow a running server and print its events
  doctor    look for what keeps telemetry from being told, and say how to mend it

sysmon <command> --help tells more of each, sysmon --version which one this is.
`

type Command = (args: string[]) => Promise<number>

/** Each loads what it needs and no more: what serve needs takes 0.3 s. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  async serve() {
    setServerFlags()
    return (await import('./serve.ts')).serveCommand
  },
  explain: async () => (await import('./explain.ts')).explainCommand,
  tail: async () => (await import('./tail.ts')).tailCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
}

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP)
    return 0
  }
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${packageInfo().version}\n`)
    return 0
  }
  const load = name === undefined ? undefined : COMMANDS[name]
  if (load === undefined) {
    process.stderr.write(
      name === undefined ? HELP : `sysmon: there is no command "${name}"\n\n${HELP}`
    )
    return 2
  }
  try {
    const command = await load()
    return await command(rest)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`sysmon ${name}: ${error.message}\n`)
    return 2
  }
}

// A reader that has seen enough (`sysmon explain | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})
process.exitCode = await main(process.argv.slice(2))
