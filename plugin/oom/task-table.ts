/**
 * The Tasks-state table: a header row that names the columns, then a row for each process.
 *
 *     [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
 *     [   4711]  1000  4711  2316564   516062     12025856    47863             0 chrome
 *
 * The columns changed with the kernels, so they are read by the header's words; rss, total_vm and
 * swapents are pages, pgtables_bytes is bytes. The name is the rest of the line after one space and
 * may hold anything.
 *
 * Source: kernel, mm/oom_kill.c: dump_tasks, dump_task (2.6.32 to 6.18).
 */

import { type RawRecord, unescapeKmsgText } from '../kmsg/record.ts'

export interface TaskRow {
  readonly pid: number
  readonly uid: number
  readonly totalVmPages: number
  readonly rssPages: number
  /** undefined in tables without the column (before 3.7) */
  readonly swapPages: number | undefined
  readonly pgtablesBytes: number | undefined
  readonly oomScoreAdj: number | undefined
}

export interface TopTask {
  readonly pid: number
  /** one character per byte */
  readonly comm: string
  readonly rssPages: number
}

/** How many of the largest tasks an event names. */
export const TOP_TASKS = 5

/**
 * Rows kept for looking up a victim's figures (Linux's default pid_max). The largest five are kept
 * beside them, so a longer table costs only a late row's swap and uid.
 */
const MAX_ROWS = 32_768
const FIRST_ROWS = 256

const COLUMNS = [
  'pid',
  'uid',
  'total_vm',
  'rss',
  'swapents',
  'pgtables_bytes',
  'oom_score_adj',
] as const
type Column = (typeof COLUMNS)[number]
const PID = 0
const UID = 1
const TOTAL_VM = 2
const RSS = 3
const SWAP = 4
const PGTABLES = 5
const OOM_SCORE_ADJ = 6
/** Where the numbers go that are of no use. */
const UNUSED = 7
const WIDTH = 8
const OPEN = 91 // [
const CLOSE = 93 // ]
const SPACE = 32
const MINUS = 45
const ZERO = 48
/** 256 KiB is the largest page. */
const MAX_FIGURE = Number.MAX_SAFE_INTEGER / 256

const HEADER = /^\[ *pid *\] +uid +tgid +total_vm +rss .*\bname *$/

const asItIs = (raw: string): string => raw

/** For lines that come as strings: a row is read from bytes only. */
let scratch = Buffer.allocUnsafe(512)

export class TaskTable {
  /** For each numeric column of the table, its place in a row of `#values`. */
  #layout: readonly number[] | undefined
  /** The rows kept, WIDTH numbers each. */
  #values = new Float64Array(0)
  #kept = 0
  #count = 0
  readonly #top: TopTask[] = []
  /** Row by pid; filled when a second process is looked for. */
  #index: Map<number, number> | undefined
  #indexed = 0

  /** Rows seen. */
  get count(): number {
    return this.#count
  }

  /** Whether the header or a row was seen. */
  get isPresent(): boolean {
    return this.#layout !== undefined
  }

  /** The largest by RSS, descending; equal ones in the table's order. */
  get top(): readonly TopTask[] {
    return this.#top
  }

  /** Takes a header row or a task's row; false when the line is neither. */
  push(line: string): boolean {
    if (line.charCodeAt(0) !== OPEN) return false
    const second = line.charCodeAt(1)
    if (second !== SPACE && !isDigit(second) && second !== MINUS && second !== 112) return false
    if (line.length >= scratch.length) scratch = Buffer.allocUnsafe(line.length * 2)
    const end = scratch.write(line, 'latin1')
    scratch[end] = 0
    return this.#pushRow(scratch, 0, end, asItIs) || this.#pushHeader(line)
  }

  #pushHeader(line: string): boolean {
    if (!HEADER.test(line)) return false
    const columns = line.replace(/[[\]]/g, ' ').trim().split(/ +/).slice(0, -1)
    const layout = columns.map(column => {
      const place = COLUMNS.indexOf(column as Column)
      return place === -1 ? UNUSED : place
    })
    // A table of other columns: what the rows before did not state must not be read from them.
    if (this.#layout !== undefined && String(this.#layout) !== String(layout)) this.#forget()
    this.#layout = layout
    if (this.#values.length === 0) this.#values = new Float64Array(FIRST_ROWS * WIDTH)
    return true
  }

  /** Takes a task's row; false when the record is none. */
  pushRaw({ bytes, textAt, textEnd }: RawRecord): boolean {
    return bytes[textAt] === OPEN && this.#pushRow(bytes, textAt, textEnd, unescapeKmsgText)
  }

  #pushRow(bytes: Buffer, from: number, end: number, decode: (raw: string) => string): boolean {
    // Rows without their header are not read: their columns would be guessed, and the largest of
    // the rows that are left need not be the largest of the table.
    const layout = this.#layout
    if (layout === undefined) return false
    // Written into the next free row, which counts only once it is whole.
    const values = this.#values
    const offset = this.#kept * WIDTH
    const columns = layout.length
    // A newline or a NUL stops every loop at `end`; where there is none, what was read past it shows.
    let at = from + 1
    let code = bytes[at]!
    for (let column = 0; column < columns; column++) {
      while (code === SPACE) code = bytes[++at]!
      const negative = code === MINUS
      if (negative) code = bytes[++at]!
      let digit = code - ZERO
      if (!(digit >= 0 && digit <= 9)) return false
      let value = 0
      do {
        value = value * 10 + digit
        code = bytes[++at]!
        digit = code - ZERO
      } while (digit >= 0 && digit <= 9)
      if (column === 0) {
        while (code === SPACE) code = bytes[++at]!
        if (code !== CLOSE) return false
        code = bytes[++at]!
      } else if (code !== SPACE && at < end) {
        return false
      }
      // No kernel counts so far, and in KiB it would not be exact.
      if (value > MAX_FIGURE) return false
      const place = layout[column]!
      if (negative && place !== OOM_SCORE_ADJ && place !== UNUSED) return false
      values[offset + place] = negative ? -value : value
    }
    if (at > end) return false
    this.#count++
    const rssPages = values[offset + RSS]!
    const top = this.#top
    if (top.length < TOP_TASKS || top[TOP_TASKS - 1]!.rssPages < rssPages) {
      const raw = bytes.toString('latin1', Math.min(at + 1, end), end)
      this.#rank(values[offset + PID]!, rssPages, decode(raw))
    }
    if (this.#kept < MAX_ROWS && ++this.#kept * WIDTH === values.length) this.#grow()
    return true
  }

  #rank(pid: number, rssPages: number, comm: string): void {
    const top = this.#top
    let place = Math.min(top.length, TOP_TASKS - 1)
    for (; place > 0 && top[place - 1]!.rssPages < rssPages; place--) top[place] = top[place - 1]!
    top[place] = { pid, rssPages, comm }
  }

  #forget(): void {
    this.#kept = 0
    this.#indexed = 0
    this.#index = undefined
  }

  #grow(): void {
    const rows = Math.min(MAX_ROWS + 1, this.#kept * 2)
    const larger = new Float64Array(rows * WIDTH)
    larger.set(this.#values)
    this.#values = larger
  }

  /** The row of a process, for the figures that its kill line lacks. */
  find(pid: number): TaskRow | undefined {
    const row = this.#rowOf(pid)
    if (row === undefined) return undefined
    const of = (place: number): number => this.#values[row * WIDTH + place]!
    const ifStated = (place: number): number | undefined =>
      this.#layout?.includes(place) === true ? of(place) : undefined
    return {
      pid,
      uid: of(UID),
      totalVmPages: of(TOTAL_VM),
      rssPages: of(RSS),
      swapPages: ifStated(SWAP),
      pgtablesBytes: ifStated(PGTABLES),
      oomScoreAdj: ifStated(OOM_SCORE_ADJ),
    }
  }

  /** One victim is looked for row by row; the many of a group kill by an index. */
  #rowOf(pid: number): number | undefined {
    const values = this.#values
    const index = this.#index
    if (index === undefined) {
      this.#index = new Map()
      for (let row = 0; row < this.#kept; row++) if (values[row * WIDTH + PID] === pid) return row
      return undefined
    }
    for (; this.#indexed < this.#kept; this.#indexed++) {
      const other = values[this.#indexed * WIDTH + PID]!
      if (!index.has(other)) index.set(other, this.#indexed)
    }
    return index.get(pid)
  }

  /** Sum of all tasks' RSS in pages, over the rows kept. */
  get rssPages(): number {
    let sum = 0
    for (let at = RSS; at < this.#kept * WIDTH; at += WIDTH) sum += this.#values[at]!
    return sum
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
