/** The names of a table's rows, in slots of one size. */

/** A comm is at most 15 bytes long; the first of a slot is its length. */
const SLOT = 16
const BACKSLASH = 92

export class TaskNames {
  #slots: Buffer

  /** @param rows there is room for */
  constructor(rows: number) {
    this.#slots = Buffer.alloc(rows * SLOT)
  }

  grow(rows: number): void {
    this.#slots = Buffer.concat([this.#slots], rows * SLOT)
  }

  /**
   * Keeps `bytes[from]` up to `bytes[end]`, exclusive, as the name of a row. Copied by hand: a call for so
   * few bytes costs more than the bytes.
   *
   * @param decode undoes the escapes of a name that holds a backslash
   */
  keep(
    row: number,
    bytes: Buffer,
    from: number,
    end: number,
    decode: (raw: string) => string
  ): void {
    const slots = this.#slots
    const slot = row * SLOT
    const last = Math.min(end, from + SLOT - 1)
    let to = slot
    for (let at = from; at < last; at++) {
      const byte = bytes[at]!
      if (byte === BACKSLASH) {
        const comm = decode(bytes.toString('latin1', from, end)).slice(0, SLOT - 1)
        to = slot + slots.write(comm, slot + 1, 'latin1')
        break
      }
      slots[++to] = byte
    }
    slots[slot] = to - slot
  }

  /** One character per byte; of a name that is longer than the kernel's, its first 15. */
  of(row: number): string {
    const slot = row * SLOT
    return this.#slots.toString('latin1', slot + 1, slot + 1 + this.#slots[slot]!)
  }

  /** Whether a row's name is this one, of which no more than 15 bytes are compared. */
  is(row: number, comm: string): boolean {
    return this.of(row) === comm.slice(0, SLOT - 1)
  }
}
