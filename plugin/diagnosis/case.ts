/** All that the sentences about one dump are made from, in KiB and safe to print. */

import type { OomDump } from '../oom/dump.ts'
import type { OomKillFacts } from '../oom/event.ts'
import type { OomKill } from '../oom/parser.ts'
import { pageSizeKbOf } from '../oom/revealed-page-size.ts'
import { printable, size } from '../units.ts'
import { describeGroup, type Group } from './cgroup.ts'
import { sumsOf } from './families.ts'
import { groupHolders, type Holder, machineHolders } from './holders.ts'
import { viewZones, type ZoneView } from './zones.ts'

/** From here on a group has no limit: PAGE_COUNTER_MAX pages (version 2), LONG_MAX bytes (version 1). */
const NO_LIMIT_KB = 2 ** 52
/** The same of a 32-bit kernel: LONG_MAX pages. */
const NO_LIMIT_32_KB = (2 ** 31 - 1) * 4
/** Shares of the memory from which something counts as the cause, as much, as worth a word. */
export const MOST = 0.5
export const MUCH = 0.2
export const SOME = 0.1

export interface FamilyKb {
  readonly name: string
  readonly processes: number
  readonly rssKb: number
}

/** What is known of a kill beside its dump, from the lines around it. */
export interface Context {
  /** Page size in KiB of the machine that printed the dump; used where the dump does not reveal it. */
  readonly pageSizeKb?: number | undefined
  /** The kill before this one, where it was a moment ago. */
  readonly previous?: { readonly name: string; readonly rssKb: number | undefined } | undefined
  /** Lines about allocations that failed just before, as the kernel printed them. */
  readonly failures?: readonly string[] | undefined
  /** The kernel's panic, where it was a moment away. */
  readonly panic?: string | undefined
}

export interface Case {
  readonly dump: OomDump
  readonly facts: Partial<OomKillFacts>
  /** undefined for a dump after which nobody was killed */
  readonly kill: OomKill | undefined
  /** The kernel had chosen it, and the log ends. */
  readonly isOnlyChosen: boolean
  readonly pageKb: number | undefined
  readonly name: string
  readonly zones: readonly ZoneView[]
  /** Parts of the memory that ran out: the machine's, or the group's. */
  readonly holders: readonly Holder[]
  /** The memory that ran out, in KiB. */
  readonly totalKb: number | undefined
  /** RSS of all processes in the table. */
  readonly tasksKb: number | undefined
  readonly processes: number | undefined
  readonly families: readonly FamilyKb[]
  /** The group whose limit was reached. */
  readonly limited: Group | undefined
  /** The group that the victim was in. */
  readonly home: Group | undefined
  readonly context: Context
}

/** From so much swap on it is told beside the memory: a share of the memory, and in KiB. */
const MUCH_SWAP = { share: 0.2, kb: 1024 }

/** Memory that a process held, with what it had in swap where that is much. */
export function heldText(rssKb: number, swapKb = 0): string {
  const isMuch = swapKb >= MUCH_SWAP.kb && swapKb >= rssKb * MUCH_SWAP.share
  return isMuch ? `${size(rssKb)} and ${size(swapKb)} in swap` : size(rssKb)
}

export function caseOf(
  dump: OomDump,
  kill: OomKill | undefined,
  facts: Partial<OomKillFacts>,
  context: Context = {},
  isOnlyChosen = false
): Case {
  // Of a group kill only the first victim's report looks at the table.
  const sums = kill?.isFollower === true ? undefined : sumsOf(dump.tasks)
  const pageKb = pageSizeKbOf(dump, kill?.victim, context.pageSizeKb)
  const isMemcg = facts.constraint === 'memcg'
  const kb = (pages: number): number => pages * pageKb!
  const isSummed = sums !== undefined && pageKb !== undefined
  return {
    dump,
    facts,
    kill,
    isOnlyChosen,
    pageKb,
    name: printable(facts.process_name ?? ''),
    zones: viewZones(dump, pageKb),
    holders: isMemcg ? groupHolders(dump) : machineHolders(dump, pageKb),
    totalKb: isMemcg ? facts.memcg_usage_kb : facts.mem_total_kb,
    tasksKb: isSummed ? kb(sums.rssPages) : undefined,
    processes: isSummed ? sums.processes : undefined,
    families: isSummed
      ? sums.families.map(({ name, processes, rssPages }) => ({
          name: printable(name),
          processes,
          rssKb: kb(rssPages),
        }))
      : [],
    limited: group(facts.oom_memcg, dump),
    home: group(facts.task_memcg, dump),
    context: safeContext(context),
  }
}

/** Names come from the kernel as they are, and may hold escapes for a terminal. */
function safeContext(context: Context): Context {
  const { previous } = context
  return previous === undefined
    ? context
    : { ...context, previous: { ...previous, name: printable(previous.name) } }
}

function group(path: string | undefined, dump: OomDump): Group | undefined {
  return path === undefined ? undefined : describeGroup(path, dump.kernelRelease)
}

/** Whether what the kernel prints as a limit is that there is none. */
export function isUnlimited(limitKb: number): boolean {
  return limitKb >= NO_LIMIT_KB || limitKb === NO_LIMIT_32_KB
}

/** The largest part that no process owns; the kernel's slab counts as one. */
export function largestUnowned({ holders }: Case): Holder | undefined {
  const slab = holders.filter(one => one.what.startsWith('kernel slab'))
  const slabKb = slab.reduce((sum, one) => sum + one.kb, 0)
  const fixed = slab[0]?.kb ?? 0
  const joined =
    slab.length > 1 && slabKb > 0
      ? [
          {
            ...slab[0]!,
            kb: slabKb,
            what: `kernel slab (${Math.round((fixed / slabKb) * 100)} % of it not reclaimable)`,
          },
        ]
      : slab
  return [...holders.filter(one => one.isUnowned && !slab.includes(one)), ...joined].reduce<
    Holder | undefined
  >((most, one) => (most === undefined || one.kb > most.kb ? one : most), undefined)
}

/** The largest family of two processes and more. */
export function largestFamily({ families }: Case): FamilyKb | undefined {
  return families.find(family => family.processes > 1)
}

export function together({ name, processes, rssKb }: FamilyKb): string {
  return `${processes} ${name} processes held ${size(rssKb)} together`
}
