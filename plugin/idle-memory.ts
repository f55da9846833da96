/**
 * Gives memory back after a flood. V8 collects what is left of it when it needs room next, which an
 * idle server does not: it would keep tens of megabytes that the machine may need.
 *
 * Only where the process has `gc()`, as `sysmon serve` does: a host application decides for itself.
 */

/** Less is not worth a collection. */
const LEAST_BYTES = 8 * 1024 * 1024
/** Without more of it: a collection takes some 10 ms, which nobody should wait for in a flood. */
const QUIET_MS = 1000

let bytes = 0
let timer: NodeJS.Timeout | undefined

/** @param more bytes that were let go of just now */
export function leftAsGarbage(more: number): void {
  bytes += more
  if (bytes < LEAST_BYTES || globalThis.gc === undefined) return
  if (timer === undefined) timer = setTimeout(collect, QUIET_MS).unref()
  else timer.refresh()
}

function collect(): void {
  bytes = 0
  timer = undefined
  globalThis.gc?.()
}
