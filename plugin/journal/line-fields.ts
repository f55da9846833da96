/**
 * The fields of a line of the journal, one after the other as they stand in it: read from its bytes, since
 * the strings that a pattern makes of each of a hundred thousand lines took longer than the line itself.
 */

const ZERO = 0x30
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** Of a number in decimal digits. */
const MAX_DIGITS = 16

export class LineFields {
  readonly #line: Buffer
  /** Where the next field begins. */
  at: number
  /** Whether one of them was not what was asked for. */
  isOther = false

  constructor(line: Buffer, at: number) {
    this.#line = line
    this.at = at
  }

  /** @param before what stands before its digits */
  number(before: Buffer): number {
    this.#skip(before)
    const line = this.#line
    const from = this.at
    let value = 0
    let at = from
    for (let digit = line[at]! - ZERO; digit >= 0 && digit <= 9; digit = line[++at]! - ZERO) {
      value = value * 10 + digit
    }
    if (at === from || at > from + MAX_DIGITS) this.isOther = true
    this.at = at
    return value
  }

  /**
   * @param before what stands before its characters, with the quote
   * @param known what it probably is, as it stands in JSON too: then no string is made
   * @returns it as it stands in JSON, a character for each byte
   */
  string(before: Buffer, known: string): string {
    this.#skip(before)
    const line = this.#line
    const from = this.at
    if (this.#isAt(from, known) && line[from + known.length] === QUOTE) {
      this.at = from + known.length + 1
      return known
    }
    let end = from
    while (end < line.length && line[end] !== QUOTE) end += line[end] === BACKSLASH ? 2 : 1
    if (end >= line.length) this.isOther = true
    this.at = end + 1
    return line.toString('latin1', from, end)
  }

  #isAt(from: number, text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.#line[from + i] !== text.charCodeAt(i)) return false
    }
    return true
  }

  #skip(word: Buffer): void {
    const line = this.#line
    for (let i = 0; i < word.length; i++) if (line[this.at + i] !== word[i]) this.isOther = true
    this.at += word.length
  }
}
