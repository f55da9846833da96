/** What the machine and this process say of themselves, as metrics: a row each. */

import { readFileSync } from 'node:fs'
import { packageInfo } from '../package-info.ts'
import { type MemoryStall, parseStall, STALL_FILES } from '../pressure/readings.ts'
import type { ScrapedMetric, Value } from './scraped-metric.ts'

export const MACHINE_METRICS: ReadonlyArray<ScrapedMetric<void>> = [
  {
    name: 'sysmon_build_info',
    help: '1, with the versions of fastify-sysmon and of Node.',
    kind: 'gauge',
    labels: ['version', 'node_version'],
    read: () => [[{ version: version(), node_version: process.versions.node }, 1]],
  },
  {
    name: 'sysmon_memory_pressure_waiting_seconds_total',
    help: 'Time in which some process waited for memory (some of PSI): of the control group, of the machine.',
    kind: 'counter',
    labels: ['scope'],
    read: () => stalls(({ someSeconds }) => someSeconds),
  },
  {
    name: 'sysmon_memory_pressure_stalled_seconds_total',
    help: 'Time in which all that could have run waited for memory (full of PSI).',
    kind: 'counter',
    labels: ['scope'],
    read: () => stalls(({ fullSeconds }) => fullSeconds),
  },
]

/** By the names that Prometheus' clients share: where the host's registry is used, it has its own. */
export const PROCESS_METRICS: ReadonlyArray<ScrapedMetric<void>> = [
  {
    name: 'process_start_time_seconds',
    help: 'When this process was started.',
    kind: 'gauge',
    read: () => STARTED_AT_SECONDS,
  },
  {
    name: 'process_cpu_seconds_total',
    help: 'Processor time of this process, in user and system mode.',
    kind: 'counter',
    read: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    },
  },
  {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of this process.',
    kind: 'gauge',
    read: () => process.memoryUsage.rss(),
  },
]

const STARTED_AT_SECONDS = Math.round(Date.now() / 1000 - process.uptime())

let packageVersion: string | undefined

function version(): string {
  packageVersion ??= packageInfo().version
  return packageVersion
}

/** Where the kernel tells of none, there is none. */
function stalls(read: (stall: MemoryStall) => number) {
  return Object.entries(STALL_FILES).map(([scope, path]): [{ scope: string }, Value] => {
    try {
      const stall = parseStall(readFileSync(path, 'utf8'))
      return [{ scope }, stall && read(stall)]
    } catch {
      return [{ scope }, undefined]
    }
  })
}
