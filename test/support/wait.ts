/** How tests wait for what must come. */

/**
 * Bounds a wait, in ms: only what would never come takes so long. No test may say by it how fast something
 * is: a machine with much else to do takes its time.
 */
export const PATIENCE_MS = 90_000
const LOOK_EVERY_MS = 20

/** @throws after `timeout` ms, with what there is to say about it */
export async function waitFor(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  explain: () => string | Promise<string> = () => '',
  timeout = PATIENCE_MS
): Promise<void> {
  const deadline = Date.now() + timeout
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come\n${await explain()}`)
    await sleep(LOOK_EVERY_MS)
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
