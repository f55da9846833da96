/**
 * Gives memory back to the system when nothing has happened for a while. V8 collects garbage when
 * it needs room, so that a process that is idle between crashes keeps what the last ones left, and
 * what its own start left: some 0.5 MB on Node 20, 5 MB on Node 24 after 300 crashes.
 */

/** Without a notification. A collection takes some 10 ms, which no crash should wait for. */
const IDLE_MS = 300

export class IdleMemory {
  #timer: NodeJS.Timeout | undefined

  /** Something has happened: not before `IDLE_MS` from now. */
  postpone(): void {
    // Node has `gc` only with --expose-gc, which the launcher (shim/supervisord-shim) gives it.
    if (globalThis.gc === undefined) return
    if (this.#timer === undefined) this.#timer = setTimeout(collect, IDLE_MS).unref()
    else this.#timer.refresh()
  }
}

/** The flavor (Node 22 and later) also shrinks the nursery, and drops code that has not run lately. */
const EVERYTHING = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const

function collect(): void {
  globalThis.gc?.(EVERYTHING)
}
