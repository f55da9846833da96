/** What stands before the kernel's words: prefixes that are known, and those that this log taught. */

import { isAnchored } from './anchors.ts'
import { LearnedPrefixes } from './learned-prefix.ts'
import { LearnedSuffix } from './learned-suffix.ts'
import { type Prefixed, stripPrefix } from './line-prefix.ts'
import { isoStamp, localStamp, type WallStamp } from './stamps.ts'

const ISO =
  /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d| [A-Z]{3,5}(?= ))?/
const CLOCK =
  /(?:\d{4}[/.-]\d\d[/.-]\d\d[T ]+|\d\d[/.-]\d\d[ T]+|[A-Z][a-z]{2} +\d{1,2} +)?\d\d:\d\d:\d\d/

export class PrefixStripper {
  readonly #learned = new LearnedPrefixes()
  readonly #suffix = new LearnedSuffix()

  /** Whether the log taught nothing so far. */
  get isEmpty(): boolean {
    return this.#learned.isEmpty && this.#suffix.isEmpty
  }

  strip(line: string): Prefixed {
    const learned = this.#learned.match(line)
    const text = learned === undefined ? line : line.slice(learned.length)
    let known = stripPrefix(text)
    const isNone = learned?.isBeforeKnown === true && !known.found
    if (isNone) known = stripPrefix(line)
    known.text = this.#suffix.strip(known.text)
    if (learned === undefined || isNone) return known
    known.found = true
    known.isKernel &&= learned.isKernel
    if (known.wallUs === undefined && known.wallText === undefined) {
      const { us, text: wallText, yearlessUs } = timeIn(line.slice(0, learned.length))
      known.wallUs = us
      known.wallText = wallText
      known.yearlessUs = yearlessUs
    }
    return known
  }

  /** Learns from a line that shows where its prefix ends; whether it showed anything new. */
  learn(line: string): boolean {
    return this.#learned.learn(line, lengthWithoutKnown)
  }

  /** Remembers the beginning of a line as a prefix. */
  remember(prefix: string): void {
    this.#learned.remember(prefix)
  }

  /** Whether it is certain where the kernel's words begin in a line. */
  isCertain(line: string): boolean {
    return isAnchored(this.strip(line).text)
  }
}

/** What is left of a text that begins with a known prefix; nothing of a line of another program. */
function lengthWithoutKnown(text: string): number {
  const { found, isKernel, text: rest } = stripPrefix(text)
  if (!found) return Number.POSITIVE_INFINITY
  return isKernel ? rest.length : 0
}

function timeIn(prefix: string): WallStamp {
  const iso = ISO.exec(prefix)
  if (iso !== null) return isoStamp(iso)
  const clock = CLOCK.exec(prefix)?.[0]
  return clock === undefined ? { us: undefined, text: undefined } : localStamp(clock)
}
