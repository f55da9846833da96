/** The environment variables of the shim, and their defaults. */

import { join } from 'node:path'
import { LOG_LEVELS, type LogLevel } from './own-log.ts'

export interface Config {
  /** Where events are posted: the API's base URL and its route. */
  readonly eventsUrl: URL
  readonly spoolDir: string
  readonly logLevel: LogLevel
  /** supervisord's XML-RPC server; absent when it has none. */
  readonly supervisorUrl?: string
  /** `user:password` for it, where the listener was given them. */
  readonly supervisorAuth?: string
}

export class ConfigError extends Error {}

/** @throws {ConfigError} whose message names the variable and says what to mend */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    eventsUrl: eventsUrl(env.KERNEL_IMAGES_API_BASE_URL || 'http://127.0.0.1:10001'),
    spoolDir: join(env.SYSMON_STATE_DIR || '/var/lib/fastify-sysmon', 'spool'),
    logLevel: logLevel(env.LOG_LEVEL || 'info'),
    // The three that supervisor's own `childutils.getRPCInterface` reads.
    supervisorUrl: env.SUPERVISOR_SERVER_URL || undefined,
    supervisorAuth: env.SUPERVISOR_USERNAME
      ? `${env.SUPERVISOR_USERNAME}:${env.SUPERVISOR_PASSWORD ?? ''}`
      : undefined,
  }
}

function eventsUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if ((url?.protocol !== 'http:' && url?.protocol !== 'https:') || url.search || url.hash) {
    throw new ConfigError(
      `the environment variable KERNEL_IMAGES_API_BASE_URL must be an http or https URL such as http://127.0.0.1:10001, not "${value}"`
    )
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/telemetry/events`
  return url
}

function logLevel(value: string): LogLevel {
  if (Object.hasOwn(LOG_LEVELS, value)) return value as LogLevel
  throw new ConfigError(
    `the environment variable LOG_LEVEL must be one of ${Object.keys(LOG_LEVELS).join(', ')}, not "${value}"`
  )
}
