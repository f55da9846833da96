/**
 * Memory for what is kept long: slabs that are filled one after the other. `Buffer.from` takes small
 * pieces from a pool of 8 KiB that it shares with all that is short-lived: there an event kept for
 * hours keeps everything that was written beside it, five times its own size.
 */

const SLAB_BYTES = 65_536
/** Larger pieces get memory of their own: they would waste the rest of a slab. */
const LARGE = SLAB_BYTES / 8

/** Bytes of a slab. */
export interface KeptBytes {
  readonly slab: Buffer
  readonly start: number
  readonly length: number
}

/**
 * A slab lives as long as anything in it: what is kept long and what is soon forgotten need slabs of
 * their own.
 */
export class Slabs {
  #slab = Buffer.alloc(0)
  #used = 0

  /** A text as UTF-8: in one go where it is sure to fit. */
  keepText(text: string): KeptBytes {
    const most = text.length * 3
    if (most > LARGE || this.#used + most > this.#slab.length) {
      const place = this.take(Buffer.byteLength(text))
      place.slab.write(text, place.start)
      return place
    }
    const start = this.#used
    const length = this.#slab.write(text, start)
    this.#used += length
    return { slab: this.#slab, start, length }
  }

  /** Room for so many bytes, to be filled by who takes it. */
  take(length: number): KeptBytes {
    if (length > LARGE) return { slab: Buffer.allocUnsafeSlow(length), start: 0, length }
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
      this.#used = 0
    }
    this.#used += length
    return { slab: this.#slab, start: this.#used - length, length }
  }
}
