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

import { unescapeBytes } from '../kernel-names.ts'
import type { RawRecord } from '../kmsg/record.ts'
import {
  type Layout,
  layoutOfHeader,
  layoutOfRow,
  OOM_SCORE_ADJ,
  PGTABLES,
  PID,
  RSS,
  SWAP,
  UNUSED,
  WIDTH,
} from './task-layout.ts'
import { MAX_ROWS, type TaskFamily, type TaskRow, TaskRows } from './task-rows.ts'

export interface TopTask {
  readonly pid: number
  /** one character per byte */
  readonly comm: string
  readonly rssPages: number
}

/** How many of the largest tasks an event names. */
const TOP_TASKS = 5

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
  readonly #rows = new TaskRows()
  #count = 0
  #rssPages = 0
  readonly #top: TopTask[] = []

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
    this.#rows.begin()
  }

  /** Takes a task's row; false when the record is none. */
  pushRaw({ bytes, textAt, textEnd }: RawRecord): boolean {
    return bytes[textAt] === OPEN && this.#pushRow(bytes, textAt, textEnd, unescapeBytes)
  }

  #pushRow(bytes: Buffer, from: number, end: number, decode: (raw: string) => string): boolean {
    const layout = this.#layout
    if (layout === undefined) return false
    // Written into the next free row, which counts only once it is whole.
    const rows = this.#rows
    const { values, kept } = rows
    const offset = kept * WIDTH
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
    if (kept < MAX_ROWS) {
      rows.names.keep(kept, bytes, at + 1, end, decode)
      rows.kept = kept + 1
      if (offset + WIDTH === values.length) rows.grow()
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
    this.#rows.forget()
    this.#count = 0
    this.#rssPages = 0
    this.#top.length = 0
  }

  /** KiB of a page, as the tasks' page tables show it. */
  get pageTableUnitKb(): number | undefined {
    return this.#layout && this.#rows.pageTableUnitKb(this.#layout)
  }

  /** Whether a row is of the process of this number and this name. */
  has(pid: number, comm: string): boolean {
    return this.#rows.has(pid, comm)
  }

  /** The row of a process, for the figures that its kill line lacks. */
  find(pid: number): TaskRow | undefined {
    return this.#layout && this.#rows.find(pid, this.#layout)
  }

  /** The largest families, of the rows kept; equal ones in the table's order. */
  families(limit: number): TaskFamily[] {
    return this.#rows.families(limit)
  }

  /** The figures that the kernel chooses a victim by, of each row that is kept. */
  forEach(visit: Parameters<TaskRows['forEach']>[0]): void {
    this.#rows.forEach(visit)
  }

  /** The name in a row, one character per byte. */
  nameOf(row: number): string {
    return this.#rows.names.of(row)
  }

  /** Whether every row is kept, with all that the kernel chooses a victim by. */
  get canBeRanked(): boolean {
    const layout = this.#layout
    if (layout === undefined || this.#rows.kept !== this.#count) return false
    return layout.includes(SWAP) && layout.includes(PGTABLES) && layout.includes(OOM_SCORE_ADJ)
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
