/** `sysmon serve`: a small Fastify application that registers the plugin. */

import { METHODS } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Fastify, { type FastifyInstance } from 'fastify'
import { type LevelWithSilent, pino } from 'pino'
import { CATEGORIES } from '../events/types.ts'
import { sysmonPlugin } from '../index.ts'
import { hasSinks, SINK_HELP, sinkOptionsFromEnv } from '../sinks/registry.ts'
import {
  booleanVariable,
  integerVariable,
  listVariable,
  parseOptions,
  UsageError,
} from './usage.ts'

const HELP = `Usage: sysmon serve

Runs the telemetry API: watches the kernel log for OOM kills, takes events by
POST /telemetry/events, and streams them by GET /telemetry/events.

Environment:
  PORT              port to listen on (10001)
  HOST              address to listen on (127.0.0.1; 0.0.0.0 for all)
  SYSMON_KMSG_PATH  the kernel log device (/dev/kmsg)
  SYSMON_KMSG_HISTORY
                    true: publish at a first start also the kills that the kernel
                    logged before it (false)
  SYSMON_STATE_DIR  folder for what outlives the server: events, the place in the
                    kernel log (/var/lib/fastify-sysmon)
  SYSMON_ALLOWED_HOSTS
                    names by which the server may be asked, beside its addresses and
                    localhost, separated by commas (none)
  SYSMON_ALLOWED_ORIGINS
                    origins whose web pages may ask, separated by commas (none)
  LOG_LEVEL         fatal, error, warn, info, debug, trace or silent
                    (info; on a terminal warn)
${SINK_HELP.map(describeVariable).join('\n')}

Logs are JSON lines on standard output. SIGTERM and SIGINT end the event
streams properly and exit with status 0.
`

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
/** After SIGTERM: streams get a second (closeTimeout), the rest of the shutdown this long. */
const EXIT_TIMEOUT_MS = 1800

export async function serveCommand(args: string[]): Promise<number> {
  const { values } = parseOptions({ args, options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  // For garbage.ts.
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction
  const port = integerVariable('PORT', 10001, 65535)
  const host = process.env.HOST || '127.0.0.1'
  const kmsgPath = process.env.SYSMON_KMSG_PATH || '/dev/kmsg'
  const kmsgHistory = booleanVariable('SYSMON_KMSG_HISTORY')
  const sinks = sinkOptionsFromEnv(process.env)
  const app = Fastify({ loggerInstance: pino({ level: logLevel() }) }) as unknown as FastifyInstance
  // All that Node knows, so that the routes can answer 405 to them.
  for (const method of METHODS) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  }
  const stateDir = process.env.SYSMON_STATE_DIR || '/var/lib/fastify-sysmon'
  // What is to be delivered must not be lost while it cannot be.
  const journalCategories = hasSinks(sinks) ? CATEGORIES : []
  await app.register(sysmonPlugin, {
    kmsgPath,
    kmsgHistory,
    stateDir,
    journalCategories,
    allowedHosts: listVariable('SYSMON_ALLOWED_HOSTS'),
    allowedOrigins: listVariable('SYSMON_ALLOWED_ORIGINS'),
    ...sinks,
  })
  const stopped = stopOnSignal(app)
  let address: string
  try {
    address = await app.listen({ port, host })
  } catch (error) {
    await app.close()
    process.stderr.write(
      `sysmon serve: ${explainListenError(error as NodeJS.ErrnoException, port, host)}\n`
    )
    return 1
  }
  if (process.stdout.isTTY) process.stdout.write(greeting(app, address))
  return await stopped
}

/** Its variables, and below them, at the column of the others, what they are for. */
function describeVariable([variables, text]: readonly [string, string]): string {
  const indent = ' '.repeat(20)
  const lines = text.match(/.{1,58}(?: |$)/g) ?? []
  return [`  ${variables}`, ...lines.map(line => indent + line.trimEnd())].join('\n')
}

function logLevel(): LevelWithSilent {
  const level = process.env.LOG_LEVEL || (process.stdout.isTTY ? 'warn' : 'info')
  if (LEVELS.includes(level)) return level as LevelWithSilent
  throw new UsageError(
    `the environment variable LOG_LEVEL must be one of ${LEVELS.join(', ')}, not "${level}"`
  )
}

function greeting(app: FastifyInstance, address: string): string {
  const { kmsg } = app.sysmon.health()
  const watching =
    kmsg.state === 'watching'
      ? `${kmsg.path} for out-of-memory kills, ${address}/telemetry/events for posted events`
      : `posted events only: ${kmsg.error}`
  return [
    `watching  ${watching}`,
    `events    curl -N ${address}/telemetry/events        (health: ${address}/healthz)`,
    `try       curl -d '{"type":"hello","category":"system"}' -H 'content-type: application/json' ${address}/telemetry/events`,
    '',
  ].join('\n')
}

function explainListenError(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE') {
    return `port ${port} on ${host} is taken: stop what listens there, or set PORT to another one`
  }
  if (error.code === 'EACCES') return `port ${port} needs privileges: set PORT to one above 1023`
  return `cannot listen on ${host}, port ${port}: ${error.message}`
}

/** @returns the exit status, once a signal came and the application is closed */
function stopOnSignal(app: FastifyInstance): Promise<number> {
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals): void => {
      app.log.info({ signal }, 'stopping')
      // Something that does not end must not keep the supervisor waiting for its SIGKILL.
      setTimeout(() => process.exit(0), EXIT_TIMEOUT_MS).unref()
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
