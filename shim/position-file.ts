/**
 * Where the newest position of a pool is kept, so that the next shim knows what this one has read.
 *
 * The file is one line of JSON, written in place over the last one and padded to its length. One
 * small write is whole or not there when this process is killed; it is not synced, because a
 * position does not outlive supervisord, and so not a power cut either.
 */

import { join } from 'node:path'
import { fs } from './built-ins.ts'
import type { Position } from './continuity.ts'
import type { Log } from './log.ts'

const MIN_LENGTH = 256

export class PositionFile {
  readonly #path: string
  readonly #log: Log
  #fd: number | undefined
  #failed = false

  /** @param dir the spool's folder */
  constructor(dir: string, log: Log) {
    this.#path = join(dir, 'position')
    this.#log = log
  }

  /** @returns undefined when there is none, `unknown` when it cannot be read */
  read(): Position | 'unknown' | undefined {
    try {
      const position: unknown = JSON.parse(fs.readFileSync(this.#path, 'utf8'))
      return isPosition(position) ? position : 'unknown'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unknown'
    }
  }

  /** Never throws. */
  write(position: Position): void {
    const json = JSON.stringify(position)
    try {
      // Not truncated: the last position stays until this one is written.
      this.#fd ??= fs.openSync(this.#path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600)
      const length = Math.max(MIN_LENGTH, json.length, fs.fstatSync(this.#fd).size)
      fs.writeSync(this.#fd, json.padEnd(length), 0)
      this.#failed = false
    } catch (error) {
      if (this.#failed) return
      this.#failed = true
      this.#log.warn(
        { err: (error as Error).message, file: this.#path },
        'the position cannot be written: after a restart of this process a loss may be reported that was none'
      )
    }
  }
}

function isPosition(value: unknown): value is Position {
  const position = value as Partial<Position> | null
  return (
    typeof position?.instance === 'string' &&
    typeof position.pool === 'string' &&
    typeof position.serial === 'string' &&
    typeof position.poolSerial === 'number' &&
    typeof position.stopping === 'boolean'
  )
}
