/**
 * One writer for one folder: flock(2) on a descriptor of it, held for life. The kernel drops it with
 * the process, whatever ends that. Node has no flock, but a child shares the descriptor: the command
 * locks its parent's and ends.
 */

const child_process: typeof import('node:child_process') =
  process.getBuiltinModule('node:child_process')

/** A command that takes longer waits for a file server that is away. */
const COMMAND_TIMEOUT_MS = 5000
/** A lock's command that was just started when its shim was killed holds the lock for so long. */
const PATIENCE_MS = 200

/**
 * @param fd of the folder; locked until it is closed
 * @param isPatient whether to try once more, a moment later
 * @returns false when another process has it
 * @throws why it cannot be told, and what to mend
 */
export function lockFolder(fd: number, isPatient: boolean): boolean {
  if (tryLock(fd)) return true
  if (!isPatient) return false
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MS)
  return tryLock(fd)
}

function tryLock(fd: number): boolean {
  const { error, status, signal, stderr } = child_process.spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    encoding: 'utf8',
    timeout: COMMAND_TIMEOUT_MS,
  })
  if (status === 0) return true
  // busybox ends with 1 for a fault, too, and says which.
  if (status === 1 && stderr === '') return false
  const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'
  throw new Error(
    isMissing
      ? 'there is no command flock in PATH, which keeps a second shim out: install util-linux or busybox'
      : `it cannot be locked against a second shim (flock: ${stderr?.trim() || (error?.message ?? signal ?? status)}): use a file system with locks`
  )
}
