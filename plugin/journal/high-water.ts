/**
 * How far the journal has come, in a file of its own, `high-water`: what shows that lines are missing
 * at either end of the journal, and which sequence numbers may have been given to events that the
 * journal does not keep.
 *
 * It is overwritten in place with every event, in one write of fixed length and without a sync: a
 * killed process leaves it as it was, since the page cache belongs to the kernel, and after a power
 * cut its boot id tells that it may be behind.
 */

import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { checked, head } from './line.ts'

export interface HighWater {
  /** Number of the newest event in the journal; 0 before the first. */
  readonly n: number
  /** Number of the oldest event that was not removed to keep the journal within its bounds. */
  readonly firstN: number
  /** Sequence number of the newest event in the journal. */
  readonly seq: number
  /** No sequence number above this one has been given to any event. */
  readonly reserved: number
  /** The boot in which it was written. */
  readonly bootId: string
  /** Written by a proper end: `reserved` is then the newest number given. */
  readonly isClean: boolean
}

/** So many sequence numbers are reserved at a time for events that the journal does not keep. */
export const RESERVED_NUMBERS = 1000

const NAME = 'high-water'
const LENGTH = 256

export class HighWaterFile {
  readonly #path: string
  #fd: number | undefined

  constructor(folder: string) {
    this.#path = join(folder, NAME)
  }

  /** @returns undefined when there is none, or it cannot be read */
  read(): HighWater | undefined {
    try {
      const body = checked(Buffer.from(readFileSync(this.#path, 'latin1').trimEnd(), 'latin1'))
      if (body === undefined) return undefined
      const fields = JSON.parse(`{${body.toString()}`) as Record<string, unknown>
      const { n, first_n, seq, reserved, boot_id, clean } = fields
      return {
        n: Number(n),
        firstN: Number(first_n),
        seq: Number(seq),
        reserved: Number(reserved),
        bootId: String(boot_id),
        isClean: clean === true,
      }
    } catch {
      return undefined
    }
  }

  /** @throws a system error */
  write({ n, firstN, seq, reserved, bootId, isClean }: HighWater): void {
    const body = Buffer.from(
      `"n":${n},"first_n":${firstN},"seq":${seq},"reserved":${reserved},"boot_id":"${bootId}","clean":${isClean}}`
    )
    const line = Buffer.alloc(LENGTH, ' ')
    Buffer.concat([head(crc32(body)), body]).copy(line)
    line[LENGTH - 1] = 10
    this.#fd ??= openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600)
    writeSync(this.#fd, line, 0, LENGTH, 0)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}
