/**
 * For durations. The machine's clock may step: set ahead by a month, it must not make what waits in
 * the spool a month old; set back, it must not make a pause last for a month. (`performance.now()`
 * says the same, and loads a module for it.)
 *
 * @returns milliseconds since the start of this process, by a clock that never steps
 */
export function uptime(): number {
  return process.uptime() * 1000
}
