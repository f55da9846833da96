/**
 * How far a sink has come, in a file of its own: `<state folder>/sinks/<name>`, one line of JSON,
 * replaced by a rename. It is not synced: after a power cut an older one may be there, and what came
 * after it is delivered again (or recognised: see s2.ts).
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'

export interface Cursor {
  /** The last event delivered. */
  readonly seq: number
  /** The sink's own state. */
  readonly state?: unknown
}

export class CursorFile {
  readonly #path: string
  readonly #log: FastifyBaseLogger
  #hasFolder = false
  #hasFailed = false

  constructor(stateDir: string, name: string, log: FastifyBaseLogger) {
    this.#path = join(stateDir, 'sinks', name)
    this.#log = log
  }

  /** @returns undefined where there is none, or none that can be read */
  read(): Cursor | undefined {
    try {
      const cursor: unknown = JSON.parse(readFileSync(this.#path, 'utf8'))
      if (isCursor(cursor)) return cursor
      throw new SyntaxError('it holds no sequence number')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      this.#log.warn(
        { err: error, file: this.#path },
        'the position of a sink cannot be read: it begins at the oldest event, and may deliver some twice'
      )
      return undefined
    }
  }

  /** Never throws: without the file a restart delivers again what was delivered since the last one. */
  write(cursor: Cursor): void {
    const next = `${this.#path}.next`
    try {
      if (!this.#hasFolder) mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      this.#hasFolder = true
      writeFileSync(next, `${JSON.stringify(cursor)}\n`, { mode: 0o600 })
      renameSync(next, this.#path)
      this.#hasFailed = false
    } catch (error) {
      this.#hasFolder = false
      if (this.#hasFailed) return
      this.#hasFailed = true
      this.#log.warn(
        { err: error, file: this.#path },
        'the position of a sink cannot be written: after a restart events may be delivered twice'
      )
    }
  }
}

function isCursor(value: unknown): value is Cursor {
  const seq = (value as Partial<Cursor> | null)?.seq
  return Number.isSafeInteger(seq) && seq! >= 0
}
