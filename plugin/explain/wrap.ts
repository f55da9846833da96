/** Lines of a text broken at words, so that they fit a terminal. */

/** Of East Asian scripts and of pictures, which take two columns (UAX #11, wide and fullwidth). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const COMBINING = /\p{M}|\u200d|\ufe0f/u
/** Narrower than this nothing is broken: a word would not fit either. */
const MIN_WIDTH = 16

export const INDENT = '   '
const LABEL_WIDTH = 10

/** Labelled lines; of each label all lines stand in one column. */
export type Rows = ReadonlyArray<readonly [label: string, lines: readonly string[]]>

/** Labelled lines, indented, broken at the width of the terminal. */
export function labelled(width: number | undefined, rows: Rows): string[] {
  const textWidth = width === undefined ? undefined : width - INDENT.length - LABEL_WIDTH
  return rows.flatMap(([label, lines]) =>
    lines
      .flatMap(line => wrap(line, textWidth))
      .map((line, at) => `${INDENT}${(at === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)
  )
}

/** Columns that a text takes in a terminal. */
export function columns(text: string): number {
  let count = 0
  for (const char of text) count += COMBINING.test(char) ? 0 : WIDE.test(char) ? 2 : 1
  return count
}

/**
 * @param width columns of each line; undefined: nothing is broken
 * @returns lines of no more than `width` columns; a word that is longer is broken, a path after a slash
 */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || width < MIN_WIDTH || columns(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(one => pieces(one, width))) {
    const joined = line === '' ? word.text : `${line}${word.isNew ? ' ' : ''}${word.text}`
    if (line !== '' && columns(joined) > width) {
      lines.push(line)
      line = word.text
    } else {
      line = joined
    }
  }
  return [...lines, line]
}

interface Piece {
  readonly text: string
  /** A space stands before it. */
  readonly isNew: boolean
}

/** A word as it may be broken: not at all where it fits a line. */
function pieces(word: string, width: number): Piece[] {
  if (columns(word) <= width) return [{ text: word, isNew: true }]
  const parts = word.split(/(?<=\/)/).flatMap(part => chunks(part, width))
  return parts.map((text, at) => ({ text, isNew: at === 0 }))
}

function chunks(text: string, width: number): string[] {
  const all: string[] = []
  let chunk = ''
  for (const char of text) {
    if (columns(chunk + char) > width) {
      all.push(chunk)
      chunk = ''
    }
    chunk += char
  }
  return [...all, chunk]
}
