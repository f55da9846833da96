/**
 * What a dump says of a memory control group.
 *
 * Sources: kernel, mm/memcontrol*.c: mem_cgroup_print_oom_meminfo, mem_cgroup_print_oom_context
 * (before 5.0 mem_cgroup_print_oom_info).
 */

import { safeInteger } from './numbers.ts'

/** Before 5.0: `Task in A killed as a result of limit of B`, A the victim's group, B the limit's. */
export function parseMemcgLine(line: string): { task: string; limit: string } | undefined {
  const match = /^Task in (.*) killed as a result of limit of (.*)$/s.exec(line)
  return match === null ? undefined : { task: match[1]!, limit: match[2]!.trimEnd() }
}

/** `memory: usage NkB, limit NkB, failcnt N`; the same words for swap, memory+swap and kmem. */
export interface MemcgUsage {
  readonly resource: string
  readonly usageKb: number
  readonly limitKb: number
  readonly failcnt: number | undefined
}

export function parseMemcgUsage(line: string): MemcgUsage | undefined {
  const match =
    /^(memory|memory\+swap|swap|kmem): usage (\d+)kB, limit (\d+)kB(?:, failcnt (\d+))?/.exec(line)
  const usageKb = safeInteger(match?.[2])
  const limitKb = safeInteger(match?.[3])
  if (match === null || usageKb === undefined || limitKb === undefined) return undefined
  return { resource: match[1]!, usageKb, limitKb, failcnt: safeInteger(match[4]) }
}

/**
 * `Memory cgroup stats for PATH: cache:NKB rss:NKB ...` (before 5.3): one line for the group and one
 * for each below it, each its own figures only, so they add up.
 */
export function addMemcgStats(line: string, into: Map<string, number>): boolean {
  const match = /^Memory cgroup stats(?: for .*)?:((?: [a-z_]+:\d+KB)+)/s.exec(line)
  if (match === null) return false
  for (const [, name, kb] of match[1]!.matchAll(/([a-z_]+):(\d+)KB/g)) {
    into.set(name!, (into.get(name!) ?? 0) + Number(kb) * 1024)
  }
  return true
}
