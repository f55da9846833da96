/** Files of a folder in which others may have put something else: never followed, never waited for. */

import { dirname } from 'node:path'
import { fs } from './built-ins.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_CREAT, O_EXCL, O_WRONLY, O_RDONLY } = fs.constants

/** The API's user, of the folder's group, may look into the spool and count. */
const FILE_MODE = 0o640
export const FOLDER_MODE = 0o750

/**
 * The open descriptor of a regular file. A FIFO is not waited for, no device is opened for what
 * opening it does, and no link is followed.
 *
 * @throws a system error, or that it is no regular file
 */
export function openFile(path: string, flags: number): number {
  const fd = fs.openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, FILE_MODE)
  if (fs.fstatSync(fd).isFile()) return fd
  fs.closeSync(fd)
  throw new Error(`${path} is no regular file`)
}

/**
 * @throws a system error, that it is no regular file, or that it is longer than `maxBytes`
 */
export function readFile(path: string, maxBytes: number): string {
  const fd = openFile(path, O_RDONLY)
  try {
    const { size } = fs.fstatSync(fd)
    if (size > maxBytes) throw new Error(`${path} has ${size} bytes, more than ${maxBytes}`)
    return fs.readFileSync(fd, 'utf8')
  } finally {
    fs.closeSync(fd)
  }
}

/**
 * Writes a file that is there whole or not at all, in the place of whatever had its name.
 *
 * @param unfinished its name until it is whole
 * @returns its open descriptor, for an fsync
 * @throws a system error; nothing is left behind then
 */
export function replaceFile(path: string, unfinished: string, content: string): number {
  // What is left of a kill, or what somebody has put there, goes; it is not written to.
  removeFile(unfinished)
  const fd = fs.openSync(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE)
  try {
    fs.writeFileSync(fd, content)
    fs.renameSync(unfinished, path)
    return fd
  } catch (error) {
    fs.closeSync(fd)
    removeFile(unfinished)
    throw error
  }
}

/** Never throws: it has gone already, or the disk has become read-only. */
export function removeFile(path: string): void {
  try {
    fs.unlinkSync(path)
  } catch {
    // See above.
  }
}

/**
 * With its parents. Not by `recursive`, which never returns where the system answers ENOENT although
 * the parent is there, as in /proc (seen on Node 20 to 26).
 *
 * @throws a system error
 */
export function makeFolder(path: string): void {
  try {
    fs.mkdirSync(path, FOLDER_MODE)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    fs.mkdirSync(path, FOLDER_MODE)
  }
}
