/**
 * The Tasks-state table: a header row that names the columns, then a row for each process.
 *
 *     [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
 *     [   4711]  1000  4711  2316564   516062     12025856    47863             0 chrome
 *
 * The columns changed with the kernels, so they are read by the header's words (task-layout.ts); rss,
 * total_vm and swapents are pages, pgtables_bytes is bytes. The name is the rest of the line after one
 * space and may hold anything.
 *
 * Source: kernel, mm/oom_kill.c: dump_tasks, dump_task (2.6.32 to 6.18).
 */

import { type RawRecord, unescapeKmsgText } from '../kmsg/record.ts'
import {
  type Layout,
  layoutOfHeader,
  layoutOfRow,
  OOM_SCORE_ADJ,
  PGTABLES,
  PID,
  RSS,
  SWAP,
  TOTAL_VM,
  UID,
  UNUSED,
  WIDTH,
} from './task-layout.ts'
import { TaskNames } from './task-names.ts'

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

/** The processes of one name together: a browser's renderers or a server's workers are each small. */
export interface TaskFamily {
  /** one character per byte; of a name that is longer than the kernel's, its first 15 bytes */
  readonly comm: string
  readonly processes: number
  /** Sum of their RSS; memory that they share is counted in each. */
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

/** In bytes. */
const MIN_PAGE = 4096
const MAX_PAGE = 262_144
const MANY_ROWS = 16
const OPEN = 91 // [
const CLOSE = 93 // ]
const SPACE = 32
const MINUS = 45
const ZERO = 48
/** 256 KiB is the largest page. */
const MAX_FIGURE = Number.MAX_SAFE_INTEGER / 256

const asItIs = (raw: string): string => raw

/** For lines that come as strings: a row is read from bytes only. */
let scratch = Buffer.allocUnsafe(512)

export class TaskTable {
  /** For each numeric column of the table, its place in a row of `#values`. */
  #layout: Layout | undefined
  /** The rows kept, WIDTH numbers each. */
  #values = new Float64Array(0)
  #names = new TaskNames(0)
  #kept = 0
  #count = 0
  #rssPages = 0
  readonly #top: TopTask[] = []
  /** Row by pid; filled when a second process is looked for. */
  #index: Map<number, number> | undefined
  #indexed = 0
  #lastFound = 0
  #searches = 0
  /** The bits of all rows' page tables, in bytes, and of how many rows. */
  #pgtablesBits = 0
  #measured = 0

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

  /**
   * KiB of which every task's page tables are a multiple: they are made of pages. Of few tasks a larger
   * unit is chance; that it is the smallest there can be is none.
   */
  get pageTableUnitKb(): number | undefined {
    if (this.#layout?.includes(PGTABLES) !== true || this.#kept === 0) return undefined
    // Of a group kill every victim asks: each row is looked at once.
    for (; this.#measured < this.#kept; this.#measured++) {
      this.#pgtablesBits |= this.#values[this.#measured * WIDTH + PGTABLES]!
    }
    // The lowest bit that any of them has.
    const bits = this.#pgtablesBits | MAX_PAGE
    const unit = bits & -bits
    const isChance = unit > MIN_PAGE && this.#kept < MANY_ROWS
    return unit < MIN_PAGE || isChance ? undefined : unit / 1024
  }

  /** Sum of all tasks' RSS. */
  get rssPages(): number {
    return this.#rssPages
  }

  /**
   * Takes a header row or a task's row; false when the line is neither.
   *
   * @param isFromStart whether no row can be missing before this one: then a table is read without its header
   */
  push(line: string, isFromStart = false): boolean {
    if (line.charCodeAt(0) !== OPEN) return false
    const second = line.charCodeAt(1)
    if (second !== SPACE && !isDigit(second) && second !== MINUS && second !== 112) return false
    if (line.length >= scratch.length) scratch = Buffer.allocUnsafe(line.length * 2)
    const end = scratch.write(line, 'latin1')
    scratch[end] = 0
    if (this.#pushRow(scratch, 0, end, asItIs) || this.#pushHeader(line)) return true
    const layout = this.#layout === undefined && isFromStart ? layoutOfRow(line) : undefined
    if (layout === undefined) return false
    this.#begin(layout)
    return this.#pushRow(scratch, 0, end, asItIs)
  }

  #pushHeader(line: string): boolean {
    const layout = layoutOfHeader(line)
    if (layout === undefined) return false
    // A table of other columns: what the rows before did not state must not be read from them.
    if (this.#layout !== undefined && String(this.#layout) !== String(layout)) this.#forget()
    this.#begin(layout)
    return true
  }

  #begin(layout: Layout): void {
    this.#layout = layout
    if (this.#values.length > 0) return
    this.#values = new Float64Array(FIRST_ROWS * WIDTH)
    this.#names = new TaskNames(FIRST_ROWS)
  }

  /** Takes a task's row; false when the record is none. */
  pushRaw({ bytes, textAt, textEnd }: RawRecord): boolean {
    return bytes[textAt] === OPEN && this.#pushRow(bytes, textAt, textEnd, unescapeKmsgText)
  }

  #pushRow(bytes: Buffer, from: number, end: number, decode: (raw: string) => string): boolean {
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
    this.#rssPages += rssPages
    const top = this.#top
    if (top.length < TOP_TASKS || top[TOP_TASKS - 1]!.rssPages < rssPages) {
      const raw = bytes.toString('latin1', Math.min(at + 1, end), end)
      this.#rank(values[offset + PID]!, rssPages, decode(raw))
    }
    if (this.#kept < MAX_ROWS) {
      this.#names.keep(this.#kept, bytes, at + 1, end, decode)
      if (++this.#kept * WIDTH === values.length) this.#grow()
    }
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
    this.#count = 0
    this.#rssPages = 0
    this.#top.length = 0
    this.#indexed = 0
    this.#pgtablesBits = 0
    this.#measured = 0
    this.#index = undefined
  }

  #grow(): void {
    const rows = Math.min(MAX_ROWS + 1, this.#kept * 2)
    const larger = new Float64Array(rows * WIDTH)
    larger.set(this.#values)
    this.#values = larger
    this.#names.grow(rows)
  }

  /** Whether a row is of the process of this number and this name. */
  has(pid: number, comm: string): boolean {
    const row = this.#rowOf(pid)
    return row !== undefined && this.#names.is(row, comm)
  }

  /** The largest families, of the rows kept; equal ones in the table's order. */
  families(limit: number): TaskFamily[] {
    const byName = new Map<string, { comm: string; processes: number; rssPages: number }>()
    for (let row = 0; row < this.#kept; row++) {
      const comm = this.#names.of(row)
      const rssPages = this.#values[row * WIDTH + RSS]!
      const family = byName.get(comm)
      if (family === undefined) byName.set(comm, { comm, processes: 1, rssPages })
      else {
        family.processes++
        family.rssPages += rssPages
      }
    }
    return [...byName.values()].sort((a, b) => b.rssPages - a.rssPages).slice(0, limit)
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

  /** Whether every row is kept, with all that the kernel chooses a victim by. */
  get canBeRanked(): boolean {
    const layout = this.#layout
    if (layout === undefined || this.#kept !== this.#count) return false
    return layout.includes(SWAP) && layout.includes(PGTABLES) && layout.includes(OOM_SCORE_ADJ)
  }

  /** The figures that the kernel chooses a victim by, of each row that is kept. */
  forEach(
    visit: (
      row: number,
      pid: number,
      rssPages: number,
      swapPages: number,
      pgtablesBytes: number,
      oomScoreAdj: number
    ) => void
  ): void {
    const values = this.#values
    for (let row = 0; row < this.#kept; row++) {
      const at = row * WIDTH
      visit(
        row,
        values[at + PID]!,
        values[at + RSS]!,
        values[at + SWAP]!,
        values[at + PGTABLES]!,
        values[at + OOM_SCORE_ADJ]!
      )
    }
  }

  /** The name in a row, one character per byte. */
  nameOf(row: number): string {
    return this.#names.of(row)
  }

  /** One victim, asked for again and again, is looked for row by row; the many of a group kill by an index. */
  #rowOf(pid: number): number | undefined {
    const values = this.#values
    const index = this.#index
    if (index === undefined) {
      const last = this.#lastFound
      if (last < this.#kept && values[last * WIDTH + PID] === pid) return last
      if (this.#searches++ > 0) this.#index = new Map()
      const end = this.#kept
      for (let row = 0; row < end; row++) {
        if (values[row * WIDTH + PID] !== pid) continue
        this.#lastFound = row
        return row
      }
      return undefined
    }
    for (; this.#indexed < this.#kept; this.#indexed++) {
      const other = values[this.#indexed * WIDTH + PID]!
      if (!index.has(other)) index.set(other, this.#indexed)
    }
    return index.get(pid)
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
