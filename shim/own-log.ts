/**
 * The shim's own log: JSON lines in pino's shape on standard error, which supervisord keeps in the
 * listener's stderr_logfile. Not pino itself: it is more than the whole shim weighs in memory.
 */

import { hostname } from 'node:os'
import { fs } from './built-ins.ts'

export const LOG_LEVELS = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
} as const

export type LogLevel = keyof typeof LOG_LEVELS

type LogFunction = (fields: Readonly<Record<string, unknown>>, message: string) => void

export type Log = Readonly<Record<Exclude<LogLevel, 'silent'>, LogFunction>>

/** @param write takes one line, its newline included */
export function createLog(level: LogLevel, write: (line: string) => void = writeToStderr): Log {
  const base = { pid: process.pid, hostname: hostname(), name: 'supervisord-shim' }
  const at = (number: number): LogFunction =>
    number < LOG_LEVELS[level]
      ? () => {}
      : (fields, msg) =>
          write(`${JSON.stringify({ level: number, time: Date.now(), ...base, ...fields, msg })}\n`)
  return {
    trace: at(LOG_LEVELS.trace),
    debug: at(LOG_LEVELS.debug),
    info: at(LOG_LEVELS.info),
    warn: at(LOG_LEVELS.warn),
    error: at(LOG_LEVELS.error),
    fatal: at(LOG_LEVELS.fatal),
  }
}

function writeToStderr(line: string): void {
  try {
    fs.writeSync(2, line)
  } catch {
    // Standard error is closed or full: a log that cannot be written must not stop the reports.
  }
}
