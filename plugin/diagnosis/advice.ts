/**
 * What to do next. Each sentence names what the dump shows: a setting only of the manager whose name
 * the path has, "why so large" only of what held much, more memory only where the machine's was short.
 */

import { size } from '../units.ts'
import { type Case, heldText, MUCH } from './case.ts'
import { type Cause, freeElsewhereKb } from './cause.ts'
import { reachedLimit } from './cause-limit.ts'
import type { Holding } from './holding.ts'
import { limitSetting, lookUp } from './limits.ts'

/** A process that held less than this is not asked for its size where nothing else is known. */
const WORTH_A_LOOK_KB = 65_536
/** Where the kernel's lines are. */
export const LOGS = 'journalctl -k, dmesg or kern.log of that time'
const WHOLE_REPORT = `get the whole report, which shows what held the memory: ${LOGS}`

export function advise(known: Case, { kind, holding }: Cause): string[] {
  switch (kind) {
    case 'manual':
      return ['find out who wrote f to /proc/sysrq-trigger (or pressed the keys)']
    case 'follower':
      return ['see what is said of the first victim of its group']
    case 'limit':
      return forLimit(known, holding)
    case 'no_limit':
      return [...forHolding(known, holding), 'see which of the groups above it has a limit']
    case 'nodes':
      return forNodes(known)
    case 'fragmented':
      return [
        'find what asks for several pages in one piece (the call trace), or keep more free: vm.min_free_kbytes',
      ]
    case 'zone':
      return [
        known.zones.some(({ zone, isUsable }) => !isUsable && zone.name === 'HighMem')
          ? 'a 64-bit kernel has no such zone, where the processor can run one; on this one, find what fills the low memory (slab, page tables)'
          : 'see which zones the machine has and why (/proc/zoneinfo; movable_node, kernelcore=, ZONE_DMA)',
      ]
    case 'page_fault':
      return forPageFault(known)
    case 'freed':
      return [
        known.context.previous === undefined
          ? `look for what gave memory back just before; ${known.name} is not what it went to`
          : `look into the kill of ${known.context.previous.name} before it; ${known.name} is not what the memory went to`,
      ]
    case 'machine':
      return forMachine(known, holding)
    case 'unknown':
      return forUnknown(known)
  }
}

function why(name: string, held: string): string {
  return `find out why ${name} held ${held} (a leak, or what it needs)`
}

/** Why so much, of what held much. */
function forHolding(known: Case, holding: Holding): string[] {
  switch (holding.by) {
    case 'victim':
      return [why(known.name, heldText(holding.kb, known.facts.swap_kb))]
    case 'process':
      return [why(holding.name, size(holding.kb))]
    case 'family':
      return [`allow fewer ${holding.family.name} processes, or smaller ones`]
    case 'unowned':
      return [holding.holder.look ?? `find what fills it: ${holding.holder.what}`]
    case 'files':
      return ['find what reads and writes so many files, and whether its disk keeps up']
    case 'anonymous':
      return [
        known.tasksKb === undefined
          ? 'see which processes hold so much anonymous memory; the log has no table of them (vm.oom_dump_tasks)'
          : 'see who holds so much anonymous memory; the processes in the log’s table hold far less',
      ]
    case 'many':
      return ['see which of its processes can do with less, or run elsewhere']
    case 'unknown':
      return []
  }
}

/** Where to look for what no process owns and was much, though not the most. */
function looks({ holders, totalKb }: Case, holding: Holding): string[] {
  const all = holders
    .filter(({ kb, isUnowned }) => isUnowned && totalKb !== undefined && kb >= totalKb * MUCH)
    .flatMap(({ look }) => (look === undefined ? [] : [look]))
  const first = holding.by === 'unowned' ? holding.holder.look : undefined
  return [...new Set(all)].filter(look => look !== first)
}

function forLimit(known: Case, holding: Holding): string[] {
  const { limited, facts } = known
  const kind = limited?.place.kind
  if (kind === 'node_pods' || kind === 'qos') {
    return [
      'see which pods use more than they request (kubectl top pods -A), and let requests say what they use, so that fewer come to this node',
      ...looks(known, holding),
      kind === 'qos'
        ? 'the kubelet sets this limit (qos-reserved)'
        : 'what pods may use together is what the kubelet leaves them: kube-reserved, system-reserved, and the size of the node',
    ]
  }
  const isSmall = (facts.rss_kb ?? 0) < WORTH_A_LOOK_KB
  const first =
    holding.by === 'unknown'
      ? isSmall || known.totalKb !== undefined
        ? [silent(known)]
        : [why(known.name, heldText(facts.rss_kb ?? 0, facts.swap_kb))]
      : forHolding(known, holding)
  const found = limited === undefined ? undefined : lookUp(limited)
  return [
    ...first,
    ...looks(known, holding),
    ...raise(known, holding),
    ...(found === undefined ? [] : [found]),
  ]
}

/** What is to be looked at where no line says what the memory went to. */
function silent({ totalKb }: Case): string {
  return totalKb === undefined
    ? WHOLE_REPORT
    : 'see what the group’s memory went to: memory.stat of the group, and its processes'
}

/** A higher limit is no help where the kernel itself fills the group. */
function raise(known: Case, holding: Holding): string[] {
  const { limited, dump } = known
  const isKernels = holding.by === 'unowned' && /slab|vmalloc|per-CPU/.test(holding.holder.what)
  if (isKernels) return []
  const reached = reachedLimit(known)
  const version = dump.memcgUsage.has('memory+swap')
    ? 1
    : dump.memcgUsage.has('swap')
      ? 2
      : undefined
  const setting =
    limited === undefined
      ? 'memory.max, or memory.limit_in_bytes in version 1'
      : limitSetting(limited, reached?.resource ?? 'memory', version)
  return [`or raise the limit, if that much is needed: ${setting}`]
}

function forNodes(known: Case): string[] {
  const { zones } = known
  if (zones.length > 0 && zones.every(({ isUsable }) => !isUsable)) {
    return [
      'let the process use a node that has other zones than Movable, too (cpuset.mems, numactl)',
    ]
  }
  if (zones.length > 0 && freeElsewhereKb(known) === undefined) {
    return ['see what fills the nodes that it may use: numastat -m, numastat -p']
  }
  return ['let the process use more nodes (cpuset.mems, numactl), or move load to other nodes']
}

function forPageFault({ context }: Case): string[] {
  return (context.failures ?? []).length > 0
    ? [
        'look at whose allocations failed in the lines before it: their group may have a limit of its own',
      ]
    : ['look at the call trace and the lines before it for what returned the error']
}

function forMachine(known: Case, holding: Holding): string[] {
  if (known.dump.hasMemInfo && holding.by === 'unknown' && known.totalKb !== undefined) {
    return [
      'see what the memory went to: no process, and no counter of the kernel in the log, held much of it',
      ...looks(known, holding),
    ]
  }
  const first = [...forHolding(known, holding), ...looks(known, holding)]
  switch (holding.by) {
    case 'victim':
    case 'process':
      return [...first, `or give it a limit of its own, or ${moreMemory(known)}`]
    case 'family':
    case 'anonymous':
    case 'many':
      return [...first, `or give ${moreMemory(known)}`]
    case 'unknown':
      return [WHOLE_REPORT]
    default:
      return first
  }
}

/** Where the kernel's name tells how the machine got its memory. */
function moreMemory({ dump }: Case): string {
  const release = dump.kernelRelease ?? ''
  if (/microsoft/i.test(release)) return 'WSL more memory (memory= in .wslconfig)'
  return /linuxkit/.test(release)
    ? 'Docker Desktop’s machine more memory (its settings)'
    : 'the machine more memory'
}

function forUnknown({ name, facts }: Case): string[] {
  const rss = facts.rss_kb
  return rss === undefined || rss < WORTH_A_LOOK_KB
    ? [
        ...(rss === undefined ? [] : [`${name} held too little to be what the memory went to`]),
        WHOLE_REPORT,
      ]
    : [WHOLE_REPORT, `find out whether ${size(rss)} is what ${name} needs`]
}
