/**
 * What the memory was used for, from the counters of the machine or the statistics of a control
 * group. Parts do not overlap; what the counters leave over is a part of its own.
 *
 * Source: kernel, mm/show_mem.c: show_free_areas (pages); mm/memcontrol.c: memory_stat_format.
 */

import type { OomDump } from '../oom/dump.ts'

export interface Holder {
  readonly kb: number
  readonly what: string
  /** No process owns it: killing one need not give it back. */
  readonly isUnowned: boolean
  /** Where to look next. */
  readonly look?: string
}

export const ANONYMOUS = 'anonymous memory of processes'
export const FILES = 'cached files'
const SHM = 'shared memory and tmpfs (/dev/shm above all)'
const LOOK_SHM = 'look into /dev/shm and other tmpfs mounts: df -h -t tmpfs'
const LOOK_SLAB = 'see which slab caches grow: slabtop -s c'
const LOOK_UNACCOUNTED =
  'look for memory outside the counters: zramctl, /proc/vmallocinfo, the graphics driver, nfsd, the hypervisor’s balloon'

/** Parts of the whole machine's memory; empty where the dump does not state it. */
export function machineHolders(dump: OomDump, pageKb: number | undefined): Holder[] {
  const { counters } = dump
  if (pageKb === undefined || !counters.has('free')) return []
  const kb = (...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (counters.get(name) ?? 0), 0) * pageKb
  const shmem = kb('shmem')
  const anonLru = kb('active_anon', 'inactive_anon', 'isolated_anon')
  const holders: Holder[] = [
    { kb: Math.max(0, anonLru - shmem), what: ANONYMOUS, isUnowned: false },
    {
      kb: kb('active_file', 'inactive_file', 'isolated_file'),
      what: FILES,
      isUnowned: false,
    },
    { kb: kb('unevictable'), what: 'locked or otherwise unevictable memory', isUnowned: false },
    { kb: shmem, what: SHM, isUnowned: true, look: LOOK_SHM },
    {
      kb: kb('slab_unreclaimable', 'slab'),
      what: 'kernel slab that cannot be reclaimed',
      isUnowned: true,
      look: LOOK_SLAB,
    },
    {
      kb: kb('slab_reclaimable'),
      what: 'kernel slab that can be reclaimed',
      isUnowned: true,
      look: LOOK_SLAB,
    },
    { kb: kb('pagetables', 'sec_pagetables'), what: 'page tables', isUnowned: true },
    { kb: dump.kernelStackKb, what: 'kernel stacks', isUnowned: true },
    {
      kb: dump.hugePagesKb,
      what: 'reserved huge pages',
      isUnowned: true,
      look: 'reserve fewer huge pages: vm.nr_hugepages, hugepages=',
    },
    { kb: kb('free', 'free_pcp'), what: 'free', isUnowned: false },
  ]
  const rest = unaccounted(dump, pageKb, holders, Math.min(shmem, anonLru))
  return rest === undefined ? holders : [...holders, rest]
}

/** Only where the counters are complete (2.6.32) and the log lost none of them. */
function unaccounted(
  dump: OomDump,
  pageKb: number,
  holders: readonly Holder[],
  shmemOnLruKb: number
): Holder | undefined {
  const needed = ['active_anon', 'inactive_anon', 'active_file', 'inactive_file', 'unevictable']
  const isComplete = [...needed, 'slab_reclaimable', 'slab_unreclaimable', 'pagetables'].every(
    name => dump.counters.has(name)
  )
  const { ramPages, reservedPages } = dump
  if (!isComplete || ramPages === undefined || reservedPages === undefined) return undefined
  const shmem = holders.find(one => one.what === SHM)!.kb
  // Shared memory beyond the anonymous lists is locked, and counted with what is unevictable.
  const known = holders.reduce((sum, one) => sum + one.kb, 0) - shmem + shmemOnLruKb
  const kb = (ramPages - reservedPages) * pageKb - known
  return {
    kb: Math.max(0, kb),
    what: 'in none of the kernel’s counters (pages that its drivers and services took directly, zram, vmalloc, or a balloon)',
    isUnowned: true,
    look: LOOK_UNACCOUNTED,
  }
}

/** Parts of a control group's memory: the names of 5.3 and later, of version 1, and of before. */
export function groupHolders(dump: OomDump): Holder[] {
  const { memcgStats: stats } = dump
  if (stats.size === 0) return []
  const kb = (...names: readonly string[]): number => {
    const name = names.find(one => stats.has(one))
    return name === undefined ? 0 : stats.get(name)! / 1024
  }
  const files = kb('total_active_file', 'active_file') + kb('total_inactive_file', 'inactive_file')
  // Before 4.19 shared memory is only to be had as the cache that is not on the file lists.
  const cache = kb('total_cache', 'cache')
  const locked = kb('total_unevictable', 'unevictable')
  const isStated = stats.has('shmem')
  const shmem = isStated ? kb('total_shmem', 'shmem') : Math.max(0, cache - files - locked)
  return [
    { kb: kb('anon', 'total_rss', 'rss'), what: ANONYMOUS, isUnowned: false },
    { kb: files, what: FILES, isUnowned: false },
    { kb: shmem, what: SHM, isUnowned: true, look: LOOK_SHM },
    { kb: kb('slab', 'slab_unreclaimable'), what: 'kernel slab', isUnowned: true, look: LOOK_SLAB },
    { kb: kb('pagetables'), what: 'page tables', isUnowned: true },
    { kb: kb('sock'), what: 'network buffers', isUnowned: true },
    { kb: kb('vmalloc'), what: 'vmalloc areas of the kernel', isUnowned: true },
    { kb: kb('percpu'), what: 'per-CPU data of the kernel', isUnowned: true },
  ]
}
