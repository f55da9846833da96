/** Writing into the kernel log: lines that a person injects, and floods that overrun its ring. */

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import type { TestContext } from 'node:test'

/** `on`, `ratelimit`, or `off`: then nobody can open the device. */
export const RATE = '/proc/sys/kernel/printk_devkmsg'

/** Lets a test write more than ten lines in five seconds. */
export function allowWrites(t: TestContext): void {
  setSwitch(t, RATE, 'on')
}

/** Sets a switch of the kernel's for the time of a test. */
export function setSwitch(t: TestContext, path: string, value: string): void {
  const before = readFileSync(path, 'utf8')
  if (before.trim() === value) return
  writeFileSync(path, `${value}\n`)
  t.after(() => writeFileSync(path, before))
}

export function inject(...lines: readonly string[]): void {
  // The switch is the machine's: another test that has ended may have set it back, and what the rate
  // limit drops is dropped without an error.
  if (readFileSync(RATE, 'utf8').trim() !== 'on') writeFileSync(RATE, 'on\n')
  const fd = openSync('/dev/kmsg', 'w')
  for (const line of lines) writeSync(fd, `<6>${line}\n`)
  closeSync(fd)
}

/** Writes more than the ring of a usual machine holds (2^17 to 2^20 bytes of text), in one go. */
export function overrun(lines = 6000): void {
  const filler = 'x'.repeat(900)
  inject(...Array.from({ length: lines }, () => filler))
}

/** Pids of the processes that never were begin here: above any real one (PID_MAX_LIMIT is 2^22). */
export const FIRST_PID = 4_194_304

let pids = FIRST_PID + (process.pid % 10_000) * 100

/** A kill line of a process that never was, with a pid above any real one. */
export function killLine(): { line: string; pid: number } {
  const pid = pids++
  return {
    pid,
    line: `Out of memory: Killed process ${pid} (chromium) total-vm:1000kB, anon-rss:600kB, file-rss:30kB, shmem-rss:4kB, UID:0 pgtables:8kB oom_score_adj:300`,
  }
}

/** A dump of its own, in two halves: the second ends with the kill. */
export function dumpHalves(): { first: string[]; second: string[]; pid: number; comm: string } {
  const { line, pid } = killLine()
  const comm = `half-${pid}`
  return {
    pid,
    comm,
    first: [
      `${comm} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300`,
      `CPU: 1 UID: 1000 PID: ${pid} Comm: ${comm} Not tainted 6.12.0 #1`,
      'Mem-Info:',
      'active_anon:1413442 inactive_anon:1509191 isolated_anon:0',
      ' free:4352 free_pcp:0 free_cma:0',
    ],
    second: [
      '524288 pages RAM',
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=chromium,pid=${pid},uid=1000`,
      line,
    ],
  }
}
