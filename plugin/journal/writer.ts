/**
 * The segment that is being written: appends, and syncs of many appends at once.
 *
 * An append is one `write`: when it returns, the event outlives this process, whatever kills it. It
 * outlives a power cut once `fdatasync` has returned.
 */

import { closeSync, constants, fdatasync, fsyncSync, ftruncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openFile, openFolder } from '../state/open-file.ts'
import type { Segment } from './segment.ts'

const { O_APPEND, O_CREAT, O_WRONLY } = constants

export class SegmentWriter {
  readonly segment: Segment
  readonly #folder: string
  readonly #fd: number
  #isNew: boolean
  #isClosed = false
  /** Whether there may be something that no sync was begun for: of what it goes on with, nothing is known. */
  #isUnsynced = true
  #running: Promise<void> | undefined

  /** @throws a system error */
  constructor(folder: string, segment: Segment, isNew: boolean) {
    this.#folder = folder
    this.#fd = openFile(join(folder, segment.name), O_WRONLY | O_APPEND | O_CREAT)
    this.segment = segment
    this.#isNew = isNew
  }

  /** @throws a system error; nothing is left of the line then */
  append(line: Buffer): void {
    try {
      for (let written = 0; written < line.length; ) {
        written += writeSync(this.#fd, line, written)
      }
    } catch (error) {
      ftruncateSync(this.#fd, this.segment.bytes)
      throw error
    }
    this.segment.bytes += line.length
    this.#isUnsynced = true
  }

  /** Resolves when all that was appended before is on the disk. Rejects with a system error. */
  sync(): Promise<void> {
    if (!this.#isUnsynced) return this.#running ?? Promise.resolve()
    if (this.#running === undefined) {
      this.#isUnsynced = false
      this.#running = this.#syncFile()
        .catch(error => {
          this.#isUnsynced = true
          throw error
        })
        .finally(() => {
          this.#running = undefined
        })
      return this.#running
    }
    // A sync that is under way may have passed the newest append: the first of those that come
    // meanwhile begins the next one, and the others find it under way.
    return this.#running.catch(() => {}).then(() => this.sync())
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      await this.sync()
    } finally {
      closeSync(this.#fd)
    }
  }

  async #syncFile(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      fdatasync(this.#fd, error => (error ? reject(error) : resolve()))
    })
    if (!this.#isNew) return
    // The file's name is durable when its folder is.
    const folder = openFolder(this.#folder)
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
    this.#isNew = false
  }
}
