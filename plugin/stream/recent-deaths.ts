/**
 * Of which deaths the kernel told of late: another event about the same death, of a page or of a service,
 * names the number of the kernel's.
 */

import type { OomKillData } from '../../generated/types.ts'

export type RecentDeath = Pick<OomKillData, 'process_name' | 'pid' | 'oom_score_adj'> & {
  readonly seq: number
  /** Unix microseconds. */
  readonly ts: number
}

const MAX_DEATHS = 64

export class RecentDeaths {
  #deaths: RecentDeath[] = []
  readonly #waiting = new Set<() => void>()

  add({ seq, ts, process_name, pid, oom_score_adj }: RecentDeath): void {
    this.#deaths.push({ seq, ts, process_name, pid, oom_score_adj })
    if (this.#deaths.length > MAX_DEATHS) this.#deaths.shift()
    if (this.#waiting.size === 0) return
    // After the readers, who were promised the kill at once.
    setImmediate(() => {
      for (const wake of this.#waiting) wake()
    })
  }

  /** Those of a time, both ends with it, in Unix microseconds. */
  between(from: number, to: number): readonly RecentDeath[] {
    return this.#deaths.filter(({ ts }) => ts >= from && ts <= to)
  }

  /** The last one of a pid in such a time. */
  ofPid(pid: number, from: number, to: number): RecentDeath | undefined {
    return this.between(from, to).findLast(death => death.pid === pid)
  }

  /** Resolves when there is another one, or the time is over. */
  next(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      this.#waiting.add(done)
    })
  }
}
