/**
 * Reading /dev/kmsg: opening it, draining what is there, and being woken when there is more.
 *
 * The records are read by this process, without blocking; a child `dd` that blocks on the device in
 * our place only rings when one comes. Chosen by measurement (Node 20, p50 from the write to the
 * callback; CPU of 10 idle seconds):
 *
 *     `fs.createReadStream`              1.8 ms    21 ms    a pool thread for ever, never closes
 *     `readSync` every 100 ms            91 ms     32 ms    closes at once
 *     child `dd`, its output parsed      2.4 ms    0.5 ms   a turn of the event loop for each record
 *     child `dd` as the bell             the same, but a dump of 100 records is read in one turn:
 *                                        an OOM kill is 1 to 2 ms earlier at the SSE client
 *     native epoll addon + `readSync`    1.8 ms    15 ms    closes at once, needs a compiler
 *     `dmesg --follow --raw`             2.7 ms    0.8 ms   drops the sequence numbers
 *
 * The bell costs some 2 MB of memory, and nothing is lost when it dies: the records are not in it.
 * Where there is no `dd`, the device is looked at every 100 ms instead.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

const NEWLINE = 0x0a
/** Larger than any record: a smaller buffer makes the kernel answer EINVAL. */
const READ_BYTES = 8192
/** Time in ms in which further rings are not heard. */
const RING_PAUSE_MS = 1
/** Device number of /dev/kmsg: major 1 (mem), minor 11 (Documentation/admin-guide/devices.txt). */
const KMSG_RDEV = (1 << 8) | 11

const buffer = Buffer.allocUnsafe(READ_BYTES)

/** Opens the device for reading, at the oldest record. @throws an Error that says why it cannot be */
export function openKmsg(path: string, blocking: boolean): number {
  const fd = openSync(path, constants.O_RDONLY | (blocking ? 0 : constants.O_NONBLOCK))
  const { rdev } = fstatSync(fd)
  if (rdev === KMSG_RDEV) return fd
  closeSync(fd)
  throw new Error(`${path} is not the kernel log device (character device 1:11)`)
}

/**
 * Reads what is there, record by record.
 *
 * @param fd opened without blocking
 * @param onRecord gets one record, in `bytes[0]` up to `bytes[length]`, which the next one overwrites
 * @param max records read at most
 * @returns whether the end was reached, so that there is nothing left to read now
 */
export function drainKmsg(
  fd: number,
  onRecord: (bytes: Buffer, length: number) => void,
  max: number
): boolean {
  for (let count = 0; count < max; ) {
    let length: number
    try {
      length = readSync(fd, buffer)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return true
      // Overwritten before we came to it: the next read goes on at the oldest record that is left.
      if (code === 'EPIPE' || code === 'EINTR') continue
      throw error
    }
    if (length === 0) return true
    onRecord(buffer, length)
    count++
  }
  return false
}

/** Writes one line into the kernel log. @returns whether the device took it */
export function writeKmsg(path: string, line: string): boolean {
  try {
    const fd = openSync(path, constants.O_WRONLY)
    try {
      writeSync(fd, `${line}\n`)
      return true
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}

export interface KmsgBell {
  /** The number of the last record it printed; -1 before the first. */
  readonly heard: number
  close(): void
}

/** A record's number, from its header alone; undefined for what is no header. */
function kmsgSeq(record: string): number | undefined {
  const seq = /^\d+,(\d+),\d+,/.exec(record)?.[1]
  return seq === undefined ? undefined : Number(seq)
}

/** Bytes of a ring in which the last record's header is looked for: more than a record has. */
const TAIL_BYTES = 2 * READ_BYTES

/**
 * The number of the last record that begins in a piece of what `dd` printed. The piece's own first
 * bytes do not count: they may be the middle of a record.
 */
function lastSeq(chunk: Buffer, isAtStart: boolean): number | undefined {
  const text = chunk.toString('latin1', Math.max(0, chunk.length - TAIL_BYTES))
  for (let end = text.length; end > 0; ) {
    const newline = text.lastIndexOf('\n', end - 1)
    if (newline === -1 && !(isAtStart && text.length === chunk.length)) return undefined
    const seq = kmsgSeq(text.slice(newline + 1, newline + 64))
    if (seq !== undefined) return seq
    end = newline
  }
  return undefined
}

/**
 * Starts a child that rings for every record, those already in the log at its start included.
 * Neither the child nor its pipe keep the process alive: a watcher is no reason for an application
 * to go on. An orphaned `dd` ends with the next record, when its pipe is gone.
 *
 * @param onEnd the child is gone, not through `close()`; called once
 * @throws when the device cannot be opened
 */
export function startBell(
  path: string,
  onRing: () => void,
  onEnd: (reason: NodeJS.ErrnoException) => void
): KmsgBell {
  const fd = openKmsg(path, true)
  let child: ChildProcess
  try {
    // conv=noerror lets it go on after EPIPE, where cat would end.
    child = spawn('dd', [`bs=${READ_BYTES}`, 'conv=noerror', 'status=none'], {
      stdio: [fd, 'pipe', 'ignore'],
    })
  } finally {
    closeSync(fd)
  }
  let isOver = false
  let heard = -1
  let isAtStart = true
  const end = (reason: Error): void => {
    if (isOver) return
    isOver = true
    onEnd(reason)
  }
  child.unref()
  const { stdout } = child
  if (stdout !== null) {
    if ('unref' in stdout && typeof stdout.unref === 'function') stdout.unref()
    stdout.on('data', (chunk: Buffer) => {
      if (isOver) return
      heard = lastSeq(chunk, isAtStart) ?? heard
      isAtStart = chunk.at(-1) === NEWLINE
      // One ring for a burst: its records are read at the first, the other rings only cost turns.
      stdout.pause()
      setTimeout(() => stdout.resume(), RING_PAUSE_MS).unref()
      onRing()
    })
    stdout.on('error', end)
  }
  child.on('error', end)
  child.on('close', (code, signal) =>
    end(new Error(`dd ended (${signal ?? `exit status ${code}`})`))
  )
  return {
    get heard() {
      return heard
    },
    close() {
      isOver = true
      child.kill('SIGKILL')
      stdout?.destroy()
    },
  }
}

/** Why the device cannot be read, and what would mend it. */
export function explainError(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return `there is no ${path}: in a container, pass the device in (--device /dev/kmsg)`
    case 'EPERM':
      return `reading ${path} is not permitted: run with CAP_SYSLOG, or set kernel.dmesg_restrict=0`
    case 'EACCES':
      return `reading ${path} is not permitted to this user: give it read permission`
    default:
      return error.message
  }
}
