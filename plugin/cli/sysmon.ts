#!/usr/bin/env node
/** The command `sysmon`: picks the subcommand. */

import { setFlagsFromString } from 'node:v8'
import { UsageError } from './usage.ts'

const HELP = `Usage: sysmon <command> [options]

Out-of-memory kills and service crashes of this machine, as events.

Commands:
  serve     run the telemetry API: watch the kernel log, take and stream events
  explain   read a saved kernel log and say who was killed, and why
  tail      follow a running server and print its events

sysmon <command> --help tells more of each.
`

type Command = (args: string[]) => Promise<number>

/** Each loads what it needs and no more: what serve needs takes 0.3 s. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  async serve() {
    const major = Number.parseInt(process.versions.node, 10)
    for (const flag of major >= 24 ? [...FLAGS, ...FLAGS_24] : FLAGS) setFlagsFromString(flag)
    return (await import('./serve.ts')).serveCommand
  },
  explain: async () => (await import('./explain.ts')).explainCommand,
  tail: async () => (await import('./tail.ts')).tailCommand,
}

/**
 * Of V8, for a server that is idle nearly always, beside browsers, on a machine that runs out of
 * memory.
 */
const FLAGS = [
  // Else the nursery grows to 16 MB while the modules load, and the heap by 40 before it is collected.
  '--semi-space-growth-factor=1',
  '--optimize-for-size',
  // Of three compilers TurboFan is enough, and what is never called is not compiled.
  '--no-maglev',
  '--no-sparkplug',
  '--max-lazy',
  // The HTTP parser of fetch is WebAssembly: to optimise it takes 25 MB for a moment.
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
]
/** Those that older versions complain of. */
const FLAGS_24 = [
  // Else buffers that nobody needs any more wait for a collection that they do not hasten.
  '--external-memory-accounted-in-global-limit',
]

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP)
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
