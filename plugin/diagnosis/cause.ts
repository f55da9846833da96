/** The first sentence: whose memory ran out, and through whom. */

import { decodeName } from '../oom/names.ts'
import { percent, printable, size } from '../units.ts'
import { type Case, largestFamily, largestUnowned, MOST, NO_LIMIT_KB } from './case.ts'
import { isPageFault, orderOf } from './zones.ts'

/** What the advice depends on. */
export type CauseKind =
  | 'manual'
  | 'group'
  | 'limit'
  | 'nodes'
  | 'page_fault'
  | 'fragmented'
  | 'zone'
  | 'leak'
  | 'family'
  | 'unowned'
  | 'shortage'
  | 'unknown'

export interface Cause {
  readonly kind: CauseKind
  readonly text: string
}

export function causeOf(known: Case): Cause {
  const { dump, facts, name } = known
  const grown =
    facts.process_name === undefined
      ? 'nobody was killed'
      : facts.rss_kb === undefined
        ? `${name} was killed`
        : `${name} held ${size(facts.rss_kb)}`
  if (dump.isManual) {
    const text = `somebody asked for this kill (SysRq f): ${grown}, and memory need not have been short`
    return { kind: 'manual', text }
  }
  if (known.kill?.isFollower === true) return { kind: 'group', text: followerCause(known, grown) }
  switch (facts.constraint) {
    case 'memcg':
      return { kind: 'limit', text: limitCause(known, grown) }
    case 'cpuset':
    case 'memory_policy':
      return { kind: 'nodes', text: nodeCause(known, grown) }
    default:
      return dump.hasMemInfo
        ? globalCause(known, grown)
        : { kind: 'unknown', text: bareCause(known, grown) }
  }
}

/** A process that died because all of its group did. */
function followerCause({ kill }: Case, grown: string): string {
  const path = printable(decodeName(kill?.groupPath ?? ''))
  return `the whole group ${path} was killed (memory.oom.group), whose first victim is told above: ${grown}`
}

/** Nothing but the kill line and what names the constraint. */
function bareCause({ facts, kill }: Case, grown: string): string {
  const silent = 'the log does not show the state of the memory'
  if (facts.constraint === 'none') {
    return `the machine as a whole ran out of memory, no group's limit: ${grown}; ${silent}`
  }
  return kill?.victim.prefix.startsWith('Out of memory')
    ? `memory ran out, and no control group's limit did it: ${grown}; ${silent}`
    : `${grown}; ${silent}`
}

/** A container, pod, service or session, by how the managers name its group. */
function groupName(path: string): string {
  const safe = printable(path)
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (/^(?:docker|libpod|crio|cri-containerd)-.*\.scope$/.test(last)) return `the container ${safe}`
  if (/^\/(?:docker|lxc|lxc\.payload|libpod_parent)[./]|^\/lxc\.payload/.test(path))
    return `the container ${safe}`
  if (/^(?:pod|kubepods-[a-z-]*pod)[\w-]+(?:\.slice)?$/.test(last)) return `the pod ${safe}`
  if (/\/kubepods.*\/[0-9a-f]{64}$/.test(path)) return `the container ${safe}`
  if (/\.service$/.test(last)) return `the service ${safe}`
  return `the control group ${safe}`
}

function limitCause(known: Case, grown: string): string {
  const { facts, name } = known
  const { oom_memcg: path, rss_kb: rss } = facts
  const who = path === undefined ? 'a control group' : groupName(path)
  const reached = reachedLimit(known)
  if (reached === undefined) return `${who} hit its own limit, not the machine's: ${grown}`
  const { limitKb, usageKb, what } = reached
  if (limitKb >= NO_LIMIT_KB) {
    return `${who} has no limit of its own, yet its processes were chosen: ${grown}`
  }
  const hit = `${who} hit its own limit of ${size(limitKb)}${what}`
  const spare = 'the machine itself was not out of memory'
  const share = rss !== undefined && usageKb > 0 ? rss / usageKb : 0
  const family = largestFamily(known)
  const unowned = largestUnowned(known)
  if (share >= MOST) {
    return `${hit}, most of it ${name}'s (${percent(Math.min(1, share))}): ${grown}; ${spare}`
  }
  if (unowned !== undefined && unowned.kb >= usageKb * MOST) {
    return `${hit}, and ${size(unowned.kb)} of it no process owns: ${unowned.what}; ${grown}; ${spare}`
  }
  if (family !== undefined && family.rssKb >= usageKb * MOST) {
    return `${hit}: ${together(family)}; ${grown}; ${spare}`
  }
  const files = known.holders.find(({ what }) => what === 'cached files')?.kb ?? 0
  if (files >= usageKb * MOST) {
    return `${hit}, and ${size(files)} of it were cached files that could not be dropped in time (being written, or in use): ${grown}; ${spare}`
  }
  return `${hit}: ${grown}; ${spare}`
}

function together({
  name,
  processes,
  rssKb,
}: {
  name: string
  processes: number
  rssKb: number
}): string {
  return `${processes} ${name} processes held ${size(rssKb)} together`
}

/** The limit that was reached: of memory, of memory and swap together (v1), of the kernel's part (v1). */
export function reachedLimit({
  dump,
}: Case): { limitKb: number; usageKb: number; what: string } | undefined {
  const usages = [
    { usage: dump.memcgUsage.get('memory'), what: '' },
    { usage: dump.memcgUsage.get('memory+swap'), what: ' for memory and swap together' },
    { usage: dump.memcgUsage.get('kmem'), what: ' for the kernel’s memory on its behalf' },
  ].flatMap(({ usage, what }) => (usage === undefined ? [] : [{ ...usage, what }]))
  const limited = usages.filter(({ limitKb }) => limitKb < NO_LIMIT_KB)
  // Charges come in batches, so that a limit counts as reached a little below it.
  return (
    limited.find(({ usageKb, limitKb }) => usageKb >= limitKb * 0.98) ?? limited[0] ?? usages[0]
  )
}

/** Free memory in zones that the allocation may not use: Movable, for what cannot be moved. */
function idleZones({ dump, zones }: Case): string | undefined {
  const isIdle =
    zones.length > 0 &&
    dump.opener?.gfpMask !== undefined &&
    zones.every(({ zone, isUsable }) => !isUsable && zone.freeKb > (zone.minKb ?? 0))
  if (!isIdle) return undefined
  const free = zones.reduce((sum, { zone }) => sum + zone.freeKb, 0)
  const names = [...new Set(zones.map(({ zone }) => zone.name))].join(' and ')
  return `${size(free)} free, but all of it in zone ${names}, which this allocation may not use`
}

function nodeCause(known: Case, grown: string): string {
  const { dump, facts, pageKb, zones } = known
  const what =
    facts.constraint === 'cpuset'
      ? `the cpuset ${printable(decodeName(dump.structured?.cpuset ?? ''))}`.trimEnd()
      : 'a memory policy'
  const nodes = [...new Set(zones.map(({ zone }) => zone.node))]
  const bound = nodes.length === 0 ? '' : ` (node ${nodes.join(', ')})`
  const idle = idleZones(known)
  if (idle !== undefined) return `${what}${bound} had ${idle}: ${grown}`
  const all = dump.counters.get('free')
  const here = zones.reduce((sum, { zone }) => sum + zone.freeKb, 0)
  const elsewhere =
    all === undefined || pageKb === undefined || zones.length === 0
      ? undefined
      : all * pageKb - here
  const contrast =
    elsewhere !== undefined && elsewhere > here
      ? ` while ${size(elsewhere)} were free elsewhere`
      : ''
  return `${what}${bound} ran dry${contrast}: ${grown}`
}

function globalCause(known: Case, grown: string): Cause {
  const { facts, name, zones } = known
  const total = facts.mem_total_kb
  const free = facts.mem_free_kb
  if (total === undefined)
    return { kind: 'shortage', text: `the machine ran out of memory: ${grown}` }
  const machine = `a machine with ${size(total)}${free === undefined ? '' : ` and ${size(free)} free`}`
  const dry = dryZone(known)
  if (dry !== undefined) return { kind: 'zone', text: `${dry}: ${grown} on ${machine}` }
  const fragmented = fragmentedCause(known, grown)
  if (fragmented !== undefined) return { kind: 'fragmented', text: fragmented }
  const isEnough = zones.some(({ isUsable, state }) => isUsable && state === 'enough')
  if (isPageFault(known.dump) && isEnough && free !== undefined) {
    return {
      kind: 'page_fault',
      text: `a page fault was refused memory although ${size(free)} of ${size(total)} were free; what refused it, the dump does not show (a group's limit or a driver may have): ${grown}`,
    }
  }
  const share = (facts.rss_kb ?? 0) / total
  if (share >= MOST) {
    const text = `${name} grew to ${size(facts.rss_kb ?? 0)} on ${machine}: a leak in ${name}, or more than this machine can hold`
    return { kind: 'leak', text }
  }
  return sharedCause(known, grown, total, machine)
}

/** Nobody held most of it alone: many of one name, or no process at all. */
function sharedCause(known: Case, grown: string, total: number, machine: string): Cause {
  const { tasksKb, processes } = known
  const family = largestFamily(known)
  const unowned = largestUnowned(known)
  const familyKb = family?.rssKb ?? 0
  if (unowned !== undefined && unowned.kb >= total * MOST && unowned.kb > familyKb) {
    const text = `no process held most of the memory: ${size(unowned.kb)} of ${size(total)} were ${unowned.what}; ${grown}, so that killing it gave little back`
    return { kind: 'unowned', text }
  }
  if (family !== undefined && familyKb >= total * MOST) {
    const text = `the machine ran out of memory: ${together(family)} (memory that they share counted in each) on ${machine}; ${grown}`
    return { kind: 'family', text }
  }
  const sum =
    tasksKb === undefined || processes === undefined || processes < 2
      ? ''
      : `, all ${processes} processes ${size(tasksKb)}`
  return { kind: 'shortage', text: `the machine ran out of memory: ${grown}${sum} on ${machine}` }
}

/** Some zone had memory enough, but no usable zone a block of the wanted size. */
function fragmentedCause({ dump, facts, zones, pageKb }: Case, grown: string): string | undefined {
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
  return `the memory was fragmented: ${wanted} were asked for with ${size(facts.mem_free_kb)} free of ${size(facts.mem_total_kb)}; ${grown}`
}

/**
 * All zones that the allocation may use at or below their minimum while one that it may not use had
 * plenty: low memory of a 32-bit kernel above all. Its zone is called Normal, on some ARM machines DMA.
 */
function dryZone({ zones }: Case): string | undefined {
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
  return `the zone ${main.zone.name} ran dry (${size(main.usableKb)} free${withheld > 0 ? ', without what is kept for others' : ''}) while ${size(there)} were free in ${names}, which this allocation may not use`
}
