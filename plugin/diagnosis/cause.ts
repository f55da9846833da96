/** The first sentence: whose memory ran out, and through whom. */

import { decodeName } from '../kernel-names.ts'
import { printable, size } from '../units.ts'
import { type Case, heldText } from './case.ts'
import { limitCause } from './cause-limit.ts'
import { machineCause } from './cause-machine.ts'
import { describeGroup, groupText } from './cgroup.ts'
import { type Holding, holdingOf, UNKNOWN } from './holding.ts'

/** What the advice depends on, beside who held the memory. */
type CauseKind =
  | 'manual'
  /** It died because all of its group did. */
  | 'follower'
  | 'limit'
  /** A group was chosen that has no limit. */
  | 'no_limit'
  | 'nodes'
  | 'page_fault'
  | 'fragmented'
  | 'zone'
  /** Memory was free again when the report was printed. */
  | 'freed'
  | 'machine'
  /** The log does not show what ran out. */
  | 'unknown'

export interface Cause {
  readonly kind: CauseKind
  readonly text: string
  readonly holding: Holding
}

export function causeOf(known: Case): Cause {
  const { dump, facts } = known
  const held = victimSentence(known)
  if (dump.isManual) {
    const text = `somebody asked for this kill (SysRq f): ${held}, and memory need not have been short`
    return { kind: 'manual', text, holding: UNKNOWN }
  }
  if (known.kill?.isFollower === true) {
    return { kind: 'follower', text: followerCause(known, held), holding: UNKNOWN }
  }
  const holding = holdingOf(known)
  switch (facts.constraint) {
    case 'memcg':
      return { ...limitCause(known, holding, held), holding }
    case 'cpuset':
    case 'memory_policy':
      return { kind: 'nodes', text: nodesCause(known, held), holding }
    default:
      return dump.hasMemInfo || facts.mem_total_kb !== undefined
        ? { ...machineCause(known, holding, held), holding }
        : { kind: 'unknown', text: bareCause(known, held), holding: UNKNOWN }
  }
}

/** What became of whom. */
function victimSentence({ facts, name, isOnlyChosen }: Case): string {
  if (facts.process_name === undefined) return 'nobody was killed'
  if (facts.rss_kb === undefined) return `${name} was ${isOnlyChosen ? 'chosen' : 'killed'}`
  return `${name} held ${heldText(facts.rss_kb, facts.swap_kb)}`
}

/** A process that died because all of its group did. */
function followerCause({ kill }: Case, held: string): string {
  const path = printable(decodeName(kill?.groupPath ?? ''))
  return `the whole group ${path} was killed (memory.oom.group), whose first victim is told above: ${held}`
}

/** Nothing but the kill line and what names the constraint. */
function bareCause({ facts, kill }: Case, held: string): string {
  const silent = 'the log does not show the state of the memory'
  if (facts.constraint === 'none') {
    return `the machine as a whole ran out of memory, no group's limit: ${held}; ${silent}`
  }
  return kill?.victim.prefix.startsWith('Out of memory') === true
    ? `memory ran out, and no control group's limit did it: ${held}; ${silent}`
    : `${held}; ${silent}`
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

/** Of a container the kernel prints the name of its group. */
function cpusetText(name: string): string {
  const group = describeGroup(name)
  return group.place.kind === 'group'
    ? `the cpuset ${printable(name)}`.trimEnd()
    : `the cpuset of ${groupText(group)}`
}

function nodesCause(known: Case, held: string): string {
  const { dump, facts, zones } = known
  const what =
    facts.constraint === 'cpuset'
      ? cpusetText(decodeName(dump.structured?.cpuset ?? ''))
      : 'a memory policy'
  const nodes = [...new Set(zones.map(({ zone }) => zone.node))]
  const bound = nodes.length === 0 ? '' : ` (node ${nodes.join(', ')})`
  const idle = idleZones(known)
  if (idle !== undefined) return `${what}${bound} had ${idle}: ${held}`
  const elsewhere = freeElsewhereKb(known)
  const contrast = elsewhere === undefined ? '' : ` while ${size(elsewhere)} were free elsewhere`
  return `${what}${bound} ran dry${contrast}: ${held}`
}

/** Free on the nodes that the process was not bound to, where that is more than was on its own. */
export function freeElsewhereKb({ dump, pageKb, zones }: Case): number | undefined {
  const all = dump.counters.get('free')
  if (all === undefined || pageKb === undefined || zones.length === 0) return undefined
  const here = zones.reduce((sum, { zone }) => sum + zone.freeKb, 0)
  const elsewhere = all * pageKb - here
  return elsewhere > here ? elsewhere : undefined
}
