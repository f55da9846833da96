/** The first sentence about a kill for the whole machine's want of memory. */

import { size } from '../units.ts'
import { type Case, MOST, SOME, together } from './case.ts'
import type { Cause } from './cause.ts'
import type { Holding } from './holding.ts'
import { isPageFault, orderOf } from './zones.ts'

type Said = Pick<Cause, 'kind' | 'text'>

export function machineCause(known: Case, holding: Holding, held: string): Said {
  const { facts } = known
  const { mem_total_kb: total, mem_free_kb: free } = facts
  if (total === undefined) {
    return { kind: 'machine', text: `the machine ran out of memory: ${held}` }
  }
  const machine = `a machine with ${size(total)}${free === undefined ? '' : ` and ${size(free)} free`}`
  return (
    dryZoneCause(known, held, machine) ??
    fragmentedCause(known, held) ??
    pageFaultCause(known, held, total, free) ??
    freedCause(known, total) ?? {
      kind: isShort(known) ? 'machine' : 'unknown',
      text: isShort(known)
        ? shortCause(known, holding, held, total, machine)
        : `${held} on ${machine}; what was short, the log does not show`,
    }
  )
}

/** Whether the dump shows too little free memory; without its zones, by what was free in all. */
function isShort({ zones, facts }: Case): boolean {
  if (zones.some(({ isUsable, state }) => isUsable && state !== 'unknown')) return true
  const { mem_total_kb: total, mem_free_kb: free } = facts
  return total === undefined || free === undefined || free <= total * SOME
}

function shortCause(
  { facts, name, tasksKb, processes }: Case,
  holding: Holding,
  held: string,
  total: number,
  machine: string
): string {
  const out = 'the machine ran out of memory'
  switch (holding.by) {
    case 'victim':
      return holding.kb >= total * MOST
        ? `${held} on ${machine}: a leak in ${name}, or more than this machine can hold`
        : `${out}: ${held} on ${machine}`
    case 'process':
      return `${out}: ${holding.name} held ${size(holding.kb)} on ${machine}; ${held}`
    case 'family':
      return `${out}: ${together(holding.family)} (memory that they share counted in each) on ${machine}; ${held}`
    case 'unowned':
      return holding.kb >= total * MOST
        ? `no process held most of the memory: ${size(holding.kb)} of ${size(total)} were ${holding.holder.what}; ${facts.process_name === undefined ? held : `${held}, so that killing it gave little back`}`
        : `${out}: ${size(holding.kb)} of ${size(total)} were ${holding.holder.what}; ${held}`
    case 'anonymous':
      return `${out}: processes held ${size(holding.kb)} of anonymous memory together, on ${machine}; ${held}`
    default: {
      const isMany = tasksKb !== undefined && processes !== undefined && processes > 1
      const sum = isMany ? `, all ${processes} processes ${size(tasksKb)}` : ''
      return `${out}: ${held}${sum} on ${machine}`
    }
  }
}

/** Refused below a page fault, not by the page allocator, whose zones had enough. */
function pageFaultCause(
  { dump, zones, context }: Case,
  held: string,
  total: number,
  free: number | undefined
): Said | undefined {
  const isEnough = zones.some(({ isUsable, state }) => isUsable && state === 'enough')
  if (!isPageFault(dump) || !isEnough || free === undefined) return undefined
  const isTold = (context.failures ?? []).length > 0
  const who = isTold
    ? 'the lines before it show what was refused'
    : "what refused it, the dump does not show (a group's limit or a driver may have)"
  const text = `a page fault was refused memory although ${size(free)} of ${size(total)} were free; ${who}: ${held}`
  return { kind: 'page_fault', text }
}

/**
 * The kernel tries once more before it kills: what is far above the minimum in its report has been
 * given back since.
 */
function freedCause({ dump, facts, zones, context, name }: Case, total: number): Said | undefined {
  const usable = zones.filter(({ isUsable, state }) => isUsable && state !== 'unknown')
  const spare = usable.reduce(
    (sum, { state, usableKb, floorKb }) =>
      sum + (state === 'enough' ? usableKb - (floorKb ?? 0) : 0),
    0
  )
  const free = facts.mem_free_kb
  if (orderOf(dump) > 0 || free === undefined || spare < total * SOME) return undefined
  const { previous } = context
  const giver =
    previous === undefined
      ? ''
      : `; ${previous.name}, killed just before${previous.rssKb === undefined ? '' : ` with ${size(previous.rssKb)}`}, had given its memory back`
  const last =
    facts.process_name === undefined
      ? 'nobody was killed'
      : `${name}${facts.rss_kb === undefined ? '' : `, which held ${size(facts.rss_kb)},`} was killed all the same`
  const text = `memory was free again when the report was printed, ${size(free)} of ${size(total)}, far above the minimum${giver}: ${last}`
  return { kind: 'freed', text }
}

/** Some zone had memory enough, but no usable zone a block of the wanted size. */
function fragmentedCause({ dump, facts, zones, pageKb }: Case, held: string): Said | undefined {
  const order = orderOf(dump)
  const usable = zones.filter(({ isUsable }) => isUsable)
  const isFragmented =
    order > 0 &&
    usable.some(({ state }) => state === 'low' || state === 'enough') &&
    usable.every(({ hasBlock }) => hasBlock === false)
  if (!isFragmented || facts.mem_free_kb === undefined || facts.mem_total_kb === undefined)
    return undefined
  const wanted =
    pageKb === undefined
      ? `2^${order} pages in one piece`
      : `${size(2 ** order * pageKb)} in one piece`
  const text = `the memory was fragmented: ${wanted} were asked for with ${size(facts.mem_free_kb)} free of ${size(facts.mem_total_kb)}; ${held}`
  return { kind: 'fragmented', text }
}

/**
 * All zones that the allocation may use at or below their minimum while one that it may not use had
 * plenty: low memory of a 32-bit kernel above all. Its zone is called Normal, on some ARM machines DMA.
 */
function dryZoneCause({ zones }: Case, held: string, machine: string): Said | undefined {
  const others = zones.filter(
    ({ isUsable, zone }) => !isUsable && zone.freeKb > (zone.highKb ?? zone.lowKb ?? 0)
  )
  const usable = zones.filter(({ isUsable }) => isUsable)
  const [main] = [...usable].sort(
    (a, b) =>
      (b.zone.managedKb ?? b.zone.presentKb ?? 0) - (a.zone.managedKb ?? a.zone.presentKb ?? 0)
  )
  const isDry =
    main !== undefined && usable.every(({ state }) => state === 'below' || state === 'low')
  const there = others.reduce((sum, { zone }) => sum + zone.freeKb, 0)
  if (!isDry || there <= main.zone.freeKb) return undefined
  const withheld = main.zone.freeKb - main.usableKb
  const names = [...new Set(others.map(({ zone }) => zone.name))].join(' and ')
  const kept = withheld > 0 ? ', without what is kept for others' : ''
  const text = `the zone ${main.zone.name} ran dry (${size(main.usableKb)} free${kept}) while ${size(there)} were free in ${names}, which this allocation may not use: ${held} on ${machine}`
  return { kind: 'zone', text }
}
