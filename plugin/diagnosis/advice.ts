/** What to do next, by what the cause is and what held the memory. */

import { printable } from '../units.ts'
import { type Case, largestFamily, largestUnowned, MUCH, SOME } from './case.ts'
import type { CauseKind } from './cause.ts'

/** What must have grown: the victim, or what held far more than it. */
function grower(known: Case): string {
  const { facts, name, totalKb } = known
  const [largest] = facts.top_tasks ?? []
  const family = largestFamily(known)
  const own = facts.rss_kb ?? 0
  const isMain = largest === undefined || own * 2 >= largest.rss_kb
  if (family !== undefined && totalKb !== undefined && family.rssKb >= totalKb * MUCH) {
    if (family.rssKb > Math.max(own, largest?.rss_kb ?? 0) * 1.5)
      return `the ${family.name} processes`
  }
  if (isMain) return name
  const isLarge = totalKb !== undefined && largest.rss_kb >= totalKb * SOME
  return isLarge ? printable(largest.name) : 'whatever holds the memory'
}

export function advise(known: Case, kind: CauseKind): string[] {
  const { holders, totalKb, dump, name } = known
  const what = grower(known)
  if (kind === 'manual')
    return ['find out who wrote f to /proc/sysrq-trigger (or pressed the keys)']
  const looks = holders
    .filter(({ kb, isUnowned }) => isUnowned && totalKb !== undefined && kb >= totalKb * MUCH)
    .flatMap(({ look }) => (look === undefined ? [] : [look]))
  const first = [...new Set(looks)]
  const family = largestFamily(known)
  switch (kind) {
    case 'limit':
      return [
        ...first,
        `find what makes ${what} grow, or raise the limit (memory.max, docker --memory, resources.limits.memory)`,
      ]
    case 'nodes':
      return [
        ...first,
        known.zones.length > 0 && known.zones.every(({ isUsable }) => !isUsable)
          ? 'let the process use a node that has other zones than Movable, too (cpuset.mems, numactl)'
          : 'let the process use more nodes (cpuset.mems, numactl), or move load to other nodes',
      ]
    case 'fragmented':
      return [
        `find what asks for several pages in one piece (the call trace), or keep more free: vm.min_free_kbytes`,
      ]
    case 'zone':
      return [
        known.zones.some(({ zone, isUsable }) => !isUsable && zone.name === 'HighMem')
          ? 'a 64-bit kernel has no such zone; on this one, find what fills the low memory (slab, page tables)'
          : 'see which zones the machine has and why (/proc/zoneinfo; movable_node, kernelcore=, ZONE_DMA)',
      ]
    case 'page_fault':
      return ['look at the call trace and the lines before it for what returned the error']
    case 'family':
      return [
        `allow fewer ${family?.name ?? name} processes, or smaller ones, or give the machine more memory`,
      ]
    case 'unowned':
      return first.length > 0
        ? first
        : [largestUnowned(known)?.look ?? 'find what fills the memory outside of processes']
    default:
      return [
        ...first,
        dump.hasMemInfo
          ? `find what makes ${what} grow, give it a limit of its own, or give the machine more memory`
          : `find what makes ${what} grow`,
      ]
  }
}
