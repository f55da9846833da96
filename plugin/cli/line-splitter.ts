/** Cuts a file or a pipe into lines, wherever its chunks end. */

/** The longest line taken: a log whose lines are longer is no log. */
export const MAX_LINE_LENGTH = 1 << 20

/** Holds one unfinished line at most, and of that at most {@link MAX_LINE_LENGTH} characters. */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  #rest = ''
  #isSkipping = false

  /** @param onLine gets each line without its newline; none that is longer than the bound */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** @param chunk one character per byte (latin1): names in a log may be no UTF-8 */
  push(chunk: string): void {
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const isWhole = !this.#isSkipping && this.#rest.length + end - start <= MAX_LINE_LENGTH
      const line = this.#rest + chunk.slice(start, end)
      this.#rest = ''
      this.#isSkipping = false
      start = end + 1
      if (isWhole) this.#onLine(line)
    }
    if (this.#isSkipping) return
    if (this.#rest.length + chunk.length - start > MAX_LINE_LENGTH) {
      this.#rest = ''
      this.#isSkipping = true
    } else {
      this.#rest += chunk.slice(start)
    }
  }

  /** The input is at its end: a last line without a newline counts. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }
}
