/** `sysmon serve`: a small Fastify application that registers the plugin. */

import type { FastifyInstance } from 'fastify'
import { type LevelWithSilent, pino } from 'pino'
import { CATEGORIES } from '../events/types.ts'
import { sysmonPlugin } from '../index.ts'
import { OPTIONS } from '../options.ts'
import { SINK_HELP, sinkOptionsFromEnv, takesAll } from '../sinks/registry.ts'
import type { SysmonOptions } from '../types.ts'
import { describeVariables, optionsFromEnv } from './environment.ts'
import { createHttpApp, uiPathOf } from './http-app.ts'
import { type ListenAt, listen, listenAt, refuseUnguarded } from './listen.ts'
import { integerVariable, parseOptions, UsageError } from './usage.ts'

/** Of options, where they are not the plugin's. */
const DEFAULTS = { stateDir: '/var/lib/fastify-sysmon', docs: true, ui: true } as const
const HELP_COLUMN = 20

/** Made when asked for: each start would pay for the text of all variables. */
const help = (): string => `Usage: sysmon serve

Runs the telemetry API: watches the kernel log for OOM kills, takes events by
POST /telemetry/events, and streams them by GET /telemetry/events.

Environment:
  PORT              port to listen on (10001)
  HOST              address to listen on, or unix:/path/of/a/socket (127.0.0.1;
                    0.0.0.0 for all, which needs a token)
  LOG_LEVEL         fatal, error, warn, info, debug, trace or silent
                    (info; on a terminal warn)
${[...describeVariables(DEFAULTS), ...SINK_HELP].map(describeVariable).join('\n')}

Logs are JSON lines on standard output. SIGTERM and SIGINT end the event
streams properly and exit with status 0.
`

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
/** After SIGTERM, beside what streams and sinks get. */
const EXIT_GRACE_MS = 100

export async function serveCommand(args: string[]): Promise<number> {
  const { values } = parseOptions({ args, options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help === true) {
    process.stdout.write(help())
    return 0
  }
  const port = integerVariable('PORT', 10001, 65535)
  const at = listenAt(process.env.HOST || '127.0.0.1', port)
  const sinks = sinkOptionsFromEnv(process.env)
  const logger = pino({ level: logLevel() })
  // What is to be delivered must not be lost while it cannot be.
  const journalCategories = takesAll(sinks) ? CATEGORIES : undefined
  const options = { ...DEFAULTS, ...optionsFromEnv(process.env) }
  await refuseUnguarded(at, options)
  const app = createHttpApp(logger, options)
  await app.register(sysmonPlugin, {
    journalCategories,
    ...options,
    // What is wrong with the variables of a sink does not keep the server from serving.
    ...(sinks as SysmonOptions),
  })
  const { closeTimeout = OPTIONS.closeTimeout.default, sinkTimeout = OPTIONS.sinkTimeout.default } =
    options
  const stopped = stopOnSignal(app, closeTimeout + sinkTimeout + EXIT_GRACE_MS)
  let address: string
  try {
    address = await listen(app, at)
  } catch (error) {
    await app.close()
    process.stderr.write(
      `sysmon serve: ${explainListenError(error as NodeJS.ErrnoException, at)}\n`
    )
    return 1
  }
  const page = pageUrl(address, options)
  if (page !== undefined) logger.info({ page }, `the page is at ${page}`)
  if (process.stdout.isTTY) process.stdout.write(greeting(app, address, options))
  return await stopped
}

/** Variables, and what they are for at the column of the others. */
function describeVariable([variables, text]: readonly [string, string]): string {
  const lines = (text.match(/.{1,58}(?: |$)/g) ?? []).map(line => line.trimEnd())
  const isShort = variables.length <= HELP_COLUMN - 4
  const head = `  ${variables}`.padEnd(isShort ? HELP_COLUMN : 0) + (isShort ? lines.shift() : '')
  return [head, ...lines.map(line => ' '.repeat(HELP_COLUMN) + line)].join('\n')
}

function logLevel(): LevelWithSilent {
  const level = process.env.LOG_LEVEL || (process.stdout.isTTY ? 'warn' : 'info')
  if (LEVELS.includes(level)) return level as LevelWithSilent
  throw new UsageError(
    `the environment variable LOG_LEVEL must be one of ${LEVELS.join(', ')}, not "${level}"`
  )
}

function greeting(app: FastifyInstance, address: string, options: SysmonOptions): string {
  const { kmsg } = app.sysmon.health()
  const isSocket = address.startsWith('/')
  const curl = isSocket ? `curl --unix-socket ${address}` : 'curl'
  const base = isSocket ? 'http://localhost' : address
  const watching =
    kmsg.state === 'watching'
      ? `${kmsg.path} for out-of-memory kills, ${base}/telemetry/events for posted events`
      : `posted events only: ${kmsg.error ?? 'the kernel log is turned off'}`
  const page = pageUrl(address, options)
  return [
    ...(page === undefined ? [] : [`page      ${page}`]),
    `watching  ${watching}`,
    `events    ${curl} -N ${base}/telemetry/events        (health: ${base}/healthz)`,
    `try       ${curl} -d '{"type":"hello","category":"system"}' -H 'content-type: application/json' ${base}/telemetry/events`,
    '',
  ].join('\n')
}

/** Where a person looks; undefined where there is no page, or only a socket, which no browser opens. */
function pageUrl(address: string, options: SysmonOptions): string | undefined {
  const path = uiPathOf(options)
  return path === undefined || address.startsWith('/') ? undefined : address + path
}

function explainListenError(error: NodeJS.ErrnoException, at: ListenAt): string {
  if ('path' in at) return `cannot listen on unix:${at.path}: ${error.message}`
  const { port, host } = at
  if (error.code === 'EADDRINUSE') {
    return `port ${port} on ${host} is taken: stop what listens there, or set PORT to another one`
  }
  if (error.code === 'EACCES') return `port ${port} needs privileges: set PORT to one above 1023`
  return `cannot listen on ${host}, port ${port}: ${error.message}`
}

/** @returns the exit status, once a signal came and the application is closed */
function stopOnSignal(app: FastifyInstance, timeoutMs: number): Promise<number> {
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals): void => {
      app.log.info({ signal }, 'stopping')
      // Something that does not end must not keep the supervisor waiting for its SIGKILL.
      setTimeout(() => process.exit(0), timeoutMs).unref()
      app.close().then(
        () => resolve(0),
        error => {
          app.log.error({ err: error }, 'the application did not close')
          resolve(1)
        }
      )
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
  })
}
