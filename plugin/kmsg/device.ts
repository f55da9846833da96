/**
 * The device /dev/kmsg: opening it, draining what is there, writing a line of our own. How this
 * process is woken when there is more: wake-up-child.ts.
 */

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'

/** Larger than any record: a smaller buffer makes the kernel answer EINVAL. */
export const READ_BYTES = 8192
/** Device number of /dev/kmsg: major 1 (mem), minor 11 (Documentation/admin-guide/devices.txt). */
const KMSG_RDEV = (1 << 8) | 11

const buffer = Buffer.allocUnsafe(READ_BYTES)

/** Opens the device for reading, at the oldest record. @throws an Error that says why it cannot be */
export function openKmsg(path: string, blocking: boolean): number {
  const { platform } = process
  if (platform !== 'linux') {
    throw new Error(
      `${platform} has no kernel log that tells of kills: OOM kills are seen on Linux only`
    )
  }
  const fd = openSync(path, constants.O_RDONLY | (blocking ? 0 : constants.O_NONBLOCK))
  const { rdev } = fstatSync(fd)
  if (rdev === KMSG_RDEV) return fd
  closeSync(fd)
  throw new Error(
    `${path} is not the kernel log device (character device 1:11): in a container, pass the device in (--device /dev/kmsg)`
  )
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
