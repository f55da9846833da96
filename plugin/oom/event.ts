/**
 * From a killed process to the `system_oom_kill` event: which line each field is taken from, and in
 * which unit. A field is there only when the dump states it.
 */

import type { EventSource, OomConstraint, OomKillData, OomTask } from '../../generated/types.ts'
import { decodeName } from '../kernel-names.ts'
import { withoutUndefined } from '../objects.ts'
import type { OomDump } from './dump.ts'
import type { StructuredLine } from './lines/structured.ts'
import type { OomKill } from './parser.ts'
import { pageSizeKbOf } from './revealed-page-size.ts'

/** The producer's event name of every kill. */
export const OOM_KILL_EVENT = 'linux.oom_kill'

const CONSTRAINTS: Readonly<Record<string, OomConstraint>> = {
  NONE: 'none',
  MEMCG: 'memcg',
  CPUSET: 'cpuset',
  MEMORY_POLICY: 'memory_policy',
}

export interface OomKillOptions {
  /**
   * Page size in KiB of the machine that printed the records; used when the dump does not reveal
   * it. undefined for a dump from a machine nobody knows: then what cannot be converted is left out.
   */
  readonly pageSizeKb?: number | undefined
}

/**
 * The event's data without the sentences that are made of it. That of a kill line that was cut short, as
 * a saved log may show one, lacks the size.
 */
export type OomKillFacts = Omit<OomKillData, 'rss_kb' | 'diagnosis' | 'victim' | 'in_container'> &
  Partial<Pick<OomKillData, 'rss_kb'>>

/** The event's `data`, every field that the dump states. */
export function oomKillFacts(kill: OomKill, options: OomKillOptions = {}): OomKillFacts {
  const { dump, victim } = kill
  const pageKb = pageSizeKbOf(dump, victim, options.pageSizeKb)
  const row = dump.tasks.find(victim.pid)
  // The structured line is about the first victim only.
  const structured = kill.isFollower ? undefined : dump.structured
  const isMemcg = constraintOf(kill) === 'memcg'
  const stated = factsOf(dump, pageKb)
  const { anonRssKb, fileRssKb, shmemRssKb } = victim
  const hasParts = anonRssKb !== undefined || fileRssKb !== undefined || shmemRssKb !== undefined

  return withoutUndefined<OomKillFacts>({
    process_name: decodeName(victim.comm),
    pid: victim.pid,
    rss_kb: hasParts
      ? safeNumber((anonRssKb ?? 0) + (fileRssKb ?? 0) + (shmemRssKb ?? 0))
      : (victim.rssKb ?? inKb(row?.rssPages, pageKb)),
    constraint: constraintOf(kill),
    ...stated,
    // The group's limit was reached, not the machine's.
    mem_total_kb: isMemcg ? undefined : stated.mem_total_kb,
    mem_free_kb: isMemcg ? undefined : stated.mem_free_kb,
    total_vm_kb: victim.totalVmKb ?? inKb(row?.totalVmPages, pageKb),
    oom_score_adj: victim.oomScoreAdj ?? row?.oomScoreAdj,
    uid: victim.uid ?? structured?.uid ?? row?.uid,
    swap_kb: victim.swapKb ?? inKb(row?.swapPages, pageKb),
    pgtables_kb: pageTablesKb(victim.pgtablesKb, row?.pgtablesBytes),
    task_memcg: kill.isFollower ? decodeName(kill.groupPath) : stated.task_memcg,
    oom_group: kill.groupPath === undefined ? undefined : true,
  })
}

/** What a dump says of the memory when nobody was killed after it. */
export function oomDumpFacts(dump: OomDump, options: OomKillOptions = {}): Partial<OomKillFacts> {
  const isMemcg = dump.memcgUsage.has('memory')
  return withoutUndefined<Partial<OomKillFacts>>({
    constraint: isMemcg ? 'memcg' : constraintOfLine(dump.structured),
    ...factsOf(dump, pageSizeKbOf(dump, undefined, options.pageSizeKb)),
  })
}

/** What a dump says, whoever was killed after it. */
function factsOf(dump: OomDump, pageKb: number | undefined): Partial<OomKillFacts> {
  const usage = dump.memcgUsage.get('memory')
  return {
    mem_total_kb: inKb(dump.ramPages, pageKb),
    mem_free_kb: inKb(dump.counters.get('free'), pageKb),
    top_tasks: topTasks(dump, pageKb),
    trigger_process_name: decodeName(dump.trigger),
    trigger_pid: dump.isManual ? undefined : dump.triggerPid,
    oom_memcg: decodeName(dump.structured?.oomMemcg ?? dump.memcgLimitPath),
    task_memcg: decodeName(dump.structured?.taskMemcg ?? dump.memcgTaskPath),
    memcg_limit_kb: usage?.limitKb,
    memcg_usage_kb: usage?.usageKb,
  }
}

function inKb(pages: number | undefined, pageKb: number | undefined): number | undefined {
  return pages === undefined || pageKb === undefined ? undefined : safeNumber(pages * pageKb)
}

/** Whether this is all that the event must have. */
export function isOomKillData(facts: OomKillFacts): facts is OomKillData {
  return facts.rss_kb !== undefined
}

/** The constraint, `undefined` where the kernel names none (before 5.0) or one that is not known. */
function constraintOf(kill: OomKill): OomConstraint | undefined {
  // The kill line's own words decide: a 5.2 prerelease printed NONE for a group's kill.
  if (kill.victim.prefix.startsWith('Memory cgroup out of memory')) {
    return unknownConstraint(kill) === undefined ? 'memcg' : undefined
  }
  return constraintOfLine(kill.dump.structured)
}

function constraintOfLine(structured: StructuredLine | undefined): OomConstraint | undefined {
  if (structured === undefined) return undefined
  if (structured.constraint === 'NONE' && structured.oomMemcg !== undefined) return 'memcg'
  return Object.hasOwn(CONSTRAINTS, structured.constraint)
    ? CONSTRAINTS[structured.constraint]
    : undefined
}

/** A constraint that this version has no name for (`BPF_PSI_MEM`), to be logged. */
export function unknownConstraint(kill: OomKill): string | undefined {
  const name = kill.dump.structured?.constraint
  return name === undefined || Object.hasOwn(CONSTRAINTS, name) ? undefined : name
}

function topTasks({ tasks }: OomDump, pageKb: number | undefined): OomTask[] | undefined {
  if (!tasks.isPresent || pageKb === undefined) return undefined
  return tasks.top.map(task => ({
    pid: task.pid,
    name: decodeName(task.comm),
    rss_kb: task.rssPages * pageKb,
  }))
}

/** Early 5.4 kernels printed the page tables in bytes and called them kB; the task's row tells. */
function pageTablesKb(stated: number | undefined, bytes: number | undefined): number | undefined {
  if (stated !== undefined && stated !== bytes) return stated
  return bytes === undefined ? undefined : safeNumber(bytes / 1024)
}

function safeNumber(number: number): number | undefined {
  return Number.isSafeInteger(number) ? number : undefined
}

/** How the kill is identified and what is to be known of its evidence. */
export interface OomKillContext {
  /** /proc/sys/kernel/random/boot_id of the boot whose records these are, if known. */
  readonly bootId?: string | undefined
  /** Whether the records carry the kernel's own sequence numbers and facilities. */
  readonly isRaw: boolean
  /** The kill happened before this process started. */
  readonly isReplayed?: boolean
}

/** The event's `source`. */
export function oomKillSource(kill: OomKill, context: OomKillContext): EventSource {
  const metadata = withoutUndefined<Record<string, string>>({
    boot_id: context.bootId,
    kmsg_seq: context.isRaw ? String(kill.record.seq) : undefined,
    facility: context.isRaw && kill.record.facility !== 0 ? 'user' : undefined,
    manual: kill.dump.isManual ? 'true' : undefined,
    partial: kill.isPartial ? 'true' : undefined,
    replayed: context.isReplayed === true ? 'true' : undefined,
  })
  return Object.keys(metadata).length === 0
    ? { kind: 'local_process', event: OOM_KILL_EVENT }
    : { kind: 'local_process', event: OOM_KILL_EVENT, metadata }
}
