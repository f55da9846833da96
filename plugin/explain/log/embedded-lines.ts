/** Lines of a log that a program wrote into one: with `\\n` for the breaks between them, or as a list of texts. */

import { findAnchor } from './anchors.ts'

/** Shorter texts hold no two lines of a dump. */
const MIN_CHARS = 120
const BREAKS = [/(?:\\r)?\\n/, /['"], ?u?['"]/]

/** The lines that a line holds: itself, mostly. */
export function embeddedLines(line: string): string[] {
  if (line.length < MIN_CHARS) return line.split('\n')
  for (const between of BREAKS) {
    if (!between.test(line)) continue
    const lines = line.split(between)
    // What is between the breaks must be lines of a dump, some of them.
    if (lines.filter(one => findAnchor(one) !== -1).length > 1) return lines
  }
  return line.split('\n')
}
