/** What /proc says of processes (proc(5)). Nothing here waits for a process but reading its command line. */

import {
  close,
  closeSync,
  open,
  openSync,
  read,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { decodeName } from '../kernel-names.ts'

export interface ProcessStat {
  /** As in the events (kernel-names.ts). */
  readonly name: string
  readonly parent: number
  /** In ticks since boot; with its pid it names a process. */
  readonly startTicks: number
}

/** USER_HZ: the same on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100
/** 52 numbers of at most 20 digits, and a name. */
const stat = Buffer.alloc(2048)
/** Most command lines, and little memory for those that are longer. */
const CHUNK_BYTES = 2048

/** @throws where there is no such process */
export function readStat(pid: number): ProcessStat {
  const text = readSmall(`/proc/${pid}/stat`)
  // A name may hold anything, brackets and spaces too: it ends at the last bracket.
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  return {
    name: decodeName(text.slice(text.indexOf('(') + 1, end)),
    parent: Number(fields[1]),
    startTicks: Number(fields[19]),
  }
}

/** readFileSync() takes 64 KB anew for each file of /proc, whose size it does not know. */
function readSmall(path: string): string {
  const fd = openSync(path, 'r')
  try {
    return stat.toString('latin1', 0, readSync(fd, stat))
  } finally {
    closeSync(fd)
  }
}

export function listPids(): number[] {
  const pids: number[] = []
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0)
    if (first >= 49 && first <= 57) pids.push(Number(name))
  }
  return pids
}

/** A small file of /proc that is read again and again: opened once, which is most of the work. */
export class ProcFile {
  readonly #path: string
  readonly #buffer = Buffer.alloc(256)
  #fd: number | undefined
  #missing: NodeJS.ErrnoException | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** @throws where there is no such file: a kernel that has it not never will, and is asked once */
  read(): string {
    if (this.#missing !== undefined) throw this.#missing
    this.#fd ??= this.#open()
    const bytes = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0)
    return this.#buffer.toString('latin1', 0, bytes)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #open(): number {
    try {
      return openSync(this.#path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#missing = error as Error
      throw error
    }
  }
}

/** The last pid that was given, by /proc/loadavg: where it is the same there are no new processes. */
export function lastPidIn(loadAverage: string): number {
  return Number(loadAverage.slice(loadAverage.lastIndexOf(' ') + 1))
}

/** Whether processes waited for memory in the last ten seconds, by /proc/pressure/memory. */
export function isShortIn(pressure: string): boolean {
  return pressure.startsWith('some avg10=') && !pressure.startsWith('some avg10=0.00')
}

/** When the machine started, in Unix microseconds, by its clock of now. */
export function bootTimeUs(): number {
  const [uptime = '0'] = readFileSync('/proc/uptime', 'latin1').split(' ', 1)
  return Date.now() * 1000 - Number(uptime) * 1e6
}

export function usToTicks(us: number): number {
  return (us * TICKS_PER_SECOND) / 1e6
}

export function ticksToUs(ticks: number): number {
  return (ticks * 1e6) / TICKS_PER_SECOND
}

/**
 * Not in the event loop's time: it waits for as long as somebody holds the process's memory map.
 *
 * @param then one character per byte; undefined where it cannot be read
 */
export function readCommandLine(pid: number, then: (line: string | undefined) => void): void {
  open(`/proc/${pid}/cmdline`, 'r', (error, fd) => {
    if (error !== null) return then(undefined)
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    let line = ''
    const next = (): void =>
      read(fd, chunk, 0, CHUNK_BYTES, null, (error, bytes) => {
        if (error === null && bytes > 0) {
          line += chunk.toString('latin1', 0, bytes)
          return next()
        }
        close(fd)
        then(error === null ? line : undefined)
      })
    next()
  })
}

/** The name that supervisord gave a process it started, where its environment may be read. */
export function readSupervisedName(pid: number): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    const name = /(?:^|\0)SUPERVISOR_PROCESS_NAME=([^\0]+)/.exec(environment)?.[1]
    return name === undefined ? undefined : Buffer.from(name).toString()
  } catch {
    return undefined
  }
}

/** Pages in memory; undefined where it is gone. */
export function readResidentPages(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
  } catch {
    return undefined
  }
}

/** The machine's memory, and how much could be used without swapping, in KiB. */
export function readMemoryKb(): { mem_total_kb?: number; mem_available_kb?: number } {
  try {
    const text = readFileSync('/proc/meminfo', 'latin1')
    const of = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1])
    return { mem_total_kb: of('MemTotal'), mem_available_kb: of('MemAvailable') }
  } catch {
    return {}
  }
}
