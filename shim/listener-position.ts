/**
 * Where the newest position of a pool is kept, so that the next shim knows what this one has read.
 *
 * The file is one line of JSON, written in place over the last one and padded to its length. One
 * small write is whole or not there when this process is killed; it is not synced, because a
 * position does not outlive supervisord, and so not a power cut either. It is named by the run of
 * supervisord: where two share a folder by mistake, neither takes the other's for its own.
 */

import { join } from 'node:path'
import { fs } from './built-ins.ts'
import type { ListenerPosition } from './continuity.ts'
import { openFile, readFile } from './files.ts'
import type { Log } from './own-log.ts'
import type { SpoolDir } from './spool-dir.ts'

const PREFIX = 'position-'
const MIN_LENGTH_BYTES = 256
const MAX_LENGTH_BYTES = 65_536

/** Positions of so many other runs are kept: of the past, nearly always. */
const KEPT_OTHERS = 16

export class ListenerPositionFile {
  readonly #dir: SpoolDir
  readonly #name: string
  readonly #log: Log
  #fd: number | undefined
  #hasFailed = false

  /** @param instance the run of supervisord */
  constructor(dir: SpoolDir, instance: string, log: Log) {
    this.#dir = dir
    this.#name = `${PREFIX}${instance.replaceAll('/', '-')}`
    this.#log = log
    if (dir.base !== undefined) forgetOthers(dir.base, this.#name)
  }

  /** @returns undefined when there is none, `unknown` when it cannot be read */
  read(): ListenerPosition | 'unknown' | undefined {
    // The last shim of this run may have had another of the spools.
    const { base, others } = this.#dir
    if (base === undefined) return 'unknown'
    for (const folder of [base, ...others]) {
      try {
        const position: unknown = JSON.parse(readFile(join(folder, this.#name), MAX_LENGTH_BYTES))
        return isListenerPosition(position) ? position : 'unknown'
      } catch (error) {
        if (!isNoFile(error)) return 'unknown'
      }
    }
    return undefined
  }

  /** Never throws. */
  write(position: ListenerPosition): void {
    const { base } = this.#dir
    // It was said that nothing can be kept.
    if (base === undefined) return
    const json = JSON.stringify(position)
    try {
      // Not truncated: the last position stays until this one is written.
      this.#fd ??= openFile(join(base, this.#name), fs.constants.O_RDWR | fs.constants.O_CREAT)
      const length = Math.max(MIN_LENGTH_BYTES, json.length, fs.fstatSync(this.#fd).size)
      fs.writeSync(this.#fd, json.padEnd(length), 0)
      this.#hasFailed = false
    } catch (error) {
      if (this.#hasFailed) return
      this.#hasFailed = true
      this.#log.warn(
        { err: (error as Error).message, file: this.#name },
        'the position cannot be written: after a restart of this process a loss may be reported that was none'
      )
    }
  }
}

function isNoFile(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES'
}

/** Never throws: what cannot be removed is 256 bytes. */
function forgetOthers(dir: string, own: string): void {
  try {
    fs.readdirSync(dir)
      .filter(name => name.startsWith(PREFIX) && name !== own)
      .map(name => join(dir, name))
      .map(path => ({ path, time: fs.lstatSync(path).mtimeMs }))
      .sort((a, b) => b.time - a.time)
      .slice(KEPT_OTHERS)
      .forEach(({ path }) => {
        fs.unlinkSync(path)
      })
  } catch {
    // No folder yet, or one that cannot be written; or another shim does the same.
  }
}

function isListenerPosition(value: unknown): value is ListenerPosition {
  const position = value as Partial<ListenerPosition> | null
  return (
    typeof position?.instance === 'string' &&
    typeof position.pool === 'string' &&
    typeof position.serial === 'string' &&
    typeof position.poolSerial === 'number' &&
    typeof position.stopping === 'boolean'
  )
}
