/** What a dump shows of the memory that ran out: a sentence for each thing, and none where it is silent. */

import { decodeName } from '../kernel-names.ts'
import { percent, printable, size } from '../units.ts'
import { type Case, isUnlimited, MUCH, SOME, together } from './case.ts'
import { isReached, reachedLimit } from './cause-limit.ts'
import type { ZoneView } from './zones.ts'

export function memoryEvidence(known: Case): string[] {
  return [
    ...failures(known),
    ...unowned(known),
    ...belowLimit(known),
    ...watermarks(known),
    ...swap(known),
    ...families(known),
    ...parts(known),
    ...kernelMemory(known),
  ]
}

/** Allocations that failed without the OOM killer: a page fault is refused after them. */
function failures({ context }: Case): string[] {
  const lines = [...new Set(context.failures ?? [])].slice(-2)
  return lines.map(
    line => `just before, the kernel said: ${printable(decodeName(line.slice(0, 160)))}`
  )
}

/** Less was used than the limit when the report was printed: some had been given back by then. */
function belowLimit(known: Case): string[] {
  const reached = known.facts.constraint === 'memcg' ? reachedLimit(known) : undefined
  if (reached === undefined || isUnlimited(reached.limitKb) || isReached(reached)) return []
  return [`when the report was printed, the group used ${size(reached.usageKb)}`]
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

/**
 * Where memory was short. A zone is not called short for the part of its minimum that is kept for those
 * who can use no higher zone, nor any where another had enough: then memory was not what was short.
 */
function watermarks({ facts, dump, zones }: Case): string[] {
  if (facts.constraint === 'memcg' || dump.isManual) return []
  const usable = zones.filter(({ isUsable, state }) => isUsable && state !== 'unknown')
  const enough = usable.filter(({ state }) => state === 'enough')
  if (enough.length > 0) {
    const names = enough.slice(0, 4).map(roomyZone).join(', ')
    return [`memory above what the kernel keeps free was in ${names}`]
  }
  const below = usable.filter(({ state }) => state === 'below')
  const short = below.filter(({ zone, usableKb }) => usableKb <= (zone.minKb ?? 0))
  const low = usable.filter(({ state }) => state === 'low')
  const shown = short.length > 0 ? short : low.length > 0 ? [] : below
  return [
    ...(shown.length === 0
      ? []
      : [`free memory was below the minimum in ${shown.slice(0, 4).map(shortZone).join(', ')}`]),
    ...(low.length === 0
      ? []
      : [`little was left above the minimum in ${low.slice(0, 4).map(roomyZone).join(', ')}`]),
  ]
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
    if (usage === undefined || isUnlimited(usage.limitKb)) return []
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
        `${together({ name, processes, rssKb })}${rssKb > totalKb ? '' : `, ${percent(rssKb / totalKb)} of the memory`} (what they share counted in each)`
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
