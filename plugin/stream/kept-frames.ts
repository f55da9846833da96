/**
 * Frames of events, the newest so many bytes of them: one circle of memory, of which the system gives what
 * was written to, and no object for each frame.
 */

const LENGTH_BYTES = 4

export class KeptFrames {
  readonly #maxBytes: number
  #circle: Buffer | undefined
  /** Bytes ever written, with those left free at the end of the circle, where a frame did not fit. */
  #written = 0

  /** @param maxBytes more than any frame has */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** @returns where it is */
  keep(frame: Buffer): number {
    this.#circle ??= Buffer.allocUnsafeSlow(this.#maxBytes)
    const bytes = LENGTH_BYTES + frame.length
    const at = this.#written % this.#maxBytes
    const place = at + bytes > this.#maxBytes ? this.#written + this.#maxBytes - at : this.#written
    const start = place % this.#maxBytes
    this.#circle.writeUInt32LE(frame.length, start)
    this.#circle.set(frame, start + LENGTH_BYTES)
    this.#written = place + bytes
    return place
  }

  /** A copy, or undefined where newer ones took its place. */
  read(place: number): Buffer | undefined {
    if (this.#circle === undefined || this.#written - place > this.#maxBytes) return undefined
    const start = (place % this.#maxBytes) + LENGTH_BYTES
    const length = this.#circle.readUInt32LE(start - LENGTH_BYTES)
    return Buffer.from(this.#circle.subarray(start, start + length))
  }
}
