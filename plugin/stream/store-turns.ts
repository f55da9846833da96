/**
 * Who may read the store now. Readers that are behind the ring and pages have the store's files read
 * and parsed in the event loop: together they take a few milliseconds of a turn, one after the other
 * in the order in which they asked, however many they are. Between them the loop comes to the kernel
 * log, to live events and to everybody else.
 */

/** What one reader takes before the next one's turn: about a millisecond. */
const SLICE_EVENTS = 256
const SLICE_MS = 1
/** While events take less than this, the clock is looked at for one of so many: a look is a part of what one takes. */
const QUICK_MS = 0.05
const EVENTS_A_LOOK = 4
/** What all take together in a turn of the loop. */
const SLICES_A_TURN = 4

export class StoreTurns {
  readonly #waiting = new Set<(slice: Slice) => void>()
  /** Taken in this turn. */
  #events = 0
  #ms = 0
  #isScheduled = false

  /** @returns a slice at once: nobody waits for one, and this turn has some left */
  take(): Slice | undefined {
    return this.#waiting.size > 0 || this.#isSpent ? undefined : this.#slice()
  }

  /**
   * @param onTurn called once, in a later turn, with a slice that is to be used in that turn. Asked
   *   for twice, it is one slice
   */
  request(onTurn: (slice: Slice) => void): void {
    this.#waiting.add(onTurn)
    this.#schedule()
  }

  cancel(onTurn: (slice: Slice) => void): void {
    this.#waiting.delete(onTurn)
  }

  async next(): Promise<Slice> {
    return this.take() ?? (await new Promise<Slice>(resolve => this.request(resolve)))
  }

  get #isSpent(): boolean {
    return this.#events >= SLICES_A_TURN * SLICE_EVENTS || this.#ms >= SLICES_A_TURN * SLICE_MS
  }

  #slice(): Slice {
    this.#schedule()
    return new Slice(ms => {
      this.#events++
      this.#ms += ms
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#events = 0
      this.#ms = 0
      let given = 0
      for (const onTurn of this.#waiting) {
        // Not all use theirs before the next gets one, so they are counted, too.
        if (given === SLICES_A_TURN || this.#isSpent) break
        given++
        this.#waiting.delete(onTurn)
        onTurn(this.#slice())
      }
      if (this.#waiting.size > 0) this.#schedule()
    })
  }
}

export class Slice {
  readonly #onEvent: (ms: number) => void
  #events = 0
  #ms = 0
  #lookedAt: number | undefined
  #untilLook = 1

  constructor(onEvent: (ms: number) => void) {
    this.#onEvent = onEvent
  }

  /** To be asked before each event. */
  isOver(): boolean {
    const ms = --this.#untilLook === 0 ? this.#look() : 0
    this.#events++
    this.#ms += ms
    this.#onEvent(ms)
    return this.#events > SLICE_EVENTS || this.#ms > SLICE_MS
  }

  /** @returns since the last look, in ms */
  #look(): number {
    const now = performance.now()
    const last = this.#lookedAt
    this.#lookedAt = now
    const ms = now - (last ?? now)
    this.#untilLook = last !== undefined && ms < QUICK_MS ? EVENTS_A_LOOK : 1
    return ms
  }
}
