/**
 * What the kernel killed of late: another event about the same death, of a page or of a service, names
 * the kill's number.
 */

import type { OomKillData } from '../../generated/types.ts'

export type RecentKill = Pick<OomKillData, 'process_name' | 'pid' | 'oom_score_adj'> & {
  readonly seq: number
  /** Unix microseconds. */
  readonly ts: number
}

const MAX_KILLS = 64

export class RecentKills {
  #kills: RecentKill[] = []
  #waiting: Array<() => void> = []

  add({ seq, ts, process_name, pid, oom_score_adj }: RecentKill): void {
    this.#kills.push({ seq, ts, process_name, pid, oom_score_adj })
    if (this.#kills.length > MAX_KILLS) this.#kills.shift()
    const waiting = this.#waiting
    this.#waiting = []
    // After the readers, who were promised the kill at once.
    if (waiting.length > 0)
      setImmediate(() => {
        for (const wake of waiting) wake()
      })
  }

  /** Those of a time, both ends with it, in Unix microseconds. */
  between(from: number, to: number): readonly RecentKill[] {
    return this.#kills.filter(({ ts }) => ts >= from && ts <= to)
  }

  /** Resolves when there is another one, or the time is over. */
  next(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(done, timeoutMs)
      function done() {
        clearTimeout(timer)
        resolve()
      }
      this.#waiting.push(done)
    })
  }
}
