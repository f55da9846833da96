/**
 * Why it was this process: the kernel's own measure, over the table of all that could be chosen.
 *
 * Source: kernel, mm/oom_kill.c: oom_badness (since 4.17; the table states the page tables in bytes
 * since 4.15, and root's bonus of 3 % is gone since 4.17), oom_evaluate_task.
 */

import { decodeName } from '../kernel-names.ts'
import { printable, size } from '../units.ts'
import { type Case, isUnlimited } from './case.ts'
import { reachedLimit } from './cause-limit.ts'

/** Such a process is never chosen. */
const NEVER = -1000
/** The table is printed a moment after the choice: figures may have moved a little. */
const NEAR_SHARE = 0.98
const FAR_TIMES = 2

interface Ranking {
  /** KiB of memory, swap and page tables of the victim. */
  readonly kb: number
  /** What its oom_score_adj counts for, in KiB. */
  readonly adjKb: number
  readonly processes: number
  readonly isHighest: boolean
  /** Another had far more. */
  readonly isOutscored: boolean
  /** None had more than the least there is: what they held did not count. */
  readonly isLevel: boolean
  readonly second: { readonly name: string; readonly kb: number } | undefined
}

/** Why this one, where its score says so; nothing where another's was higher. */
export function scoreReason(known: Case): string[] {
  const { facts, name } = known
  if (known.kill?.victim.prefix.includes('oom_kill_allocating_task') === true) return []
  const ranking = rank(known)
  if (ranking === undefined || ranking.processes < 2) return []
  const { kb, adjKb, processes, isHighest, isOutscored, isLevel, second } = ranking
  const adj = facts.oom_score_adj ?? 0
  if (isLevel) {
    return [
      `no process had a score above the lowest, whatever it held: their oom_score_adj (${adj} of ${name}) outweighs it`,
    ]
  }
  if (isOutscored) {
    return [
      `by the table ${second?.name === name ? `another ${name}` : second?.name} had a higher score than ${name}: one that is dying already is passed over, and older kernels kill a child in place of its parent`,
    ]
  }
  if (!isHighest) return []
  const own =
    adj === 0
      ? ''
      : `, and its oom_score_adj of ${adj} counts like ${size(Math.abs(adjKb))} ${adj > 0 ? 'more' : 'less'}`
  const next = second === undefined ? '' : `; the next was ${second.name} with ${size(second.kb)}`
  return [
    `${name} was chosen for the highest score of ${processes} processes: ${size(kb)} of memory, swap and page tables${own}${next}`,
  ]
}

function rank(known: Case): Ranking | undefined {
  const { dump, kill, pageKb } = known
  const totalKb = measuredBy(known)
  const isRanked = dump.tasks.canBeRanked && !dump.isTorn && !dump.isManual
  if (kill === undefined || pageKb === undefined || totalKb === undefined || !isRanked)
    return undefined
  const { pid } = kill.victim
  const pageBytes = pageKb * 1024
  const adjPages = totalKb / pageKb / 1000
  let own = 0
  let ownAdj = 0
  let isFound = false
  let processes = 0
  let most = Number.NEGATIVE_INFINITY
  let secondRow = -1
  let secondPages = 0
  dump.tasks.forEach((row, at, rss, swap, tables, adj) => {
    if (adj === NEVER) return
    processes++
    const pages = rss + swap + tables / pageBytes
    const points = pages + adj * adjPages
    if (at === pid) {
      isFound = true
      own = pages
      ownAdj = adj * adjPages
    } else if (points > most) {
      most = points
      secondRow = row
      secondPages = pages
    }
  })
  if (!isFound) return undefined
  const points = own + ownAdj
  return {
    kb: own * pageKb,
    adjKb: ownAdj * pageKb,
    processes,
    isHighest: points > 0 && points >= most * NEAR_SHARE,
    isOutscored: most > 0 && most > Math.max(0, points) * FAR_TIMES,
    isLevel: points <= 0 && most <= 0,
    second:
      secondRow === -1
        ? undefined
        : { name: printable(decodeName(dump.tasks.nameOf(secondRow))), kb: secondPages * pageKb },
  }
}

/** The memory of which oom_score_adj is thousandths: with swap, the group's or the machine's. */
function measuredBy(known: Case): number | undefined {
  const { dump, facts, pageKb } = known
  if (facts.constraint === 'memcg') {
    const limit = reachedLimit(known)
    const swap = dump.memcgUsage.get('swap')
    if (limit === undefined || isUnlimited(limit.limitKb)) return undefined
    const isSwapLimited = swap !== undefined && !isUnlimited(swap.limitKb)
    return limit.limitKb + (isSwapLimited ? swap.limitKb : 0)
  }
  const { ramPages, reservedPages = 0, totalSwapKb } = dump
  const isWhole = facts.constraint === 'none' || facts.constraint === undefined
  if (!isWhole || ramPages === undefined || pageKb === undefined || totalSwapKb === undefined)
    return undefined
  return (ramPages - reservedPages) * pageKb + totalSwapKb
}

export function allocatingTask({ kill, facts, name }: Case): string[] {
  if (kill?.victim.prefix.includes('oom_kill_allocating_task') !== true) return []
  const isAsker = facts.trigger_pid === undefined || facts.trigger_pid === facts.pid
  return [
    isAsker
      ? `vm.oom_kill_allocating_task is set: ${name} died for asking, not for its size`
      : `vm.oom_kill_allocating_task is set: ${name}, a child of the process that asked, died for it, not for its size`,
  ]
}

/** Much smaller than the largest, and chosen for its score. */
export function smallVictim({ kill, dump, facts, name }: Case): string[] {
  if (kill?.victim.prefix.includes('oom_kill_allocating_task') === true) return []
  const largest = facts.top_tasks?.[0]
  const score = facts.oom_score_adj
  if (largest === undefined || facts.rss_kb === undefined || score === undefined) return []
  const largestScore = dump.tasks.find(largest.pid)?.oomScoreAdj
  if (largest.pid === facts.pid || facts.rss_kb * 2 > largest.rss_kb || largestScore === undefined)
    return []
  if (score <= largestScore) return []
  return [
    `${name} was small: it died for its oom_score_adj of ${score}; ${printable(largest.name)} held ${size(largest.rss_kb)} with ${largestScore}`,
  ]
}
