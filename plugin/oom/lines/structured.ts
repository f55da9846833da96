/**
 * The `oom-kill:` line, which names the constraint, the groups and the victim.
 *
 * Sources: kernel, mm/oom_kill.c: dump_oom_victim; mm/memcontrol*.c: mem_cgroup_print_oom_context.
 */

import { safeInteger } from './numbers.ts'

/**
 * `oom-kill:constraint=C,nodemask=M[,cpuset=NAME,mems_allowed=LIST][,global_oom|,oom_memcg=PATH]
 * [,task_memcg=PATH],task=COMM,pid=N,uid=N` (5.0; RHEL 8). Paths and names may hold commas, so the
 * tail is read from the right, where the numbers are.
 */
export interface StructuredLine {
  /** `NONE`, `MEMCG`, `CPUSET`, `MEMORY_POLICY` or what a later kernel calls it. */
  readonly constraint: string
  readonly nodemask: string | undefined
  readonly cpuset: string | undefined
  readonly memsAllowed: string | undefined
  /** The group whose limit was hit. */
  readonly oomMemcg: string | undefined
  /** The group in which the victim lived. */
  readonly taskMemcg: string | undefined
  readonly comm: string | undefined
  readonly pid: number | undefined
  readonly uid: number | undefined
}

export const STRUCTURED = 'oom-kill:constraint='
const MAX_COMM_BYTES = 15
const STRUCTURED_HEAD =
  /^oom-kill:constraint=(?:CONSTRAINT_)?(\w+)(?:,nodemask=(\(null\)|[\d,-]*?))?(?:,cpuset=(.*?),mems_allowed=([\d,-]*?))?(?=,global_oom|,oom_memcg=|,task_memcg=|,task=|$)/s

/**
 * @param comm the victim's name where it is known from the kill line: with it, paths and names that
 *   look like parts of the line cannot be mistaken for them
 */
export function parseStructuredLine(line: string, comm?: string): StructuredLine | undefined {
  const head = STRUCTURED_HEAD.exec(line) ?? /^oom-kill:constraint=(?:CONSTRAINT_)?(\w+)/.exec(line)
  if (head === null) return undefined
  const tail = /,pid=(\d+),uid=(\d+)\s*$/.exec(line)
  const end = tail?.index ?? line.length
  const taskAt = findTask(line, end, tail !== null, comm)
  const groups = line.slice(head[0].length, taskAt === -1 ? end : taskAt)
  const [oomMemcg, taskMemcg] = splitGroups(groups, taskAt !== -1)
  return {
    constraint: head[1]!,
    nodemask: head[2],
    cpuset: head[3],
    memsAllowed: head[4],
    oomMemcg,
    // Without what follows it, a path may be cut short and is not believed.
    taskMemcg: taskAt !== -1 && taskMemcg?.startsWith('/') ? taskMemcg : undefined,
    comm: tail !== null && taskAt !== -1 ? line.slice(taskAt + 6, end) : undefined,
    pid: safeInteger(tail?.[1]),
    uid: safeInteger(tail?.[2]),
  }
}

function findTask(line: string, end: number, isWhole: boolean, comm: string | undefined): number {
  if (!isWhole) return line.lastIndexOf(',task=')
  if (comm !== undefined && line.slice(0, end).endsWith(`,task=${comm}`))
    return end - comm.length - 6
  // A comm may itself hold ',task=', but not more than 15 bytes: the first one that leaves a
  // possible name is the separator.
  const at = line.indexOf(',task=', Math.max(0, end - MAX_COMM_BYTES - 6))
  return at < end ? at : -1
}

/**
 * `,oom_memcg=A,task_memcg=B` or `,global_oom,task_memcg=B`, with B mostly A or below it.
 *
 * @param isWhole the line goes on after them; somebody who shortened it may have left the second out
 */
function splitGroups(
  groups: string,
  isWhole: boolean
): [oom: string | undefined, task: string | undefined] {
  const SEPARATOR = ',task_memcg='
  if (!groups.startsWith(',oom_memcg=')) {
    const at = groups.indexOf(SEPARATOR)
    return [undefined, at === -1 ? undefined : groups.slice(at + SEPARATOR.length)]
  }
  for (let at = groups.indexOf(SEPARATOR); at !== -1; at = groups.indexOf(SEPARATOR, at + 1)) {
    const oom = groups.slice(11, at)
    const task = groups.slice(at + SEPARATOR.length)
    const isLast = groups.indexOf(SEPARATOR, at + 1) === -1
    if (isLast || task.startsWith(oom)) return [oom, task]
  }
  return [isWhole ? groups.slice(11) : undefined, undefined]
}

/** What may follow the structured line's head, in this order. */
const PARTS = [/,cpuset=/, /,mems_allowed=/, /,(?:global_oom|oom_memcg=)/, /,task_memcg=/, /,task=/]
const VICTIM = /,pid=\d+,uid=\d+\s*$/
const TASK = PARTS.length - 1

/**
 * Whether a line is a further part of a structured line that was cut: by another CPU's output, or by the
 * kernel where a record was full. The kernel appends piece by piece (`,oom_memcg=`, then the path), and
 * a record begins with any of them.
 *
 * @param head the line so far; it must not say already what the part says: then that is another line's
 */
export function isStructuredPart(line: string, head = STRUCTURED): boolean {
  if (head.endsWith('_memcg=')) return line.startsWith('/')
  if (head.endsWith(',cpuset=')) return /^[^,]*,mems_allowed=/.test(line)
  const first = PARTS.findIndex(part => line.search(part) === 0)
  if (first === -1 || (first === TASK && !VICTIM.test(line))) return false
  return !PARTS.slice(first).some(part => part.test(head))
}
