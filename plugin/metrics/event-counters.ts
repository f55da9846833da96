/**
 * Counts what is published by this process: kills, crashes, gaps. Every series that can be known before is there
 * from the start, at 0: a rate that begins with the first kill would not see it.
 *
 * `reporter` says whose word it is, as in the events: anybody who posts can raise only what is his own.
 */

import type { Counter } from 'prom-client'
import type {
  MemoryPressureData,
  OomConstraint,
  OomKillData,
  PageCrashCause,
  PageCrashedData,
  ProcessCrashedData,
  ProcessRole,
  ServiceCrashedData,
  ServiceCrashPhase,
  TelemetryGapData,
  TelemetryGapSource,
} from '../../generated/types.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import type { Reporter } from '../events/reporter.ts'
import {
  MEMORY_PRESSURE,
  PAGE_CRASHED,
  PROCESS_CRASHED,
  SERVICE_CRASHED,
  SYSTEM_OOM_KILL,
  TELEMETRY_GAP,
} from '../events/types.ts'
import { NamesSeen, OTHER } from './names-seen.ts'
import type { AddMetric, PromClient } from './prom-client.ts'

/** Distinct services of one reporter, by their names. */
export const MAX_SERVICES = 100

/** What a field is that is absent, or has a value that is not known here. */
const UNKNOWN = 'unknown'
export const CONSTRAINTS = [
  'none',
  'memcg',
  'cpuset',
  'memory_policy',
] as const satisfies readonly OomConstraint[]
export const ROLES = [
  'browser',
  'renderer',
  'gpu',
  'network',
  'utility',
  'zygote',
] as const satisfies readonly ProcessRole[]
export const PHASES = [
  'startup',
  'running',
  'gave_up',
] as const satisfies readonly ServiceCrashPhase[]
export const CAUSES = ['oom_kill', 'crash', 'killed'] as const satisfies readonly PageCrashCause[]
export const GAP_SOURCES = [
  'kmsg',
  'supervisord',
  'stream',
] as const satisfies readonly TelemetryGapSource[]
export const PRESSURE_REASONS = [
  'pressure',
  'group_high',
  'group_max',
] as const satisfies readonly MemoryPressureData['reason'][]

/** Of the browser's processes those of which its DevTools tell. */
const ROLES_BY_DEVTOOLS: readonly ProcessRole[] = ['gpu', 'network', 'utility']

export class EventCounters {
  readonly #kills: Counter
  readonly #serviceCrashes: Counter
  readonly #pageCrashes: Counter
  readonly #processCrashes: Counter
  readonly #pressure: Counter
  readonly #gaps: Counter
  readonly #lost: Counter
  readonly #services = new Map<Reporter, NamesSeen>()

  constructor(client: PromClient, add: AddMetric) {
    const counter = (name: string, help: string, labelNames: readonly string[]): Counter =>
      add(name, new client.Counter({ name, help, labelNames, registers: [] }))
    this.#kills = counter(
      'sysmon_oom_kills_total',
      'Processes that the kernel killed for want of memory (system_oom_kill).',
      ['constraint', 'role', 'reporter']
    )
    this.#serviceCrashes = counter(
      'sysmon_service_crashes_total',
      'Services that crashed or are not started again (service_crashed).',
      ['service', 'phase', 'reporter']
    )
    this.#pageCrashes = counter(
      'sysmon_page_crashes_total',
      "The browser's pages that died (page_crashed).",
      ['cause', 'reporter']
    )
    this.#processCrashes = counter(
      'sysmon_process_crashes_total',
      'Processes that a fault ended (process_crashed).',
      ['role', 'reporter']
    )
    this.#pressure = counter(
      'sysmon_memory_pressure_events_total',
      'Times at which memory became short (memory_pressure).',
      ['reason', 'reporter']
    )
    this.#gaps = counter(
      'sysmon_telemetry_gaps_total',
      'Gaps: something was, or may have been, lost (telemetry_gap).',
      ['source', 'reporter']
    )
    this.#lost = counter(
      'sysmon_telemetry_lost_total',
      'What these gaps say was lost, where they know: records and kills of kmsg, reports of supervisord, events of stream.',
      ['source', 'reporter']
    )
    this.#begin()
  }

  /** One event that was published just now, for the first time. */
  count({ type, data }: Pick<TelemetryEventInput, 'type' | 'data'>, reporter: Reporter): void {
    switch (type) {
      case SYSTEM_OOM_KILL: {
        const { constraint, victim } = fields<OomKillData>(data)
        const role = oneOf(ROLES, victim?.role, OTHER)
        this.#kills.inc({ constraint: oneOf(CONSTRAINTS, constraint, UNKNOWN), role, reporter })
        return
      }
      case SERVICE_CRASHED: {
        const { service_name, phase } = fields<ServiceCrashedData>(data)
        const service = this.#servicesOf(reporter).labelOf(service_name)
        // With the first crash of a service the series of all its phases are there.
        for (const one of PHASES) {
          this.#serviceCrashes.inc({ service, phase: one, reporter }, one === phase ? 1 : 0)
        }
        return
      }
      case PAGE_CRASHED: {
        const { cause } = fields<PageCrashedData>(data)
        this.#pageCrashes.inc({ cause: oneOf(CAUSES, cause, UNKNOWN), reporter })
        return
      }
      case PROCESS_CRASHED: {
        const { role } = fields<ProcessCrashedData>(data)
        this.#processCrashes.inc({ role: oneOf(ROLES, role, OTHER), reporter })
        return
      }
      case MEMORY_PRESSURE: {
        const { reason } = fields<MemoryPressureData>(data)
        this.#pressure.inc({ reason: oneOf(PRESSURE_REASONS, reason, UNKNOWN), reporter })
        return
      }
      case TELEMETRY_GAP: {
        const gap = fields<TelemetryGapData>(data)
        const source = oneOf(GAP_SOURCES, gap.source, UNKNOWN)
        this.#gaps.inc({ source, reporter })
        this.#lost.inc({ source, reporter }, gap.lost ?? 0)
      }
    }
  }

  #begin(): void {
    for (const role of [...ROLES, OTHER]) {
      for (const constraint of [...CONSTRAINTS, UNKNOWN]) {
        this.#kills.inc({ constraint, role, reporter: 'kernel' }, 0)
      }
      this.#processCrashes.inc({ role, reporter: 'kernel' }, 0)
    }
    for (const role of ROLES_BY_DEVTOOLS) {
      this.#processCrashes.inc({ role, reporter: 'devtools' }, 0)
    }
    for (const cause of [...CAUSES, UNKNOWN]) {
      this.#pageCrashes.inc({ cause, reporter: 'devtools' }, 0)
    }
    for (const reason of PRESSURE_REASONS) this.#pressure.inc({ reason, reporter: 'server' }, 0)
    // Who tells of which gaps.
    for (const [source, reporter] of [
      ['kmsg', 'kernel'],
      ['supervisord', 'supervisor'],
      ['stream', 'server'],
    ] as const) {
      this.#gaps.inc({ source, reporter }, 0)
      this.#lost.inc({ source, reporter }, 0)
    }
  }

  /** For each reporter by itself: who posts fills no room but his own. */
  #servicesOf(reporter: Reporter): NamesSeen {
    const known = this.#services.get(reporter) ?? new NamesSeen(MAX_SERVICES)
    this.#services.set(reporter, known)
    return known
  }
}

/** What others publish may have no data. */
function fields<Data>(data: unknown): Partial<Data> {
  return (data ?? {}) as Partial<Data>
}

function oneOf<Value extends string>(
  known: readonly Value[],
  value: string | undefined,
  otherwise: string
): string {
  return known.find(one => one === value) ?? otherwise
}
