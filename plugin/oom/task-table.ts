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
const TOTAL_VM = 2
const RSS = 3
const WIDTH = COLUMNS.length
const OPEN = 91 // [
const CLOSE = 93 // ]
const SPACE = 32
const MINUS = 45

/** For each numeric column of the table, the index in COLUMNS under which it is stored, or -1. */
type Layout = readonly number[]

function layoutOf(columns: readonly string[]): Layout {
  return columns.map(column => COLUMNS.indexOf(column as Column))
}

const HEADER = /^\[ *pid *\] +uid +tgid +total_vm +rss .*\bname *$/

export class TaskTable {
  #layout: Layout | undefined
  #values = new Float64Array(0)
  #kept = 0
  #count = 0
  readonly #scratch = new Float64Array(WIDTH)
  readonly #top: TopTask[] = []

  /** Rows seen. */
  get count(): number {
    return this.#count
  }

  /** Whether the header or a row was seen. */
  get present(): boolean {
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
    return this.#pushRow(line) || this.#pushHeader(line)
  }

  #pushHeader(line: string): boolean {
    if (!HEADER.test(line)) return false
    this.#layout = layoutOf(line.replace(/[[\]]/g, ' ').trim().split(/ +/).slice(0, -1))
    return true
  }

  #pushRow(line: string): boolean {
    // Rows without their header are not read: their columns would be guessed, and the largest of
    // the rows that are left need not be the largest of the table.
    const layout = this.#layout
    if (layout === undefined) return false
    // NaN marks a column that this kernel does not print; -1 is a real oom_score_adj.
    const row = this.#scratch.fill(Number.NaN)
    let at = 1
    for (let column = 0; column < layout.length; column++) {
      while (line.charCodeAt(at) === SPACE) at++
      const negative = line.charCodeAt(at) === MINUS
      if (negative) at++
      let code = line.charCodeAt(at)
      if (!isDigit(code)) return false
      let value = 0
      do {
        value = value * 10 + (code - 48)
        code = line.charCodeAt(++at)
      } while (isDigit(code))
      if (column === 0) {
        while (line.charCodeAt(at) === SPACE) at++
        if (line.charCodeAt(at) !== CLOSE) return false
        at++
      } else if (code !== SPACE && at < line.length) {
        return false
      }
      const stored = layout[column]!
      if (stored !== -1) row[stored] = negative ? -value : value
    }
    this.#count++
    this.#rank(row[PID]!, row[RSS]!, line, at + 1)
    this.#keep(row)
    return true
  }

  #rank(pid: number, rssPages: number, line: string, nameAt: number): void {
    const top = this.#top
    if (top.length === TOP_TASKS && top[TOP_TASKS - 1]!.rssPages >= rssPages) return
    let place = top.length
    while (place > 0 && top[place - 1]!.rssPages < rssPages) place--
    top.splice(place, 0, { pid, rssPages, comm: line.slice(nameAt) })
    if (top.length > TOP_TASKS) top.pop()
  }

  #keep(row: Float64Array): void {
    if (this.#kept === MAX_ROWS) return
    const offset = this.#kept * WIDTH
    if (offset === this.#values.length) {
      const larger = new Float64Array(Math.max(FIRST_ROWS * WIDTH, this.#values.length * 2))
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values.set(row, offset)
    this.#kept++
  }

  /** The row of a process, for the figures that its kill line lacks. */
  find(pid: number): TaskRow | undefined {
    const values = this.#values
    for (let at = 0; at < this.#kept * WIDTH; at += WIDTH) {
      if (values[at + PID] !== pid) continue
      const of = (index: number): number | undefined => {
        const value = values[at + index]!
        return Number.isNaN(value) ? undefined : value
      }
      return {
        pid,
        uid: values[at + 1]!,
        totalVmPages: values[at + TOTAL_VM]!,
        rssPages: values[at + RSS]!,
        swapPages: of(4),
        pgtablesBytes: of(5),
        oomScoreAdj: of(6),
      }
    }
    return undefined
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
