/**
 * How everything in the state folder is opened, for reading too: somebody else may have put something
 * in its place. No link is followed (it would lead a server that is root to any file), no FIFO or
 * device is waited for (the open, or the first read, would never return), and only what belongs to
 * this server's user or to root is used, and no file written that has a second name. The state folder itself may be reached by a link, for its
 * path is the operator's own word.
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs'

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants
const OTHERS_WRITE = 0o002
const STICKY = 0o1000

/**
 * @param flags of open(2); those that make it safe are added
 * @throws an error that says what to mend; a system error where there is no file, or it is not let
 */
export function openFile(path: string, flags: number): number {
  let fd: number
  try {
    fd = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A link; a folder; a FIFO that nobody reads, or a socket.
    if (code !== 'ELOOP' && code !== 'EISDIR' && code !== 'ENXIO') throw error
    throw wrongKind(path, lstatSync(path))
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw wrongKind(path, stats)
    if (!isOurs(stats)) throw new Error(`${path} belongs to user ${stats.uid}: remove it`)
    if (stats.nlink > 1 && (flags & (O_WRONLY | O_RDWR)) !== 0) {
      throw new Error(`${path} is another file too (a hard link): put a copy in its place`)
    }
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** The whole of a file. @throws as {@link openFile} */
export function readFile(path: string): Buffer {
  const fd = openFile(path, O_RDONLY)
  try {
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** A folder in the state folder. @throws an error that says what to mend, or a system error */
export function openFolder(path: string): number {
  let fd: number
  try {
    fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    // Of a link too it is only said that it is no folder.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error
    throw wrongKind(path, lstatSync(path))
  }
  return checkedFolder(fd, path)
}

/** Throws where a folder in the state folder must not be used, as {@link openFolder}. */
export function checkFolder(path: string): void {
  closeSync(openFolder(path))
}

/** @returns the descriptor; closed where it throws an error that says what to mend */
export function checkedFolder(fd: number, path: string): number {
  const wrong = refuseFolder(path, fstatSync(fd))
  if (wrong === undefined) return fd
  closeSync(fd)
  throw new Error(wrong)
}

function refuseFolder(path: string, stats: Stats): string | undefined {
  const { uid, mode } = stats
  if (!isOurs(stats)) {
    return `${path} belongs to user ${uid}, who could put other files in the place of the server's: give it to user ${ownUid()} or to root (chown)`
  }
  // Where it is sticky and this user's, others can add files, but not take any away.
  const isSafe = (mode & STICKY) !== 0 && uid === ownUid()
  if ((mode & OTHERS_WRITE) !== 0 && !isSafe) {
    return `every user may write in ${path}: take that away (chmod o-w)`
  }
  return undefined
}

function isOurs({ uid }: Stats): boolean {
  return uid === ownUid() || uid === 0
}

function ownUid(): number {
  return process.geteuid!()
}

function wrongKind(path: string, stats: Stats): Error {
  return new Error(`${path} is ${kindOf(stats)}: remove it`)
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link'
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  if (stats.isDirectory()) return 'a folder'
  return stats.isFile() ? 'a file' : 'a device'
}
