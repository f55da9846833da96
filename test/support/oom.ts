/**
 * Real OOM kills: a process that grows in a memory control group of its own until the kernel kills
 * it. The hog is coreutils' `tail /dev/zero`, which reads for ever looking for a line.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

const V1 = '/sys/fs/cgroup/memory'
const V2 = '/sys/fs/cgroup'

/** Why no OOM kill can be made on this machine, or undefined when it can. */
export function whyNoOomKills(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: no memory control group can be made'
  try {
    openKernelLog()
  } catch (error) {
    return `the kernel log cannot be read: ${(error as Error).message}`
  }
  if (existsSync(join(V1, 'memory.limit_in_bytes'))) return undefined
  if (existsSync(join(V2, 'cgroup.subtree_control'))) return undefined
  return 'no memory control group controller is mounted'
}

export interface MemoryGroup {
  /** As the kernel names it in a dump. */
  readonly path: string
  readonly limitKb: number
  /** The folder's file to which a pid is written. */
  readonly procs: string
}

/** A control group with a limit; removed after the test. */
export function memoryGroup(
  t: Pick<TestContext, 'after'>,
  name: string,
  limitKb = 64 * 1024
): MemoryGroup {
  const isV1 = existsSync(join(V1, 'memory.limit_in_bytes'))
  const folder = join(isV1 ? V1 : V2, name)
  if (!isV1) writeFileSync(join(V2, 'cgroup.subtree_control'), '+memory')
  mkdirSync(folder, { recursive: true })
  t.after(() => removeGroup(folder))
  writeFileSync(join(folder, isV1 ? 'memory.limit_in_bytes' : 'memory.max'), String(limitKb * 1024))
  return { path: `/${name}`, limitKb, procs: join(folder, 'cgroup.procs') }
}

function removeGroup(folder: string): void {
  // A killed process leaves its group a moment after its parent has heard of it.
  for (let tries = 0; ; tries++) {
    try {
      rmdirSync(folder)
      return
    } catch (error) {
      if (tries === 100) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/**
 * Runs a hog in the group until the kernel kills it.
 *
 * @param comm the name it runs under: the file name of what is executed, any bytes but `/` and NUL
 * @returns its pid
 */
export async function oomKill(
  t: Pick<TestContext, 'after'>,
  group: MemoryGroup,
  comm: string | Buffer
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-hog-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const tail = execFileSync('sh', ['-c', 'command -v tail'], { encoding: 'utf8' }).trim()
  // A name of arbitrary bytes cannot be passed as an argument of spawn: the shell expands it.
  symlinkSync(tail, Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(comm)]))
  const hog: ChildProcess = spawn(
    'sh',
    [
      '-c',
      'echo $$ > "$1" && cd "$2" && for hog in *; do exec "./$hog" /dev/zero; done',
      'sh',
      group.procs,
      folder,
    ],
    { stdio: 'ignore' }
  )
  const signal = await new Promise(resolve => hog.once('exit', (_, name) => resolve(name)))
  if (signal !== 'SIGKILL' || hog.pid === undefined)
    throw new Error(`the hog was not killed (${signal})`)
  return hog.pid
}

/** Opens /dev/kmsg for reading without blocking, at its oldest record. */
export function openKernelLog(): number {
  return openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK)
}

/** The records that are left to read, as /dev/kmsg gives them, one string of bytes (latin1) each. */
export function readKernelLog(fd: number): string[] {
  const buffer = Buffer.alloc(8192)
  const records: string[] = []
  for (;;) {
    try {
      records.push(buffer.toString('latin1', 0, readSync(fd, buffer)))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return records
      if (code !== 'EPIPE') throw error
    }
  }
}
