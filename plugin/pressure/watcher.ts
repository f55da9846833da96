/** Looks at the memory's pressure every second, and tells when it is short: a minute before a kill, or never. */

import type { FastifyBaseLogger } from 'fastify'
import type { MemoryPressureData, OomTask } from '../../generated/types.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import { MEMORY_PRESSURE } from '../events/types.ts'
import { listPids, ProcFile, readMemoryKb, readResidentPages, readStat } from '../processes/proc.ts'
import type { ProcessTable } from '../processes/table.ts'
import { type Alarm, type AlarmOptions, PressureAlarm } from './alarm.ts'
import {
  type GroupEvents,
  type Pressure,
  parseGroupEvents,
  parsePressure,
  STALL_FILES,
} from './readings.ts'

const INTERVAL_MS = 1000
const LARGEST = 5
/** Processes whose memory is read in one turn of the event loop. */
const PROCESSES_A_TURN = 32
/** Of a container its own, else the machine's. */
const PRESSURE_FILES = [STALL_FILES.group, STALL_FILES.machine]
const EVENTS_FILES = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.failcnt']

export interface PressureWatcherOptions extends AlarmOptions {
  readonly log: FastifyBaseLogger
  readonly table: ProcessTable | undefined
  readonly pageSizeKb: number | undefined
  /** The only page that a browser has, where it has just one. */
  readonly onlyPageUrl: () => string | undefined
  readonly onPressure: (event: TelemetryEventInput) => void
}

export interface PressureFiles {
  readonly pressure: readonly string[]
  readonly events: readonly string[]
}

export class PressureWatcher {
  readonly #options: PressureWatcherOptions
  readonly #alarm: PressureAlarm
  readonly #pressureFiles: readonly ProcFile[]
  readonly #eventsFiles: readonly ProcFile[]
  #timer: NodeJS.Timeout | undefined

  constructor(
    options: PressureWatcherOptions,
    files: PressureFiles = { pressure: PRESSURE_FILES, events: EVENTS_FILES }
  ) {
    this.#options = options
    this.#alarm = new PressureAlarm(options)
    this.#pressureFiles = files.pressure.map(path => new ProcFile(path))
    this.#eventsFiles = files.events.map(path => new ProcFile(path))
  }

  /** Never throws: where the kernel tells nothing, nothing is told. */
  start(): void {
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    for (const file of [...this.#pressureFiles, ...this.#eventsFiles]) file.close()
  }

  #look(): void {
    const pressure = firstOf(this.#pressureFiles, parsePressure)
    const events = firstOf(this.#eventsFiles, parseGroupEvents)
    const alarm = this.#alarm.read(performance.now(), { pressure, events })
    if (alarm === undefined) return
    const ts = Date.now() * 1000
    this.#largest()
      .then(tasks => this.#tell(ts, alarm, pressure, tasks))
      .catch(error => this.#options.log.error({ err: error }, 'short memory is not told'))
  }

  #tell(ts: number, alarm: Alarm, pressure: Pressure | undefined, tasks: OomTask[]): void {
    const [first, second] = tasks
    // One renderer that is larger than any two others: where there is one page, it is that one's.
    const isOne = first?.role === 'renderer' && first.rss_kb > 2 * (second?.rss_kb ?? 0)
    const data: MemoryPressureData = {
      reason: alarm.reason,
      some_avg10: pressure?.someAvg10,
      full_avg10: pressure?.fullAvg10,
      group_high: alarm.high,
      group_max: alarm.max,
      ...readMemoryKb(),
      top_tasks: tasks.length === 0 ? undefined : tasks,
      url: isOne ? this.#options.onlyPageUrl() : undefined,
    }
    this.#options.onPressure({
      ts,
      type: MEMORY_PRESSURE,
      category: 'monitor',
      source: { kind: 'local_process', event: 'linux.memory_pressure' },
      data,
    })
  }

  /** Read a few at a time: what the kernel kills meanwhile goes out between them. */
  async #largest(): Promise<OomTask[]> {
    const { pageSizeKb, table } = this.#options
    if (pageSizeKb === undefined) return []
    let pids: number[] = []
    try {
      pids = listPids()
    } catch {}
    const sizes: { pid: number; pages: number }[] = []
    for (let at = 0; at < pids.length; at++) {
      if (at % PROCESSES_A_TURN === PROCESSES_A_TURN - 1)
        await new Promise(resolve => setImmediate(resolve))
      const pages = readResidentPages(pids[at]!)
      if (pages !== undefined && pages > 0) sizes.push({ pid: pids[at]!, pages })
    }
    sizes.sort((a, b) => b.pages - a.pages)
    return sizes.slice(0, LARGEST).flatMap(({ pid, pages }) => {
      try {
        const { name } = readStat(pid)
        return [{ pid, name, rss_kb: pages * pageSizeKb, role: table?.find(pid)?.role }]
      } catch {
        return []
      }
    })
  }
}

/** Of the files that can be read the first that says something. */
function firstOf<Value extends Pressure | GroupEvents>(
  files: readonly ProcFile[],
  parse: (text: string) => Value | undefined
): Value | undefined {
  for (const file of files) {
    try {
      const value = parse(file.read())
      if (value !== undefined) return value
    } catch {
      // There is none such here.
    }
  }
  return undefined
}
