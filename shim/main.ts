/**
 * `supervisord-shim`: reads the configuration and wires the parts. `shim/supervisord-shim` starts it.
 *
 * Nothing of plugin/ is imported here but generated types, and some small things stand in both: the
 * growing pause (delivery.ts), `retryAfter` (post.ts), `makeFolder` and `openFile` (files.ts), a lock by
 * flock (folder-lock.ts), a log in pino's shape (own-log.ts), what /proc says of a process (instance.ts),
 * the collection of garbage when idle (idle-memory.ts). The shim is to weigh no more than an idle Node,
 * in every container: a module of plugin/ brings its imports along, and each `import` of node:fs alone
 * costs more than all of the shim's own code (built-ins.ts). For the same reason the build makes one
 * file of all, dist/shim/main.cjs: each module costs memory, and Node's loader for them costs more.
 */

import { fs } from './built-ins.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { Delivery } from './delivery.ts'
import { EndLookup } from './end-lookup.ts'
import { ExitOnFatal } from './exit-on-fatal.ts'
import { IdleMemory } from './idle-memory.ts'
import { supervisorInstance, supervisorPid } from './instance.ts'
import { Listener } from './listener.ts'
import { ListenerPositionFile } from './listener-position.ts'
import { createLog, type Log } from './own-log.ts'
import { createPost } from './post.ts'
import { gapRequest } from './requests.ts'
import { Spool } from './spool.ts'
import { SpoolDir } from './spool-dir.ts'
import { StatusFile } from './status-file.ts'
import { findSupervisor } from './supervisor.ts'

const HELP = `Usage: supervisord-shim

An eventlistener for supervisord: posts a service_crashed event to the telemetry
API for every service that crashes or is given up. supervisord starts it; see
supervisord-shim.conf of this package.

Environment:
  KERNEL_IMAGES_API_BASE_URL  the API (http://127.0.0.1:10001), or unix:/path of
                              its socket
  SYSMON_STATE_DIR            where events wait for the API, in the folder "spool",
                              and where an API on this machine has its socket,
                              api.sock, which is preferred
                              (/var/lib/fastify-sysmon)
  SYSMON_TOKEN                for an API by HTTP that asks for a bearer token;
                              SYSMON_TOKEN_FILE names a file that holds it
  EXIT_ON_FATAL               services, separated by commas: when supervisord gives
                              one up, it is told to shut down once the API has
                              the event (none). Not for the shim itself
  EXIT_ON_FATAL_FILE          where its name is written before (none)
  LOG_LEVEL                   fatal, error, warn, info, debug, trace or silent
                              (info)
  SUPERVISOR_SERVER_URL       set by supervisord: where its log is read for exit
                              codes and signals; SUPERVISOR_USERNAME and
                              SUPERVISOR_PASSWORD where that asks for them

Standard input and output are supervisord's protocol. Logs are JSON lines on
standard error. Node's own variables (NODE_OPTIONS and others) do not reach it. SIGTERM delivers what can be delivered and exits with status 0.
`

/** Shorter than supervisord's stopwaitsecs, after which it kills. */
const FINISH_TIMEOUT_MS = 5000
/** Without a pause, supervisord would restart a misconfigured listener at once, for ever. */
const RESTART_PAUSE_MS = 5000

/** Another shim of this state folder may have gone, and left events. */
const ADOPTION_INTERVAL_MS = 60_000

const args = process.argv.slice(2)
if (args.includes('--help') || args.includes('-h')) {
  say(HELP)
} else if (args.length > 0) {
  process.stderr.write(`supervisord-shim takes no arguments, see supervisord-shim --help\n`)
  process.exitCode = 2
} else {
  main()
}

function main(): void {
  let config: Config
  try {
    config = readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    createLog('error').fatal({}, error.message)
    process.exitCode = 2
    if (process.env.SUPERVISOR_ENABLED) setTimeout(() => {}, RESTART_PAUSE_MS)
    return
  }

  const log = createLog(config.logLevel)
  if (process.stdin.isTTY) log.warn({}, 'to be started by supervisord, see supervisord-shim --help')
  const instance = currentInstance(log)
  const { target, stateDir } = config
  const dir = new SpoolDir(stateDir)
  const status = new StatusFile(stateDir, dir, log)
  const spool = new Spool({
    dir,
    log,
    describeLoss: (loss, serial) => gapRequest(loss, { instance, serial }, loss.to),
    onError: error => status.set('error', error),
  })
  const delivery = new Delivery(spool, createPost(target, log), log, error =>
    status.set('delivery_error', error)
  )
  const supervisor = findSupervisor(config, log)
  const ends = new EndLookup({
    supervisor,
    log,
    onError: error => status.set('cause_error', error),
  })
  const positions = new ListenerPositionFile(dir, instance, log)
  const exitOnFatal = new ExitOnFatal({
    services: config.exitOnFatal,
    noteFile: config.exitOnFatalFile,
    spool,
    shutDown: () => process.kill(Number(supervisorPid()), 'SIGTERM'),
    log,
  })
  const listener = new Listener({
    instance,
    say,
    spool,
    delivery,
    positions,
    ends,
    exitOnFatal,
    log,
  })

  const idleMemory = new IdleMemory()

  const stop = async (reason: string): Promise<void> => {
    log.info({ reason, waiting: spool.size }, 'stopping')
    await listener.finish()
    await delivery.finish(FINISH_TIMEOUT_MS)
    status.remove()
    process.exit(0)
  }
  process.once('SIGTERM', () => stop('SIGTERM'))
  process.once('SIGINT', () => stop('SIGINT'))
  process.stdin.on('data', (chunk: Buffer) => {
    listener.receive(chunk)
    idleMemory.postpone()
  })
  process.stdin.once('close', () => stop('end of input'))
  process.stdin.on('error', error => log.error({ err: error.message }, 'standard input failed'))
  status.write()
  setInterval(() => {
    if (spool.adopt()) delivery.wake()
  }, ADOPTION_INTERVAL_MS).unref()
  const { socketPath: socket, url } = target
  log.info({ api: url.href, socket, spool: dir.path, instance }, 'listening')
  listener.start()
  ends.prepare()
  if (typeof supervisor !== 'string') exitOnFatal.check(supervisor.readProcesses)
  idleMemory.postpone()
}

/**
 * To supervisord, by the descriptor that the launcher has kept for it: standard output is the log.
 * It is a pipe, and supervisord reads what it has asked for: this does not block.
 */
function say(text: string): void {
  try {
    fs.writeSync(Number(process.env.SYSMON_SHIM_OUTPUT ?? 1), text)
  } catch (error) {
    // supervisord is gone. The end of the input says so, too, and ends this process.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

function currentInstance(log: Log): string {
  try {
    return supervisorInstance()
  } catch (error) {
    log.warn(
      { err: (error as Error).message },
      'this run of supervisord cannot be identified: an event that it sends twice will be two'
    )
    return `unknown/${process.pid}/${Date.now()}`
  }
}
