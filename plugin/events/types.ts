/**
 * The event types that this project defines: one row each, with all that the server decides for them.
 * A new type is a row here, the schema of its data in openapi/openapi.yaml, and who produces it.
 */

import type { EventCategory, ServiceCrashedData } from '../../generated/types.ts'
import type { ValidatedName } from '../../generated/validators.ts'
import {
  configuredSentence,
  gapSentence,
  memoryPressureSentence,
  oomKillSentence,
  pageCrashedSentence,
  processCrashedSentence,
  serviceCrashedSentence,
} from './sentences.ts'

export const SYSTEM_OOM_KILL = 'system_oom_kill'
export const SERVICE_CRASHED = 'service_crashed'
export const PAGE_CRASHED = 'page_crashed'
export const PROCESS_CRASHED = 'process_crashed'
export const MEMORY_PRESSURE = 'memory_pressure'
export const TELEMETRY_GAP = 'telemetry_gap'
export const TELEMETRY_CONFIGURED = 'telemetry_configured'

/** How bad it is for who runs the machine. */
export type Severity = 'info' | 'warn' | 'error'

interface EventType {
  /** Set by the server, whatever a producer says. */
  readonly category: EventCategory
  /** Captured also where its category is not: whoever reports it, or what the browser's DevTools tell. */
  readonly alwaysCaptured: 'all' | 'devtools'
  /** Of its data, in the OpenAPI document. */
  readonly schema: ValidatedName
  /** Others publish it too, with what data they have. */
  readonly isDataOptional?: boolean
  /** What the schema does not say, for generators of clients know no conditions. @param data valid by it */
  readonly flawOf?: (data: never) => string | undefined
  /**
   * Keys of `source.metadata` that together name an event for ever, so that one that is delivered
   * again is known again. The first set that an event has all keys of is its own.
   */
  readonly identities: ReadonlyArray<readonly string[]>
  /** Keys of `source.metadata` that only this server writes, for it acts on them. */
  readonly serverKeys?: readonly string[]
  readonly severity: Severity
  /** What happened, in a line for a person. @param data valid by its schema */
  readonly sentence: (data: never) => string
}

const TYPES: Readonly<Record<string, EventType>> = {
  [SYSTEM_OOM_KILL]: {
    category: 'system',
    alwaysCaptured: 'all',
    schema: 'OomKillData',
    // The boot, and the record of the kill line.
    identities: [['boot_id', 'kmsg_seq']],
    severity: 'error',
    sentence: oomKillSentence,
  },
  [SERVICE_CRASHED]: {
    category: 'system',
    alwaysCaptured: 'all',
    schema: 'ServiceCrashedData',
    flawOf: ({ phase, pid }: ServiceCrashedData) =>
      phase === 'gave_up' && pid !== undefined
        ? 'data.pid must be left out in the phase gave_up, where no process is left'
        : undefined,
    // The supervisor's run, and its number of the notification.
    identities: [['supervisor_instance', 'supervisor_serial']],
    severity: 'error',
    sentence: serviceCrashedSentence,
  },
  [PAGE_CRASHED]: {
    category: 'page',
    alwaysCaptured: 'devtools',
    schema: 'PageCrashedData',
    isDataOptional: true,
    identities: [],
    severity: 'error',
    sentence: pageCrashedSentence,
  },
  [PROCESS_CRASHED]: {
    category: 'system',
    alwaysCaptured: 'all',
    schema: 'ProcessCrashedData',
    // The boot, and the record of the fault's line.
    identities: [['boot_id', 'kmsg_seq']],
    severity: 'error',
    sentence: processCrashedSentence,
  },
  [MEMORY_PRESSURE]: {
    category: 'monitor',
    alwaysCaptured: 'all',
    schema: 'MemoryPressureData',
    identities: [],
    severity: 'warn',
    sentence: memoryPressureSentence,
  },
  [TELEMETRY_GAP]: {
    category: 'monitor',
    alwaysCaptured: 'all',
    schema: 'TelemetryGapData',
    identities: [
      ['supervisor_instance', 'supervisor_serial'],
      // The first record after the gap.
      ['boot_id', 'kmsg_seq'],
      // What a counter of kills stood at: the machine's, or that of a control group.
      ['boot_id', 'cgroup', 'oom_kill'],
      ['boot_id', 'oom_kill'],
      // Which events of the journal are missing.
      ['journal'],
    ],
    serverKeys: ['journal', 'sink', 'uncertain_seq'],
    severity: 'warn',
    sentence: gapSentence,
  },
  [TELEMETRY_CONFIGURED]: {
    category: 'monitor',
    alwaysCaptured: 'all',
    schema: 'TelemetryConfiguredData',
    identities: [],
    severity: 'info',
    sentence: configuredSentence,
  },
}

/**
 * Types of the browser's own telemetry, which this server takes and does not look into: of them it
 * only knows the category.
 */
export const BROWSER_TYPES = {
  captcha: ['captcha_solve_result'],
  connection: ['cdp_connect', 'cdp_disconnect', 'live_view_connect', 'live_view_disconnect'],
  console: ['console_error', 'console_log'],
  control: ['api_call', 'cdp_command'],
  interaction: ['interaction_click', 'interaction_key', 'interaction_scroll_settled'],
  monitor: [
    'monitor_disconnected',
    'monitor_init_failed',
    'monitor_reconnect_failed',
    'monitor_reconnected',
  ],
  network: ['network_idle', 'network_loading_failed', 'network_request', 'network_response'],
  page: [
    'page_dom_content_loaded',
    'page_layout_settled',
    'page_layout_shift',
    'page_lcp',
    'page_load',
    'page_navigation',
    'page_navigation_settled',
    'page_tab_opened',
  ],
  platform: ['platform_api_call'],
  screenshot: ['monitor_screenshot'],
} as const satisfies Partial<Record<EventCategory, readonly string[]>>

const CATEGORY_OF_BROWSER_TYPE: ReadonlyMap<string, EventCategory> = new Map(
  Object.entries(BROWSER_TYPES).flatMap(([category, types]) =>
    types.map(type => [type, category as EventCategory] as const)
  )
)

/** In the contract's order. */
export const CATEGORIES: readonly EventCategory[] = [
  'console',
  'network',
  'page',
  'interaction',
  'control',
  'connection',
  'system',
  'screenshot',
  'captcha',
  'monitor',
  'platform',
]

/** Categories that are captured whatever the configuration says. */
export const ALWAYS_CAPTURED: readonly EventCategory[] = ['system', 'monitor']

export function isCategory(value: unknown): value is EventCategory {
  return (CATEGORIES as readonly unknown[]).includes(value)
}

/** The category of a known type; undefined for a caller's own type. */
export function categoryOfType(type: string): EventCategory | undefined {
  return rowOf(type)?.category ?? CATEGORY_OF_BROWSER_TYPE.get(type)
}

/** The component of the OpenAPI document that the data of a known type is valid by. */
export function schemaOfType(type: string): ValidatedName | undefined {
  return rowOf(type)?.schema
}

export function isDataRequired(type: string): boolean {
  const row = rowOf(type)
  return row !== undefined && row.isDataOptional !== true
}

/** What is wrong with the data of a known type, beyond its schema. @param data valid by that */
export function flawOf(type: string, data: unknown): string | undefined {
  return rowOf(type)?.flawOf?.(data as never)
}

/** @param reporter whose word it is (reporter.ts) */
export function isAlwaysCaptured(type: string, reporter: string): boolean {
  const captured = rowOf(type)?.alwaysCaptured
  return captured === 'all' || captured === reporter
}

/** Keys of `source.metadata` that nobody else may write into an event of the type. */
export function serverKeysOf(type: string): readonly string[] {
  return rowOf(type)?.serverKeys ?? []
}

export function severityOfType(type: string): Severity {
  return rowOf(type)?.severity ?? 'info'
}

/** What an event of a known type says, in one line; undefined for a caller's own type. */
export function sentenceOf(type: string, data: unknown): string | undefined {
  return rowOf(type)?.sentence(data as never)
}

/** Whether events of the type may have an {@link idempotencyKey}. */
export function hasIdentity(type: string): boolean {
  return rowOf(type) !== undefined
}

/** What makes two deliveries the same event; undefined for events without such a key. */
export function idempotencyKey(
  type: string,
  metadata: Readonly<Record<string, string>> | undefined
): string | undefined {
  if (metadata === undefined) return undefined
  const identities = rowOf(type)?.identities
  if (identities === undefined) return undefined
  for (const names of identities) {
    if (!names.every(name => Object.hasOwn(metadata, name))) continue
    const parts = [type]
    for (const name of names) parts.push(name, metadata[name]!)
    return JSON.stringify(parts)
  }
  return undefined
}

function rowOf(type: string): EventType | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
}
