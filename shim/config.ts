/** The environment variables of the shim, and their defaults. */

import { join } from 'node:path'
import { fs } from './built-ins.ts'
import { LOG_LEVELS, type LogLevel } from './own-log.ts'
import type { Target } from './post.ts'

export interface Config {
  readonly target: Target
  readonly stateDir: string
  readonly logLevel: LogLevel
  /** supervisord's XML-RPC server; absent when it has none. */
  readonly supervisorUrl?: string
  /** `user:password` for it, where the listener was given them. */
  readonly supervisorAuth?: string
  /** What supervisord is to end with when it gives one of them up. */
  readonly exitOnFatal: readonly string[]
  /** Where the one that was given up is written down, for who starts supervisord. */
  readonly exitOnFatalFile?: string
}

export class ConfigError extends Error {}

/** @throws {ConfigError} whose message names the variable and says what to mend */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const stateDir = env.SYSMON_STATE_DIR || '/var/lib/fastify-sysmon'
  return {
    target: target(env, stateDir),
    stateDir,
    logLevel: logLevel(env.LOG_LEVEL || 'info'),
    // The three that supervisor's own `childutils.getRPCInterface` reads.
    supervisorUrl: env.SUPERVISOR_SERVER_URL || undefined,
    supervisorAuth: env.SUPERVISOR_USERNAME
      ? `${env.SUPERVISOR_USERNAME}:${env.SUPERVISOR_PASSWORD ?? ''}`
      : undefined,
    exitOnFatal: (env.EXIT_ON_FATAL ?? '').split(',').flatMap(name => name.trim() || []),
    exitOnFatalFile: env.EXIT_ON_FATAL_FILE || undefined,
  }
}

const ROUTE = '/telemetry/events'

/** By the API's socket in the state folder where there is one, but not where another machine is meant. */
function target(env: NodeJS.ProcessEnv, stateDir: string): Target {
  const value = env.KERNEL_IMAGES_API_BASE_URL || 'http://127.0.0.1:10001'
  const socketPath = /^unix:(?:\/\/)?(\/[^?#]+)$/.exec(value)?.[1]
  if (socketPath !== undefined) {
    return { url: new URL(`http://localhost${ROUTE}`), socketPath, isSocketOptional: false }
  }
  const url = URL.canParse(value) ? new URL(value) : undefined
  if ((url?.protocol !== 'http:' && url?.protocol !== 'https:') || url.search || url.hash) {
    throw new ConfigError(
      `the environment variable KERNEL_IMAGES_API_BASE_URL must be an http or https URL such as http://127.0.0.1:10001, or unix: and the path of a socket, not "${value}"`
    )
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${ROUTE}`
  const readToken = tokenReader(env)
  readToken?.()
  const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  return {
    url,
    socketPath: isLocal ? join(stateDir, 'api.sock') : undefined,
    isSocketOptional: true,
    readToken,
  }
}

/** @throws {ConfigError} */
function tokenReader({ SYSMON_TOKEN, SYSMON_TOKEN_FILE }: NodeJS.ProcessEnv): Target['readToken'] {
  if (SYSMON_TOKEN) return () => checkToken('SYSMON_TOKEN', SYSMON_TOKEN)
  if (!SYSMON_TOKEN_FILE) return undefined
  return () => {
    try {
      return checkToken('SYSMON_TOKEN_FILE', fs.readFileSync(SYSMON_TOKEN_FILE, 'utf8').trim())
    } catch (error) {
      if (error instanceof ConfigError) throw error
      const { message } = error as Error
      throw new ConfigError(
        `the file that the environment variable SYSMON_TOKEN_FILE names cannot be read: ${message}`
      )
    }
  }
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1, without saying the token. */
function checkToken(variable: string, token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new ConfigError(
    `the environment variable ${variable} must give a token of printable ASCII characters without spaces`
  )
}

function logLevel(value: string): LogLevel {
  if (Object.hasOwn(LOG_LEVELS, value)) return value as LogLevel
  throw new ConfigError(
    `the environment variable LOG_LEVEL must be one of ${Object.keys(LOG_LEVELS).join(', ')}, not "${value}"`
  )
}
