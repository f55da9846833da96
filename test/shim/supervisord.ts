/** The real supervisord, with the shipped configuration of the shim: Debian's and PyPI's newest. */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../support/wait.ts'
import { PATH, SHIM, temporaryFolder } from './shim-process.ts'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))
const SHIPPED = join(PROJECT, 'shim/supervisord-shim.conf')

export interface Installation {
  readonly name: string
  readonly command: string
}

/** @returns where it is, or why it cannot be had */
export function debianSupervisor(): Installation | string {
  const command = '/usr/bin/supervisord'
  if (!existsSync(command)) return `${command} is not there: apt-get install supervisor`
  return { name: `Debian's supervisord ${version(command)}`, command }
}

/** Installed by pip into a folder of this project's own. @returns where it is, or why it cannot be had */
export function pypiSupervisor(): Installation | string {
  const folder = join(PROJECT, '.cache/supervisor')
  const command = join(folder, 'bin/supervisord')
  try {
    if (!existsSync(command)) {
      rmSync(folder, { recursive: true, force: true })
      execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' })
      const pip = ['-q', '--disable-pip-version-check', 'install', 'supervisor']
      execFileSync(join(folder, 'bin/pip'), pip, { stdio: 'pipe', timeout: 60_000 })
    }
    return { name: `PyPI's supervisord ${version(command)}`, command }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    return `supervisor cannot be installed from PyPI: ${(error as Error).message.split('\n')[0]}`
  }
}

function version(command: string): string {
  return execFileSync(command, ['--version'], { encoding: 'utf8' }).trim()
}

/**
 * supervisord sends an event only when its `poll` returns: after a second, or when a service writes.
 * On a machine with work to do something always does.
 */
const CHATTER = `command=sh -c 'while :; do echo; sleep 0.05; done'
stdout_logfile=/dev/null
stdout_logfile_maxbytes=0`

export interface SupervisordOptions {
  /** `[program:NAME]` sections: their lines, by name. */
  readonly services: Readonly<Record<string, string>>
  readonly apiUrl: string
  readonly stateDir?: string
  /** Changes to the shipped configuration. */
  readonly configure?: (shipped: string) => string
  /** Instead of a file of its own. */
  readonly logFile?: string
  readonly logLevel?: string
  /** At which size the log is rotated; 0, and by default: never. */
  readonly logBytes?: number
  readonly withoutSocket?: boolean
  /** More of supervisord's environment, which its listener inherits. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Supervisord {
  readonly pid: number
  readonly folder: string
  readonly stateDir: string
  readonly ended: Promise<unknown>
  log(): string
  shimLog(): string
  /** The pid of a service's process that runs, by the log; the last one started. */
  pidOf(service: string): number
  /** Of `GROUP:NAME`, as supervisord says. */
  pidIn(group: string, service: string): Promise<number>
  /** `supervisorctl`'s actions, over XML-RPC. */
  call(method: string, ...args: (string | number)[]): Promise<string>
  signal(signal: NodeJS.Signals): void
  until(isTrue: () => boolean | Promise<boolean>, what: string, timeout?: number): Promise<void>
}

export async function startSupervisord(
  t: Pick<TestContext, 'after'>,
  { command }: Installation,
  options: SupervisordOptions
): Promise<Supervisord> {
  const folder = temporaryFolder(t)
  const stateDir = options.stateDir ?? join(folder, 'state')
  const config = join(folder, 'supervisord.conf')
  const socket = join(folder, 'supervisor.sock')
  const logFile = join(folder, 'supervisord.log')
  const shimLogFile = join(folder, 'supervisord-shim.log')
  const configure = options.configure ?? (text => text)
  const shipped = readFileSync(SHIPPED, 'utf8')
    .replace(/^command=supervisord-shim$/m, `command=${SHIM}`)
    .replace(/^stderr_logfile=.*$/m, `stderr_logfile=${shimLogFile}`)
  mkdirSync(join(folder, 'children'))
  writeFileSync(
    config,
    [
      `[supervisord]\nnodaemon=true\nlogfile=${options.logFile ?? logFile}\nloglevel=${options.logLevel ?? 'info'}\nlogfile_maxbytes=${options.logBytes ?? 0}\npidfile=${join(folder, 'pid')}`,
      `childlogdir=${join(folder, 'children')}`,
      options.withoutSocket ? '' : `[unix_http_server]\nfile=${socket}`,
      '[rpcinterface:supervisor]',
      'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
      configure(shipped),
      `[program:chatter]\n${CHATTER}`,
      ...Object.entries(options.services).map(([name, lines]) => `[program:${name}]\n${lines}`),
      '',
    ].join('\n')
  )
  const child = spawn(command, ['-c', config], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH,
      KERNEL_IMAGES_API_BASE_URL: options.apiUrl,
      SYSMON_STATE_DIR: stateDir,
      LOG_LEVEL: 'debug',
      ...options.env,
    },
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  const ended = once(child, 'exit')
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
  const log = () => read(`${logFile}.1`) + read(logFile) + errors
  const shimLog = () => read(shimLogFile)
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(timer)
  })
  const supervisord: Supervisord = {
    pid: child.pid!,
    folder,
    stateDir,
    ended,
    log,
    shimLog,
    pidOf(service) {
      const lines = [...log().matchAll(new RegExp(`spawned: '${service}' with pid (\\d+)`, 'g'))]
      return Number(lines.at(-1)?.[1])
    },
    async pidIn(group, service) {
      const info = await call(socket, 'getProcessInfo', [`${group}:${service}`])
      return Number(/<name>pid<\/name>\s*<value><int>(\d+)</.exec(info)?.[1])
    },
    call: (method, ...args) => call(socket, method, args),
    signal: signal => child.kill(signal),
    until: (isTrue, what, timeout) =>
      waitFor(isTrue, what, () => `${log().slice(-3000)}\n${shimLog().slice(-3000)}`, timeout),
  }
  await supervisord.until(() => /"msg":"listening"/.test(shimLog()), 'the listener')
  return supervisord
}

function call(socketPath: string, method: string, args: (string | number)[]): Promise<string> {
  const params = args
    .map(arg => (typeof arg === 'number' ? `<int>${arg}</int>` : `<string>${arg}</string>`))
    .map(value => `<param><value>${value}</value></param>`)
    .join('')
  const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params>${params}</params></methodCall>`
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) }
    const options = { socketPath, path: '/RPC2', method: 'POST', headers, agent: false }
    const sent = request(options, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk
      })
      response.on('end', () => (text.includes('<fault>') ? reject(new Error(text)) : resolve(text)))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A service that exits with status 3 after so many seconds, so often, and then stays. */
export function dying(folder: string, name: string, times: number, seconds = 0): string {
  const count = join(folder, `${name}.count`)
  const script = join(folder, `${name}.sh`)
  writeFileSync(
    script,
    `n=$(cat ${count} 2>/dev/null || echo 0); [ $n -ge ${times} ] && exec sleep 1000
echo $((n + 1)) > ${count}; ${seconds > 0 ? `sleep ${seconds};` : ''} exit 3\n`
  )
  return `command=sh ${script}\nstartsecs=0\nautorestart=true`
}
