/**
 * Which kills are this container's: by the control group that the kernel names, and where that does not tell,
 * by the kernel's count of kills in the container's own group, which it raises before it prints the line.
 */

import type { OwnContainer } from '../machine/own-container.ts'
import type { OomKillFacts } from '../oom/event.ts'
import type { KillCounter } from './kill-counter.ts'

export interface OwnKills {
  /** @returns undefined where it cannot be told */
  isOwn(facts: Pick<OomKillFacts, 'task_memcg'>, isReplayed: boolean): boolean | undefined
}

/** @returns undefined where this is no container */
export function ownKills(
  container: OwnContainer | undefined,
  counter: Pick<KillCounter, 'read'> | undefined
): OwnKills | undefined {
  if (container === undefined) return undefined
  let last = counter?.read()
  return {
    isOwn({ task_memcg: group }, isReplayed) {
      const count = counter?.read()
      const byGroup = container.owns(group)
      const isCounted =
        count === undefined || last === undefined || isReplayed ? undefined : count > last
      // One for each kill: several may come before the first is looked at.
      if (isCounted === true && byGroup !== false) last = last! + 1
      return byGroup ?? isCounted
    },
  }
}
