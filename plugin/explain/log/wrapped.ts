/**
 * Lines that a mail program or a terminal broke in two: which line of a dump must have more to it,
 * whether the next one is that, and whether a space was lost between them.
 */

import { parseOpener } from '../../oom/lines/opener.ts'
import { parseStructuredLine } from '../../oom/lines/structured.ts'
import { recordsIn } from './anchors.ts'

/** `hard`: broken anywhere, nothing lost. `soft`: broken at a space, which is lost. */
export type Wrap = 'hard' | 'soft' | 'unknown'

/** A mail program that breaks lines at spaces does so before this column. */
const MAX_SOFT_ROW_CHARS = 90
/** Shorter than this, no program breaks a line. */
const MIN_BROKEN_CHARS = 40
const MAX_COMM_BYTES = 15
/** The rest of a pid, and the bracket after it. */
const MAX_PID_CHARS = 9
const MAX_NAMES = 64
/** Words that must come out whole. */
const WORDS = [
  'Killed process ',
  'Kill process ',
  'kill process ',
  'out of memory: ',
  ' invoked oom-killer',
]

/** How lines of a dump begin, and what the whole of such a line has. */
const WHOLE: ReadonlyArray<readonly [begins: RegExp, whole: RegExp]> = [
  [/ invoked oom-killer: ?/, /\boom_(?:score_)?adj=-?\d+|\boomkilladj=-?\d+/],
  [/^oom-kill:constraint=/i, /, ?pid=\d+, ?uid=\d+$/],
  [/\b[Kk]ill process \d+/, /sacrifice child|a child|^.{200}/],
  [/^Tasks in \//, / set$/],
  [/^Task in \//, / limit of \S/],
]
/** The same for lines that are looked at only where the log has no prefixes to tell records apart. */
const WHOLE_BARE: ReadonlyArray<readonly [begins: RegExp, whole: RegExp]> = [
  [/^CPU: ?\d+ .*\bComm: |^Pid: \d+, comm: /, /(?:Not tainted|Tainted: [A-Z ]+?),? +\d/],
  [
    /^(?:Node \d+ )?(?:DMA|DMA32|Normal|HighMem|Movable) free:/,
    /free_cma:\d+kB|reclaimable\? (?:yes|no)/,
  ],
  [/^(?:Node \d+ )?(?:DMA|DMA32|Normal|HighMem|Movable): \d+\*/, /= \d+kB/],
  [/^Node \d+ active_anon:/, /reclaimable\? (?:yes|no)/],
  [/^(?:Node \d+ )?hugepages_total=/, /hugepages_size=\d+kB/],
  [/^(?:memory|memory\+swap|swap|kmem): usage /, /failcnt \d+/],
  [/^Memory cgroup stats for .*: cache:/, /unevictable:\d+KB/],
  [/^\[ *pid *\]/, /\bname *$/],
]

/** Lines of a dump that cannot be the rest of the line before them. */
const BEGINS =
  /^(?:\S.* invoked oom-killer|CPU: ?\d|Pid: \d|Hardware name|Workqueue|Call [Tt]race|Mem-Info|(?:in)?active_(?:anon|file):\d+ |Node \d|(?:DMA|DMA32|Normal|HighMem|Movable|Device)(?: free:|: \d)|lowmem_reserve|\d+ (?:total |pages )|(?:Free|Total) swap|Swap cache|\[ *(?:pid|\d+) *\]|Tasks? |oom-kill:|oom_reaper|Out of memory|Memory cgroup|Kill(?:ed)? process|(?:memory|memory\+swap|swap|kmem): usage|hugepages_total|\[<|\s+\[<| ?\S+\+0x)/

/** What a kill line has after the name, or a part of it. */
const KILL_TAIL = /^[\w:,\s-]*$/
const KILL_TOKEN = /vm:|rss:|kB|pgtables|UID|oom_|adj:|total-|^[a-z_-]*:-?\d+|^[\s\d,kB]+$/

/** Follows a log's lines, to know the table's columns and how its lines were broken. */
export class Wrapping {
  /** Numbers in a row of the table, the pid in brackets not counted. */
  #columns: number | undefined
  /** `Comm: NAME ` of the process that invoked the killer, `(NAME) ` of those with a space, and the victim. */
  #names: string[] = []
  #broken = 0
  #longestBroken = 0
  #longestCount = 0

  /** @param text of a record that is whole, as far as one can tell */
  see(text: string): void {
    const opener = parseOpener(text)
    if (opener !== undefined) this.#names = [`omm: ${opener.comm} `]
    const victim = parseStructuredLine(text)?.comm
    if (victim !== undefined) this.#names = [...this.#names.slice(0, 1), `(${victim}) `]
    const name = /^\[ *\d+\](?: +-?\d+){6,} (\S+ .*)$/s.exec(text)?.[1]
    if (name !== undefined && this.#names.length < MAX_NAMES) this.#names.push(`(${name}) `)
    if (/^\[ *pid *\].*\bname *$/.test(text)) {
      this.#columns =
        text
          .replace(/^\[ *pid *\]/, '')
          .trim()
          .split(/ +/).length - 1
    }
  }

  /** Whether there must be more to this record than its text has. */
  isCutShort(text: string, isPrefixed: boolean): boolean {
    const line = lastLine(text)
    if (/\S invoked$/.test(line) || HEAD_CUT.test(line)) return true
    for (const [begins, whole] of WHOLE) if (begins.test(line)) return !whole.test(line)
    if (/\bKilled process \d+(?:,|$| )/.test(line)) return isKillCut(line)
    if (isPrefixed) return false
    for (const [begins, whole] of WHOLE_BARE) if (begins.test(line)) return !whole.test(line)
    return this.#isRowCut(line)
  }

  #isRowCut(line: string): boolean {
    if (this.#columns === undefined || line.length < MIN_BROKEN_CHARS) return false
    const row = /^\[ *\d+\]((?: +-?\d+(?= |$))*)(.*)$/s.exec(line)
    if (row === null) return false
    const numbers = row[1]!.trim().split(/ +/).length
    return numbers < this.#columns || (numbers === this.#columns && row[2]!.trim() === '')
  }

  /** Whether a line without a prefix is the rest of this record, which was cut short. */
  canContinue(text: string, line: string, isPrefixed: boolean): boolean {
    if (line.trim() === '') return false
    const last = lastLine(text)
    if (/\S invoked$/.test(last)) return line.trimStart().startsWith('oom-killer')
    if (HEAD_CUT.test(last)) return HEAD_GOES_ON.test(line)
    if (/\bKilled process \d/.test(last)) return continuesKill(last, line)
    if (isPrefixed) return true
    if (BEGINS.test(line)) return false
    // The rest of a row: numbers, then a name.
    return !/^\[ *\d/.test(last) || /^[\s\d-]*\S{0,15}(?: \S{1,15}){0,3}$/.test(line)
  }

  /** A number at the end may go on in the next line; a complete row's name, too, in the next line, where a space in it was the place to break. */
  isRestOfLast(text: string, line: string): boolean {
    if (/^\s*\d{1,4}$/.test(line) && text.length > MIN_BROKEN_CHARS && isComplete(text, ''))
      return true
    const name = /^\[ *\d+\](?: +-?\d+)+ (\D.*)$/.exec(lastLine(text))?.[1]
    return (
      name !== undefined &&
      line !== '' &&
      name.length + 1 + line.length <= MAX_COMM_BYTES &&
      text.length + line.length > 60 &&
      !BEGINS.test(line)
    )
  }

  /** @param length of the line that is broken here, as it stood in the log */
  join(text: string, line: string, length: number): string {
    const wrap = this.#wrap(text, length)
    if (/^\[ *\d/.test(lastLine(text)) && !/\s$/.test(text) && !/^\s/.test(line)) {
      const fitting = ['', ' '].filter(space => this.#isRow(lastLine(text) + space + line))
      if (fitting.length === 1) return text + fitting[0] + line
      // A program that breaks anywhere fills the line; one that breaks at spaces, when the next word
      // would not fit.
      const isFull = length + 1 + line.trimEnd().search(/(?: |$)/) > this.#longestBroken
      const isLongest = length === this.#longestBroken && this.#longestCount > 1
      if (!isFull || (wrap === 'unknown' && isLongest)) return text + line
      if (wrap === 'unknown' && length < this.#longestBroken) return `${text} ${line}`
    }
    return joinBroken(text, line, wrap, this.#names)
  }

  /** A row with as many numbers as the table has columns, and a name, which may be a number. */
  #isRow(line: string): boolean {
    const row = /^\[ *\d+\]((?: +-?\d+(?= |$))*)(.*)$/s.exec(line)
    if (row === null || this.#columns === undefined) return false
    const numbers = row[1]!.trim().split(/ +/).length
    const isNamed = row[2]!.trim() !== ''
    return isNamed ? numbers === this.#columns : numbers === this.#columns + 1
  }

  /**
   * A program that breaks anywhere leaves broken lines as long as the longest, one that breaks at
   * spaces leaves them ragged. Rows of the table, being of one length by themselves, tell nothing.
   */
  #wrap(text: string, length: number): Wrap {
    if (!/^\[ *\d/.test(lastLine(text))) {
      if (length > this.#longestBroken) {
        this.#longestBroken = length
        this.#longestCount = 0
      }
      if (length === this.#longestBroken) this.#longestCount++
      this.#broken++
    }
    if (this.#broken < 4) return 'unknown'
    const share = this.#longestCount / this.#broken
    return share > 0.8 ? 'hard' : share < 0.5 ? 'soft' : 'unknown'
  }
}

/** Blanks with which a terminal fills a line up to its width, before it goes on in the next. */
const PADDING = / {8,}/
const PADDED =
  /^(?:oom-kill:|(?:Memory cgroup o|O)ut of memory|Kill(?:ed)? process|Tasks? in \/|Node \d|\S.{0,64} invoked oom-killer)/

/** A line that was copied from a terminal, and has its padding in the middle. */
export function unpadded(text: string): string {
  if (!text.includes('        ') || !PADDED.test(text)) return text
  const [first, ...others] = text.split(PADDING)
  return others.reduce((joined, part) => joinBroken(joined, part, 'unknown', []), first!)
}

/** The rest of a line, indented by a program or a person; of a row of the table the blanks are its own. */
export function withoutHangingIndent(text: string, line: string): string {
  return /^\s{2,}/.test(line) && !/^\[ *\d/.test(lastLine(text)) ? line.trimStart() : line
}

/** The words before the victim, broken among themselves. */
const HEAD_CUT =
  /^(?:Memory(?: cgroup(?: out(?: of(?: memory:?)?)?)?)?|Out of memory:?|(?:(?:Memory cgroup o|O)ut of memory: )?Kill(?:ed)?(?: process)?)$/
const HEAD_GOES_ON = /^\s*(?:cgroup|out of|of memory|memory:|[Kk]ill(?:ed)?\b|process \d|\d+[ ,])/

/** Whether nothing can follow but the rest of a number: a reader's own words begin a new line. */
export function isComplete(text: string, line: string): boolean {
  const last = lastLine(text)
  const isWhole =
    /^oom-kill:constraint=.*,pid=\d+,uid=\d+$/s.test(last) ||
    /\bKilled process \d+ .*\boom_score_adj:-?\d+$/s.test(last)
  if (!isWhole && /\bKilled process \d/.test(last)) return !continuesKill(last, line)
  return isWhole && !/^\s*\d+\s*$/.test(line)
}

/** A continuation line that is a line of the kernel's own, of a multi-line printk. */
export function isLineOfItsOwn(line: string): boolean {
  return (
    /^\s*[a-z_]+(?:\([a-z]+\))?:\d+(?:\s|$)/.test(line) ||
    /^\s*[a-z_0-9]+ \d+$/.test(line) ||
    /^(?:\[ *\d+\]|Node \d|lowmem_reserve|\d+ pages |\d+ total |Mem-Info|Tasks state|memory: |swap: )/.test(
      line
    ) ||
    line.trim() === '' ||
    /^[-=*#.<]{3,}/.test(line)
  )
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}

function isKillCut(line: string): boolean {
  if (!/\bfile-rss:\d+kB/.test(line) || /[,:]\s*$/.test(line)) return true
  if (!/(?:\dkB|adj:-?\d+|adj:-?\d*\$|>)\s*$/.test(line) && line.length > MIN_BROKEN_CHARS)
    return true
  // 5.4 and later end with the score; 'UID:' tells them.
  return /\b(?:UID|pgtables):/.test(line) && !/\boom_score_adj:-?\d+/.test(line)
}

function continuesKill(last: string, line: string): boolean {
  // The next record may begin in the same line.
  let text = recordsIn(line)[0]!.trimEnd()
  // Until its figures begin, the name may go on, with brackets of its own.
  if (!/\) (?:total-vm|$)|\),? UID/.test(last)) {
    const isNameOpen = !/\bKilled process \d.*\)/s.test(last)
    const bracket = text.lastIndexOf(
      ')',
      isNameOpen ? MAX_PID_CHARS + MAX_COMM_BYTES : MAX_COMM_BYTES + 1
    )
    if (bracket === -1 && isNameOpen) return false
    text = text.slice(bracket + 1)
    if (text === '' || bracket !== -1) return true
  }
  return KILL_TAIL.test(text) && KILL_TOKEN.test(text)
}

/** Tokens of a dump's lines, whole: broken in two, no space belongs between. */
const WHOLE_TOKEN =
  /^(?:(?:total-vm|anon-rss|file-rss|shmem-rss):\d+kB,?|UID:\d+|oom_score_adj:-?\d+|[a-z_]+(?:\([a-z]+\))?:\d+(?:kB|KB)?|\d+kB,|total_vm|rss_(?:anon|file|shmem)|pgtables_bytes|nr_p[mt][de]s|swapents|oom_score_adj|oom_adj|tgid|uid|rss|cpu|name)$/

/** @param names as they must stand in the joined text, where they are known from lines before */
function joinBroken(text: string, line: string, wrap: Wrap, names: readonly string[]): string {
  if (wrap === 'hard') return text + line
  if (text === '' || /\s$/.test(text) || /^\s/.test(line)) return text + line
  const last = lastLine(text)
  // The structured line has no spaces but those in names: it can only be broken inside a token, or in
  // a name where lines are known to be broken at spaces.
  if (last.startsWith('oom-kill:')) {
    const name = /,task=((?!.*,pid=).*)$/s.exec(last)?.[1]
    const isKnown = names.some(known =>
      `${name} ${line}`.startsWith(known.replace(/^.*\(|\) $/g, ''))
    )
    return name !== undefined && (wrap === 'soft' || isKnown) ? `${text} ${line}` : text + line
  }
  // The path of a group has no spaces.
  if (/^Tasks? in .*\/\S*$/s.test(last) && !/^(?:killed|are) /.test(line)) return text + line
  const isNameBroken = (name: string): boolean =>
    `${text}${line}`.includes(name) && !`${text} ${line}`.includes(name)
  if (names.some(isNameBroken) || WORDS.some(isNameBroken)) return text + line
  // A row of the task table is broken past the width of a screen only in the middle of its name.
  const isLongRow = /^\[ *\d/.test(last) && last.length > MAX_SOFT_ROW_CHARS
  if (isLongRow && wrap !== 'soft' && !/ -?\d+$/.test(last)) {
    return text + line
  }
  const before = /\S+$/.exec(text)![0]
  const after = /^\S+/.exec(line)?.[0] ?? ''
  // No token of a kill line begins with a digit but the pid, which comes after a word.
  if (/\d$/.test(before) && /^\d/.test(after) && /\bKilled process \d|: usage \d/.test(last))
    return text + line
  const isBroken = !(WHOLE_TOKEN.test(before) && WHOLE_TOKEN.test(after))
  const isOneToken = isBroken && WHOLE_TOKEN.test(before + after)
  return isOneToken ? text + line : `${text} ${line}`
}
