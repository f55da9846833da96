/**
 * A log as a table with commas, semicolons or tabs (RFC 4180), as viewers of logs export it. Which column
 * has the kernel's words shows when the words of a dump stand in it, in quotation marks.
 */

import { findAnchor } from './anchors.ts'

const SEPARATORS = ',;\t|'
const MAX_LINE_CHARS = 65_536
const QUOTE = 34

interface Field {
  readonly text: string
  readonly isQuoted: boolean
}

interface Row {
  readonly fields: readonly Field[]
  /** The last field's quotation mark is open: it goes on in the next line. */
  readonly isOpen: boolean
}

export class CsvReader {
  #separator = ','
  #column: number | undefined
  #columns = 0
  #open = ''

  /** Whether the log showed no table so far. */
  get isIdle(): boolean {
    return this.#column === undefined
  }

  /** @returns the column's text; undefined where the line is of no table; null where it goes on in the next */
  take(line: string): string | null | undefined {
    if (this.#column === undefined && !this.#learn(line)) return undefined
    const text = this.#open === '' ? line : `${this.#open}\n${line}`
    this.#open = ''
    const row = text.length > MAX_LINE_CHARS ? undefined : rowOf(text, this.#separator)
    if (row === undefined) return undefined
    if (row.isOpen) {
      this.#open = text
      return null
    }
    return row.fields.length === this.#columns ? row.fields[this.#column!]!.text : undefined
  }

  /** Lines of a field that the log's end cut. */
  end(): string | undefined {
    const text = this.#open
    this.#open = ''
    return text === '' ? undefined : text
  }

  #learn(line: string): boolean {
    if (!line.includes('"') || line.length > MAX_LINE_CHARS) return false
    if (findAnchor(line) <= 0 && !line.includes(' invoked oom-killer')) return false
    for (const separator of SEPARATORS) {
      const row = rowOf(line, separator)
      const column = row?.fields.findIndex(({ text, isQuoted }) => isQuoted && isDumps(text)) ?? -1
      if (row === undefined || column === -1) continue
      this.#separator = separator
      this.#column = column
      this.#columns = row.fields.length
      return true
    }
    return false
  }
}

function isDumps(text: string): boolean {
  return findAnchor(text) !== -1 || text.includes(' invoked oom-killer')
}

/** @returns undefined for a line that the rules of quotation marks do not allow */
function rowOf(line: string, separator: string): Row | undefined {
  const fields: Field[] = []
  for (let at = 0; ; at++) {
    if (line.charCodeAt(at) !== QUOTE) {
      const end = line.indexOf(separator, at)
      const text = line.slice(at, end === -1 ? undefined : end)
      if (text.includes('"')) return undefined
      fields.push({ text, isQuoted: false })
      if (end === -1) return { fields, isOpen: false }
      at = end
      continue
    }
    const end = closingQuote(line, at)
    const text = line.slice(at + 1, end === -1 ? undefined : end).replaceAll('""', '"')
    fields.push({ text, isQuoted: true })
    if (end === -1) return { fields, isOpen: true }
    if (end + 1 === line.length) return { fields, isOpen: false }
    if (line[end + 1] !== separator) return undefined
    at = end + 1
  }
}

function closingQuote(line: string, from: number): number {
  for (let at = from + 1; at < line.length; at++) {
    if (line.charCodeAt(at) !== QUOTE) continue
    if (line.charCodeAt(at + 1) !== QUOTE) return at
    at++
  }
  return -1
}
