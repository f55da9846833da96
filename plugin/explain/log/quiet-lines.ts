/**
 * The lines that nearly all of a log are, passed over together: of other programs, and of the kernel with its
 * stamp, in the forms of syslog and dmesg, without a word by which any reader of a line would know it. Each of
 * these words is found in a whole chunk at once, before any line is cut out of it.
 *
 * What is passed over must be no news to anybody: a line that only might be has to be read.
 * test/explain/quiet-lines.test.ts holds it against reading each line.
 */

import { ANY } from '../related-lines.ts'
import { MAY_HOLD } from './anchors.ts'

export interface QuietRun {
  /** Where the first line begins that is none of them. */
  readonly to: number
  /** How many of the lines are records of the kernel. */
  readonly records: number
  /** The last of these. */
  readonly last: string | undefined
}

/** Words of which a line of interest has one, and what programs put for characters (clean.ts). */
const PATTERNS: readonly RegExp[] = [
  ANY,
  MAY_HOLD,
  // A record begins in the middle of a line, or the state of the memory follows.
  / invoked|ut of [Mm]emory|Kernel panic|SLUB: |Hardware name: |Call [Tt]race:|Swap cache stats|total pagecache| \[s=/,
  /[Pp][Aa][Gg][Ee] [Aa][Ll][Ll][Oo]|[Ss][Hh][Oo][Ww] [Mm][Ee][Mm]|[Ss][Yy][Ss][Rr][Qq]|[Qq][Uu][Oo][Tt][Ee][Dd]-/,
  // The words before a victim, broken among themselves.
  /emory(?: cgroup(?: out(?: of)?)?)?:?\n/,
]
const ENTITY = /&(?:#|[a-z]{2,6};)/
const TAG = /<\/?[A-Za-z]/
/** These are rare, and looked for by their first character. */
const TEXTS = ['\r', '\x1b', '#0', '=\n', '=3D', '=3d', '\xc2\xa0', '\xe2', '\xe3\x80', '\xef\xbb']

const TIME =
  '(?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)) '
const HOST = '(?!kern|klogd|std)[A-Za-z][\\w.-]{0,63} '
const TAG_OF_OTHER = '(?!kern|klogd)[A-Za-z][\\w./@-]{0,63}(?:\\[\\d{1,10}\\])?: '
const STAMP = '\\[ {0,8}\\d{1,10}\\.\\d{6}\\](?: ?\\[ {0,8}[TC]\\d{1,10}\\])? '
/** Begins with no further prefix, and holds none. */
const TEXT =
  '(?!kernel|klogd|(?:kern|user|mail|daemon|auth|syslog|authpriv|local\\d) *:)[A-Za-z](?:[^\\n[k:|]|\\[(?![ \\d])|k(?!ernel|logd)|:(?!\\d\\d:\\d\\d))*'
/** With a group that tells a record of the kernel. */
const LINE = new RegExp(
  `(?:${TIME}${HOST}(?:${TAG_OF_OTHER}|(kernel: ${STAMP}${TEXT}\\n))|(${STAMP}${TEXT}\\n))`,
  'y'
)

/** Whether the text of a record has nothing by which anybody would know it. */
export function isOrdinary(text: string): boolean {
  if (text.charCodeAt(0) === 91 || text.includes('\n')) return false
  const line = `${text}\n`
  return (
    PATTERNS.every(pattern => pattern.exec(line) === null) &&
    !ENTITY.test(line) &&
    !TAG.test(line) &&
    TEXTS.every(word => !line.includes(word))
  )
}

/** Where in a chunk the words stand: each is looked for once. */
class Words {
  readonly #chunk: string
  readonly #finders: ReadonlyArray<(from: number) => number>
  /** Of each, the first that is not before the place that was asked for last; -1: not looked for yet. */
  readonly #places: number[]
  #from = 0

  constructor(chunk: string) {
    this.#chunk = chunk
    const patterns = [
      ...PATTERNS,
      ...(chunk.includes('&') ? [ENTITY] : []),
      ...(chunk.includes('<') ? [TAG] : []),
    ]
    this.#finders = [
      ...patterns.map(pattern => finderOf(pattern, chunk)),
      ...TEXTS.map(text => (from: number) => chunk.indexOf(text, from)),
    ]
    this.#places = this.#finders.map(() => -1)
  }

  /** Whether they can be asked for from this place of this chunk on. */
  isFor(chunk: string, from: number): boolean {
    return this.#chunk === chunk && from >= this.#from
  }

  /** @returns the place of the first at `from` or after it, infinity where there is none */
  next(from: number): number {
    this.#from = from
    let first = Number.POSITIVE_INFINITY
    for (const [at, find] of this.#finders.entries()) {
      if (this.#places[at]! < from) {
        const found = find(from)
        this.#places[at] = found === -1 ? Number.POSITIVE_INFINITY : found
      }
      first = Math.min(first, this.#places[at]!)
    }
    return first
  }
}

function finderOf({ source }: RegExp, chunk: string): (from: number) => number {
  const pattern = new RegExp(source, 'g')
  return from => {
    pattern.lastIndex = from
    return pattern.exec(chunk)?.index ?? -1
  }
}

export class QuietLines {
  #words: Words | undefined

  /** Whether a line has the form of one that may be passed over; most lines of other logs have not. */
  isLike(chunk: string, from: number): boolean {
    LINE.lastIndex = from
    return LINE.test(chunk)
  }

  /** Those with which a chunk goes on from the beginning of a line. */
  run(chunk: string, from: number): QuietRun {
    if (this.#words?.isFor(chunk, from) !== true) this.#words = new Words(chunk)
    const word = this.#words.next(from)
    // The line of the word is read; the last of a chunk is none yet.
    const limit = word === 0 ? 0 : chunk.lastIndexOf('\n', word - 1) + 1
    let to = from
    let records = 0
    let lastAt = -1
    let lastEnd = -1
    while (to < limit) {
      LINE.lastIndex = to
      const found = LINE.exec(chunk)
      if (found === null) break
      if (found[1] === undefined && found[2] === undefined) {
        to = chunk.indexOf('\n', LINE.lastIndex) + 1
        continue
      }
      records++
      lastAt = to
      to = LINE.lastIndex
      lastEnd = to - 1
    }
    return { to, records, last: lastAt === -1 ? undefined : chunk.slice(lastAt, lastEnd) }
  }
}
