/**
 * What a dump supports about the cause of a kill, in sentences. Each rule looks at one thing the
 * kernel printed and says nothing where the kernel printed nothing about it.
 */

import type { OomKillFacts } from '../oom/event.ts'
import { oomDumpFacts } from '../oom/event.ts'
import { decodeName } from '../oom/names.ts'
import type { OomKill, OomWithoutKill } from '../oom/parser.ts'
import { percent, printable, size } from '../units.ts'
import { advise } from './advice.ts'
import { type Case, caseOf, MUCH, NO_LIMIT_KB, SOME } from './case.ts'
import { causeOf } from './cause.ts'
import type { TableSums } from './families.ts'
import type { ZoneView } from './zones.ts'

export interface Diagnosis {
  /** Whose fault, as far as the dump says: the first thing to read. */
  readonly cause: string
  /** What else the dump shows about it. */
  readonly evidence: readonly string[]
  /** What to do next. */
  readonly advice: readonly string[]
}

/** @param sums of the table of all processes, where the log has been followed for it */
export function diagnose(kill: OomKill, facts: OomKillFacts, sums?: TableSums): Diagnosis {
  const known = caseOf(kill.dump, kill, facts, sums)
  const { kind, text } = causeOf(known)
  if (kind === 'group') return { cause: text, evidence: [], advice: [] }
  const told = (line: string): boolean => text.includes(line.split(' together')[0]!)
  const evidence = [...memoryEvidence(known), ...smallVictim(known), ...group(known)].filter(
    line => !told(line)
  )
  return { cause: text, evidence, advice: advise(known, kind) }
}

/** The evidence of a dump after which nobody was killed. */
export function evidenceOf({ dump }: OomWithoutKill, sums?: TableSums): readonly string[] {
  return memoryEvidence(caseOf(dump, undefined, oomDumpFacts(dump), sums))
}

function memoryEvidence(known: Case): string[] {
  return [
    ...unowned(known),
    ...watermarks(known),
    ...swap(known),
    ...families(known),
    ...parts(known),
    ...kernelMemory(known),
  ]
}

/** Memory that no process owns, and that killing processes therefore does not give back. */
function unowned({ holders, totalKb }: Case): string[] {
  if (totalKb === undefined || totalKb === 0) return []
  return holders
    .filter(({ kb, isUnowned }) => isUnowned && kb >= totalKb * MUCH)
    .map(
      ({ kb, what }) =>
        `${size(kb)} (${percent(kb / totalKb)}) were ${what}: killing a process need not free it`
    )
}

function watermarks({ facts, dump, zones }: Case): string[] {
  if (facts.constraint === 'memcg' || dump.isManual) return []
  const usable = zones.filter(({ isUsable, state }) => isUsable && state !== 'unknown')
  if (usable.length === 0) return []
  const below = usable.filter(({ state }) => state === 'below')
  const rest = usable.filter(({ state }) => state !== 'below')
  const lines: string[] = []
  if (below.length > 0) {
    lines.push(
      `free memory was below the minimum in ${below.slice(0, 4).map(shortZone).join(', ')}`
    )
  }
  if (rest.length > 0) {
    const isLow = rest.every(({ state }) => state === 'low')
    const names = rest.slice(0, 4).map(roomyZone).join(', ')
    const other = below.length > 0 ? 'another zone' : 'zones'
    lines.push(
      isLow
        ? `little was left above the minimum in ${names}`
        : `${other} had memory above what the kernel keeps free: ${names}`
    )
  }
  return lines
}

function shortZone({ zone, usableKb, floorKb }: ZoneView): string {
  const floor = floorKb ?? 0
  const kept = floor - (zone.minKb ?? 0)
  const withheld = zone.freeKb - usableKb
  const notes = [
    ...(withheld > 0
      ? [`${size(withheld)} of the ${size(zone.freeKb)} free are kept for others`]
      : []),
    ...(kept > 0 ? [`${size(kept)} of the minimum are kept for what can use no higher zone`] : []),
  ]
  const [have, need] = pair(usableKb, floor)
  return `${zone.name} of node ${zone.node} (${[`${have} of ${need}`, ...notes].join('; ')})`
}

function roomyZone({ zone, usableKb, floorKb }: ZoneView): string {
  const [have, need] = pair(usableKb, floorKb ?? 0)
  const withheld = zone.freeKb - usableKb
  const others = withheld > 0 ? ` without ${size(withheld)} that are kept for others` : ''
  return `${zone.name} of node ${zone.node} (${have}${others}, minimum ${need})`
}

/** Two sizes that are told apart also when they are nearly equal. */
function pair(a: number, b: number): [string, string] {
  return a !== b && size(a) === size(b) ? [`${a} KiB`, `${b} KiB`] : [size(a), size(b)]
}

function swap({ dump, facts }: Case): string[] {
  if (facts.constraint === 'memcg') {
    const usage = dump.memcgUsage.get('swap')
    if (usage === undefined || usage.limitKb >= NO_LIMIT_KB) return []
    if (usage.limitKb === 0) return ['the group may not use swap']
    return usage.usageKb >= usage.limitKb * 0.99
      ? [`the group's swap was full (${size(usage.limitKb)})`]
      : []
  }
  const { totalSwapKb: total, freeSwapKb: free } = dump
  // The kernel subtracts the device first, then moves its pages back to memory.
  if (free !== undefined && free < 0) {
    return [`swap was being turned off (swapoff), ${size(-free)} of it still to be moved to memory`]
  }
  if (total === undefined) return []
  if (total === 0) return ['there is no swap']
  if (free === undefined) return []
  return free < total * 0.01
    ? [`swap was full (${size(total)})`]
    : [`${size(free)} of ${size(total)} of swap were free`]
}

/** Many processes of one name that held more together than any alone. */
function families(known: Case): string[] {
  const { totalKb, families: all, facts } = known
  if (totalKb === undefined || totalKb === 0) return []
  return all
    .filter(({ processes, rssKb }) => processes > 1 && rssKb >= totalKb * SOME)
    .filter(({ name, rssKb }) => name !== known.name || rssKb > (facts.rss_kb ?? 0) * 1.1)
    .slice(0, 3)
    .map(
      ({ name, processes, rssKb }) =>
        `${processes} ${name} processes held ${size(rssKb)} together${rssKb > totalKb ? '' : `, ${percent(rssKb / totalKb)} of the memory`} (what they share counted in each)`
    )
}

/** Where the rest of the memory was, largest first. */
function parts({ holders, totalKb, facts }: Case): string[] {
  if (totalKb === undefined || totalKb === 0) return []
  const large = holders
    .filter(({ kb, isUnowned }) => kb >= totalKb * SOME && !(isUnowned && kb >= totalKb * MUCH))
    .sort((a, b) => b.kb - a.kb)
    .map(({ kb, what }) => `${size(kb)} ${what}`)
  if (large.length === 0) return []
  const whose = facts.constraint === 'memcg' ? 'the group used' : 'the machine has'
  return [`of the ${size(totalKb)} that ${whose}: ${large.join(', ')}`]
}

/** The kernel's own tables of its memory, which it prints when that is much. */
function kernelMemory({ dump, totalKb }: Case): string[] {
  if (totalKb === undefined) return []
  const { slabs, allocations } = dump.kernelMemory
  const text = (all: ReadonlyArray<{ name: string; kb: number }>): string =>
    all
      .filter(({ kb }) => kb >= totalKb * 0.02)
      .map(({ name, kb }) => `${printable(name)} (${size(kb)})`)
      .join(', ')
  const largestSlabs = text(slabs)
  const largestPlaces = text(allocations)
  return [
    ...(largestSlabs === '' ? [] : [`the largest slab caches were ${largestSlabs}`]),
    ...(largestPlaces === '' ? [] : [`the kernel allocated most at ${largestPlaces}`]),
  ]
}

function smallVictim({ kill, dump, facts, name }: Case): string[] {
  if (kill?.victim.prefix.includes('oom_kill_allocating_task')) {
    const isAsker = facts.trigger_pid === undefined || facts.trigger_pid === facts.pid
    return [
      isAsker
        ? `vm.oom_kill_allocating_task is set: ${name} died for asking, not for its size`
        : `vm.oom_kill_allocating_task is set: ${name}, a child of the process that asked, died for it, not for its size`,
    ]
  }
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

function group({ kill }: Case): string[] {
  return kill?.groupPath === undefined
    ? []
    : [
        `all processes of ${printable(decodeName(kill.groupPath))} were killed with it (memory.oom.group)`,
      ]
}
