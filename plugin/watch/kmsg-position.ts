/**
 * Where the reading of the kernel log stands, kept over a restart in the file `kmsg-position` of the
 * state folder: one line of JSON, padded to a fixed size, with a checksum.
 *
 * It is overwritten in place by one pwrite(2) on a descriptor kept open, without fsync: what was
 * written outlives the process that wrote it, because the page cache does, and a machine that goes
 * down comes up with another boot, for which the file means nothing. One page at most is written,
 * which a signal does not tear; whatever else may damage the file, the checksum shows.
 */

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { FastifyBaseLogger } from 'fastify'
import type { KmsgGap } from './kmsg-gaps.ts'

export const POSITION_FILE = 'kmsg-position'
/** Bytes of the file: less than a page, more than the longest line. */
const SIZE = 2048

export interface KmsgPosition {
  /** The last record read. */
  readonly read: number
  /** Its stamp: the kernel's local clock, in microseconds. */
  readonly stampUs: number
  /**
   * Records after this one are to be parsed again: `read`, or the record before the oldest dump that
   * was not at its end.
   */
  readonly resume: number
  /** The kill line published last; -1 before the first. */
  readonly published: number
  /** What the kill counter stood at, less the kills that are still to be explained. */
  readonly kills?: KillBaseline
  /** A gap that may not have been published yet. */
  readonly gap?: KmsgGap
}

export interface KillBaseline {
  /** Which counter it is. */
  readonly counter: string
  /** How many of its kills were seen or reported. */
  readonly accounted: number
  /** When both agreed last, in Unix microseconds. */
  readonly agreedAt: number
}

export type Loaded =
  | { readonly position: KmsgPosition }
  /** `damagedAt`: Unix microseconds of the last write to a file that cannot be read any more. */
  | { readonly position: undefined; readonly damagedAt?: number }

export class KmsgPositionFile {
  readonly #path: string
  readonly #bootId: string
  readonly #log: FastifyBaseLogger
  #fd: number | undefined
  #error: string | undefined

  /** @param folder the state folder; made when it is missing */
  constructor(folder: string, bootId: string, log: FastifyBaseLogger) {
    this.#path = join(folder, POSITION_FILE)
    this.#bootId = bootId
    this.#log = log
  }

  /** Why it cannot be written, if it cannot. */
  get error(): string | undefined {
    return this.#error
  }

  /** Never throws: without the file reading begins now, and the log says so. */
  load(): Loaded {
    try {
      mkdirSync(join(this.#path, '..'), { recursive: true })
      this.#fd = openSync(
        this.#path,
        constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
        0o600
      )
      const stats = fstatSync(this.#fd)
      if (!stats.isFile()) throw new Error(`${this.#path} is not a file: remove it`)
      const buffer = Buffer.alloc(SIZE + 1)
      const length = readSync(this.#fd, buffer, 0, buffer.length, 0)
      if (length === 0) return { position: undefined }
      const entry = length === SIZE ? decode(buffer.toString('utf8', 0, SIZE)) : undefined
      if (entry === undefined) {
        ftruncateSync(this.#fd, 0)
        this.#log.warn(
          { path: this.#path },
          'the position in the kernel log is damaged: kills since it was written are not published again'
        )
        return { position: undefined, damagedAt: Math.round(stats.mtimeMs * 1000) }
      }
      if (entry.boot_id !== this.#bootId) return { position: undefined }
      return { position: entry.position }
    } catch (error) {
      this.#fail(error as Error)
      return { position: undefined }
    }
  }

  save(position: KmsgPosition): void {
    if (this.#fd === undefined) return
    try {
      writeSync(this.#fd, encode(this.#bootId, position), 0, SIZE, 0)
      if (this.#error === undefined) return
      this.#error = undefined
      this.#log.info({ path: this.#path }, 'the position in the kernel log is kept again')
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #fail(error: Error): void {
    if (this.#error === undefined) {
      this.#log.warn(
        { path: this.#path },
        `the position in the kernel log cannot be kept, and is not known after a restart: ${error.message}`
      )
    }
    this.#error = error.message
  }
}

function encode(bootId: string, position: KmsgPosition): Buffer {
  let line = seal({ boot_id: bootId, ...position })
  if (Buffer.byteLength(line) >= SIZE) {
    const { gap: _, ...rest } = position
    line = seal({ boot_id: bootId, ...rest })
  }
  const buffer = Buffer.alloc(SIZE, ' ')
  buffer.write(line)
  buffer[SIZE - 1] = 0x0a
  return buffer
}

function seal(entry: object): string {
  const json = JSON.stringify(entry)
  return `${json.slice(0, -1)},"crc32":${crc32(json)}}`
}

function decode(text: string): { boot_id: unknown; position: KmsgPosition } | undefined {
  const match = /^(\{.*),"crc32":(\d+)\} *\n$/.exec(text)
  if (match === null || crc32(`${match[1]}}`) !== Number(match[2])) return undefined
  // What has this checksum was written by save(), so that its form needs no further test.
  const { boot_id, ...position } = JSON.parse(`${match[1]}}`)
  return { boot_id, position }
}
