/**
 * OOM dumps made to order, as Linux 6.1 to 6.18 prints them, and what a correct reader makes of
 * them. A dump is built in parts, so that a test can leave one out, repeat it or put foreign lines
 * between two of them.
 */

import type { KmsgRecord } from '../../plugin/kmsg/record.ts'
import { type OomKillFacts, oomKillFacts } from '../../plugin/oom/event.ts'
import { type OomKill, type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'

export interface Task {
  /** one character per byte */
  comm: string
  pid: number
  uid?: number
  totalVmPages?: number
  rssPages: number
  swapPages?: number
  pgtablesBytes?: number
  oomScoreAdj?: number
}

export interface DumpOptions {
  kind?: 'none' | 'memcg' | 'cpuset' | 'memory_policy'
  pageKb?: number
  order?: number
  trigger?: { comm: string; pid: number }
  victim?: Partial<Task>
  /** Further rows of the table, before the victim's. */
  others?: readonly Task[]
  ramPages?: number
  freePages?: number
  /** Mem-Info's counters in one record with newlines (as the kernel does), or in a record a line. */
  counters?: 'one record' | 'records'
  oomMemcg?: string
  taskMemcg?: string
  cpuset?: string
  usageKb?: number
  limitKb?: number
}

export interface Dump {
  opener: string[]
  cpu: string[]
  stack: string[]
  /** Mem-Info with the pages lines, or the statistics of a memory control group. */
  memory: string[]
  tasks: string[]
  structured: string[]
  kill: string[]
}

export const VICTIM: Required<Task> = {
  comm: 'chrome',
  pid: 4711,
  uid: 1000,
  totalVmPages: 2_316_564,
  rssPages: 516_062,
  swapPages: 47_863,
  pgtablesBytes: 12_025_856,
  oomScoreAdj: 300,
}

const OTHERS: readonly Task[] = [
  { comm: 'systemd', pid: 1, rssPages: 3011 },
  { comm: 'tmux: server', pid: 812, rssPages: 977 },
  { comm: 'Web Content', pid: 4720, uid: 1000, rssPages: 40_231, oomScoreAdj: 167 },
  { comm: '(sd-pam)', pid: 640, rssPages: 733 },
  { comm: 'a) b (c', pid: 641, rssPages: 734 },
  { comm: 'small', pid: 99, rssPages: 3 },
]

const CONSTRAINT = {
  none: 'NONE',
  memcg: 'MEMCG',
  cpuset: 'CPUSET',
  memory_policy: 'MEMORY_POLICY',
}

function victimOf(options: DumpOptions): Required<Task> {
  return { ...VICTIM, ...options.victim }
}

export function buildDump(options: DumpOptions = {}): Dump {
  const { kind = 'none', order = 0, oomMemcg = '/docker/abc', cpuset = '/' } = options
  const trigger = options.trigger ?? { comm: 'node', pid: 812_345 }
  const victim = victimOf(options)
  const taskMemcg = options.taskMemcg ?? (kind === 'memcg' ? `${oomMemcg}/leaf` : '/user.slice')
  const where = kind === 'memcg' ? `oom_memcg=${oomMemcg}` : 'global_oom'
  return {
    opener: [
      `${trigger.comm} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=${order}, oom_score_adj=0`,
    ],
    cpu: [
      `CPU: 3 UID: 1000 PID: ${trigger.pid} Comm: ${trigger.comm} Not tainted 6.12.9 #1 PREEMPT_DYNAMIC`,
      'Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2 04/01/2014',
    ],
    stack: ['Call Trace:', ' <TASK>', ' dump_stack_lvl+0x5d/0x80', ' </TASK>'],
    memory: kind === 'memcg' ? memcgStatistics(options, oomMemcg) : memInfo(options),
    tasks: taskTable([...(options.others ?? OTHERS), victim], options.pageKb),
    structured: [
      `oom-kill:constraint=CONSTRAINT_${CONSTRAINT[kind]},nodemask=(null),cpuset=${cpuset},mems_allowed=0-1,${where},task_memcg=${taskMemcg},task=${victim.comm},pid=${victim.pid},uid=${victim.uid}`,
    ],
    kill: [killLine(options)],
  }
}

/** The victim's RSS is stated as a third each of anonymous, file and shared pages. */
export function killLine(options: DumpOptions = {}): string {
  const { kind = 'none', pageKb = 4 } = options
  const victim = victimOf(options)
  const third = Math.floor(victim.rssPages / 3)
  const prefix = kind === 'memcg' ? 'Memory cgroup out of memory' : 'Out of memory'
  return (
    `${prefix}: Killed process ${victim.pid} (${victim.comm}) ` +
    `total-vm:${victim.totalVmPages * pageKb}kB, ` +
    `anon-rss:${(victim.rssPages - 2 * third) * pageKb}kB, ` +
    `file-rss:${third * pageKb}kB, shmem-rss:${third * pageKb}kB, ` +
    `UID:${victim.uid} pgtables:${victim.pgtablesBytes / 1024}kB oom_score_adj:${victim.oomScoreAdj}`
  )
}

export const TASKS_TITLE = 'Tasks state (memory values in pages):'
export const TASKS_HEADER =
  '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name'

function taskTable(tasks: readonly Task[], pageKb = 4): string[] {
  // Page tables are made of pages.
  const pgtablesBytes = 17 * pageKb * 1024
  return [TASKS_TITLE, TASKS_HEADER, ...tasks.map(task => taskRow({ pgtablesBytes, ...task }))]
}

/** As `dump_task` of 6.8 prints it. */
export function taskRow(task: Task): string {
  const { pid, uid = 0, totalVmPages = 9000, rssPages, swapPages = 0 } = task
  const third = Math.floor(rssPages / 3)
  const column = (value: number, width: number): string => String(value).padStart(width)
  return (
    `[${column(pid, 7)}] ${column(uid, 5)} ${column(pid, 5)} ${column(totalVmPages, 8)} ` +
    `${column(rssPages, 8)} ${column(rssPages - 2 * third, 8)} ${column(third, 8)} ` +
    `${column(third, 9)} ${column(task.pgtablesBytes ?? 69_632, 8)} ${column(swapPages, 8)} ` +
    `        ${column(task.oomScoreAdj ?? 0, 5)} ${task.comm}`
  )
}

function memInfo(options: DumpOptions): string[] {
  const { pageKb = 4, freePages = 11_072, ramPages = 524_158, counters = 'one record' } = options
  const lines = [
    'active_anon:123456 inactive_anon:318000 isolated_anon:0',
    ' active_file:117 inactive_file:208 isolated_file:32',
    ' slab_reclaimable:5868 slab_unreclaimable:9494',
    ' mapped:6285 shmem:2236 pagetables:4176',
    ` free:${freePages} free_pcp:61 free_cma:0`,
  ]
  return [
    'Mem-Info:',
    ...(counters === 'one record' ? [lines.join('\n')] : lines),
    `Node 0 active_anon:${123_456 * pageKb}kB inactive_anon:${318_000 * pageKb}kB active_file:468kB inactive_file:832kB unevictable:0kB all_unreclaimable? no`,
    `Node 0 DMA free:${1790 * pageKb}kB boost:0kB min:380kB low:472kB high:564kB present:${3998 * pageKb}kB managed:15360kB`,
    'lowmem_reserve[]: 0 1921 1921 1921',
    `Node 0 DMA32 free:${9000 * pageKb}kB boost:0kB min:44600kB low:55752kB high:66904kB present:${520_160 * pageKb}kB managed:2001000kB`,
    'lowmem_reserve[]: 0 0 0 0',
    `Node 0 DMA: 2*${pageKb}kB (U) 1*${pageKb * 2}kB (U) 3*${pageKb * 4}kB (UM) = 7160kB`,
    `Node 0 DMA32: 71*${pageKb}kB (UME) 40*${pageKb * 2}kB (UE) = 36000kB`,
    'Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB',
    '2561 total pagecache pages',
    '113 pages in swap cache',
    'Free swap  = 120kB',
    'Total swap = 191452kB',
    `${ramPages} pages RAM`,
    '0 pages HighMem/MovableOnly',
    '20068 pages reserved',
    '0 pages hwpoisoned',
  ]
}

function memcgStatistics(options: DumpOptions, path: string): string[] {
  const { usageKb = 524_288, limitKb = 524_288 } = options
  return [
    `memory: usage ${usageKb}kB, limit ${limitKb}kB, failcnt 71`,
    'swap: usage 0kB, limit 0kB, failcnt 5',
    `Memory cgroup stats for ${path}:`,
    `anon ${300_000 * 1024}`,
    'file 16384',
    'shmem 8192',
    'slab 1048576',
  ]
}

/** The dump's lines in the kernel's order. */
export function linesOf(dump: Dump): string[] {
  return [
    ...dump.opener,
    ...dump.cpu,
    ...dump.stack,
    ...dump.memory,
    ...dump.tasks,
    ...dump.structured,
    ...dump.kill,
  ]
}

export interface RecordOptions {
  seq?: number
  us?: number
  stepUs?: number
  caller?: string
}

/** Kernel records of lines, `stepUs` apart. */
export function recordsOf(lines: readonly string[], options: RecordOptions = {}): KmsgRecord[] {
  const { seq = 1000, us = 5_000_000, stepUs = 20, caller = '' } = options
  return lines.map((text, index) => ({
    seq: seq + index,
    timestampUs: us + index * stepUs,
    facility: 0,
    level: 4,
    caller,
    text,
  }))
}

/** A record as /dev/kmsg gives it. */
export function toKmsg(record: KmsgRecord): string {
  const caller = record.caller === '' ? '' : `,caller=${record.caller}`
  const text = record.text.replace(
    /[^\x20-\x7e]|\\/g,
    char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  )
  return `${record.facility * 8 + record.level},${record.seq},${record.timestampUs},-${caller};${text}\n`
}

/** Everything the parser makes of the records, in order, with their end. */
export function parse(records: readonly KmsgRecord[], parser = new OomParser()): OomOutcome[] {
  return [...records.flatMap(record => [...parser.push(record)]), ...parser.end()]
}

export function parseLines(lines: readonly string[]): OomOutcome[] {
  return parse(recordsOf(lines))
}

export function killsOf(outcomes: readonly OomOutcome[]): OomKill[] {
  return outcomes.filter(outcome => outcome.type === 'kill')
}

/** The only kill among the outcomes. */
export function onlyKill(outcomes: readonly OomOutcome[]): OomKill {
  const kills = killsOf(outcomes)
  if (kills.length !== 1) throw new Error(`${kills.length} kills instead of one`)
  return kills[0]!
}

/** The event's data for the only kill in these lines; nothing known of the machine's page size. */
export function factsOf(lines: readonly string[]): OomKillFacts {
  return oomKillFacts(onlyKill(parseLines(lines)))
}
