/**
 * The lines that nearly all of a log are, passed over together: of other programs, and of the kernel with its
 * stamp, in the forms of syslog and dmesg, without a word by which any reader of a line would know it. They
 * are told by their bytes, of which no string is made.
 *
 * What is passed over must be no news to anybody: a line that only might be has to be read.
 * test/explain/quiet-lines.test.ts holds it against reading each line.
 */

import { ANY } from '../related-lines.ts'
import { MAY_HOLD } from './anchors.ts'
import { LineAutomaton } from './line-automaton.ts'

export interface QuietRun {
  /** Where the first line begins that is none of them. */
  readonly to: number
  /** How many of the lines are records of the kernel. */
  readonly records: number
  /** The last of these. */
  readonly last: string | undefined
}

/** Of these a line of interest has one. */
const WORDS: readonly RegExp[] = [
  ANY,
  MAY_HOLD,
  // A record begins in the middle of a line, or the state of the memory follows.
  / invoked|ut of [Mm]emory|Kernel panic|SLUB: |Hardware name: |Call [Tt]race:|Swap cache stats|total pagecache| \[s=/,
  /[Pp][Aa][Gg][Ee] [Aa][Ll][Ll][Oo]|[Ss][Hh][Oo][Ww] [Mm][Ee][Mm]|[Ss][Yy][Ss][Rr][Qq]|[Qq][Uu][Oo][Tt][Ee][Dd]-/,
  // The words before a victim, broken among themselves.
  /emory(?: cgroup(?: out(?: of)?)?)?:?\n/,
  // What programs put for characters (clean.ts).
  /&(?:#|[a-z]{2,6};)|<\/?[A-Za-z]|\r|\x1b|#0|=\n|=3[Dd]|\xc2\xa0|\xe2|\xe3\x80|\xef\xbb/,
]
const WORD = new RegExp(WORDS.map(({ source }) => source).join('|'))

const NEWLINE = 0x0a

const TIME =
  '(?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)) '
// Names of any length: one that is counted has a state for each place in it and each word that may begin there.
const HOST = '[A-Za-z][\\w.-]* '
const TAG = '[A-Za-z][\\w./@-]*(?:\\[\\d{1,10}\\])?: '
const STAMP = '\\[ {0,8}\\d{1,10}\\.\\d{6}\\](?: ?\\[ {0,8}[TC]\\d{1,10}\\])? '
const KERNEL = `(?:${TIME}${HOST}kernel: )?${STAMP}`
/** No host, but the kernel or a container's stream. */
const NO_HOST = new RegExp(`${TIME}(?:kern|klogd|std)`)

let lines: LineAutomaton | undefined

/** Made once, and not before there is a log: it takes some ms. */
function automaton(): LineAutomaton {
  lines ??= new LineAutomaton(
    [
      {
        begins: new RegExp(TIME + HOST + TAG),
        never: [NO_HOST, new RegExp(`${TIME}${HOST}(?:kern|klogd)`)],
        isCounted: false,
      },
      {
        begins: new RegExp(`${KERNEL}[A-Za-z]`),
        // A further prefix, at the beginning of the words or within.
        never: [
          NO_HOST,
          new RegExp(`${KERNEL}(?:kern|user|mail|daemon|auth|syslog|authpriv|local\\d) *:`),
          new RegExp(
            `${KERNEL}(?:kernel|klogd|[A-Za-z][^\\n]*(?:kernel|klogd|\\||\\[[ \\d]|:\\d\\d:\\d\\d))`
          ),
        ],
        isCounted: true,
      },
    ],
    WORDS
  )
  return lines
}

/** Whether the text of a record has nothing by which anybody would know it. */
export function isOrdinary(text: string): boolean {
  return text.charCodeAt(0) !== 91 && !text.includes('\n') && !WORD.test(`${text}\n`)
}

/** Whether a line may be one of them, by its first bytes. */
export function mayBeQuiet(chunk: Buffer, from: number): boolean {
  return automaton().mayBegin(chunk, from)
}

/** Those with which a chunk goes on from the beginning of a line. */
export function quietRun(chunk: Buffer, from: number): QuietRun {
  const { to, counted, lastEnd } = automaton().run(chunk, from)
  if (lastEnd === -1) return { to, records: 0, last: undefined }
  const lastAt = chunk.lastIndexOf(NEWLINE, lastEnd - 1) + 1
  return { to, records: counted, last: chunk.toString('latin1', lastAt, lastEnd) }
}
