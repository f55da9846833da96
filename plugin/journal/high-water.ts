/**
 * How far a part of the journal has come, in a file of its own, `high-water`: what shows that lines
 * are missing at either end of it, which sequence numbers may have been given to events that it does
 * not keep, and what is in memory only. It is written with every event; after a power cut its boot id
 * tells that it may be behind.
 */

import { join } from 'node:path'
import { SlotFile } from '../state/slot-file.ts'
import type { Unwritten } from './unwritten.ts'

export interface HighWater {
  /** Number of the newest event in this part; 0 before the first. */
  readonly n: number
  /** Number of the oldest event that was not removed to keep it within its bounds. */
  readonly firstN: number
  /** Sequence number of the newest event in it. */
  readonly seq: number
  /** A sequence number that has been given, as all up to it may have been. */
  readonly given: number
  /** No sequence number above this one has been given to any event. */
  readonly reserved: number
  /** The boot in which it was written. */
  readonly bootId: string
  /** Written by a proper end: `reserved` is then the newest number given. */
  readonly isClean: boolean
  /** What the process had in memory only when it wrote this. */
  readonly unwritten: Unwritten | undefined
}

/** So many sequence numbers are reserved at a time for events that the journal does not keep. */
export const RESERVED_NUMBERS = 1000

const FILE_BYTES = 512

interface Kept {
  readonly n: number
  readonly first_n: number
  readonly seq: number
  /** Absent from files of earlier versions. */
  readonly given?: number
  readonly reserved: number
  readonly boot_id: string
  readonly clean: boolean
  readonly unwritten?: Unwritten | undefined
}

export class HighWaterFile {
  readonly #slot: SlotFile<Kept>

  /** @param folder that of the part */
  constructor(folder: string) {
    this.#slot = new SlotFile(join(folder, 'high-water'), FILE_BYTES)
  }

  /** @returns undefined when there is none; `empty` where there is a file that says nothing */
  read(): HighWater | 'empty' | undefined {
    try {
      const content = this.#slot.read()
      if (content === undefined) return undefined
      if (content.record === undefined) return 'empty'
      const { first_n, boot_id, clean, ...rest } = content.record
      const { given = rest.seq, unwritten } = rest
      return { ...rest, given, unwritten, firstN: first_n, bootId: boot_id, isClean: clean }
    } catch {
      // Told when it is written, which cannot be done either.
      return 'empty'
    }
  }

  /** @throws why it cannot be written */
  write({ n, firstN, seq, given, reserved, bootId, isClean, unwritten }: HighWater): void {
    // Each by its name: this is written with every event, and to gather the others takes as long as to write them.
    this.#slot.write({
      n,
      first_n: firstN,
      seq,
      given,
      reserved,
      boot_id: bootId,
      clean: isClean,
      unwritten,
    })
  }

  close(): void {
    this.#slot.close()
  }
}
