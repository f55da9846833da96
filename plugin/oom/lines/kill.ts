/**
 * The lines about the death itself.
 *
 * Sources: kernel, mm/oom_kill.c: __oom_kill_process, oom_kill_process; OpenVZ's and Virtuozzo's
 * kernels, mm/oom_group.c.
 */

import { numberIn, safeInteger } from './numbers.ts'

/**
 * `[PREFIX: ]Killed process P (COMM) total-vm:NkB, anon-rss:NkB, file-rss:NkB[, shmem-rss:NkB][,
 * UID:N pgtables:NkB oom_score_adj:N]`; RHEL 6 and 7 write the uid before or after the name, 2.6.33
 * to 2.6.35 `vsz:` for `total-vm:`, OpenVZ `OOM killed process P (COMM) score N vm:NkB, rss:NkB,
 * swap:NkB`, and its 2.6.18 `OOM killed process COMM (pid=P, ve=N) exited, free=N gen=N`.
 */
export interface KillLine {
  readonly prefix: string
  readonly pid: number
  readonly comm: string
  readonly totalVmKb: number | undefined
  readonly anonRssKb: number | undefined
  readonly fileRssKb: number | undefined
  readonly shmemRssKb: number | undefined
  /** The whole of it, where the parts are not told (OpenVZ). */
  readonly rssKb: number | undefined
  readonly swapKb: number | undefined
  readonly uid: number | undefined
  readonly pgtablesKb: number | undefined
  readonly oomScoreAdj: number | undefined
}

const KILLED = 'Killed process '
const OPENVZ_KILLED = 'OOM killed process '
/** What may stand between the name and the first figure. */
const AFTER_NAME = /\)(?:, UID (\d+))?,?(?: score \d+)? $/
const FIRST_FIGURES = ['total-vm:', 'vsz:', 'vm:']
const MAX_BETWEEN_CHARS = 48
/** The kernel's limit, in bytes. */
const MAX_COMM_BYTES = 15
const OPENVZ_EXITED = /^(.{1,15}) \(pid=(\d+), ve=\d+\) exited/s

export function parseKillLine(line: string): KillLine | undefined {
  const standard = line.indexOf(KILLED)
  const at = standard === -1 ? line.indexOf(OPENVZ_KILLED) : standard
  if (at === -1) return undefined
  const headAt = at + (standard === -1 ? OPENVZ_KILLED.length : KILLED.length)
  const head = /^(\d+)(?:, ?UID (\d+),?)? ?\(/.exec(line.slice(headAt, headAt + 64))
  const pid = safeInteger(head?.[1])
  if (head === null || pid === undefined) {
    return standard === -1 ? parseExited(line.slice(headAt)) : undefined
  }
  const nameAt = headAt + head[0].length
  const { nameEnd, uid } = endOfName(line, nameAt)
  if (nameEnd < nameAt) return undefined
  const rest = line.slice(nameEnd + 1)
  return {
    prefix: line.slice(0, at).replace(/: ?$/, ''),
    pid,
    comm: line.slice(nameAt, nameEnd),
    totalVmKb: numberIn(rest, /\b(?:total-vm|vsz|vm):(\d+)(?=k)/),
    anonRssKb: numberIn(rest, /\banon-rss:(\d+)(?=k)/),
    fileRssKb: numberIn(rest, /\bfile-rss:(\d+)(?=k)/),
    shmemRssKb: numberIn(rest, /\bshmem-rss:(\d+)(?=k)/),
    rssKb: numberIn(rest, /(?<!-)\brss:(\d+)(?=k)/),
    swapKb: numberIn(rest, /\bswap:(\d+)(?=k)/),
    uid: safeInteger(head[2] ?? uid ?? /\bUID:(\d+)/.exec(rest)?.[1]),
    pgtablesKb: numberIn(rest, /\bpgtables:(\d+)(?=k)/),
    oomScoreAdj: numberIn(rest, /\boom_score_adj:(-?\d+)/),
  }
}

function parseExited(rest: string): KillLine | undefined {
  const match = OPENVZ_EXITED.exec(rest)
  const pid = safeInteger(match?.[2])
  if (match === null || pid === undefined) return undefined
  return {
    prefix: 'Out of memory',
    pid,
    comm: match[1]!,
    totalVmKb: undefined,
    anonRssKb: undefined,
    fileRssKb: undefined,
    shmemRssKb: undefined,
    rssKb: undefined,
    swapKb: undefined,
    uid: undefined,
    pgtablesKb: undefined,
    oomScoreAdj: undefined,
  }
}

interface NameEnd {
  readonly nameEnd: number
  readonly uid: string | undefined
}

/** The name may hold any byte, ')' and ' total-vm:' too: it ends at the last place that fits. */
function endOfName(line: string, nameAt: number): NameEnd {
  for (const figure of FIRST_FIGURES) {
    let at = line.lastIndexOf(figure)
    for (; at >= nameAt; at = line.lastIndexOf(figure, at - 1)) {
      const from = Math.max(nameAt, at - MAX_BETWEEN_CHARS)
      const found = AFTER_NAME.exec(line.slice(from, at))
      if (found !== null) return { nameEnd: from + found.index, uid: found[1] }
    }
  }
  // In a saved log a reader's own words may follow: what is longer than a name can be does not fit.
  const last = line.lastIndexOf(')')
  const fitting =
    last - nameAt > MAX_COMM_BYTES ? line.lastIndexOf(')', nameAt + MAX_COMM_BYTES) : last
  return { nameEnd: fitting > nameAt ? fitting : last, uid: undefined }
}

/**
 * Before 5.1: `PREFIX: Kill process P (COMM) score N or sacrifice child`. Nobody is dead yet, and
 * the one who dies may be a child of P.
 */
export function parseSacrificeLine(
  line: string
): { pid: number; prefix: string; score?: number | undefined } | undefined {
  if (!mayBeSacrificeLine(line)) return undefined
  const match = /: [Kk]ill process (\d+) ?\(/.exec(line)
  const pid = safeInteger(match?.[1])
  if (match === null || pid === undefined) return undefined
  const prefix = line.slice(0, match.index)
  const isKernels =
    /^(?:Memory cgroup o|O)ut of memory(?: \([a-z_]+\))?$/i.test(prefix) ||
    /\) (?:score \d+ )?or (?:sacrifice|a) child/.test(line.slice(match.index))
  const score = numberIn(line.slice(match.index), /\) score (\d+) or /)
  return isKernels ? { prefix, pid, score } : undefined
}

/** A cheap test before the pattern. */
export function mayBeSacrificeLine(line: string): boolean {
  return (
    line.includes('Kill process ') ||
    (line.includes(' kill process ') && /^(?:Out of|Memory)/.test(line))
  )
}

/** `Tasks in PATH are going to be killed due to memory.oom.group set` (4.19) */
export function parseGroupLine(line: string): string | undefined {
  return /^Tasks in (.*) are going to be killed due to memory\.oom\.group set/s.exec(line)?.[1]
}
