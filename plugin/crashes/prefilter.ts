/** Which records are worth a closer look: every record comes by here. */

import type { RawRecord } from '../kmsg/record.ts'

const WORDS = ['segfault at ', 'traps: ', ': unhandled ', 'callbacks suppressed'].map(word =>
  Buffer.from(word)
)
const BRACKET = 91
const COLON = 58
/** A name, its bytes escaped, and what may stand before and after it. */
const HEAD_BYTES = 15 * 4 + 'traps: [4194304]: unhandled '.length

/**
 * On a record's bytes. Never false for what line.ts reads: such a line has a colon near its beginning,
 * which most lines do not, and one of a few words right there.
 */
export function mayTellOfCrash({ bytes, textAt, textEnd }: RawRecord): boolean {
  // A row of a task table, and most of a dump.
  if (bytes[textAt] === BRACKET && bytes[textAt + 1] === 32) return false
  const headEnd = Math.min(textEnd, textAt + HEAD_BYTES)
  let at = textAt
  while (at < headEnd && bytes[at] !== COLON) at++
  if (at === headEnd) return false
  const head = bytes.subarray(textAt, headEnd)
  return WORDS.some(word => head.includes(word))
}
