/** The supervisord above this process, as the lookup of what ended a service needs it. */

import type { Config } from './config.ts'
import type { Supervisor } from './end-lookup.ts'
import { isChildOf, ownChildPid, supervisorPid } from './instance.ts'
import type { Log } from './own-log.ts'
import { preferFile } from './supervisor-log.ts'
import { createSupervisorRpc, RpcFault } from './supervisor-rpc.ts'
import { uptime } from './uptime.ts'

/** @returns a sentence instead when it cannot be asked: why, and what to mend */
export function findSupervisor(
  { supervisorUrl: url, supervisorAuth }: Config,
  log: Log
): Supervisor | string {
  if (url === undefined) return 'supervisord.conf has no [unix_http_server]: add one'
  const { readLog, readProcesses } = createSupervisorRpc(url, supervisorAuth)
  try {
    const pid = supervisorPid()
    return {
      pid: Number(pid),
      ownPid: Number(ownChildPid()),
      startedAt: Date.now() - uptime(),
      log: preferFile(readLog, pid, log),
      readProcesses,
      isAlive: child => isChildOf(child, pid),
      describe: error => describeFailure(error, url),
    }
  } catch (error) {
    return `/proc cannot be read (${(error as Error).message}): mount it`
  }
}

export function describeFailure(error: NodeJS.ErrnoException, url: string): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `nobody listens on ${url} (${error.code}): ${
        url.startsWith('unix:')
          ? 'restart supervisord, with its socket where nothing clears it away, such as file=/run/supervisor.sock in [unix_http_server]'
          : 'set port= in [inet_http_server] to it, and restart supervisord'
      }`
    case 'EACCES':
    case 'EPERM':
      return `this user may not connect to ${url} (${error.code}): set chown= or chmod= in [unix_http_server], or user= in [eventlistener:supervisord-shim]`
  }
  const fault = error instanceof RpcFault ? error.fault : ''
  if (fault === 'HTTP 401') {
    return `${url} asks for a password: set SUPERVISOR_USERNAME and SUPERVISOR_PASSWORD in environment= of [eventlistener:supervisord-shim]`
  }
  if (/^(NO_FILE|FAILED)/.test(fault)) {
    return `supervisord has no log that can be read (${fault}): set a file as logfile= in [supervisord]`
  }
  if (fault !== '')
    return `supervisord does not tell (${url} answers ${fault}): it needs [rpcinterface:supervisor]`
  return `${url}: ${error.message}`
}
