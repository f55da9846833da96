/** What the kills of one log have in common: the same victim at the same limit, again and again. */

import { describeGroup, groupText } from '../diagnosis/cgroup.ts'
import { printable, size, span } from '../units.ts'
import type { ExplainedKill } from './log-explainer.ts'

/** So many are told as a repetition. */
const MIN_KILLS = 3
const MAX_SERIES = 1024
const MAX_TIMES = 16_384
const MAX_TOLD = 5
/** Kills within this long are one event, whose intervals say nothing. */
const BURST_US = 120_000_000
/** Of the intervals that are called regular, how many lie near the middle one, and how near. */
const REGULAR = { share: 0.75, deviation: 0.25 }

interface Series {
  readonly name: string
  /** undefined: the machine's */
  readonly group: string | undefined
  readonly isWhole: boolean
  readonly limitsKb: Set<number>
  readonly times: number[]
  kills: number
}

export class Repetition {
  readonly #series = new Map<string, Series>()

  push({ event, record, kill }: ExplainedKill): void {
    if (kill.isFollower || kill.dump.isManual) return
    const { process_name: comm, oom_memcg: path, memcg_limit_kb: limitKb, constraint } = event.data
    // Ids and counters in a path change from one start to the next.
    const where = path === undefined ? (constraint ?? '') : path.replace(/[0-9a-f]{6,}|\d+/g, '*')
    const key = `${comm}\0${where}`
    const known = this.#series.get(key)
    if (known === undefined && this.#series.size >= MAX_SERIES) return
    const series = known ?? newSeries(comm, path, constraint)
    this.#series.set(key, series)
    series.kills++
    if (limitKb !== undefined && series.limitsKb.size < 3) series.limitsKb.add(limitKb)
    const clockUs = record.lineUs ?? (record.isStamped ? record.timestampUs : undefined)
    if (clockUs !== undefined && series.times.length < MAX_TIMES) series.times.push(clockUs)
  }

  /** A sentence for each series, those of most kills first. */
  get sentences(): string[] {
    return [...this.#series.values()]
      .filter(({ kills }) => kills >= MIN_KILLS)
      .sort((a, b) => b.kills - a.kills)
      .slice(0, MAX_TOLD)
      .map(sentence)
  }
}

function newSeries(comm: string, path: string | undefined, constraint: string | undefined): Series {
  const isMemcg = constraint === 'memcg'
  return {
    name: printable(comm),
    group: path !== undefined ? groupText(describeGroup(path)) : isMemcg ? 'a group' : undefined,
    isWhole: constraint === 'none' || constraint === undefined,
    limitsKb: new Set(),
    times: [],
    kills: 0,
  }
}

function sentence({ name, group, isWhole, limitsKb, times, kills }: Series): string {
  const limits = [...limitsKb]
  const limit =
    limits.length === 1
      ? `, ${size(limits[0]!)} each time`
      : limits.length > 1
        ? ', which was not always the same'
        : ''
  const where =
    group !== undefined ? ` for the limit of ${group}${limit}` : isWhole ? '' : ' for its nodes'
  const { text, isRegular, isBurst } = rhythm(times, kills)
  const verdict =
    isBurst || !(isRegular || limits.length === 1)
      ? ''
      : group === undefined
        ? ': a leak, or more than the machine can hold'
        : ': a leak, or a limit too small for it'
  return `${kills} kills of ${name}${where}${text}${verdict}`
}

function rhythm(
  stated: readonly number[],
  kills: number
): { text: string; isRegular: boolean; isBurst: boolean } {
  const none = { text: '', isRegular: false, isBurst: false }
  if (stated.length < kills || stated.length < MIN_KILLS) return none
  const times = [...stated].sort((a, b) => a - b)
  const whole = times.at(-1)! - times[0]!
  if (whole <= BURST_US) return { text: `, within ${span(whole)}`, isRegular: false, isBurst: true }
  const gaps = times.slice(1).map((time, at) => time - times[at]!)
  const sorted = [...gaps].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]!
  const near = gaps.filter(gap => Math.abs(gap - middle) <= middle * REGULAR.deviation).length
  const isRegular = middle > 0 && near >= gaps.length * REGULAR.share
  const text = isRegular
    ? `, about every ${span(middle)}`
    : `, between ${span(sorted[0]!)} and ${span(sorted.at(-1)!)} apart`
  return { text: `${text}, over ${span(whole)}`, isRegular, isBurst: false }
}
