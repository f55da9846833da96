/** How long to wait for what must come, in ms: a bound on hangs, on machines with other work. */
export const PATIENCE_MS = 90_000

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
    await sleep(50)
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
