/**
 * How far the journal has come, in a file of its own, `high-water`: what shows that lines are missing
 * at either end of the journal, and which sequence numbers may have been given to events that the
 * journal does not keep. It is written with every event; after a power cut its boot id tells that it
 * may be behind.
 */

import { join } from 'node:path'
import { SlotFile } from '../state/slot-file.ts'

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

const FILE_BYTES = 256

interface Kept {
  readonly n: number
  readonly first_n: number
  readonly seq: number
  readonly reserved: number
  readonly boot_id: string
  readonly clean: boolean
}

export class HighWaterFile {
  readonly #slot: SlotFile<Kept>

  /** @param folder the journal's */
  constructor(folder: string) {
    this.#slot = new SlotFile(join(folder, 'high-water'), FILE_BYTES)
  }

  /** @returns undefined when there is none, or it cannot be read */
  read(): HighWater | undefined {
    let record: Kept | undefined
    try {
      record = this.#slot.read()?.record
    } catch {
      // Told when it is written, which cannot be done either.
    }
    if (record === undefined) return undefined
    const { n, first_n, seq, reserved, boot_id, clean } = record
    return { n, firstN: first_n, seq, reserved, bootId: boot_id, isClean: clean }
  }

  /** @throws why it cannot be written */
  write({ n, firstN, seq, reserved, bootId, isClean }: HighWater): void {
    this.#slot.write({ n, first_n: firstN, seq, reserved, boot_id: bootId, clean: isClean })
  }

  close(): void {
    this.#slot.close()
  }
}
