/**
 * One server for one state folder: flock(2) on a descriptor of the folder. The lock is the open file
 * description's, which the kernel forgets with its last descriptor: a process that is killed has left
 * it at that moment, and nothing in the folder can be stale. Node has no flock, but a child shares the
 * description: the command `flock` (util-linux, busybox) locks it for its parent and ends. Node opens
 * with O_CLOEXEC, so that no other child has the descriptor.
 */

import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a server that is just going is waited for. */
const PATIENCE_MS = 1000
const PAUSE_MS = 50
/**
 * A command that has not ended by then (a lock on a network that is down) never will. Below the 10 s that
 * Fastify gives a plugin to start (`pluginTimeout`), after which the application does not.
 */
const COMMAND_TIMEOUT_MS = 5000

/**
 * Locks the open file description of a descriptor, until that is closed.
 *
 * @param patienceMs how long a lock that another has is waited for
 * @returns false when another has it
 * @throws where it cannot be told, with `code` ENOENT where there is no command for it
 */
export async function lockDescriptor(fd: number, patienceMs = PATIENCE_MS): Promise<boolean> {
  const deadline = performance.now() + patienceMs
  while (!(await tryLock(fd))) {
    if (performance.now() >= deadline) return false
    await pause(PAUSE_MS)
  }
  return true
}

function tryLock(fd: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // The short option: busybox may be built without long ones.
    const child = spawn('flock', ['-n', '3'], {
      stdio: ['ignore', 'ignore', 'pipe', fd],
      timeout: COMMAND_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.once('error', reject)
    child.once('close', (status, signal) => {
      if (status === 0) resolve(true)
      // busybox ends with 1 for a fault too, and says which.
      else if (status === 1 && said === '') resolve(false)
      else reject(new Error(said.trim() || `flock ended with ${signal ?? status}`))
    })
  })
}
