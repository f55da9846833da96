/**
 * The kernel's own count of OOM kills, held against the kill lines that were read.
 *
 * __oom_kill_process counts a victim (OOM_KILL in /proc/vmstat, and in the victim's memory control
 * group) and then prints its kill line, for every victim and for nothing else: a victim that is
 * already exiting gets neither, and the first victim of a group kill mostly gets both twice. So there
 * are as many kernel-written kill lines as counts, and a count without a line is a kill that was not
 * seen: its line was overwritten, or the log cannot be read.
 *
 * Held against each other on 6.1 in a guest (global, nested and group kills, a storm, no killable
 * process) and on 6.18: they were the same.
 *
 * Source: kernel, mm/oom_kill.c (4.13 and later); mm/memcontrol.c: memcg_memory_event.
 */

import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { KmsgRecord } from '../kmsg/record.ts'
import { parseKillLine } from '../oom/lines/kill.ts'

export interface KillCounter {
  readonly source: 'vmstat' | 'memcg'
  readonly path: string
  /** The control group's id (its inode number), where it is a group's. */
  readonly cgroup?: string
  /** Kills since boot, or since the group was made; undefined when it cannot be read now. */
  readonly read: () => number | undefined
}

/** The machine's counter; undefined before Linux 4.13 and where /proc does not tell (gVisor). */
export function machineKillCounter(path = '/proc/vmstat'): KillCounter | undefined {
  const counter: KillCounter = { source: 'vmstat', path, read: () => readCount(path) }
  return counter.read() === undefined ? undefined : counter
}

/**
 * The counter of the container that this process runs in; undefined on a machine, where the hierarchy
 * is seen from its root and the machine's counter is the right one.
 */
export function containerKillCounter(root = ''): KillCounter | undefined {
  const path = containerCounterPath(root)
  if (path === undefined || readCount(path) === undefined) return undefined
  const cgroup = String(statSync(dirname(path)).ino)
  return { source: 'memcg', path, cgroup, read: () => readCount(path) }
}

/** `oom_kill N`, a line of vmstat, memory.events (v2) and memory.oom_control (v1) alike. */
function readCount(path: string): number | undefined {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'latin1'))?.[1]
    return count === undefined ? undefined : Number(count)
  } catch {
    return undefined
  }
}

/**
 * Where a container sees the hierarchy: from its own group (in a cgroup namespace, or by a bind
 * mount of that group). The root of a hierarchy has no memory.events (v2), and it has a release_agent
 * (v1), which no other group has.
 */
function containerCounterPath(root: string): string | undefined {
  let mounts: string
  try {
    mounts = readFileSync(`${root}/proc/self/mountinfo`, 'latin1')
  } catch {
    return undefined
  }
  for (const line of mounts.split('\n')) {
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue (proc(5))
    const match = /^\d+ \d+ \S+ \S+ (\S+) .*? - (cgroup2?) \S+ (\S+)$/.exec(line)
    if (match === null) continue
    const folder = root + match[1]!.replaceAll('\\040', ' ')
    if (match[2] === 'cgroup2') {
      // Counts the kills of all groups below it too.
      const path = join(folder, 'memory.events')
      if (readCount(path) !== undefined) return path
    } else if (match[3]!.split(',').includes('memory') && !exists(join(folder, 'release_agent'))) {
      // Counts those of its own processes only.
      return join(folder, 'memory.oom_control')
    }
  }
  return undefined
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Whether the kernel counted a kill when it printed this record. */
export function isCountedKill({ facility, text }: KmsgRecord): boolean {
  return (
    facility === 0 &&
    text.includes('Killed process ') &&
    parseKillLine(text)?.totalVmKb !== undefined
  )
}

/** Compares the counter with the lines. A pure state machine: no clock, no I/O. */
export class KillAudit {
  #accounted: number | undefined
  #previous: number | undefined
  #lines = 0
  #missed = 0

  /** Kills that were seen or reported, as the counter counts them. */
  get accounted(): number | undefined {
    return this.#accounted
  }
  /** Kill lines read. */
  get lines(): number {
    return this.#lines
  }
  /** Kills reported that had no line. */
  get missed(): number {
    return this.#missed
  }

  /** From now on: so many of the counter's kills are seen or reported. */
  begin(accounted: number): void {
    this.#accounted = accounted
    this.#previous = undefined
  }

  /** A kill line that the kernel counted was read. */
  see(): void {
    if (this.#accounted === undefined) return
    this.#lines++
    this.#accounted++
  }

  /**
   * The counter was read, and no record has been since: no more lines can have been read than kills
   * were counted, so that what is too much was counted, but not printed, when the audit began.
   */
  bound(count: number): void {
    if (this.#accounted !== undefined) this.#accounted = Math.min(this.#accounted, count)
  }

  /**
   * The records that were there after the counter was read have been read too. A kill is counted a
   * moment before its line is printed: only one that was counted at the check before this one, and
   * has no line still, is missed.
   *
   * @returns how many kills were missed
   */
  check(count: number): number {
    const accounted = this.#accounted ?? count
    const missed = Math.max(0, (this.#previous ?? accounted) - accounted)
    this.#accounted = accounted + missed
    this.#missed += missed
    this.#previous = count
    return missed
  }

  /** Whether every kill counted has been seen or reported. */
  get agrees(): boolean {
    return this.#previous === undefined || this.#previous === this.#accounted
  }
}
