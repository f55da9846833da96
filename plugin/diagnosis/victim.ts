/** Of the process that died: what it held, where it lived, and what died with it. Why it was chosen: why-chosen.ts. */

import { decodeName } from '../kernel-names.ts'
import { printable, size } from '../units.ts'
import type { Case } from './case.ts'
import { groupText } from './cgroup.ts'

/** From so many times its memory on, the address space is worth a word: people take it for memory. */
const FAR_LARGER = 4

/** Of what it held, parts that are less are not named. */
const WORTH_NAMING = 0.01

/** Anonymous, file-backed and shared memory, and what was in swap. */
export function composition({ kill, facts, name }: Case): string[] {
  const { anonRssKb, fileRssKb, shmemRssKb } = kill?.victim ?? {}
  const { swap_kb: swap = 0, pgtables_kb: tables = 0, rss_kb: rss = 0 } = facts
  const part = (kb: number | undefined, what: string): string[] =>
    kb === undefined || kb === 0 || kb < rss * WORTH_NAMING ? [] : [`${size(kb)} ${what}`]
  const parts = [
    ...part(anonRssKb, 'anonymous'),
    ...part(fileRssKb, 'of files'),
    ...part(shmemRssKb, 'shared'),
  ]
  const beside = [
    ...part(swap, 'in swap'),
    ...(tables >= rss / 10 ? part(tables, 'of page tables') : []),
  ]
  if (parts.length === 0 && beside.length === 0) return []
  const more = beside.length === 0 ? '' : `; beside it ${beside.join(' and ')}`
  return [`what ${name} held: ${parts.length === 0 ? size(rss) : parts.join(', ')}${more}`]
}

/** A thread has a number of its own, which no table of processes lists. */
export function triggerThread({ dump, facts }: Case): string[] {
  const { trigger_process_name: name, trigger_pid: pid } = facts
  const { tasks } = dump
  const isListed = pid === undefined || tasks.find(pid) !== undefined
  const isWhole = tasks.isPresent && tasks.count > 0 && !dump.isTorn && dump.opener !== undefined
  if (name === undefined || isListed || !isWhole || /^(?:kworker|kswapd|khugepaged)/.test(name))
    return []
  const [only] = tasks.top
  const whose =
    tasks.count === 1 && only !== undefined
      ? `, of ${printable(decodeName(only.comm))} (${only.pid})`
      : ': no process has this number'
  return [`${printable(name)} (${pid}), which asked for memory, is a thread${whose}`]
}

/** Address space that is reserved and not used. */
export function addressSpace({ facts }: Case): string[] {
  const { total_vm_kb: total, rss_kb: rss, swap_kb: swap = 0 } = facts
  if (total === undefined || rss === undefined) return []
  const isMuch = total >= 2 ** 20 && total >= (rss + swap) * FAR_LARGER
  return isMuch ? [`its total-vm of ${size(total)} is address space, not memory`] : []
}

/** Where it lived, where that is not the group whose limit was reached. */
export function victimGroup({ home, limited, name }: Case): string[] {
  if (home === undefined || home.path === '/' || home.path === limited?.path) return []
  // Which slice it is in, a service and a session say better.
  if (home.place.kind === 'slice' || home.place.kind === 'user') return []
  return [`${name} was in ${groupText(home)}`]
}

/** A group has a main process: where the table shows one alone, that was it. */
export function mainProcess({ dump, facts, name, limited, processes, kill }: Case): string[] {
  const isOfGroup = facts.constraint === 'memcg' && limited?.path === facts.task_memcg
  const isAlone = (processes ?? dump.tasks.count) === 1
  if (!isOfGroup || !isAlone || kill === undefined || !dump.tasks.isPresent) return []
  return dump.tasks.find(kill.victim.pid) === undefined
    ? []
    : [`${name} was the only process of the group: what ran in it has ended`]
}

export function groupKill({ kill }: Case): string[] {
  return kill?.groupPath === undefined
    ? []
    : [
        `all processes of ${printable(decodeName(kill.groupPath))} were killed with it (memory.oom.group)`,
      ]
}
