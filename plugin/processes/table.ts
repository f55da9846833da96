/**
 * The machine's processes as they were before one of them dies: at the kill it is too late to ask. Only new
 * ones are looked at, and where the kernel has given no new pid not even that. A process is looked at
 * twice: what it was started as may be that of its parent still.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { ProcessRole } from '../../generated/types.ts'
import { readCommand } from './command.ts'
import {
  bootTimeUs,
  isShortIn,
  lastPidIn,
  listPids,
  ProcFile,
  readCommandLine,
  readStat,
  readSupervisedName,
  ticksToUs,
  usToTicks,
} from './proc.ts'

const INTERVAL_MS = 2000
/** While memory is short. */
const SHORT_INTERVAL_MS = 200
/** Who is dead may be in a report that comes late. */
const KEPT_MS = 60_000
/** Names change, and processes become others, mostly right after their start. */
const SECOND_LOOK_MS = 1500
/** A process that starts others becomes another one itself when it is used. */
const ZYGOTE_LOOK_MS = 30_000
/** One process whose memory map is held would hold up all who ask. */
const HUNG_MS = 5000
const MAX_PROCESSES = 32_768
/** New ones that are looked at in one go. */
const LOOKS_A_TURN = 64
const SLICE_INTERVAL_MS = 50

export interface KnownProcess {
  readonly pid: number
  /** As in the events (kernel-names.ts). */
  readonly name: string
  readonly parent: number
  readonly startTicks: number
  readonly executable: string | undefined
  readonly role: ProcessRole | undefined
  readonly serviceName: string | undefined
}

interface Entry {
  pid: number
  name: string
  parent: number
  startTicks: number
  executable: string | undefined
  role: ProcessRole | undefined
  serviceName: string | undefined
  firstSeenMs: number
  lookedAtMs: number
  diedMs: number | undefined
}

export class ProcessTable {
  readonly #log: FastifyBaseLogger
  readonly #loadAverage = new ProcFile('/proc/loadavg')
  readonly #pressure = new ProcFile('/proc/pressure/memory')
  readonly #entries = new Map<number, Entry>()
  /** Those that are to be looked at again. */
  #young = new Set<Entry>()
  #unread: Entry[] = []
  #lastPid = -1
  /** There are new ones that were not looked at yet. */
  #hasMore = false
  #timer: NodeJS.Timeout | undefined
  #isReading = false
  #isClosed = false

  constructor(log: FastifyBaseLogger) {
    this.#log = log
  }

  get size(): number {
    return this.#entries.size
  }

  /** Never throws: without /proc nothing is known, and nothing is told. */
  start(): void {
    this.#tick()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#loadAverage.close()
    this.#pressure.close()
  }

  find(pid: number): KnownProcess | undefined {
    return this.#entries.get(pid)
  }

  nameOf(pid: number): string | undefined {
    return this.#entries.get(pid)?.name
  }

  /** When a process was started, in Unix microseconds. */
  startedAtUs({ startTicks }: KnownProcess): number {
    return Math.round(bootTimeUs() + ticksToUs(startTicks))
  }

  /** What `startTicks` a process has that is started then. @param us Unix microseconds */
  ticksAt(us: number): number {
    return usToTicks(us - bootTimeUs())
  }

  /** The service that a process belongs to, itself or by one it comes from. */
  serviceOf(process: KnownProcess): string | undefined {
    let one: KnownProcess | undefined = process
    for (let steps = 0; one !== undefined && steps < 32; steps++) {
      if (one.serviceName !== undefined) return one.serviceName
      one = this.#entries.get(one.parent)
    }
    return undefined
  }

  /** All that have this name; the dead ones too. */
  *named(name: string): Generator<KnownProcess> {
    for (const entry of this.#entries.values()) if (entry.name === name) yield entry
  }

  #tick(): void {
    if (this.#isClosed) return
    let waitMs = INTERVAL_MS
    try {
      this.#look()
      if (this.#hasMore) waitMs = SLICE_INTERVAL_MS
      else if (this.#isMemoryShort()) waitMs = SHORT_INTERVAL_MS
    } catch (error) {
      this.#log.debug({ err: error }, '/proc cannot be read')
    }
    this.#timer = setTimeout(() => this.#tick(), waitMs)
    this.#timer.unref()
  }

  /** False also where the kernel does not tell. */
  #isMemoryShort(): boolean {
    try {
      return isShortIn(this.#pressure.read())
    } catch {
      return false
    }
  }

  #look(): void {
    const now = performance.now()
    const lastPid = lastPidIn(this.#loadAverage.read())
    if (lastPid !== this.#lastPid || this.#hasMore) {
      this.#lastPid = lastPid
      this.#list(now)
    }
    for (const entry of this.#young) this.#lookAgain(entry, now)
    this.#readNext()
  }

  #list(now: number): void {
    const pids = new Set(listPids())
    for (const entry of this.#entries.values()) {
      if (pids.has(entry.pid)) continue
      entry.diedMs ??= now
      // Not when it is forgotten: its pid may be given to another before.
      this.#young.delete(entry)
      if (now - entry.diedMs > KEPT_MS) this.#entries.delete(entry.pid)
    }
    let looks = 0
    this.#hasMore = false
    for (const pid of pids) {
      const known = this.#entries.get(pid)
      if (known !== undefined && known.diedMs === undefined) continue
      if (this.#entries.size >= MAX_PROCESSES) return
      if (++looks > LOOKS_A_TURN) {
        this.#hasMore = true
        return
      }
      this.#add(pid, now)
    }
  }

  #add(pid: number, now: number): void {
    try {
      const stat = readStat(pid)
      const entry: Entry = {
        pid,
        ...stat,
        executable: undefined,
        role: undefined,
        serviceName: undefined,
        firstSeenMs: now,
        lookedAtMs: now,
        diedMs: undefined,
      }
      this.#entries.set(pid, entry)
      this.#young.add(entry)
      this.#unread.push(entry)
    } catch {
      // It is gone.
    }
  }

  #lookAgain(entry: Entry, now: number): void {
    const age = now - entry.firstSeenMs
    if (now - entry.lookedAtMs < SECOND_LOOK_MS) return
    entry.lookedAtMs = now
    try {
      const stat = readStat(entry.pid)
      if (stat.startTicks === entry.startTicks) {
        entry.name = stat.name
        entry.parent = stat.parent
        this.#unread.push(entry)
      }
    } catch {
      // It is gone, and stays as it was.
    }
    if (entry.role !== 'zygote' || age > ZYGOTE_LOOK_MS) this.#young.delete(entry)
  }

  /** One after the other, so that at most one thread waits for a process that cannot be read. */
  #readNext(): void {
    if (this.#isReading || this.#isClosed) return
    const entry = this.#unread.shift()
    if (entry === undefined) return
    this.#isReading = true
    const hung = setTimeout(() => {
      this.#log.warn(
        { pid: entry.pid },
        'the command line of a process cannot be read: its like are told without their role from now on'
      )
    }, HUNG_MS)
    hung.unref()
    readCommandLine(entry.pid, line => {
      clearTimeout(hung)
      this.#isReading = false
      if (line !== undefined && line !== '') this.#learn(entry, line)
      this.#readNext()
    })
  }

  #learn(entry: Entry, line: string): void {
    const { executable, role } = readCommand(line)
    entry.executable = executable
    entry.role = role
    if (this.#entries.get(entry.parent)?.name === 'supervisord') {
      entry.serviceName ??= readSupervisedName(entry.pid)
    }
  }
}
