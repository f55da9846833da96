/**
 * Tells the kind of each line from its bytes, in one look at each, whatever the number of expressions that say
 * what the kinds are. A state here is a set of states in which these may be, and is made when a log first leads
 * to it (as RE2 does: https://swtch.com/~rsc/regexp/regexp3.html): most never are.
 */

import { type State, statesOf } from './regexp-states.ts'

export interface LineKind {
  /** What a line of this kind begins with. */
  readonly begins: RegExp
  /** What none of this kind begins with. */
  readonly never: readonly RegExp[]
  /** Whether lines of it are counted. */
  readonly isCounted: boolean
}

export interface LineRun {
  /** Where the first line begins that is of no kind, or has no end, or of which it would take long to tell. */
  readonly to: number
  /** How many of the lines before it are of a kind that is counted. */
  readonly counted: number
  /** Where the newline of the last of these is; -1 without one. */
  readonly lastEnd: number
}

const NEWLINE = 0x0a
/** Of a line, that tell it from most others. */
const FIRST_BYTES = 4
/** Of two bytes each: in what a log leads to all the time, it is as fast as the processor's nearest memory. */
const TABLE_PLACES = 2 ** 16
/** Those before it are none: their places say something else. */
const FIRST_ROW = 1

/**
 * To learn where a byte leads takes as long as to read a line or two. Of a log that leads to ever new states no
 * more is learned than this at first, and then one for so many bytes that were known.
 */
const FIRST_LEARNED = 8192
const BYTES_A_LEARNED = 1024

// What stands in the table where no row does.
const UNKNOWN = 0
const NO_KIND = 1
const COUNTED = 2

/** What it says of a line that an expression has matched. */
interface Meaning {
  /** The kinds of which it may be, or is not; a bit for each. */
  readonly kinds: number
  readonly isAgainst: boolean
}

export class LineAutomaton {
  readonly #kinds: readonly LineKind[]
  /** Of every state of an expression. */
  readonly #meanings = new Map<State, Meaning>()
  readonly #numbers = new Map<State, number>()
  readonly #start: readonly State[]
  /** Of each byte: those that no expression tells from each other share a column. */
  readonly #columns: Uint8Array
  readonly #width: number
  /** For each state a row, and in it for each column where the row of the next state begins. */
  readonly #table = new Uint16Array(TABLE_PLACES)
  #rows: Array<readonly State[]> = []
  #rowOf = new Map<string, number>()
  /** How much may still be learned. */
  #credit = FIRST_LEARNED

  /**
   * @param words that a line of no kind has anywhere
   * @throws SyntaxError for an expression that has no states, and for what every line has
   */
  constructor(kinds: readonly LineKind[], words: readonly RegExp[]) {
    this.#kinds = kinds
    const all = 2 ** kinds.length - 1
    this.#start = [
      ...kinds.flatMap(({ begins, never }, at) => [
        this.#begin(`${sourceOf(begins)}[^\\n]*\\n`, { kinds: 1 << at, isAgainst: false }),
        ...never.map(pattern =>
          this.#begin(somethingOf(pattern), { kinds: 1 << at, isAgainst: true })
        ),
      ]),
      ...words.map(word =>
        this.#begin(`[^]*?${somethingOf(word)}`, { kinds: all, isAgainst: true })
      ),
    ]
    this.#columns = columnsOf([...this.#meanings.keys()])
    // The first row begins behind what is no row.
    this.#width = Math.max(COUNTED, ...this.#columns) + 1
    this.#clear()
  }

  /** Whether a line may be of a kind by its first bytes: the lines of most other logs may not. */
  mayBegin(bytes: Uint8Array, from: number): boolean {
    const first = FIRST_ROW * this.#width
    const end = Math.min(from + FIRST_BYTES, bytes.length)
    let row = first
    for (let at = from; at < end; at++) {
      const known = this.#table[row + this.#columns[bytes[at]!]!]!
      if (known === UNKNOWN && this.#credit < 1) return true
      const next = known === UNKNOWN ? this.#learn(row, bytes[at]!) : known
      // At the first row the next line begins.
      if (next <= first) return next !== NO_KIND
      row = next
    }
    return true
  }

  /** The lines with which a log goes on from the beginning of one, as long as each is of a kind. */
  run(bytes: Uint8Array, from: number): LineRun {
    const table = this.#table
    const columns = this.#columns
    const width = this.#width
    const end = bytes.length
    const first = FIRST_ROW * width
    let counted = 0
    let lastEnd = -1
    let row = first
    let at = from
    for (;;) {
      let next = UNKNOWN
      while (at < end) {
        next = table[row + columns[bytes[at]!]!]!
        if (next < first) break
        row = next
        at++
      }
      if (at === end) break
      if (next === UNKNOWN) {
        if (this.#credit < 1) break
        next = this.#learn(row, bytes[at]!)
      }
      if (next === NO_KIND) break
      if (next === COUNTED) {
        counted++
        lastEnd = at
        next = first
      }
      row = next
      at++
    }
    this.#credit = Math.min(this.#credit + (at - from) / BYTES_A_LEARNED, FIRST_LEARNED)
    return { to: at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1, counted, lastEnd }
  }

  /** All states of an expression get its meaning. @returns its beginning */
  #begin(source: string, meaning: Meaning): State {
    const start = statesOf(source, { bytes: undefined, next: [] })
    const found = [start]
    for (let state = found.pop(); state !== undefined; state = found.pop()) {
      if (this.#meanings.has(state)) continue
      this.#meanings.set(state, meaning)
      this.#numbers.set(state, this.#numbers.size)
      found.push(...state.next)
    }
    return start
  }

  #clear(): void {
    this.#table.fill(UNKNOWN)
    this.#rowOf = new Map()
    this.#rows = Array.from({ length: FIRST_ROW }, () => [])
    this.#rowFor(reachedFrom(this.#start))
  }

  /** Where a byte leads that was not met in a state yet. */
  #learn(row: number, byte: number): number {
    this.#credit--
    const states = this.#rows[row / this.#width]!
    let from = row
    if ((this.#rows.length + 1) * this.#width > TABLE_PLACES) {
      // A log that leads to so many has them made anew.
      this.#clear()
      from = this.#rowFor(states)
    }
    const next = this.#after(states, byte)
    this.#table[from + this.#columns[byte]!] = next
    return next
  }

  #after(states: readonly State[], byte: number): number {
    const reached = reachedFrom(
      states.flatMap(({ bytes, next }) => (bytes?.[byte] === 1 ? next : []))
    )
    let ruledOut = 0
    let accepted = 0
    for (const state of reached) {
      if (state.next.length > 0) continue
      const { kinds, isAgainst } = this.#meanings.get(state)!
      if (isAgainst) ruledOut |= kinds
      else accepted |= kinds
    }
    if (byte === NEWLINE) {
      const kind = this.#kinds.find((_, at) => ((accepted & ~ruledOut) >> at) % 2 === 1)
      if (kind === undefined) return NO_KIND
      return kind.isCounted ? COUNTED : FIRST_ROW * this.#width
    }
    // What kinds it may still be of; what is against others is no more looked for.
    let possible = 0
    for (const state of reached) {
      const { kinds, isAgainst } = this.#meanings.get(state)!
      if (!isAgainst) possible |= kinds & ~ruledOut
    }
    if (possible === 0) return NO_KIND
    return this.#rowFor(
      reached.filter(state => (this.#meanings.get(state)!.kinds & possible) !== 0)
    )
  }

  #rowFor(states: readonly State[]): number {
    const taking = states.filter(({ bytes }) => bytes !== undefined)
    const key = taking
      .map(state => this.#numbers.get(state)!)
      .sort((a, b) => a - b)
      .join()
    const known = this.#rowOf.get(key)
    if (known !== undefined) return known
    const row = this.#rows.length * this.#width
    this.#rows.push(taking)
    this.#rowOf.set(key, row)
    return row
  }
}

function sourceOf({ source, flags }: RegExp): string {
  if (flags !== '') throw new SyntaxError(`no states for the flags ${flags} of ${source}`)
  return `(?:${source})`
}

function somethingOf(pattern: RegExp): string {
  if (pattern.test('')) throw new SyntaxError(`every line has what is nothing: ${pattern.source}`)
  return sourceOf(pattern)
}

/** With all that is reached from them without a byte. */
function reachedFrom(states: readonly State[]): State[] {
  const reached = new Set<State>()
  const found = [...states]
  for (let state = found.pop(); state !== undefined; state = found.pop()) {
    if (reached.has(state)) continue
    reached.add(state)
    if (state.bytes === undefined) found.push(...state.next)
  }
  return [...reached]
}

/** A number for each byte: the same for those that the same states take. */
function columnsOf(states: readonly State[]): Uint8Array {
  const sets = new Map(states.map(({ bytes }) => [bytes?.join(''), bytes]))
  const numbers = new Map<string, number>()
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    const key = [...sets.values()].map(bytes => bytes?.[byte] ?? 0).join('')
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}
