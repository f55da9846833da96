/** Whether the time that something takes grows no faster than its input: a ratio of two sizes. */

import assert from 'node:assert/strict'

const FACTOR = 4
/** Twice as much as in proportion; a square would be FACTOR times as much. */
const MAX_RATIO = FACTOR * 2
/** Of a run as short as this the clock shows nothing but noise, and no square hides in it. */
const TOO_SHORT_MS = 250
const RUNS = 5
/** What is a square is one every time; a neighbour that takes the caches is not there every time. */
const ATTEMPTS = 3

/** @param make an input of about `size`; @param run what is measured */
export function assertLinear<T>(
  title: string,
  size: number,
  make: (size: number) => T,
  run: (input: T) => void
): void {
  const small = make(size)
  const large = make(size * FACTOR)
  const seen: string[] = []
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const largeMs = shortest(() => run(large))
    if (largeMs < TOO_SHORT_MS) return
    const smallMs = shortest(() => run(small))
    if (largeMs / smallMs < MAX_RATIO) return
    seen.push(`${smallMs.toFixed(1)} and ${largeMs.toFixed(1)} ms`)
  }
  assert.fail(`${title}: ${FACTOR} times the input took much more than that: ${seen.join('; ')}`)
}

/** Of the processor's time, which others on the machine do not take. */
function shortest(run: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let count = 0; count < RUNS; count++) {
    const start = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
    // One that takes this long needs no second opinion.
    if (least > 1000) break
  }
  return least
}
