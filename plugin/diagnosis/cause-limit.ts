/** The first sentence about a kill for a control group's limit. */

import type { MemcgUsage } from '../oom/lines/memcg.ts'
import { percent, size } from '../units.ts'
import { type Case, heldText, isUnlimited, together } from './case.ts'
import type { Cause } from './cause.ts'
import { groupText } from './cgroup.ts'
import type { Holding } from './holding.ts'
import type { LimitedResource } from './limits.ts'

export interface ReachedLimit {
  readonly resource: LimitedResource
  readonly limitKb: number
  readonly usageKb: number
}

const COUNTED: Readonly<Record<LimitedResource, string>> = {
  memory: '',
  'memory+swap': ' for memory and swap together',
  kmem: ' for the kernel’s memory on its behalf',
}

export function limitCause(
  known: Case,
  holding: Holding,
  held: string
): Pick<Cause, 'kind' | 'text'> {
  const { limited } = known
  const who = limited === undefined ? 'a control group' : groupText(limited)
  const spare = 'it was this limit, not the machine’s memory, that ran out'
  const reached = reachedLimit(known)
  if (reached === undefined) {
    return { kind: 'limit', text: `the limit of ${who} was reached: ${held}; ${spare}` }
  }
  const { limitKb, resource } = reached
  if (isUnlimited(limitKb)) {
    const text = `${who} has no limit of its own, yet its processes were chosen: ${held}`
    return { kind: 'no_limit', text }
  }
  const allocatable =
    limited?.place.kind === 'node_pods'
      ? ' (what the node leaves to its pods, its allocatable)'
      : ''
  const limit = `the limit of ${who}, ${size(limitKb)}${COUNTED[resource]}${allocatable}, was reached`
  return { kind: 'limit', text: `${limit}: ${holders(known, holding, reached, held)}; ${spare}` }
}

function holders(
  { facts, name, isOnlyChosen }: Case,
  holding: Holding,
  { usageKb }: ReachedLimit,
  held: string
): string {
  const dead = isOnlyChosen ? 'was chosen' : 'died'
  const also =
    facts.process_name === undefined
      ? ''
      : facts.rss_kb === undefined
        ? `; ${held}`
        : `; ${name}, which ${dead}, held ${heldText(facts.rss_kb, facts.swap_kb)}`
  switch (holding.by) {
    case 'victim': {
      // What is charged to other groups, and shared, is counted in its RSS, too.
      if (holding.kb > usageKb) return held
      const share = `${size(holding.kb)} of it (${percent(holding.kb / usageKb)})`
      return `${name} held ${heldText(holding.kb, facts.swap_kb).replace(size(holding.kb), share)}`
    }
    case 'process':
      return `${holding.name} held ${size(holding.kb)}${holding.kb > usageKb ? '' : ' of it'}${also}`
    case 'family':
      return `${together(holding.family)}${also}`
    case 'unowned':
      return `${size(holding.kb)} of it no process owned: ${holding.holder.what}${also}`
    case 'files':
      return `${size(holding.kb)} of it were cached files that could not be dropped in time (being written, or in use)${also}`
    default:
      return held
  }
}

/** The limit that was reached: of memory, of memory and swap together (v1), of the kernel's part (v1). */
export function reachedLimit({ dump, facts }: Case): ReachedLimit | undefined {
  const stated = (['memory', 'memory+swap', 'kmem'] as const).flatMap(resource => {
    const usage = dump.memcgUsage.get(resource)
    return usage === undefined ? [] : [{ ...usage, resource }]
  })
  const { memcg_limit_kb: limitKb, memcg_usage_kb: usageKb } = facts
  if (stated.length === 0 && limitKb !== undefined && usageKb !== undefined) {
    return { resource: 'memory', limitKb, usageKb }
  }
  const limited = stated.filter(one => !isUnlimited(one.limitKb))
  return limited.find(isReached) ?? limited[0] ?? stated[0]
}

/** Charges come in batches, so that a limit counts as reached a little below it. */
export function isReached({ usageKb, limitKb }: Pick<MemcgUsage, 'usageKb' | 'limitKb'>): boolean {
  return usageKb >= limitKb * 0.98
}
