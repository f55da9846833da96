/** Cuts a file or a pipe into lines, wherever its chunks end. */

/** The longest line taken: a log whose lines are longer is no log. */
export const MAX_LINE_LENGTH = 1 << 20

const NEWLINE = 10
/** Between two elements of a document in JSON. */
const ELEMENTS = ['},', '],']

/**
 * Holds one unfinished line at most, and of that at most {@link MAX_LINE_LENGTH} characters. A document in JSON
 * may be one line of any length: it is cut between its elements, which whitespace may separate.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  readonly #passOver: (chunk: Buffer, from: number) => number
  #rest = ''
  #isSkipping = false

  /**
   * @param onLine gets each line without its newline, one character per byte (latin1), for names in a log may
   *   be no UTF-8; none that is longer than the bound
   * @param passOver is asked at the beginning of a line where the next that is wanted begins
   */
  constructor(
    onLine: (line: string) => void,
    passOver: (chunk: Buffer, from: number) => number = (_, from) => from
  ) {
    this.#onLine = onLine
    this.#passOver = passOver
  }

  /** @param chunk is looked at only until this returns */
  push(chunk: Buffer): void {
    const isAtBegin = this.#rest === '' && !this.#isSkipping
    let start = isAtBegin ? this.#passOver(chunk, 0) : 0
    for (let end = chunk.indexOf(NEWLINE, start); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const isWhole = !this.#isSkipping && this.#rest.length + end - start <= MAX_LINE_LENGTH
      const line = this.#rest + chunk.toString('latin1', start, end)
      this.#rest = ''
      this.#isSkipping = false
      start = end + 1
      if (isWhole) this.#onLine(line)
      start = this.#passOver(chunk, start)
    }
    if (this.#isSkipping) return
    this.#rest += chunk.toString('latin1', start)
    if (this.#rest.length <= MAX_LINE_LENGTH) return
    const cut = cutOfJson(this.#rest)
    if (cut !== undefined) this.#onLine(this.#rest.slice(0, cut))
    const rest = cut === undefined ? '' : this.#rest.slice(cut)
    // An element as long as this is none of a log.
    this.#isSkipping = cut === undefined || rest.length > MAX_LINE_LENGTH / 2
    this.#rest = this.#isSkipping ? '' : rest
  }

  /** The input is at its end: a last line without a newline counts. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }
}

/** Where a line that is too long can be cut, being JSON; what was cut off it begins with an element. */
function cutOfJson(line: string): number | undefined {
  if (!/^\s*[[{]/.test(line)) return undefined
  const cut = Math.max(...ELEMENTS.map(end => line.lastIndexOf(end)))
  return cut <= 0 ? undefined : cut + 2
}
