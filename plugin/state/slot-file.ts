/**
 * A small record in a file of fixed size: one line of JSON with a checksum, padded with spaces.
 *
 * It is overwritten in place by one pwrite(2), on a descriptor kept open and without a sync: what was
 * written outlives the process, because the page cache does. It is a block at most, which a signal
 * does not tear and a full disk has room for: what else damages it, a power cut above all, the
 * checksum shows.
 */

import { closeSync, constants, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs'
import { checkedRest, HEAD_BYTES, putChecksum } from './checksum.ts'
import { openFile } from './open-file.ts'

export interface SlotContent<T> {
  /** Undefined where the file is damaged, or empty. */
  readonly record: T | undefined
  /** As it is in the file; empty where there was no room for a record when the file was made. */
  readonly text: string
  /** Unix microseconds of the last write, of one that failed too. */
  readonly writtenAtUs: number
  /** Unix microseconds at which the file was made, where the file system knows. */
  readonly madeAtUs: number
}

export class SlotFile<T extends object> {
  readonly path: string
  readonly #sizeBytes: number
  #fd: number | undefined
  /** What is written, always in the same place: it may be for each of thousands of events. */
  readonly #bytes: Buffer
  /** Of the record in it: from there on are spaces. */
  #end = 0

  /** @param sizeBytes of the file: room for the longest record, and no more than a block */
  constructor(path: string, sizeBytes: number) {
    this.path = path
    this.#sizeBytes = sizeBytes
    this.#bytes = Buffer.alloc(sizeBytes, ' ')
    this.#bytes[sizeBytes - 1] = 0x0a
  }

  /** @returns undefined where there is no file @throws why it cannot be read */
  read(): SlotContent<T> | undefined {
    let fd: number
    try {
      fd = openFile(this.path, constants.O_RDONLY)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    try {
      const bytes = Buffer.alloc(this.#sizeBytes + 1)
      const length = readSync(fd, bytes, 0, bytes.length, 0)
      const text = bytes.toString('utf8', 0, length)
      const record = length > this.#sizeBytes ? undefined : (decode(text) as T | undefined)
      const { mtimeMs, birthtimeMs } = fstatSync(fd)
      const [writtenAtUs, madeAtUs] = [Math.round(mtimeMs * 1000), Math.round(birthtimeMs * 1000)]
      return { record, text, writtenAtUs, madeAtUs }
    } finally {
      closeSync(fd)
    }
  }

  /** Whether a record is short enough for the file. */
  fits(record: T): boolean {
    return lengthOf(JSON.stringify(record)) < this.#sizeBytes
  }

  /** @throws why it cannot be written */
  write(record: T): void {
    const json = JSON.stringify(record)
    const end = lengthOf(json)
    if (end >= this.#sizeBytes) throw new RangeError(`${end} bytes are too many for ${this.path}`)
    const bytes = this.#bytes
    // The checksum takes the place of the brace.
    bytes.write(json, HEAD_BYTES - 1)
    putChecksum(bytes, end)
    if (end < this.#end) bytes.fill(' ', end, this.#end)
    this.#end = end
    this.#fd ??= this.#open()
    const written = writeSync(this.#fd, bytes, 0, bytes.length, 0)
    if (written < bytes.length) throw new Error(`${this.path} could only be written in part`)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #open(): number {
    const fd = openFile(this.path, constants.O_WRONLY | constants.O_CREAT)
    if (fstatSync(fd).size > this.#sizeBytes) ftruncateSync(fd, this.#sizeBytes)
    return fd
  }
}

/** Of a record in the file: the checksum stands in place of the opening brace. */
function lengthOf(json: string): number {
  return HEAD_BYTES + Buffer.byteLength(json) - 1
}

function decode(text: string): object | undefined {
  const rest = checkedRest(Buffer.from(text.trimEnd()))
  // What has this checksum was written by `write`: its form needs no further test.
  return rest === undefined ? undefined : JSON.parse(`{${rest.toString()}`)
}
