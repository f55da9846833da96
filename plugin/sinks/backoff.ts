/** How long to wait before the next attempt. */

/** Milliseconds. */
const FIRST_DELAY = 100
const MAX_DELAY = 15_000
/** After a refusal, which a person has to mend. */
const REFUSED_DELAY = 60_000
/** What another side may ask for at most: longer, and a mended one would stand idle. */
const MAX_ASKED_DELAY = 5 * 60_000

export class Backoff {
  #failures = 0

  /** Attempts that failed since the last success. */
  get failures(): number {
    return this.#failures
  }

  succeeded(): void {
    this.#failures = 0
  }

  /**
   * Counts a failure.
   *
   * @param isRefusal a person has to mend something
   * @param askedMs what the other side asks for
   * @returns milliseconds: doubled with each failure, between half of that and all of it, because
   *   machines that failed together should not come back together
   */
  failed(isRefusal: boolean, askedMs?: number): number {
    const grown = Math.min(FIRST_DELAY * 2 ** this.#failures, MAX_DELAY)
    this.#failures++
    const jitter = 0.5 + Math.random() / 2
    if (askedMs !== undefined) {
      // Not before the time asked for, and not all at that time.
      return Math.min(askedMs, MAX_ASKED_DELAY) + grown * jitter
    }
    return (isRefusal ? REFUSED_DELAY : grown) * jitter
  }
}
