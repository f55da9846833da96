/**
 * What ended a process, read from supervisord's own log: the event does not say, and the process is
 * gone from `getProcessInfo` as soon as it runs again. Pure.
 *
 * The lines (supervisor/process.py `_spawn_as_parent`, `finish`, `transition`, `record_spawnerr`;
 * supervisor/options.py `decode_wait_status`, `signame`; supervisor/supervisord.py `run`):
 *
 *     2026-11-24 00:23:28,155 INFO supervisord started with pid 1
 *     2026-11-24 00:23:28,155 INFO spawned: 'NAME' with pid 412
 *     2026-11-24 00:23:28,155 WARN exited: NAME (exit status 3; not expected)
 *     2026-11-24 00:23:28,155 WARN exited: NAME (terminated by SIGSEGV (core dumped); not expected)
 *     2026-11-24 00:23:28,155 WARN stopped: NAME (terminated by SIGTERM)
 *     2026-11-24 00:23:28,155 INFO spawnerr: can't find command 'x'
 *     2026-11-24 00:23:28,155 INFO gave up: NAME entered FATAL state, too many start retries too quickly
 *
 * They have no group, and `exited` has no pid, so that a log can be ambiguous. Then nothing is said:
 * no end is better than another process's.
 */

import type { ServiceCrashedData } from '../generated/types.ts'

export type ProcessEnd = Pick<ServiceCrashedData, 'exit_code' | 'signal' | 'core_dumped' | 'pid'>

/** A line of the log that tells of a start or an end. */
export type LogLine =
  | { readonly kind: 'spawned'; readonly name: string; readonly pid: number }
  | { readonly kind: 'ended'; readonly name: string; readonly how: string }
  | { readonly kind: 'gave up'; readonly name: string }
  | { readonly kind: 'not spawned'; readonly name?: undefined }

/** @param text the newest part of the log; its first line may be cut */
export function parseLog(text: string): LogLine[] {
  const lines: LogLine[] = []
  for (const line of text.split('\n')) {
    // What is above it is of another run, or of before a reload: its processes are no more.
    if (STARTED.test(line)) lines.length = 0
    const parsed = parseLine(line)
    if (parsed !== undefined) lines.push(parsed)
  }
  return lines
}

/** @returns undefined when the log does not say for sure */
export function findEnd(
  log: readonly LogLine[],
  crash: ServiceCrashedData
): ProcessEnd | undefined {
  const lines = log.filter(({ name }) => name === undefined || name === crash.service_name)
  const end = crash.pid === undefined ? lastStart(lines, crash) : lifeOf(lines, crash.pid)
  return end === undefined ? undefined : { ...parseStatus(end.status), ...end.known }
}

interface LastEnd {
  readonly status: string
  /** The pid, where the notification lacks it. */
  readonly known?: { readonly pid: number }
}

/** The end of the process that had this pid. */
function lifeOf(lines: readonly LogLine[], pid: number): LastEnd | undefined {
  const spawned = lines.findLastIndex(line => line.kind === 'spawned' && line.pid === pid)
  if (spawned !== -1) {
    const next = lines.slice(spawned + 1).find(line => line.kind !== 'not spawned')
    const before = lines.slice(0, spawned).findLast(line => line.kind !== 'not spawned')
    // Two processes of one name at once, in two groups: either may be the one that ended.
    if (next?.kind !== 'ended' || before?.kind === 'spawned') return undefined
    return { status: next.how }
  }
  // It was started before this part of the log, so its end is the first one, before any other start.
  const first = lines.find(line => line.kind !== 'not spawned')
  if (first?.kind !== 'ended') return undefined
  const ends = lines.filter(line => line.kind === 'ended')
  // A log level above "info" leaves the starts out, and the ends cannot be told apart.
  if (!lines.some(line => line.kind === 'spawned') && ends.some(end => end.how !== first.how)) {
    return undefined
  }
  return { status: first.how }
}

/** The end of the last attempt to start the service. */
function lastStart(lines: readonly LogLine[], { phase }: ServiceCrashedData): LastEnd | undefined {
  const until = lines.findLastIndex(line => line.kind === 'gave up')
  if (phase === 'gave_up' && until === -1) return undefined
  // It may have been given up between the notification of the start that failed and this look.
  const attempts = phase === 'gave_up' || until === lines.length - 1 ? lines.slice(0, until) : lines
  const last = attempts.at(-1)
  // "not spawned" has no name: it may be this service that could not even be started.
  if (last?.kind !== 'ended') return undefined
  const start = attempts.at(-2)
  const known = start?.kind === 'spawned' && phase !== 'gave_up' ? { pid: start.pid } : undefined
  return { status: last.how, known }
}

const STARTED = /^\S+ \S+ [A-Z]+ supervisord started with pid \d+$/

const MESSAGE =
  /^\S+ \S+ [A-Z]+ (?:spawned: '(.+)' with pid (\d+)$|(?:exited|stopped): (\S+) \((.+)\)$|gave up: (\S+) entered |(spawnerr): )/

function parseLine(text: string): LogLine | undefined {
  const [, spawned, pid, ended, how, gaveUp, spawnError] = MESSAGE.exec(text) ?? []
  if (spawned !== undefined) return { kind: 'spawned', name: spawned, pid: Number(pid) }
  if (ended !== undefined && how !== undefined) return { kind: 'ended', name: ended, how }
  if (gaveUp !== undefined) return { kind: 'gave up', name: gaveUp }
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

function parseStatus(how: string): ProcessEnd | undefined {
  const status = /^exit status (\d+)/.exec(how)
  if (status) return { exit_code: Number(status[1]) }
  const signal = /^terminated by (?:(SIG\w+)|signal (\d+))( \(core dumped\))?/.exec(how)
  if (!signal) return undefined
  const [, name, number, core] = signal
  return {
    signal: name === undefined ? unnamedSignal(Number(number)) : (USUAL_NAMES[name] ?? name),
    core_dumped: core !== undefined,
  }
}

function unnamedSignal(number: number): string {
  return number > SIGRTMIN ? `SIGRTMIN+${number - SIGRTMIN}` : `SIG${number}`
}
