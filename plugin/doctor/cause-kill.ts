/**
 * A harmless OOM kill: one process in a memory control group of its own, which grows until it meets the
 * group's limit. Nothing else on the machine is touched.
 */

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const V1 = '/sys/fs/cgroup/memory'
const V2 = '/sys/fs/cgroup'
const LIMIT_BYTES = 64 * 1024 * 1024
/** A killed process leaves its group a moment after its parent has heard of it. */
const LEAVE_MS = 2000

/**
 * @param group of its own, which is made for it: `/name`, below the group that is seen as the root here
 * @returns when its parent heard of the kill, Unix ms
 * @throws an Error that says why none can be caused here
 */
export async function causeKill(group: string): Promise<number> {
  const isV1 = existsSync(join(V1, 'memory.limit_in_bytes'))
  const folder = join(isV1 ? V1 : V2, group)
  try {
    if (!isV1) writeFileSync(join(V2, 'cgroup.subtree_control'), '+memory')
    mkdirSync(folder)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`a memory control group cannot be made, which takes root: ${message}`)
  }
  try {
    writeFileSync(join(folder, isV1 ? 'memory.limit_in_bytes' : 'memory.max'), String(LIMIT_BYTES))
    // With swap it would be killed too, only later.
    const swap = join(folder, 'memory.swap.max')
    if (existsSync(swap)) writeFileSync(swap, '0')
    const status = await grow(join(folder, 'cgroup.procs'))
    if (status !== 'SIGKILL') throw new Error(`the kernel killed nothing (${status})`)
    return Date.now()
  } finally {
    await remove(folder)
  }
}

/** `tail` looks for the end of an endless line. */
async function grow(procs: string): Promise<string> {
  const script = 'echo $$ > "$1" && exec tail /dev/zero'
  const child = spawn('sh', ['-c', script, 'sh', procs], { stdio: 'ignore' })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (status, signal) => resolve(signal ?? `exit status ${status}`))
  })
}

async function remove(folder: string): Promise<void> {
  for (const end = Date.now() + LEAVE_MS; ; ) {
    try {
      rmdirSync(folder)
      return
    } catch (error) {
      if (Date.now() > end) throw error
      await sleep(20)
    }
  }
}
