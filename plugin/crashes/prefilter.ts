/** Which records are worth a closer look: every record comes by here. */

import type { RawRecord } from '../kmsg/record.ts'

const SEGFAULT = Buffer.from(': segfault at ')
const UNHANDLED = Buffer.from(': unhandled ')
const SUPPRESSED = Buffer.from(' callbacks suppressed')
const BRACKET = 91
const COLON = 58
const SPACE = 32
const [A, R, S, T, U, UNDERSCORE] = [97, 114, 115, 116, 117, 95]
/** A name, its bytes escaped, and what may stand before and after it. */
const HEAD_BYTES = 15 * 4 + 'traps: [4194304]: unhandled '.length

/**
 * On a record's bytes. Never false for what crash-line.ts reads: such a line begins with `traps: `, has one of two
 * words behind a colon near its beginning, or tells, by the name of a function, what was left out. The
 * kernel escapes no letter.
 */
export function mayTellOfCrash({ bytes, textAt, textEnd }: RawRecord): boolean {
  const first = bytes[textAt]
  // A row of a task table.
  if (first === BRACKET && bytes[textAt + 1] === SPACE) return false
  if (first === T && bytes[textAt + 1] === R && bytes[textAt + 5] === COLON) return true
  const headEnd = Math.min(textEnd, textAt + HEAD_BYTES)
  for (let at = textAt; at < headEnd; at++) {
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE) continue
    const next = bytes[at + 2]
    if (next === S && isAt(bytes, at, textEnd, SEGFAULT)) return true
    if (next === U && isAt(bytes, at, textEnd, UNHANDLED)) return true
  }
  const isFunction = first === S || first === A || first === UNDERSCORE
  return isFunction && isAt(bytes, textEnd - SUPPRESSED.length, textEnd, SUPPRESSED)
}

function isAt(bytes: Buffer, at: number, end: number, word: Buffer): boolean {
  if (at < 0 || at + word.length > end) return false
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false
  return true
}
