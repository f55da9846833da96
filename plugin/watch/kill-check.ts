/** Which of the kernel's kill counters is looked at, and what is said when it knows of more kills. */

import type { KmsgKillsHealth } from '../../generated/types.ts'
import type { KmsgRecord } from '../kmsg/record.ts'
import {
  containerKillCounter,
  isCountedKill,
  KillAudit,
  type KillCounter,
  machineKillCounter,
} from './kill-counter.ts'
import { type KmsgGap, missedKillsGap } from './kmsg-gaps.ts'
import type { KillBaseline } from './kmsg-position.ts'

export class KillCheck {
  readonly #bootId: string | undefined
  readonly #audit = new KillAudit()
  #counter: KillCounter | undefined
  #id: string | undefined
  #agreedAt = 0
  #checkedAt: number | undefined
  /** Records that the kernel overwrote since the counter last agreed. */
  #lostRecords = 0

  constructor(bootId: string | undefined) {
    this.#bootId = bootId
  }

  get health(): KmsgKillsHealth | undefined {
    if (this.#counter === undefined) return undefined
    const { source, path } = this.#counter
    return {
      counter: source,
      path,
      lines: this.#audit.lines,
      missed: this.#audit.missed,
      checked_at: this.#checkedAt,
    }
  }

  get baseline(): KillBaseline | undefined {
    const { accounted } = this.#audit
    return this.#id === undefined || accounted === undefined
      ? undefined
      : { counter: this.#id, accounted, agreedAt: this.#agreedAt }
  }

  /** Goes on from where another process stopped, before its records are read. */
  resume(baseline: KillBaseline | undefined): void {
    if (baseline === undefined) return
    this.#id = baseline.counter
    this.#agreedAt = baseline.agreedAt
    this.#audit.begin(baseline.accounted)
  }

  /**
   * Chooses the counter: the machine's beside its log, which shows the same kills. Where the log cannot
   * be read, a container's own: the machine's counts those of its neighbours too.
   */
  use(isLogRead: boolean, nowUs: number): void {
    const counter = (isLogRead ? undefined : containerKillCounter()) ?? machineKillCounter()
    const id =
      counter?.cgroup === undefined ? counter?.source : `${counter.source}:${counter.cgroup}`
    this.#counter = counter
    const count = counter?.read()
    if (id === this.#id || count === undefined) return
    this.#id = id
    this.#agreedAt = nowUs
    this.#audit.begin(count)
  }

  /** A record that was not read before. */
  see(record: KmsgRecord): void {
    if (isCountedKill(record)) this.#audit.see()
  }

  lose(records: number): void {
    this.#lostRecords += records
  }

  /**
   * @param drain reads the records that are there; false when there are more than it could read
   * @returns what is to be told, where the log did not show every kill
   */
  check(isLogRead: boolean, drain: () => boolean, nowUs: number): KmsgGap | undefined {
    const count = this.#counter?.read()
    if (this.#counter === undefined || count === undefined) return undefined
    this.#audit.bound(count)
    if (!drain()) return undefined
    const missed = this.#audit.check(count)
    this.#checkedAt = nowUs
    const from = this.#agreedAt
    const lostRecords = this.#lostRecords
    if (missed === 0 && !this.#audit.agrees) return undefined
    this.#agreedAt = nowUs
    this.#lostRecords = 0
    if (missed === 0) return undefined
    const { cgroup, path } = this.#counter
    return missedKillsGap(
      this.#bootId,
      {
        missed,
        count: this.#audit.accounted ?? count,
        counter: `oom_kill in ${path}`,
        cgroup,
        isLogRead,
        lostRecords,
      },
      { from, to: nowUs }
    )
  }
}
