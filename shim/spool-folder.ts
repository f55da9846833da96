/**
 * The folder of a spool: a real one, this user's, and locked, so that it has one writer.
 *
 * Two supervisords may share a state folder. Neither is to deliver what the other reports, so the
 * shim of the second one has a folder of its own beside the first: `spool`, `spool-2` and so on. What
 * a shim that has gone left in its folder is taken over by another (spool-dir.ts).
 */

import { join } from 'node:path'
import { fs } from './built-ins.ts'
import { FOLDER_MODE, makeFolder } from './files.ts'
import { lockFolder } from './folder-lock.ts'

export interface SpoolFolder {
  /** For messages. */
  readonly path: string
  /** For the names in it: by the descriptor, so that it stays this folder, whoever renames it. */
  readonly base: string
  /** Of the folders of this state folder, which; from 1. */
  readonly slot: number
  readonly fd: number
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = fs.constants
const MAX_SLOTS = 8

export function slotName(name: string, slot: number): string {
  return slot === 1 ? name : `${name}-${slot}`
}

export function spoolPaths(stateDir: string): string[] {
  return Array.from({ length: MAX_SLOTS }, (_, index) =>
    join(stateDir, slotName('spool', index + 1))
  )
}

/**
 * The first that nobody has.
 *
 * @throws why none can be used, and what to mend
 */
export function openSpoolFolder(stateDir: string): SpoolFolder {
  for (const [index, path] of spoolPaths(stateDir).entries()) {
    make(path)
    const folder = openAndLock(path, index + 1, index === 0)
    if (folder !== undefined) return folder
  }
  throw new Error(
    `${MAX_SLOTS} other shims use ${stateDir}: give each supervisord a folder of its own in SYSMON_STATE_DIR`
  )
}

/**
 * @returns undefined when another shim has it
 * @throws why it cannot be used, and what to mend
 */
export function openAndLock(
  path: string,
  slot: number,
  isPatient = false
): SpoolFolder | undefined {
  const fd = open(path)
  try {
    check(fd, path)
    // Somebody may have removed it in between.
    if (lockFolder(fd, isPatient) && isStill(fd, path))
      return { path, base: base(fd, path), slot, fd }
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
  fs.closeSync(fd)
  return undefined
}

/** Never throws. */
export function isOwnFolder(path: string): boolean {
  try {
    const stat = fs.lstatSync(path)
    return stat.isDirectory() && isOwn(stat.uid)
  } catch {
    return false
  }
}

function isOwn(uid: number): boolean {
  return uid === process.geteuid?.() || uid === 0
}

function make(path: string): void {
  try {
    makeFolder(path)
  } catch (error) {
    throw new Error(
      `${(error as Error).message}: name a folder that this user can write, with free space, in SYSMON_STATE_DIR`
    )
  }
}

function open(path: string): number {
  try {
    return fs.openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false })
    if (stat?.isSymbolicLink()) {
      throw new Error(
        `${path} is a symbolic link, which is not followed: remove it, and name the folder above its target in SYSMON_STATE_DIR`
      )
    }
    if (stat !== undefined && !stat.isDirectory()) {
      throw new Error(`${path} is no folder: remove it, or name another one in SYSMON_STATE_DIR`)
    }
    throw new Error(
      `${(error as Error).message}: name a folder that this user can read and write in SYSMON_STATE_DIR`
    )
  }
}

/** Who can write in it says what the API takes for supervisord's word. */
function check(fd: number, path: string): void {
  const { uid, mode } = fs.fstatSync(fd)
  const own = process.geteuid?.()
  if (!isOwn(uid)) {
    throw new Error(
      `${path} belongs to another user (${uid}, not ${own}): chown it, or name another folder in SYSMON_STATE_DIR`
    )
  }
  if ((mode & 0o022) === 0) return
  if (uid !== own) {
    throw new Error(`${path} can be written by others: chmod it to ${FOLDER_MODE.toString(8)}`)
  }
  fs.fchmodSync(fd, mode & ~0o022)
}

function isStill(fd: number, path: string): boolean {
  const [opened, named] = [fs.fstatSync(fd), fs.lstatSync(path, { throwIfNoEntry: false })]
  return named?.dev === opened.dev && named.ino === opened.ino
}

function base(fd: number, path: string): string {
  const link = `/proc/self/fd/${fd}`
  return fs.existsSync(link) ? link : path
}
