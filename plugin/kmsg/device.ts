/**
 * Reading /dev/kmsg: opening, draining what is there, and following what comes.
 *
 * How it is followed was chosen by measurement (Node 20, 200 records, p50 from the write to the
 * callback; idle CPU in 10 s):
 *
 *     child `dd`, one record a write     2.4 ms    0.5 ms   closes in 3 ms, exits by itself
 *     `fs.createReadStream`              1.8 ms    21 ms    a pool thread for ever, never closes
 *     `readSync`, O_NONBLOCK, 100 ms     91 ms     32 ms    closes at once
 *     native epoll addon + `readSync`    1.8 ms    15 ms    closes at once, needs a compiler
 *     `dmesg --follow --raw`             2.7 ms    0.8 ms   drops the sequence numbers
 *
 * So a child `dd` blocks in the kernel in our place, for some 2 MB of memory. `conv=noerror` lets it
 * go on after EPIPE (records overwritten before they were read; `cat` ends there). Where there is no
 * `dd`, the device is polled instead.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/** Larger than any record: a smaller buffer makes the kernel answer EINVAL. */
const READ_BYTES = 8192
/** Device number of /dev/kmsg: major 1 (mem), minor 11 (Documentation/admin-guide/devices.txt). */
const KMSG_RDEV = (1 << 8) | 11
const POLL_MS = 100

/** Opens the device for reading, at the oldest record. @throws an Error that says why it cannot be */
export function openKmsg(path: string, blocking: boolean): number {
  const fd = openSync(path, constants.O_RDONLY | (blocking ? 0 : constants.O_NONBLOCK))
  const { rdev } = fstatSync(fd)
  if (rdev === KMSG_RDEV) return fd
  closeSync(fd)
  throw new Error(`${path} is not the kernel log device (character device 1:11)`)
}

/**
 * Reads until there is no record left.
 *
 * @param fd opened without blocking
 * @param onChunk gets one record at a time, as latin1
 */
export function drainKmsg(fd: number, onChunk: (chunk: string) => void): void {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  for (;;) {
    let length: number
    try {
      length = readSync(fd, buffer)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return
      // Overwritten while we read: the next read goes on at the oldest record that is left.
      if (code === 'EPIPE' || code === 'EINTR') continue
      throw error
    }
    if (length === 0) return
    onChunk(buffer.toString('latin1', 0, length))
  }
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

export interface KmsgFollower {
  readonly reader: 'dd' | 'poll'
  close(): void
}

export interface FollowHandlers {
  /** Whole or partial records, as latin1; from the oldest record the kernel has. */
  readonly onChunk: (chunk: string) => void
  /** The reader is gone, not through `close()`. Not called more than once. */
  readonly onEnd: (reason: Error) => void
}

/**
 * Follows the device with a child `dd`. Neither the child nor its pipe keep the process alive: a
 * watcher is no reason for an application to go on. An orphaned `dd` ends with the next record,
 * when its pipe is gone.
 *
 * @throws when the device cannot be opened
 */
export function followByChild(path: string, handlers: FollowHandlers): KmsgFollower {
  const fd = openKmsg(path, true)
  let child: ChildProcess
  try {
    child = spawn('dd', [`bs=${READ_BYTES}`, 'conv=noerror', 'status=none'], {
      stdio: [fd, 'pipe', 'ignore'],
    })
  } finally {
    closeSync(fd)
  }
  let isOver = false
  const end = (reason: Error): void => {
    if (isOver) return
    isOver = true
    handlers.onEnd(reason)
  }
  child.unref()
  const { stdout } = child
  if (stdout !== null) {
    if ('unref' in stdout && typeof stdout.unref === 'function') stdout.unref()
    stdout.on('data', (chunk: Buffer) => {
      if (!isOver) handlers.onChunk(chunk.toString('latin1'))
    })
    stdout.on('error', end)
  }
  child.on('error', end)
  child.on('close', (code, signal) =>
    end(new Error(`the kernel log reader dd ended (${signal ?? `exit status ${code}`})`))
  )
  return {
    reader: 'dd',
    close() {
      isOver = true
      child.kill('SIGKILL')
      stdout?.destroy()
    },
  }
}

/** Follows the device by looking every 100 ms: where no `dd` exists. @throws as {@link openKmsg} */
export function followByPolling(path: string, handlers: FollowHandlers): KmsgFollower {
  const fd = openKmsg(path, false)
  let isOver = false
  const close = (): void => {
    if (isOver) return
    isOver = true
    clearInterval(timer)
    closeSync(fd)
  }
  const timer = setInterval(() => {
    try {
      drainKmsg(fd, handlers.onChunk)
    } catch (error) {
      close()
      handlers.onEnd(error as Error)
    }
  }, POLL_MS)
  timer.unref()
  return { reader: 'poll', close }
}
