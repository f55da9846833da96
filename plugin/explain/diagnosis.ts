/**
 * What a dump supports about the cause of a kill, in sentences. Each rule looks at one thing the
 * kernel printed and says nothing where the kernel printed nothing about it.
 */

import type { OomDump } from '../oom/dump.ts'
import type { OomKillFacts } from '../oom/event.ts'
import { decodeName } from '../oom/names.ts'
import { revealedPageSizeKb } from '../oom/page-size.ts'
import type { OomKill } from '../oom/parser.ts'
import { percent, printable, size } from './units.ts'

export interface Diagnosis {
  /** Whose fault, as far as the dump says: the first thing to read. */
  readonly cause: string
  /** What else the dump shows about it. */
  readonly evidence: readonly string[]
  /** What to do next. */
  readonly advice: readonly string[]
}

/** What the limit of a group is when there is none: PAGE_COUNTER_MAX pages (v2), LONG_MAX bytes (v1). */
const NO_LIMIT_KB = 2 ** 52
/** Shares of the memory from which something counts as the cause. */
const MOST = 0.5
const MUCH = 0.2

interface Case {
  readonly kill: OomKill
  readonly dump: OomDump
  readonly facts: OomKillFacts
  readonly pageKb: number | undefined
  /** The victim's name, safe to print. */
  readonly name: string
}

export function diagnose(kill: OomKill, facts: OomKillFacts): Diagnosis {
  const { dump } = kill
  const known: Case = {
    kill,
    dump,
    facts,
    pageKb: revealedPageSizeKb(dump, kill.victim),
    name: printable(facts.process_name),
  }
  const evidence = [
    ...unowned(known),
    ...watermarks(known),
    ...swap(known),
    ...smallVictim(known),
    ...group(known),
  ]
  return { cause: cause(known), evidence, advice: advice(known, evidence) }
}

function cause(known: Case): string {
  const { kill, dump, facts, name } = known
  const grown =
    facts.rss_kb === undefined ? `${name} was killed` : `${name} held ${size(facts.rss_kb)}`
  if (dump.isManual)
    return `somebody asked for this kill (SysRq f): ${grown}, and memory need not have been short`
  switch (facts.constraint) {
    case 'memcg':
      return memcgCause(known, grown)
    case 'cpuset':
    case 'memory_policy':
      return nodeCause(known, grown)
    default:
      return kill.partial && !dump.hasMemInfo
        ? `${grown}; the log does not show the state of the memory`
        : globalCause(known, grown)
  }
}

function memcgCause(known: Case, grown: string): string {
  const { facts, name } = known
  const { oom_memcg: path, rss_kb: rss } = facts
  const who = path === undefined ? 'a control group' : `the control group ${printable(path)}`
  const reached = reachedLimit(known)
  if (reached === undefined) return `${who} hit its own limit, not the machine's: ${grown}`
  const { limitKb, usageKb, what } = reached
  if (limitKb >= NO_LIMIT_KB) {
    return `${who} has no limit of its own, yet its processes were chosen: ${grown}`
  }
  const share = rss !== undefined && usageKb > 0 ? rss / usageKb : 0
  const mostly = share < MOST ? '' : `, most of it ${name}'s (${percent(Math.min(1, share))})`
  return `${who} hit its own limit of ${size(limitKb)}${what}${mostly}: ${grown}; the machine itself was not out of memory`
}

/** The limit that was reached: that of memory, or of memory and swap together (cgroup v1). */
function reachedLimit({
  dump,
}: Case): { limitKb: number; usageKb: number; what: string } | undefined {
  const memory = dump.memcgUsage.get('memory')
  const both = dump.memcgUsage.get('memory+swap')
  if (memory !== undefined && memory.limitKb < NO_LIMIT_KB) return { ...memory, what: '' }
  if (both !== undefined && both.limitKb < NO_LIMIT_KB) {
    return { ...both, what: ' for memory and swap together' }
  }
  return memory === undefined ? undefined : { ...memory, what: '' }
}

/** Free memory in zones that the allocation may not use: Movable, for what cannot be moved. */
function idleZones({ dump }: Case): string | undefined {
  const mask = dump.opener?.gfpMask ?? ''
  const { zones } = dump
  if (!mask.includes('(') || mask.includes('MOVABLE')) return undefined
  const isIdle =
    zones.length > 0 &&
    zones.every(zone => zone.name === 'Movable' && zone.freeKb > (zone.minKb ?? 0))
  if (!isIdle) return undefined
  const free = zones.reduce((sum, zone) => sum + zone.freeKb, 0)
  return `${size(free)} free, but all of it in zone Movable, which this allocation may not use`
}

function nodeCause(known: Case, grown: string): string {
  const { dump, facts, pageKb } = known
  const { structured, zones } = dump
  const what =
    facts.constraint === 'cpuset'
      ? `the cpuset ${printable(decodeName(structured?.cpuset ?? ''))}`.trimEnd()
      : 'a memory policy'
  const nodes = [...new Set(zones.map(zone => zone.node))]
  const bound = nodes.length === 0 ? '' : ` (node ${nodes.join(', ')})`
  const idle = idleZones(known)
  if (idle !== undefined) return `${what}${bound} had ${idle}: ${grown}`
  const all = dump.counters.get('free')
  const here = zones.reduce((sum, zone) => sum + zone.freeKb, 0)
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

function globalCause(known: Case, grown: string): string {
  const { facts, dump, name, pageKb } = known
  const total = facts.mem_total_kb
  const free = facts.mem_free_kb
  if (total === undefined) return `the machine ran out of memory: ${grown}`
  const machine = `a machine with ${size(total)}${free === undefined ? '' : ` and ${size(free)} free`}`
  const dry = dryZone(known)
  if (dry !== undefined) return `${dry}: ${grown} on ${machine}`
  const order = dump.opener?.order ?? 0
  if (
    order > 0 &&
    free !== undefined &&
    isAboveWatermark(dump) &&
    hasNoBlock(dump, order, pageKb)
  ) {
    const wanted =
      pageKb === undefined
        ? `2^${order} pages in one piece`
        : `${size(2 ** order * pageKb)} in one piece`
    return `the memory was fragmented: ${wanted} were asked for with ${size(free)} free of ${size(total)}; ${grown}`
  }
  const share = (facts.rss_kb ?? 0) / total
  if (share >= MOST)
    return `${name} grew to ${size(facts.rss_kb ?? 0)} on ${machine}: a leak in ${name}, or more than this machine can hold`
  return `the machine ran out of memory: ${grown} on ${machine}`
}

/**
 * Low memory of a 32-bit kernel below its minimum while high memory is free. The zone is called
 * Normal, on some ARM machines DMA.
 */
function dryZone({ dump }: Case): string | undefined {
  const { zones } = dump
  const high = zones.filter(zone => zone.name === 'HighMem' && zone.freeKb > (zone.lowKb ?? 0))
  const low = zones.filter(zone => zone.name !== 'HighMem' && zone.name !== 'Movable')
  const [main] = [...low].sort(
    (a, b) => (b.managedKb ?? b.presentKb ?? 0) - (a.managedKb ?? a.presentKb ?? 0)
  )
  if (high.length === 0 || main?.minKb === undefined || main.freeKb >= main.minKb) return undefined
  const all = zones.reduce((sum, zone) => sum + zone.freeKb, 0)
  const here = low.reduce((sum, zone) => sum + zone.freeKb, 0)
  return `the zone ${main.name} ran dry (${size(main.freeKb)} free) while ${size(all - here)} were free in HighMem and others`
}

/** No free block of the wanted size or larger in any zone. */
function hasNoBlock(dump: OomDump, order: number, pageKb: number | undefined): boolean {
  if (pageKb === undefined || dump.buddies.length === 0) return false
  const wanted = 2 ** order * pageKb
  const mask = dump.opener?.gfpMask ?? ''
  const mayUse = ({ zone }: { zone: string }): boolean =>
    (zone !== 'Movable' || mask.includes('MOVABLE')) &&
    (zone !== 'HighMem' || mask.includes('HIGH')) // GFP_HIGHUSER, __GFP_HIGHMEM
  return dump.buddies
    .filter(mayUse)
    .every(zone => zone.blocks.every(([kb, count]) => kb < wanted || count === 0))
}

function isAboveWatermark(dump: OomDump): boolean {
  const zones = dump.zones.filter(zone => zone.minKb !== undefined && (zone.managedKb ?? 1) > 0)
  const main = zones.filter(zone => zone.name !== 'DMA')
  return main.length > 0 && main.every(zone => zone.freeKb >= zone.minKb!)
}

function watermarks({ dump, facts }: Case): string[] {
  if (facts.constraint === 'memcg' || dump.zones.length === 0) return []
  const below = dump.zones.filter(zone => zone.minKb !== undefined && zone.freeKb < zone.minKb)
  if (below.length === 0) {
    return isAboveWatermark(dump) ? ['every zone had more free than its minimum'] : []
  }
  const names = below
    .slice(0, 4)
    .map(zone => `${zone.name} of node ${zone.node} (${size(zone.freeKb)} of ${size(zone.minKb!)})`)
  return [`free memory was below the minimum in ${names.join(', ')}`]
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
  if (total === undefined) return []
  if (total === 0) return ['there is no swap']
  if (free === undefined) return []
  return free < total * 0.01
    ? [`swap was full (${size(total)})`]
    : [`${size(free)} of ${size(total)} of swap were free`]
}

/** Memory that no process owns, and that killing processes therefore does not give back. */
function unowned(known: Case): string[] {
  const { dump, facts, pageKb } = known
  const isMemcg = facts.constraint === 'memcg'
  const total = isMemcg ? facts.memcg_usage_kb : facts.mem_total_kb
  if (total === undefined || total === 0) return []
  const owners: Array<[number | undefined, string]> = isMemcg
    ? [
        [bytesToKb(dump.memcgStats.get('shmem')), 'shared memory and tmpfs (/dev/shm above all)'],
        [
          bytesToKb(dump.memcgStats.get('slab') ?? dump.memcgStats.get('slab_unreclaimable')),
          'kernel slab',
        ],
        [bytesToKb(dump.memcgStats.get('pagetables')), 'page tables'],
      ]
    : [
        [pages(dump, 'shmem', pageKb), 'shared memory and tmpfs (/dev/shm above all)'],
        [pages(dump, 'slab_unreclaimable', pageKb), 'kernel slab that cannot be reclaimed'],
        [pages(dump, 'pagetables', pageKb), 'page tables'],
        [dump.hugePagesKb, 'reserved huge pages'],
      ]
  return owners
    .filter(([kb]) => kb !== undefined && kb >= total * MUCH)
    .map(
      ([kb, what]) =>
        `${size(kb!)} (${percent(kb! / total)}) were ${what}: killing a process need not free it`
    )
}

function pages(dump: OomDump, counter: string, pageKb: number | undefined): number | undefined {
  const count = dump.counters.get(counter)
  return count === undefined || pageKb === undefined ? undefined : count * pageKb
}

function bytesToKb(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1024
}

function smallVictim({ kill, dump, facts, name }: Case): string[] {
  if (kill.victim.prefix.includes('oom_kill_allocating_task')) {
    return [`vm.oom_kill_allocating_task is set: ${name} died for asking, not for its size`]
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
  return kill.groupPath === undefined
    ? []
    : [
        `all processes of ${printable(decodeName(kill.groupPath))} were killed with it (memory.oom.group)`,
      ]
}

function advice({ facts, dump, name }: Case, evidence: readonly string[]): string[] {
  if (dump.isManual) return ['find out who wrote f to /proc/sysrq-trigger (or pressed the keys)']
  const shared = evidence.some(line => line.includes('/dev/shm'))
  const lines = shared ? ['look into /dev/shm and other tmpfs mounts: df -h -t tmpfs'] : []
  if (facts.constraint === 'memcg') {
    lines.push(
      `find what makes ${name} grow, or raise the limit (memory.max, docker --memory, resources.limits.memory)`
    )
  } else if (facts.constraint === 'cpuset' || facts.constraint === 'memory_policy') {
    lines.push('let the process use more nodes (cpuset.mems, numactl), or move load to other nodes')
  } else if (dump.hasMemInfo) {
    lines.push(
      `find what makes ${name} grow, give it a limit of its own, or give the machine more memory`
    )
  } else {
    lines.push(`find what makes ${name} grow`)
  }
  return lines
}
