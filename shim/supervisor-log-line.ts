/**
 * The lines of supervisord's own log that tell what ended a process: an event does not say, and the
 * process is gone from `getProcessInfo` as soon as it runs again. Pure.
 *
 * The lines (supervisor/process.py `_spawn_as_parent`, `finish`, `transition`, `record_spawnerr`;
 * supervisor/options.py `write_pidfile`, `decode_wait_status`, `signame`):
 *
 *     2026-11-24 00:23:28,155 INFO supervisord started with pid 1
 *     2026-11-24 00:23:28,155 INFO spawned: 'NAME' with pid 412
 *     2026-11-24 00:23:28,155 INFO success: NAME entered RUNNING state, process has stayed up ...
 *     2026-11-24 00:23:28,155 WARN exited: NAME (exit status 3; not expected)
 *     2026-11-24 00:23:28,155 WARN exited: NAME (terminated by SIGSEGV (core dumped); not expected)
 *     2026-11-24 00:23:28,155 WARN stopped: NAME (terminated by SIGTERM)
 *     2026-11-24 00:23:28,155 INFO spawnerr: can't find command 'x'
 *     2026-11-24 00:23:28,155 INFO gave up: NAME entered FATAL state, too many start retries too quickly
 */

import type { ServiceCrashedData } from '../generated/types.ts'

export type ProcessEnd = Pick<ServiceCrashedData, 'exit_code' | 'signal' | 'core_dumped'>

export type LogLine =
  | { readonly kind: 'spawned'; readonly name: string; readonly pid: number }
  | { readonly kind: 'running'; readonly name: string }
  /** `stopped` was asked for; so was, in a way, an exit that is `expected`. */
  | {
      readonly kind: 'exited' | 'stopped'
      readonly name: string
      readonly isExpected: boolean
      readonly end: ProcessEnd
    }
  | { readonly kind: 'gave up'; readonly name: string }
  /** A start that failed before there was a process. Of whom, the line does not say. */
  | { readonly kind: 'not spawned' }

/** @param text lines; the first one may be cut */
export function parseLog(text: string): LogLine[] {
  return text.split('\n').flatMap(line => parseLine(line) ?? [])
}

/** Names hold no space, no colon and no slash (supervisor/datatypes.py `process_or_group_name`). */
const MESSAGE =
  /^\S+ \S+ [A-Z]+ (?:spawned: '([^ ]+)' with pid (\d+)$|(exited|stopped): ([^ ]+) \((.+)\)$|(success|gave up): ([^ ]+) entered |(spawnerr): )/

function parseLine(text: string): LogLine | undefined {
  const [, spawned, pid, ended, endedName, how = '', state, name = '', spawnError] =
    MESSAGE.exec(text) ?? []
  if (spawned !== undefined) return { kind: 'spawned', name: spawned, pid: Number(pid) }
  if (endedName !== undefined) {
    const isExpected = !how.endsWith('; not expected')
    const kind = ended as 'exited' | 'stopped'
    return { kind, name: endedName, isExpected, end: parseStatus(how) }
  }
  if (state !== undefined) return { kind: state === 'success' ? 'running' : 'gave up', name }
  return spawnError === undefined ? undefined : { kind: 'not spawned' }
}

/** Python names a signal by the last of its names. */
const USUAL_NAMES: Readonly<Record<string, string>> = {
  SIGIOT: 'SIGABRT',
  SIGCLD: 'SIGCHLD',
  SIGPOLL: 'SIGIO',
}

/** Where glibc's SIGRTMIN is. Python has no names for the signals between it and SIGRTMAX. */
const SIGRTMIN = 34

function parseStatus(how: string): ProcessEnd {
  const status = /^exit status (\d+)/.exec(how)
  if (status) return { exit_code: Number(status[1]) }
  const signal = /^terminated by (?:(SIG\w+)|signal (\d+))( \(core dumped\))?/.exec(how)
  if (!signal) return {}
  const [, name, number, core] = signal
  return {
    signal: name === undefined ? unnamedSignal(Number(number)) : (USUAL_NAMES[name] ?? name),
    core_dumped: core !== undefined,
  }
}

function unnamedSignal(number: number): string {
  return number > SIGRTMIN ? `SIGRTMIN+${number - SIGRTMIN}` : `SIG${number}`
}

/** After the last line that tells of the start of the supervisord with this pid. @returns -1: none */
export function afterStart(text: string, supervisorPid: number): number {
  const line = ` INFO supervisord started with pid ${supervisorPid}\n`
  const at = text.lastIndexOf(line)
  return at === -1 ? -1 : at + line.length
}

/**
 * Whether supervisord's log tells of the start of this process: only then does it tell of starts at
 * all (`loglevel` is not above info), and is it this supervisord's.
 *
 * The log may have been another's before, in a container with the same pids; so the line must be as
 * old as the process, but for the time zone, which need not be the same for both.
 *
 * @param startedAt milliseconds since the epoch
 */
export function tellsOfStart(text: string, pid: number, startedAt: number): boolean {
  const line = new RegExp(`^(\\S+) (\\S+),(\\d{3}) INFO spawned: '[^ ]+' with pid ${pid}$`, 'gm')
  return [...text.matchAll(line)].some(([, date, time, ms]) => {
    const age = Math.abs(startedAt - Date.parse(`${date}T${time}.${ms}Z`)) % TIME_ZONE_STEP_MS
    return Math.min(age, TIME_ZONE_STEP_MS - age) < MAX_START_MS
  })
}

const TIME_ZONE_STEP_MS = 15 * 60_000
/** From the fork to the first instruction, on a machine that is busy. */
const MAX_START_MS = 30_000
