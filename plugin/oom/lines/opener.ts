/**
 * The first lines of a dump, which say who asked for memory, and the lines that end one without a kill.
 *
 * Sources: kernel, mm/oom_kill.c: dump_header, out_of_memory; lib/dump_stack.c:
 * dump_stack_print_info.
 */

import { numberIn, safeInteger } from './numbers.ts'

/** `COMM invoked oom-killer: gfp_mask=0x..(GFP_..), order=N, oom_score_adj=N` */
export interface Opener {
  /** undefined before 2.6.18, which wrote `oom-killer: gfp_mask=0x.., order=N` */
  readonly comm: string | undefined
  readonly gfpMask: string | undefined
  /** Allocation order (2^order pages); -1 when a person asked for the kill through sysrq. */
  readonly order: number | undefined
  /** The trigger's own. */
  readonly oomScoreAdj: number | undefined
}

const INVOKED = ' invoked oom-killer'
const NAMELESS = 'oom-killer: gfp_mask=0x'

export function parseOpener(line: string): Opener | undefined {
  // Looked for by its rarest part first, because every line of the kernel comes by here.
  if (!line.includes('-killer')) return undefined
  const at = line.indexOf(INVOKED)
  if (at === -1 && !line.startsWith(NAMELESS)) return undefined
  const rest = at === -1 ? line.slice('oom-killer'.length) : line.slice(at + INVOKED.length)
  // What people write about it ("x invoked oom-killer on our machine") is no line of the kernel.
  if (!/^(?::|\s*$)|\b(?:gfp_mask|order)=/.test(rest) || rest.includes('=%')) return undefined
  return {
    comm: at === -1 ? undefined : line.slice(0, at),
    gfpMask: /\bgfp_mask=(0x[0-9a-f]+(?:\([^)]*\))?)/.exec(rest)?.[1],
    order: numberIn(rest, /\border=(-?\d+)/),
    oomScoreAdj: numberIn(rest, /\boom_score_adj=(-?\d+)/),
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
  return rest === comm || rest.startsWith(`${comm} `) ? safeInteger(match[1]) : undefined
}

/** The kernel's release from a `CPU:` or `Pid:` line (`6.1.0-18-amd64`). */
export function parseKernelRelease(line: string): string | undefined {
  return /(?:Not tainted|Tainted: [A-Z ]{1,64}?),? {1,16}(\d\S*)/.exec(line)?.[1]
}

/** How a dump ends when the kernel finds nobody to kill, or is told to panic instead. */
export type DeadEnd = 'no_killable_process' | 'panic'

export function parseDeadEnd(line: string): DeadEnd | undefined {
  if (line.startsWith('Out of memory and no killable processes')) return 'no_killable_process'
  if (!line.startsWith('Kernel panic - not syncing: ')) return undefined
  return /no killable processes|deadlocked on memory/.test(line) ? 'no_killable_process' : 'panic'
}

/** A panic that names the want of memory as its reason, whatever came before it. */
export function isOomPanic(line: string): boolean {
  return /^Kernel panic - not syncing: (?:Out of memory|out of memory)/.test(line)
}
