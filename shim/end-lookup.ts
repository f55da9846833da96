/** Finds out what ended a process, if that can be had quickly: no report waits for it. */

import type { ServiceCrashedData } from '../generated/types.ts'
import type { Log } from './own-log.ts'
import { ProcessEnds } from './process-ends.ts'
import type { LogTail } from './supervisor-log.ts'
import { afterStart, type ProcessEnd, parseLog, tellsOfStart } from './supervisor-log-line.ts'
import { RpcFault, type SupervisorRpc } from './supervisor-rpc.ts'
import { uptime } from './uptime.ts'

/** At boot, supervisord has services to start before it answers; nothing waits. */
const PREPARATION_TIMEOUT_MS = 10_000
/** A report is held up so long by the question what ended the service. */
const TIMEOUT_MS = 250
/**
 * Where supervisord is asked, it sends 4 KiB for each turn of its main loop, and a turn may start
 * processes; so first what fits into one (some 30 lines), and only if that does not reach back to
 * what was read before, more: as much as `LogTail.maxBytes` at most.
 */
const TAIL_BYTES = [3072, 32_768, 1024 * 1024] as const
/** After an answer that will not change soon, and after none, nothing is asked for so long. */
const PAUSE_MS = 60_000
/**
 * After a log that did not tell, supervisord is not asked for so many times as long as that took. In
 * a flood of crashes, asking for each in vain would hold up the reports until its buffer overflows.
 */
const PAUSE_AFTER_MISS_FACTOR = 10
/** To find a moment in which no process starts or ends. */
const SNAPSHOTS = 3
/** By these, what was read is found again in what is read next. */
const MARKER_LINES = 4

/** What supervisord can be asked. */
export interface Supervisor extends Pick<SupervisorRpc, 'readProcesses'> {
  readonly pid: number
  /** Of its child that this process is, or that has started it. */
  readonly ownPid: number
  /** When that was started, in milliseconds since the epoch. */
  readonly startedAt: number
  readonly log: LogTail
  /** Whether it has a child with this pid. */
  readonly isAlive: (pid: number) => boolean
  /** What to mend when it does not answer. */
  readonly describe: (error: Error) => string
}

export interface EndLookupParts {
  /** A sentence instead: why it cannot be asked, and what to mend. */
  readonly supervisor: Supervisor | string
  readonly log: Log
  /** Told why reports go without what ended the service, and when that is over (`undefined`). */
  readonly onError: (error: string | undefined) => void
}

type Source = 'supervisor' | 'log' | 'starts' | 'processes'

export class EndLookup {
  readonly #supervisor: Supervisor | undefined
  readonly #parts: EndLookupParts
  readonly #ends: ProcessEnds
  /** The end of what was read; undefined while what was read is not all. */
  #marker: string | undefined
  /** Reads from the start, or takes stock. */
  #beginning: Promise<void> | undefined
  /** Why something is not known, by what failed. */
  readonly #errors: Record<Source, string | undefined> = {
    supervisor: undefined,
    log: undefined,
    starts: undefined,
    processes: undefined,
  }
  #error: string | undefined
  #pausedUntil = 0

  constructor(parts: EndLookupParts) {
    this.#parts = parts
    const { supervisor } = parts
    this.#supervisor = typeof supervisor === 'string' ? undefined : supervisor
    this.#ends = new ProcessEnds(pid => this.#supervisor?.isAlive(pid) ?? false)
    if (typeof supervisor === 'string') this.#report('supervisor', supervisor)
  }

  /** Reads what supervisord has logged so far, before a report waits for it. Never throws. */
  prepare(): void {
    this.#begin()
  }

  /** @returns undefined when it is not known for sure; never rejects */
  async find(crash: ServiceCrashedData): Promise<(ProcessEnd & { pid?: number }) | undefined> {
    const known = this.#take(crash)
    if (known !== undefined) return known
    const supervisor = this.#supervisor
    if (supervisor === undefined || uptime() < this.#pausedUntil) return undefined
    const askedAt = uptime()
    const deadline = askedAt + TIMEOUT_MS
    try {
      if (!(await this.#hasBegun(deadline))) return undefined
      if (!(await this.#catchUp(deadline))) {
        this.#begin() // For the next one.
        return undefined
      }
      const end = this.#take(crash) ?? (await this.#takeByName(crash, deadline))
      const isAsked = supervisor.log.maxBytes < TAIL_BYTES[2]
      if (end === undefined && isAsked) {
        this.#pausedUntil = uptime() + PAUSE_AFTER_MISS_FACTOR * (uptime() - askedAt)
      }
      return end
    } catch (error) {
      this.#failed('log', error)
      return undefined
    }
  }

  #take({ service_name, pid }: ServiceCrashedData): ProcessEnd | undefined {
    return pid === undefined ? undefined : this.#ends.take(service_name, pid)
  }

  /** Of a service that was given up or failed to start, no pid is known: no other may have its name. */
  async #takeByName(
    { service_name: name, pid, phase }: ServiceCrashedData,
    deadline: number
  ): Promise<(ProcessEnd & { pid?: number }) | undefined> {
    if (pid !== undefined) return undefined
    const end = phase === 'gave_up' ? this.#ends.takeGaveUp(name) : this.#ends.takeFailedStart(name)
    if (end === undefined) return undefined
    try {
      const processes = await this.#supervisor!.readProcesses(deadline - uptime())
      this.#report('processes', undefined)
      return processes.filter(process => process.name === name).length === 1 ? end : undefined
    } catch (error) {
      this.#failed('processes', error)
      return undefined
    }
  }

  /** Reads what is new in the log. @returns false when it is not known what came between */
  async #catchUp(deadline: number): Promise<boolean> {
    const supervisor = this.#supervisor!
    for (const bytes of TAIL_BYTES) {
      if (bytes > supervisor.log.maxBytes) break
      const text = wholeLines(await supervisor.log.read(bytes, deadline - uptime()))
      this.#report('log', undefined)
      const from = this.#marker === undefined ? -1 : afterLast(text, this.#marker)
      if (from !== -1) {
        this.#read(text.slice(from))
        this.#marker = lastLines(text)
        return true
      }
      if (this.#readFromStart(text)) return true
      if (text.length < bytes / 4) break // That is the whole log.
    }
    this.#marker = undefined
    return false
  }

  /** @returns false when the start of supervisord is not in it, or it may be another one's */
  #readFromStart(text: string): boolean {
    const { pid, ownPid, startedAt } = this.#supervisor!
    const from = afterStart(text, pid)
    if (from === -1) return false
    const lines = text.slice(from)
    if (!tellsOfStart(lines, ownPid, startedAt)) return false
    this.#ends.restart([])
    this.#read(lines)
    this.#marker = lastLines(text)
    return true
  }

  #read(text: string): void {
    const lines = parseLog(text)
    for (const line of lines) this.#ends.add(line)
    if (lines.some(({ kind }) => kind === 'spawned')) this.#report('starts', undefined)
  }

  #begin(): void {
    if (this.#supervisor === undefined) return
    this.#beginning ??= this.#readAll(uptime() + PREPARATION_TIMEOUT_MS)
      .catch(error => this.#failed('log', error))
      .finally(() => {
        this.#beginning = undefined
      })
  }

  /** @returns false when that takes longer */
  async #hasBegun(deadline: number): Promise<boolean> {
    if (this.#beginning === undefined) return true
    let timer: NodeJS.Timeout | undefined
    const timeIsUp = new Promise<void>(resolve => {
      timer = setTimeout(resolve, deadline - uptime())
    })
    await Promise.race([this.#beginning, timeIsUp])
    clearTimeout(timer)
    return this.#beginning === undefined
  }

  /** From the start of supervisord on; where that is too long ago, from now on. */
  async #readAll(deadline: number): Promise<void> {
    if (await this.#catchUp(deadline)) return
    const { log, readProcesses, ownPid, startedAt } = this.#supervisor!
    const newest = await log.read(log.maxBytes, deadline - uptime())
    this.#report('starts', tellsOfStart(newest, ownPid, startedAt) ? undefined : NO_STARTS)
    for (let attempt = 0; attempt < SNAPSHOTS; attempt++) {
      const before = lastLines(wholeLines(await log.read(TAIL_BYTES[0], deadline - uptime())))
      if (before === undefined) break
      const processes = await readProcesses(deadline - uptime())
      const text = wholeLines(await log.read(TAIL_BYTES[0], deadline - uptime()))
      const from = afterLast(text, before)
      // What started or ended in between may be among the processes or not.
      if (from === -1 || parseLog(text.slice(from)).length > 0) continue
      this.#ends.restart(processes)
      this.#marker = lastLines(text)
      return
    }
    this.#pausedUntil = uptime() + PAUSE_MS
  }

  #failed(what: 'log' | 'processes', thrown: unknown): void {
    const error = thrown as NodeJS.ErrnoException
    // Where nobody listens, asking costs nothing. A timeout or a fault would cost each report.
    if (error.code === undefined) this.#pausedUntil = uptime() + PAUSE_MS
    if (error instanceof RpcFault && error.fault === 'SHUTDOWN_STATE') return
    this.#report(what, this.#supervisor!.describe(error))
  }

  /** Said once, whatever the cause, until it is another one or over. */
  #report(what: Source, problem: string | undefined): void {
    this.#errors[what] = problem
    const error = Object.values(this.#errors).find(text => text !== undefined)
    if (error === this.#error) return
    this.#error = error
    const { log, onError } = this.#parts
    if (error === undefined) log.info({}, 'crashes are told with exit_code and signal again')
    else log.warn({}, `crashes are told without exit_code and signal: ${error}`)
    onError(error)
  }
}

const NO_STARTS =
  "supervisord's log does not tell that it has started this process: set loglevel=info and a file as logfile= in [supervisord]"

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1)
}

function afterLast(text: string, part: string): number {
  const at = text.lastIndexOf(part)
  return at === -1 ? -1 : at + part.length
}

/** A copy, because a part of a string keeps the whole in memory. @returns undefined when there is none */
function lastLines(text: string): string | undefined {
  let at = text.length - 1
  for (let lines = 0; lines < MARKER_LINES && at > 0; lines++) at = text.lastIndexOf('\n', at - 1)
  return text === '' ? undefined : Buffer.from(text.slice(at + 1)).toString()
}
