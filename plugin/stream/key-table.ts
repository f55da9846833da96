/**
 * The newest so many keys and what is known of each, in numbers alone: an object or a string for each of
 * thousands would be moved by every collection of garbage, which took longer than all else about a key.
 *
 * A hash table with linear probing. Its keys are digests that nobody outside can foresee
 * (published-keys.ts), so that nobody can choose many for one place.
 */

/** Of a digest: 128 bits. */
const DIGEST_WORDS = 4
const WORDS = 2 * DIGEST_WORDS
/** Doubled as it fills. */
const LEAST_ENTRIES = 256
/** Places for each entry: half of them are free. */
const SPARE = 2

export class KeyTable {
  readonly #maxEntries: number
  /** Entries in a circle, the oldest at {@link #first}: the words of the key, then those of the data. */
  #words = new Uint32Array(0)
  #seqs = new Float64Array(0)
  #places = new Float64Array(0)
  #capacity = 0
  #first = 0
  #size = 0
  /** Where an entry is, plus one; 0 where a place is free. */
  #slots = new Int32Array(0)

  /** @param maxEntries a power of two; the oldest goes for one more */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** @param digest of a key, a byte a character @returns its entry, or -1; good until the next `add` */
  find(digest: string): number {
    if (this.#size === 0) return -1
    const mask = this.#slots.length - 1
    for (let slot = word(digest, 0) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1
      if (entry === -1 || this.#isAt(entry * WORDS, digest)) return entry
    }
  }

  /** Of an entry. */
  seq(entry: number): number {
    return this.#seqs[entry]!
  }

  /** Where the event of an entry is kept; as it was added. */
  place(entry: number): number {
    return this.#places[entry]!
  }

  /** Whether an entry's data has this digest. */
  hasData(entry: number, digest: string): boolean {
    return this.#isAt(entry * WORDS + DIGEST_WORDS, digest)
  }

  /** @param key a digest that is not there yet @param data that of what it stands for */
  add(key: string, data: string, seq: number, place: number): void {
    if (this.#size === this.#capacity) {
      if (this.#capacity < this.#maxEntries) this.#grow()
      else this.#removeOldest()
    }
    const entry = (this.#first + this.#size) % this.#capacity
    for (let i = 0; i < DIGEST_WORDS; i++) {
      this.#words[entry * WORDS + i] = word(key, i)
      this.#words[entry * WORDS + DIGEST_WORDS + i] = word(data, i)
    }
    this.#seqs[entry] = seq
    this.#places[entry] = place
    this.#size++
    this.#place(entry)
  }

  #isAt(at: number, digest: string): boolean {
    for (let i = 0; i < DIGEST_WORDS; i++) {
      if (this.#words[at + i] !== word(digest, i)) return false
    }
    return true
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#words[entry * WORDS]! & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry + 1
  }

  #grow(): void {
    const capacity = Math.max(LEAST_ENTRIES, this.#capacity * 2)
    const words = new Uint32Array(capacity * WORDS)
    const seqs = new Float64Array(capacity)
    const places = new Float64Array(capacity)
    // It was full, and nothing was removed from it yet: its oldest entry is its first.
    words.set(this.#words)
    seqs.set(this.#seqs)
    places.set(this.#places)
    this.#words = words
    this.#seqs = seqs
    this.#places = places
    this.#capacity = capacity
    this.#slots = new Int32Array(capacity * SPARE)
    for (let entry = 0; entry < this.#size; entry++) this.#place(entry)
  }

  /** Those behind it that could not have its place move up, so that none is cut off from where it is looked for. */
  #removeOldest(): void {
    const oldest = this.#first
    this.#first = (this.#first + 1) % this.#capacity
    this.#size--
    const mask = this.#slots.length - 1
    let free = this.#words[oldest * WORDS]! & mask
    while (this.#slots[free] !== oldest + 1) free = (free + 1) & mask
    this.#slots[free] = 0
    for (let slot = (free + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const wanted = this.#words[(this.#slots[slot]! - 1) * WORDS]! & mask
      // Whether what is wanted lies behind the free place, up to where it is now.
      if (((slot - wanted) & mask) < ((slot - free) & mask)) continue
      this.#slots[free] = this.#slots[slot]!
      this.#slots[slot] = 0
      free = slot
    }
  }
}

/** Four bytes of a digest, as a number without a sign. */
function word(digest: string, index: number): number {
  const at = index * 4
  return (
    (digest.charCodeAt(at) |
      (digest.charCodeAt(at + 1) << 8) |
      (digest.charCodeAt(at + 2) << 16) |
      (digest.charCodeAt(at + 3) << 24)) >>>
    0
  )
}
