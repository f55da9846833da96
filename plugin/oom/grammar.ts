/**
 * The lines of an OOM dump, one function a line, each independent of the others: when a later
 * kernel rewords one, the event loses that field and not the rest.
 *
 * Sources: kernel, mm/oom_kill.c (dump_header, dump_oom_victim, dump_task, __oom_kill_process),
 * mm/show_mem.c (before 6.5 mm/page_alloc.c and lib/show_mem.c), mm/memcontrol*.c
 * (mem_cgroup_print_oom_meminfo, mem_cgroup_print_oom_group), lib/dump_stack.c
 * (dump_stack_print_info); variants of 2.6.32 to 6.18 as printed by the distributions' kernels.
 *
 * All strings here hold one character per byte; names are decoded when an event is made of them.
 */

/**
 * A number as it is printed; undefined where there is none, and for one that a double cannot hold: a
 * figure of which the last digits are made up is worse than none.
 */
function exact(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : undefined
}

/** `COMM invoked oom-killer: gfp_mask=0x..(GFP_..), order=N, oom_score_adj=N` */
export interface Opener {
  readonly comm: string
  readonly gfpMask: string | undefined
  /** Allocation order (2^order pages); -1 when a person asked for the kill through sysrq. */
  readonly order: number | undefined
  /** The trigger's own. */
  readonly oomScoreAdj: number | undefined
}

const INVOKED = ' invoked oom-killer'

export function parseOpener(line: string): Opener | undefined {
  // Looked for by its rarest part first, because every line of the kernel comes by here.
  if (!line.includes('-killer')) return undefined
  const at = line.indexOf(INVOKED)
  if (at === -1) return undefined
  const rest = line.slice(at + INVOKED.length)
  // What people write about it ("x invoked oom-killer on our machine") is no line of the kernel.
  if (!/^(?::|\s*$)|\b(?:gfp_mask|order)=/.test(rest) || rest.includes('=%')) return undefined
  const order = /\border=(-?\d+)/.exec(rest)?.[1]
  return {
    comm: line.slice(0, at),
    gfpMask: /\bgfp_mask=(0x[0-9a-f]+(?:\([^)]*\))?)/.exec(rest)?.[1],
    order: exact(order),
    oomScoreAdj: kilobytes(rest, /\boom_score_adj=(-?\d+)/),
  }
}

/**
 * The trigger's pid from `CPU: 1 UID: 0 PID: 74 Comm: NAME ...` (UID since 6.11) or, before 3.9,
 * `Pid: 74, comm: NAME ...`. The name is unquoted and may hold spaces, so it is not cut out but
 * held against the opener's: another task's line in the middle of the dump must not match.
 */
export function parseTriggerPid(line: string, comm: string): number | undefined {
  const match =
    /^CPU: ?\d+ (?:UID: \d+ )?PID: (\d+) Comm: /.exec(line) ?? /^Pid: (\d+), comm: /.exec(line)
  if (match === null) return undefined
  const rest = line.slice(match[0].length)
  return rest === comm || rest.startsWith(`${comm} `) ? exact(match[1]) : undefined
}

/** The kernel's release from a `CPU:` or `Pid:` line (`6.1.0-18-amd64`), for the diagnosis only. */
export function parseKernelRelease(line: string): string | undefined {
  return /(?:Not tainted|Tainted: [A-Z ]+?) +(\d\S*)/.exec(line)?.[1]
}

/**
 * `oom-kill:constraint=C,nodemask=M[,cpuset=NAME,mems_allowed=LIST][,global_oom|,oom_memcg=PATH]
 * [,task_memcg=PATH],task=COMM,pid=N,uid=N` (5.0; RHEL 8). Paths and names may hold commas, so the
 * tail is read from the right, where the numbers are.
 */
export interface StructuredLine {
  /** `NONE`, `MEMCG`, `CPUSET`, `MEMORY_POLICY` or what a later kernel calls it. */
  readonly constraint: string
  readonly global: boolean
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
const MAX_COMM = 15
const STRUCTURED_HEAD =
  /^oom-kill:constraint=(?:CONSTRAINT_)?(\w+)(?:,nodemask=(\(null\)|[\d,-]*?))?(?:,cpuset=(.*?),mems_allowed=([\d,-]*?))?(?=,global_oom|,oom_memcg=|,task_memcg=|,task=|$)/s

/**
 * @param comm the victim's name where it is known from the kill line: with it, paths and names that
 *   look like parts of the line cannot be mistaken for them
 */
export function parseStructuredLine(line: string, comm?: string): StructuredLine | undefined {
  if (!line.startsWith(STRUCTURED)) return undefined
  const head = STRUCTURED_HEAD.exec(line) ?? /^oom-kill:constraint=(?:CONSTRAINT_)?(\w+)/.exec(line)
  if (head === null) return undefined
  const tail = /,pid=(\d+),uid=(\d+)\s*$/.exec(line)
  const end = tail?.index ?? line.length
  const taskAt = findTask(line, end, tail !== null, comm)
  const groups = line.slice(head[0].length, taskAt === -1 ? end : taskAt)
  const isGlobal = groups.startsWith(',global_oom')
  const [oomMemcg, taskMemcg] = splitGroups(groups)
  return {
    constraint: head[1]!,
    global: isGlobal,
    nodemask: head[2],
    cpuset: head[3],
    memsAllowed: head[4],
    oomMemcg,
    // Without what follows it, a path may be cut short and is not believed.
    taskMemcg: taskAt !== -1 && taskMemcg?.startsWith('/') ? taskMemcg : undefined,
    comm: tail !== null && taskAt !== -1 ? line.slice(taskAt + 6, end) : undefined,
    pid: exact(tail?.[1]),
    uid: exact(tail?.[2]),
  }
}

function findTask(line: string, end: number, isWhole: boolean, comm: string | undefined): number {
  if (!isWhole) return line.lastIndexOf(',task=')
  if (comm !== undefined && line.slice(0, end).endsWith(`,task=${comm}`))
    return end - comm.length - 6
  // A comm may itself hold ',task=', but not more than 15 bytes: the first one that leaves a
  // possible name is the separator.
  const at = line.indexOf(',task=', Math.max(0, end - MAX_COMM - 6))
  return at < end ? at : -1
}

/** `,oom_memcg=A,task_memcg=B` or `,global_oom,task_memcg=B`, with B mostly A or below it. */
function splitGroups(groups: string): [oom: string | undefined, task: string | undefined] {
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
  return [undefined, undefined]
}

/** What may follow the structured line's head, in this order. */
const STRUCTURED_PARTS = [/,(?:global_oom|oom_memcg=)/, /,task_memcg=/, /,task=/]

/**
 * Whether a line is the end of a structured line whose pr_cont chain another CPU's output cut in two.
 * It must not say once more what the line says already: then it is another line's.
 */
export function isStructuredTail(line: string, head = STRUCTURED): boolean {
  if (!/^,.*,pid=\d+,uid=\d+\s*$/s.test(line)) return false
  const first = STRUCTURED_PARTS.findIndex(part => line.search(part) === 0)
  return first !== -1 && !STRUCTURED_PARTS.slice(first).some(part => part.test(head))
}

/**
 * `[PREFIX: ]Killed process P (COMM) total-vm:NkB, anon-rss:NkB, file-rss:NkB[, shmem-rss:NkB][,
 * UID:N pgtables:NkB oom_score_adj:N]`; RHEL 6 and 7 write the uid before or after the name.
 */
export interface KillLine {
  readonly prefix: string
  readonly pid: number
  readonly comm: string
  readonly totalVmKb: number | undefined
  readonly anonRssKb: number | undefined
  readonly fileRssKb: number | undefined
  readonly shmemRssKb: number | undefined
  readonly uid: number | undefined
  readonly pgtablesKb: number | undefined
  readonly oomScoreAdj: number | undefined
}

const KILLED = 'Killed process '

export function parseKillLine(line: string): KillLine | undefined {
  const at = line.indexOf(KILLED)
  if (at === -1) return undefined
  const head = /^(\d+)(?:, UID (\d+),)? \(/.exec(line.slice(at + KILLED.length, at + 64))
  const pid = exact(head?.[1])
  if (head === null || pid === undefined) return undefined
  const nameAt = at + KILLED.length + head[0].length
  // The name may hold any byte, ')' and ' total-vm:' too: it ends at the last place that fits.
  const figures = /.*(\)(?:, UID (\d+))?,? total-vm:)/s.exec(line.slice(nameAt))
  const nameEnd =
    figures === null ? line.lastIndexOf(')') : nameAt + figures[0].length - figures[1]!.length
  if (nameEnd < nameAt) return undefined
  const rest = line.slice(nameEnd + 1)
  const uid = head[2] ?? figures?.[2] ?? /\bUID:(\d+)/.exec(rest)?.[1]
  return {
    prefix: line.slice(0, at).replace(/: *$/, ''),
    pid,
    comm: line.slice(nameAt, nameEnd),
    totalVmKb: kilobytes(rest, /\btotal-vm:(\d+)(?=k)/),
    anonRssKb: kilobytes(rest, /\banon-rss:(\d+)(?=k)/),
    fileRssKb: kilobytes(rest, /\bfile-rss:(\d+)(?=k)/),
    shmemRssKb: kilobytes(rest, /\bshmem-rss:(\d+)(?=k)/),
    uid: exact(uid),
    pgtablesKb: kilobytes(rest, /\bpgtables:(\d+)(?=k)/),
    oomScoreAdj: kilobytes(rest, /\boom_score_adj:(-?\d+)/),
  }
}

function kilobytes(text: string, pattern: RegExp): number | undefined {
  return exact(pattern.exec(text)?.[1])
}

/**
 * Before 5.1: `PREFIX: Kill process P (COMM) score N or sacrifice child`. Nobody is dead yet, and
 * the one who dies may be a child of P.
 */
export function parseSacrificeLine(line: string): { pid: number; prefix: string } | undefined {
  if (!mayBeSacrificeLine(line)) return undefined
  const match =
    /^(.*?): [Kk]ill process (\d+) \(.*\) (?:score \d+ )?or (?:sacrifice|a) child/s.exec(line)
  const pid = exact(match?.[2])
  return match === null || pid === undefined ? undefined : { prefix: match[1]!, pid }
}

/** A cheap test before the pattern. */
export function mayBeSacrificeLine(line: string): boolean {
  return (
    line.includes('Kill process ') || (line.startsWith('Out of') && line.includes('kill process '))
  )
}

/** `Tasks in PATH are going to be killed due to memory.oom.group set` (4.19) */
export function parseGroupLine(line: string): string | undefined {
  return /^Tasks in (.*) are going to be killed due to memory\.oom\.group set/s.exec(line)?.[1]
}

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
  const usageKb = exact(match?.[2])
  const limitKb = exact(match?.[3])
  if (match === null || usageKb === undefined || limitKb === undefined) return undefined
  return { resource: match[1]!, usageKb, limitKb, failcnt: exact(match[4]) }
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

/** Mem-Info's counters, in pages: `active_anon:N inactive_anon:N ... free:N free_pcp:N`. */
export function parseCounters(line: string, into: Map<string, number>): boolean {
  let found = false
  if (!line.includes(':')) return found
  COUNTER.lastIndex = 0
  for (let match = COUNTER.exec(line); match !== null; match = COUNTER.exec(line)) {
    found = true
    const name = match[1]!
    const value = exact(match[2])
    if (value !== undefined && !into.has(name) && into.size < 64) into.set(name, value)
  }
  return found
}

const COUNTER = /(?:^|\s)([a-z][a-z_]*(?:\([a-z]+\))?):(\d+)(?=\s|$)/g

/** `[Node N ]ZONE free:NkB [boost:NkB ]min:NkB low:NkB high:NkB ... present:NkB managed:NkB` */
export interface Zone {
  readonly node: number
  readonly name: string
  readonly freeKb: number
  readonly minKb: number | undefined
  readonly lowKb: number | undefined
  readonly highKb: number | undefined
  /** Kept for atomic allocations of several pages (4.20): free, but not for everybody. */
  readonly highAtomicKb: number | undefined
  /** Free in the contiguous memory allocator's areas: for movable pages only. */
  readonly freeCmaKb: number | undefined
  readonly kernelStackKb: number | undefined
  readonly presentKb: number | undefined
  readonly managedKb: number | undefined
}

export function parseZone(line: string): Zone | undefined {
  const match = /^(?:Node (\d+) )?(DMA|DMA32|Normal|HighMem|Movable|Device) free:(\d+)kB /.exec(
    line
  )
  if (match === null) return undefined
  return {
    node: Number(match[1] ?? 0),
    name: match[2]!,
    freeKb: Number(match[3]),
    minKb: kilobytes(line, / min:(\d+)kB/),
    lowKb: kilobytes(line, / low:(\d+)kB/),
    highKb: kilobytes(line, / high:(\d+)kB/),
    highAtomicKb: kilobytes(line, / reserved_highatomic:(\d+)KB/i),
    freeCmaKb: kilobytes(line, / free_cma:(\d+)kB/),
    kernelStackKb: kilobytes(line, / kernel_stack:(\d+)kB/),
    presentKb: kilobytes(line, / present:(\d+)kB/),
    managedKb: kilobytes(line, / managed:(\d+)kB/),
  }
}

/**
 * `lowmem_reserve[]: 0 1921 1921 1921`, after its zone: by how many pages more than the minimum must
 * be free for an allocation that may use a higher zone, in the order of the zones.
 */
export function parseLowmemReserve(line: string): number[] | undefined {
  const match = /^lowmem_reserve\[\]:((?: \d+)+)/.exec(line)
  return match?.[1]?.trim().split(' ').slice(0, 8).map(Number)
}

/** `[Node N ]ZONE: A*4kB (UME) B*8kB ... = NkB`: free blocks by size; the first is one page. */
export interface BuddyLine {
  readonly node: number
  readonly zone: string
  /** [block size in KiB, free blocks of it that are not reserved: CMA, high-order atomic, isolated] */
  readonly blocks: ReadonlyArray<readonly [number, number]>
}

export function parseBuddyLine(line: string): BuddyLine | undefined {
  const match = /^(?:Node (\d+) )?(DMA|DMA32|Normal|HighMem|Movable|Device): (\d+\*\d+kB.*)/.exec(
    line
  )
  if (match === null) return undefined
  const blocks: Array<[number, number]> = []
  for (const [, count, size, types] of match[3]!.matchAll(/(\d+)\*(\d+)kB(?: \(([A-Z]+)\))?/g)) {
    const isReserved = types !== undefined && /^[CHI]+$/.test(types)
    if (blocks.length < 32) blocks.push([Number(size), isReserved ? 0 : Number(count)])
  }
  return { node: Number(match[1] ?? 0), zone: match[2]!, blocks }
}

/** `Node N active_anon:NkB ... ` (4.8): the node's own counters, in KiB. */
export function parseNodeCounter(
  line: string
): { node: number; activeAnonKb: number; kernelStackKb: number } | undefined {
  const match = /^Node (\d+) active_anon:(\d+)kB /.exec(line)
  if (match === null) return undefined
  return {
    node: Number(match[1]),
    activeAnonKb: Number(match[2]),
    // The zones' until 5.9.
    kernelStackKb: kilobytes(line, / kernel_stack:(\d+)kB/) ?? 0,
  }
}

/** `Node N hugepages_total=N hugepages_free=N hugepages_surp=N hugepages_size=NkB` */
export function parseHugePages(line: string): { totalKb: number; freeKb: number } | undefined {
  const match =
    /^(?:Node \d+ )?hugepages_total=(\d+) hugepages_free=(\d+) .*hugepages_size=(\d+)kB/.exec(line)
  if (match === null) return undefined
  const size = Number(match[3])
  return { totalKb: Number(match[1]) * size, freeKb: Number(match[2]) * size }
}

/**
 * `N pages RAM`, `N pages reserved`, `N pages HighMem[/MovableOnly]`; ARM's own show_mem (before 3.1)
 * wrote `N pages of RAM`, `N reserved pages`
 */
export function parsePages(
  line: string
): { of: 'RAM' | 'reserved' | 'HighMem'; pages: number } | undefined {
  const match =
    /^(\d+) pages (?:of )?(RAM|reserved|HighMem)\b/.exec(line) ??
    /^(\d+) (reserved) pages$/.exec(line)
  const pages = exact(match?.[1])
  return match === null || pages === undefined
    ? undefined
    : { pages, of: match[2] as 'RAM' | 'reserved' | 'HighMem' }
}

/** `Free swap  = NkB`, `Total swap = NkB`; the free is negative while swap is being turned off. */
export function parseSwap(line: string): { of: 'Free' | 'Total'; kb: number } | undefined {
  const match = /^(Free|Total) swap *= *(-?\d+)kB/.exec(line)
  const kb = exact(match?.[2])
  return match === null || kb === undefined ? undefined : { of: match[1] as 'Free' | 'Total', kb }
}

/** How a dump ends when the kernel finds nobody to kill, or is told to panic instead. */
export type DeadEnd = 'no_killable_process' | 'panic'

export function parseDeadEnd(line: string): DeadEnd | undefined {
  if (line.startsWith('Out of memory and no killable processes')) return 'no_killable_process'
  if (!line.startsWith('Kernel panic - not syncing: ')) return undefined
  return /no killable processes|deadlocked on memory/.test(line) ? 'no_killable_process' : 'panic'
}
