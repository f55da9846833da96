/** Which categories are captured, and how `PUT` and `PATCH /telemetry` change it. */

import type { EventCategory, TelemetryConfig } from '../../generated/types.ts'
import { ALWAYS_CAPTURED, CATEGORIES } from '../events/types.ts'

export class CaptureConfig {
  readonly #off = new Set<EventCategory>()
  #appliedAt: Date | undefined

  /** When the configuration was last changed; undefined before the first change. */
  get appliedAt(): Date | undefined {
    return this.#appliedAt
  }

  isCaptured(category: EventCategory): boolean {
    return !this.#off.has(category)
  }

  /** Every category that cannot be turned off and that `config` asks to turn off. */
  static refused(config: TelemetryConfig): EventCategory[] {
    return ALWAYS_CAPTURED.filter(category => config.browser?.[category]?.enabled === false)
  }

  /** Replaces the configuration: a category that is not named is captured. */
  put(config: TelemetryConfig): void {
    this.#off.clear()
    this.patch(config)
  }

  /** Changes the named categories only. */
  patch(config: TelemetryConfig): void {
    for (const category of CATEGORIES) {
      const enabled = config.browser?.[category]?.enabled
      if (enabled === true) this.#off.delete(category)
      if (enabled === false && !ALWAYS_CAPTURED.includes(category)) this.#off.add(category)
    }
    this.#appliedAt = new Date()
  }

  toJSON(): TelemetryConfig {
    return {
      browser: Object.fromEntries(
        CATEGORIES.map(category => [category, { enabled: this.isCaptured(category) }])
      ),
    }
  }
}
