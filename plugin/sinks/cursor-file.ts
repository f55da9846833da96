/**
 * How far a sink has come, in a file of its own: `sinks/<name>` in the state folder. After a power cut
 * an older position may be there: what came after it is delivered again (or recognised: see s2-sink.ts).
 */

import { dirname, join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { makeFolder } from '../state/make-folder.ts'
import { checkFolder } from '../state/open-file.ts'
import { SlotFile } from '../state/slot-file.ts'

/** More than the state of any sink. */
const FILE_BYTES = 2048

export interface Cursor {
  /** The last event delivered. */
  readonly seq: number
  /** The sink's own state. */
  readonly state?: unknown
}

export class CursorFile {
  readonly #slot: SlotFile<Cursor>
  readonly #log: FastifyBaseLogger
  #hasFolder = false
  #hasFailed = false

  constructor(stateDir: string, name: string, log: FastifyBaseLogger) {
    this.#slot = new SlotFile(join(stateDir, 'sinks', name), FILE_BYTES)
    this.#log = log
  }

  /** @returns undefined where there is none, or none that can be read */
  read(): Cursor | undefined {
    try {
      checkFolder(dirname(this.#slot.path))
      const content = this.#slot.read()
      if (content === undefined || content.text === '') return undefined
      const cursor = content.record ?? recordOfOld(content.text)
      if (isCursor(cursor)) return cursor
      throw new SyntaxError('it is damaged')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      this.#log.warn(
        { err: error, file: this.#slot.path },
        'the position of a sink cannot be read: it begins at the oldest event, and may deliver some twice'
      )
      return undefined
    }
  }

  /** Never throws: without the file a restart delivers again what was delivered since the last one. */
  write(cursor: Cursor): void {
    try {
      if (!this.#hasFolder) this.#makeFolder()
      this.#slot.write(cursor)
      this.#hasFailed = false
    } catch (error) {
      this.#hasFolder = false
      if (this.#hasFailed) return
      this.#hasFailed = true
      this.#log.warn(
        { err: error, file: this.#slot.path },
        'the position of a sink cannot be written: after a restart events may be delivered twice'
      )
    }
  }

  close(): void {
    this.#slot.close()
  }

  #makeFolder(): void {
    const folder = dirname(this.#slot.path)
    makeFolder(folder)
    checkFolder(folder)
    this.#hasFolder = true
  }
}

/** Earlier versions wrote a line of JSON without a checksum. @throws {SyntaxError} */
function recordOfOld(text: string): unknown {
  const record: unknown = JSON.parse(text)
  return Object.hasOwn(Object(record), 'crc32') ? undefined : record
}

function isCursor(value: unknown): value is Cursor {
  const seq = (value as Partial<Cursor> | null)?.seq
  return Number.isSafeInteger(seq) && seq! >= 0
}
