/**
 * supervisord's log, read from the disk. To ask supervisord for it takes several turns of its main
 * loop, in the middle of the restart of what has crashed: 4 ms at p50, 10 at p90.
 *
 * supervisord tells nobody where its log is, so its first answer is looked for in the files that it
 * has open. Where there is none, or where this user may not look (proc_pid_fd(5)), it is asked as before.
 */

import { fs } from './built-ins.ts'
import type { Log } from './own-log.ts'
import type { ReadLog } from './supervisor-rpc.ts'

/** The end of a file, in which the answer is looked for: the log may have grown since. */
const LOOKED_THROUGH_BYTES = 65_536
/** An answer of spaces or of half a line would be found in other files, too. */
const WHOLE_LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} .+\n/m
const STANDARD = ['0', '1', '2']
/** The look takes some 9 ms for a hundred files of 64 KiB: not again and again in vain. */
const MAX_LOOKS = 8

/** The most that is asked of supervisord: eight turns of its main loop. A file takes no time of its. */
const MAX_ASKED_BYTES = 32_768
const MAX_FILE_BYTES = 1024 * 1024

export interface LogTail {
  readonly read: ReadLog
  /** As much of it may be read now. */
  readonly maxBytes: number
}

/**
 * @param ask reads the log through supervisord
 * @param pid supervisord's
 */
export function preferFile(ask: ReadLog, pid: string, log: Log): LogTail {
  let path: string | undefined
  let looks = 0
  const read: ReadLog = async (bytes, timeoutMs) => {
    if (path !== undefined) {
      try {
        return readLogTail(path, bytes)
      } catch (error) {
        log.debug({ err: (error as Error).message }, 'the log of supervisord has gone')
        path = undefined
      }
    }
    const answer = await ask(bytes, timeoutMs)
    // After the report that waits for the answer, not before it.
    if (path === undefined && WHOLE_LINE.test(answer) && looks++ < MAX_LOOKS) {
      setImmediate(() => {
        path ??= findOpenFile(pid, answer)
        log.debug({ path }, path ? 'the log of supervisord is found' : 'it is not found')
      })
    }
    return answer
  }
  return {
    read,
    get maxBytes() {
      return path === undefined ? MAX_ASKED_BYTES : MAX_FILE_BYTES
    },
  }
}

/**
 * The file that this process has open and whose end holds this text. A service may copy the log, as
 * `tail -F` does, to a file that supervisord has open as well: of two, none is chosen.
 *
 * @returns its path; never throws
 */
export function findOpenFile(pid: string, text: string, proc = '/proc'): string | undefined {
  const wanted = Buffer.from(text)
  const found = new Set<string>()
  const folder = `${proc}/${pid}/fd`
  try {
    for (const fd of fs.readdirSync(folder)) {
      // In the foreground it also says there what it logs, and somebody may keep that.
      if (STANDARD.includes(fd)) continue
      const path = openFile(`${folder}/${fd}`)
      if (path !== undefined && holds(path, wanted)) found.add(path)
    }
  } catch {
    // supervisord runs as another user: it is asked instead.
  }
  return found.size === 1 ? [...found][0] : undefined
}

/** @returns undefined when it is no file, or one that has no name any more */
function openFile(link: string): string | undefined {
  try {
    const path = fs.readlinkSync(link)
    const [named, opened] = [fs.statSync(path), fs.statSync(link)]
    const isSame = named.dev === opened.dev && named.ino === opened.ino
    return opened.isFile() && isSame ? path : undefined
  } catch {
    return undefined
  }
}

function holds(path: string, wanted: Buffer): boolean {
  try {
    return readTail(path, LOOKED_THROUGH_BYTES).includes(wanted)
  } catch {
    return false
  }
}

/**
 * By its name each time, because supervisord rotates it: after the line that fills it, the file is
 * renamed to `.1`, and a new one has not a line yet (`RotatingFileHandler`, supervisor/loggers.py).
 *
 * @throws a system error
 */
function readLogTail(path: string, bytes: number): string {
  const tail = readTail(path, bytes)
  const missing = bytes - tail.length
  return (missing > 0 ? rotated(`${path}.1`, missing) : '') + tail.toString()
}

function rotated(path: string, bytes: number): string {
  try {
    return readTail(path, bytes).toString()
  } catch {
    return '' // It has not been rotated, or none is kept.
  }
}

/** @throws a system error */
function readTail(path: string, bytes: number): Buffer {
  const fd = fs.openSync(path, 'r')
  try {
    const { size } = fs.fstatSync(fd)
    const length = Math.min(bytes, size)
    const tail = Buffer.allocUnsafe(length)
    return tail.subarray(0, fs.readSync(fd, tail, 0, length, size - length))
  } finally {
    fs.closeSync(fd)
  }
}
