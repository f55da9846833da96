/**
 * Which categories are captured, and how `PUT` and `PATCH /telemetry` change it. Before the first of
 * them all are; a `PUT` captures what it enables and nothing else.
 */

import type {
  CategoriesConfig,
  CategoriesConfigRequest,
  EventCategory,
  TelemetryConfig,
  TelemetryConfigRequest,
} from '../../generated/types.ts'
import { ALWAYS_CAPTURED, CATEGORIES } from '../events/types.ts'
import { isObject } from '../objects.ts'

/** Captured by a `PUT` that names no categories. */
const DEFAULT_CATEGORIES: readonly EventCategory[] = [
  'control',
  'connection',
  'system',
  'captcha',
  'monitor',
]
/** Given back as they were put: what they configure is not here. */
const KEPT_FIELDS = ['export', 'storage'] as const

type Kept = Pick<TelemetryConfig, (typeof KEPT_FIELDS)[number]>

export class CaptureConfig {
  #captured: ReadonlySet<EventCategory> = new Set(CATEGORIES)
  #kept: Kept = {}
  #sessionId: string | undefined
  #appliedAt: Date | undefined

  /** @param sessionId stands in the metadata of every event, until another one is put */
  constructor(sessionId?: string) {
    this.#sessionId = sessionId
  }

  /** When the configuration was last changed; undefined before the first change. */
  get appliedAt(): Date | undefined {
    return this.#appliedAt
  }

  /** `telemetry_session_id` of the metadata of every event. */
  get sessionId(): string | undefined {
    return this.#sessionId
  }

  isCaptured(category: EventCategory): boolean {
    return this.#captured.has(category)
  }

  /** Replaces the configuration. */
  put(config: TelemetryConfigRequest): void {
    const browser = config?.browser ?? undefined
    const enabled = browser === undefined ? DEFAULT_CATEGORIES : turned(browser, true)
    this.#captured = new Set([...enabled, ...ALWAYS_CAPTURED])
    this.#kept = keptOf(config)
    this.#apply(config)
  }

  /** Changes what is named, and nothing else. */
  patch(config: TelemetryConfigRequest): void {
    const off = turned(config?.browser, false)
    const stays = [...this.#captured].filter(category => !off.includes(category))
    this.#captured = new Set([...stays, ...turned(config?.browser, true), ...ALWAYS_CAPTURED])
    this.#kept = { ...this.#kept, ...keptOf(config) }
    this.#apply(config)
  }

  toJSON(): TelemetryConfig {
    const states = CATEGORIES.map(category => [category, { enabled: this.isCaptured(category) }])
    return {
      browser: Object.fromEntries(states) as CategoriesConfig,
      telemetry_session_id: this.#sessionId,
      ...this.#kept,
    }
  }

  #apply(config: TelemetryConfigRequest): void {
    const sessionId = config?.telemetry_session_id ?? this.#sessionId
    this.#sessionId = sessionId === '' ? undefined : sessionId
    this.#appliedAt = new Date()
  }
}

function turned(browser: CategoriesConfigRequest | undefined, to: boolean): EventCategory[] {
  return CATEGORIES.filter(category => browser?.[category]?.enabled === to)
}

function keptOf(config: TelemetryConfigRequest): Kept {
  const kept = KEPT_FIELDS.map(name => [name, config?.[name]] as const)
  return Object.fromEntries(kept.filter(([, value]) => isObject(value)))
}
