/** Whether the time that something takes grows no faster than its input: a ratio of two sizes, no clock. */

import assert from 'node:assert/strict'

const FACTOR = 4
/** Twice as much as in proportion; a square would be FACTOR times as much. */
const MAX_RATIO = FACTOR * 2
/** Of a run as short as this the clock shows nothing but noise, and no square hides in it. */
const TOO_SHORT_MS = 250
const RUNS = 5

/** @param make an input of about `size`; @param run what is measured */
export function assertLinear<T>(
  title: string,
  size: number,
  make: (size: number) => T,
  run: (input: T) => void
): void {
  const small = make(size)
  const large = make(size * FACTOR)
  const largeMs = shortest(() => run(large))
  if (largeMs < TOO_SHORT_MS) return
  const smallMs = shortest(() => run(small))
  const ratio = largeMs / smallMs
  assert.ok(
    ratio < MAX_RATIO,
    `${title}: ${FACTOR} times the input took ${ratio.toFixed(1)} times as long (${smallMs.toFixed(1)}, ${largeMs.toFixed(1)} ms)`
  )
}

function shortest(run: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let count = 0; count < RUNS; count++) {
    const start = performance.now()
    run()
    least = Math.min(least, performance.now() - start)
    // One that takes this long needs no second opinion.
    if (least > 1000) break
  }
  return least
}
