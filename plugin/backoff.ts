/** The wait before something is tried again: doubled with each failure, up to a bound. */

export interface BackoffOptions {
  readonly firstMs: number
  readonly lastMs: number
  /**
   * Waits between half of that and all of it: machines that failed together should not come back
   * together.
   */
  readonly hasJitter?: boolean
}

export class Backoff {
  readonly #options: BackoffOptions
  #failures = 0

  constructor(options: BackoffOptions) {
    this.#options = options
  }

  /** Failures since the last {@link reset}. */
  get failures(): number {
    return this.#failures
  }

  /** Counts a failure. @returns milliseconds */
  next(): number {
    const { firstMs, lastMs, hasJitter = false } = this.#options
    const waitMs = Math.min(firstMs * 2 ** this.#failures, lastMs)
    this.#failures++
    return hasJitter ? jittered(waitMs) : waitMs
  }

  /** It went well: the next failure is the first again. */
  reset(): void {
    this.#failures = 0
  }
}

/** Between half of a wait and all of it. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2)
}

/**
 * What another side asks for by `Retry-After`: seconds or a date
 * (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3).
 *
 * @param nowMs Unix milliseconds
 * @returns milliseconds from then; undefined where it asks for nothing that can be read
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  const waitMs = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - nowMs
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined
}
