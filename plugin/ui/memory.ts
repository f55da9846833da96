/** The figures behind the bar of a kill. Pure. */

import { printable, size } from '../units.ts'

/** Of a `system_oom_kill`, as far as it is read here. */
export interface MemorySource {
  readonly process_name: string
  readonly pid: number
  readonly rss_kb: number
  readonly constraint?: string | undefined
  readonly mem_total_kb?: number | undefined
  readonly mem_free_kb?: number | undefined
  readonly memcg_limit_kb?: number | undefined
  readonly memcg_usage_kb?: number | undefined
  readonly oom_memcg?: string | undefined
  readonly trigger_pid?: number | undefined
  readonly top_tasks?:
    | ReadonlyArray<{
        readonly pid: number
        readonly name: string
        readonly rss_kb: number
        readonly role?: string | undefined
      }>
    | undefined
}

export interface MemoryPart {
  readonly kind: 'task' | 'rest' | 'free'
  readonly name: string
  readonly kb: number
  readonly pid?: number | undefined
  readonly role?: string | undefined
  readonly isVictim: boolean
  readonly isTrigger: boolean
  /** Of a task that was not killed: 0 for the largest. */
  readonly rank: number
}

export interface Memory {
  /** Whose memory it is, in words. */
  readonly whole: string
  /** What shares are of. */
  readonly wholeKb: number
  /** The length of the bar. */
  readonly scaleKb: number
  /** Where the line is drawn; undefined where there is no limit. */
  readonly limitKb: number | undefined
  readonly parts: readonly MemoryPart[]
  /** The tasks have more together than there is. */
  readonly isOvercounted: boolean
}

/** How the kernel writes that a group has no limit, and all above what any machine has. */
const NO_LIMIT_KB = 2 ** 50
/** What is in the page cache of another group may be a little more than all. */
const OVERCOUNTED = 1.05
/** Beyond a limit there is some room, so that the line is seen. */
const ROOM = 1.04

/** @returns undefined where there is nothing to draw */
export function memoryOf(data: MemorySource): Memory | undefined {
  const tasks = tasksOf(data)
  const tasksKb = tasks.reduce((sum, { kb }) => sum + kb, 0)
  const isGroup = data.constraint === 'memcg' || data.memcg_usage_kb !== undefined
  const limitKb = isGroup ? limitOf(data) : data.mem_total_kb
  const usedKb = isGroup
    ? data.memcg_usage_kb
    : data.mem_total_kb === undefined || data.mem_free_kb === undefined
      ? undefined
      : data.mem_total_kb - data.mem_free_kb
  const wholeKb = Math.max(limitKb ?? usedKb ?? tasksKb, 1)
  // Of one process alone a bar says nothing.
  if (usedKb === undefined && limitKb === undefined && tasks.length < 2) return undefined
  const freeKb = isGroup
    ? limitKb === undefined || usedKb === undefined
      ? undefined
      : Math.max(0, limitKb - usedKb)
    : data.mem_free_kb
  const restKb = (usedKb ?? tasksKb) - tasksKb
  const parts: MemoryPart[] = [...tasks]
  if (restKb > 0) parts.push(part('rest', isGroup ? 'all else in the group' : 'all else', restKb))
  if (freeKb !== undefined) parts.push(part('free', 'free', freeKb))
  const sumKb = parts.reduce((sum, { kb }) => sum + kb, 0)
  return {
    whole: wordsOf(data, isGroup, limitKb),
    wholeKb,
    scaleKb: Math.max(wholeKb, sumKb) * (isGroup && limitKb !== undefined ? ROOM : 1),
    limitKb: isGroup ? limitKb : undefined,
    parts,
    isOvercounted: sumKb > wholeKb * OVERCOUNTED,
  }
}

function part(kind: 'rest' | 'free', name: string, kb: number): MemoryPart {
  return { kind, name, kb, isVictim: false, isTrigger: false, rank: 0 }
}

/** The largest, and the victim where it is none of them. */
function tasksOf(data: MemorySource): MemoryPart[] {
  const { top_tasks: top = [], pid, process_name: name, rss_kb } = data
  const all = top.some(task => task.pid === pid) ? top : [...top, { pid, name, rss_kb }]
  let rank = 0
  return all
    .filter(task => Number.isFinite(task.rss_kb))
    .map(task => ({
      kind: 'task' as const,
      name: task.name,
      kb: task.rss_kb,
      pid: task.pid,
      role: 'role' in task ? task.role : undefined,
      isVictim: task.pid === pid,
      isTrigger: task.pid === data.trigger_pid && task.pid !== pid,
      rank: task.pid === pid ? 0 : rank++,
    }))
}

function limitOf({ memcg_limit_kb: limit }: MemorySource): number | undefined {
  return limit !== undefined && limit < NO_LIMIT_KB ? limit : undefined
}

function wordsOf(data: MemorySource, isGroup: boolean, limitKb: number | undefined): string {
  const { mem_total_kb: total, mem_free_kb: free } = data
  if (isGroup) {
    const group = printable(data.oom_memcg ?? 'its control group')
    return limitKb === undefined ? `Memory of ${group}` : `Memory of ${group}: ${size(limitKb)}`
  }
  if (total === undefined) return 'The largest processes'
  const spare = free === undefined ? '' : `, ${size(free)} free`
  return `Memory of the machine: ${size(total)}${spare}`
}
