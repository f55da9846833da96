/**
 * The browser's processes, asked for before something dies, so that afterwards it can be told which one
 * is gone: the protocol names no process of a target. Pure: who asks the browser is elsewhere.
 */

/** A process as `SystemInfo.getProcessInfo` tells of it. */
export interface BrowserProcess {
  /** As the browser sees it. */
  readonly pid: number
  /** `browser`, `renderer`, `GPU`, or the name of a utility process. */
  readonly type: string
}

/** Pages of one renderer are told dead within some milliseconds, those of another one later. */
const TOGETHER_MS = 250
const MAX_PROCESSES = 10_000

interface Vanished extends BrowserProcess {
  readonly atMs: number
}

export class ProcessList {
  #processes: ReadonlyMap<number, BrowserProcess> | undefined
  /** Asked for after the last change of a target, so that whoever dies now is in it. */
  #isWhole = false
  #changes = 0
  #vanished: Vanished[] = []

  /** Something changed, after which there may be processes that are not in the list. */
  change(): void {
    this.#changes++
    this.#isWhole = false
  }

  get isWhole(): boolean {
    return this.#isWhole
  }

  get browserPid(): number | undefined {
    for (const { pid, type } of this.#processes?.values() ?? []) if (type === 'browser') return pid
    return undefined
  }

  /** To be called when the list is asked for. @returns takes the answer, and says who is gone */
  begin(): (answer: unknown, atMs: number) => readonly BrowserProcess[] {
    const asked = this.#changes
    return (answer, atMs) => {
      const processes = processesOf(answer)
      if (processes === undefined) return []
      const gone = [...(this.#processes?.values() ?? [])]
        .filter(({ pid }) => !processes.has(pid))
        .map(({ pid, type }) => ({ pid, type, atMs }))
      // Of one that died before it was ever listed nothing is known, and so nothing is certain.
      if (!this.#isWhole && gone.length > 0) this.#uncertainUntilMs = atMs + TOGETHER_MS
      this.#vanished = this.#vanished.filter(one => atMs - one.atMs < TOGETHER_MS)
      this.#vanished.push(...gone)
      this.#processes = processes
      if (asked === this.#changes) this.#isWhole = true
      return gone
    }
  }

  #uncertainUntilMs = 0

  /** The one renderer that vanished just now; undefined where it was none, several, or not certain. */
  vanishedRenderer(nowMs: number): number | undefined {
    if (nowMs < this.#uncertainUntilMs) return undefined
    const pids = this.#vanished
      .filter(({ atMs, type }) => nowMs - atMs < TOGETHER_MS && type === 'renderer')
      .map(({ pid }) => pid)
    return pids.length === 1 ? pids[0] : undefined
  }
}

function processesOf(answer: unknown): Map<number, BrowserProcess> | undefined {
  const { processInfo } = (answer ?? {}) as { processInfo?: unknown }
  if (!Array.isArray(processInfo)) return undefined
  const processes = new Map<number, BrowserProcess>()
  for (const { id, type } of processInfo.slice(0, MAX_PROCESSES)) {
    if (!Number.isSafeInteger(id) || id <= 0 || typeof type !== 'string') continue
    processes.set(id, { pid: id, type: type.slice(0, 100) })
  }
  return processes
}
