/** Whose pids are the same: a container's are numbered apart from those that the kernel logs. */

import { readFileSync, readlinkSync } from 'node:fs'

/** The machine's own (PROC_PID_INIT_INO, https://github.com/torvalds/linux/blob/master/include/linux/proc_ns.h). */
const INITIAL = 'pid:[4026531836]'

/** @returns undefined where /proc does not tell */
export function pidNamespace(): 'kernel' | 'own' | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid') === INITIAL ? 'kernel' : 'own'
  } catch {
    return undefined
  }
}

/** Whether pids of the kernel log are those of this process's `/proc`. */
export function seesKernelPids(): boolean {
  return pidNamespace() === 'kernel'
}

/** The command line, with spaces; undefined where there is no such process, or it is not to be read. */
export function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    return undefined
  }
}
