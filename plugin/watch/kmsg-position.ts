/**
 * Where the reading of the kernel log stands, kept over a restart in the file `kmsg-position` of the
 * state folder. A machine that goes down comes up with another boot, for which the file means nothing:
 * it need not outlive more than this process.
 */

import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { SlotFile } from '../state/slot-file.ts'
import type { KmsgGap } from './kmsg-gaps.ts'

const POSITION_FILE = 'kmsg-position'
/** More than the longest position. */
const FILE_BYTES = 2048

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
  readonly kills?: KillBaseline | undefined
  /** A gap that may not have been published yet. */
  readonly gap?: KmsgGap
  /**
   * Where nothing was read yet (`read` is -1): what was printed since then is still to be told, in
   * microseconds of CLOCK_MONOTONIC, which nobody sets.
   */
  readonly sinceUs?: number
}

interface Kept extends KmsgPosition {
  readonly boot_id: string
}

export interface KillBaseline {
  /** Which counter it is. */
  readonly counter: string
  /** How many of its kills were seen or reported. */
  readonly accounted: number
  /** When both agreed last, in Unix microseconds. */
  readonly agreedAt: number
}

/** Before the first record. */
export const NO_POSITION: KmsgPosition = { read: -1, stampUs: 0, resume: -1, published: -1 }

export type Loaded =
  | { readonly position: KmsgPosition | undefined }
  /** `madeAt`: Unix microseconds at which a process found no room on the disk for its position. */
  | { readonly position: undefined; readonly madeAt: number }
  /** `damagedAt`: Unix microseconds of the last write to a file that cannot be read any more. */
  | { readonly position: undefined; readonly damagedAt: number }

export class KmsgPositionFile {
  readonly #slot: SlotFile<Kept>
  readonly #bootId: string
  readonly #log: FastifyBaseLogger
  #error: string | undefined

  /** @param folder the state folder */
  constructor(folder: string, bootId: string, log: FastifyBaseLogger) {
    this.#slot = new SlotFile(join(folder, POSITION_FILE), FILE_BYTES)
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
      const content = this.#slot.read()
      if (content === undefined) return { position: undefined }
      if (content.text === '') return { position: undefined, madeAt: content.madeAtUs }
      if (content.record === undefined) {
        this.#log.warn(
          { path: this.#slot.path },
          'the position in the kernel log is damaged: kills since it was written are not published again'
        )
        return { position: undefined, damagedAt: content.writtenAtUs }
      }
      const { boot_id, ...position } = content.record
      return { position: boot_id === this.#bootId ? position : undefined }
    } catch (error) {
      this.#fail(error as Error)
      return { position: undefined }
    }
  }

  /** Never throws: what fails is told in the log, and in the health. */
  save(position: KmsgPosition): void {
    const record = { boot_id: this.#bootId, ...position }
    try {
      const isShort = position.gap === undefined || this.#slot.fits(record)
      this.#slot.write(isShort ? record : { ...record, gap: undefined })
      if (this.#error === undefined) return
      this.#error = undefined
      this.#log.info({ path: this.#slot.path }, 'the position in the kernel log is kept again')
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  close(): void {
    this.#slot.close()
  }

  #fail(error: Error): void {
    if (this.#error === undefined) {
      this.#log.warn(
        { path: this.#slot.path },
        `the position in the kernel log cannot be kept, and is not known after a restart: ${error.message}`
      )
    }
    this.#error = error.message
  }
}
