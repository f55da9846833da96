/**
 * The rows of a task table that are kept: written by the table's reader (task-table.ts), looked up for the
 * figures that a kill line lacks.
 */

import {
  type Layout,
  OOM_SCORE_ADJ,
  PGTABLES,
  PID,
  RSS,
  SWAP,
  TOTAL_VM,
  UID,
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

/** The processes of one name together: a browser's renderers or a server's workers are each small. */
export interface TaskFamily {
  /** one character per byte; of a name that is longer than the kernel's, its first 15 bytes */
  readonly comm: string
  readonly processes: number
  /** Sum of their RSS; memory that they share is counted in each. */
  readonly rssPages: number
}

/**
 * Rows kept for looking up a victim's figures (Linux's default pid_max). The largest five are kept
 * beside them, so a longer table costs only a late row's swap and uid.
 */
export const MAX_ROWS = 32_768
const FIRST_ROWS = 256

const MIN_PAGE_BYTES = 4096
const MAX_PAGE_BYTES = 262_144
const MANY_ROWS = 16

export class TaskRows {
  /** WIDTH numbers each; the row after the last is free. */
  values = new Float64Array(0)
  names = new TaskNames(0)
  /** How many. */
  kept = 0
  /** Row by pid; filled when a second process is looked for. */
  #index: Map<number, number> | undefined
  #indexed = 0
  #lastFound = 0
  #searches = 0
  /** The bits of all rows' page tables, in bytes, and of how many rows. */
  #pgtablesBits = 0
  #measured = 0

  begin(): void {
    if (this.values.length > 0) return
    this.values = new Float64Array(FIRST_ROWS * WIDTH)
    this.names = new TaskNames(FIRST_ROWS)
  }

  forget(): void {
    this.kept = 0
    this.#indexed = 0
    this.#pgtablesBits = 0
    this.#measured = 0
    this.#index = undefined
  }

  grow(): void {
    const rows = Math.min(MAX_ROWS + 1, this.kept * 2)
    const larger = new Float64Array(rows * WIDTH)
    larger.set(this.values)
    this.values = larger
    this.names.grow(rows)
  }

  /**
   * KiB of which every task's page tables are a multiple: they are made of pages. Of few tasks a larger
   * unit is chance; that it is the smallest there can be is none.
   */
  pageTableUnitKb(layout: Layout): number | undefined {
    if (!layout.includes(PGTABLES) || this.kept === 0) return undefined
    // Of a group kill every victim asks: each row is looked at once.
    for (; this.#measured < this.kept; this.#measured++) {
      this.#pgtablesBits |= this.values[this.#measured * WIDTH + PGTABLES]!
    }
    // The lowest bit that any of them has.
    const bits = this.#pgtablesBits | MAX_PAGE_BYTES
    const unit = bits & -bits
    const isChance = unit > MIN_PAGE_BYTES && this.kept < MANY_ROWS
    return unit < MIN_PAGE_BYTES || isChance ? undefined : unit / 1024
  }

  /** Whether a row is of the process of this number and this name. */
  has(pid: number, comm: string): boolean {
    const row = this.#rowOf(pid)
    return row !== undefined && this.names.is(row, comm)
  }

  /** The largest families, of the rows kept; equal ones in the table's order. */
  families(limit: number): TaskFamily[] {
    const byName = new Map<string, { comm: string; processes: number; rssPages: number }>()
    for (let row = 0; row < this.kept; row++) {
      const comm = this.names.of(row)
      const rssPages = this.values[row * WIDTH + RSS]!
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
  find(pid: number, layout: Layout): TaskRow | undefined {
    const row = this.#rowOf(pid)
    if (row === undefined) return undefined
    const of = (place: number): number => this.values[row * WIDTH + place]!
    const ifStated = (place: number): number | undefined =>
      layout.includes(place) ? of(place) : undefined
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
    const values = this.values
    for (let row = 0; row < this.kept; row++) {
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

  /** One victim, asked for again and again, is looked for row by row; the many of a group kill by an index. */
  #rowOf(pid: number): number | undefined {
    const values = this.values
    const index = this.#index
    if (index === undefined) {
      const last = this.#lastFound
      if (last < this.kept && values[last * WIDTH + PID] === pid) return last
      if (this.#searches++ > 0) this.#index = new Map()
      const end = this.kept
      for (let row = 0; row < end; row++) {
        if (values[row * WIDTH + PID] !== pid) continue
        this.#lastFound = row
        return row
      }
      return undefined
    }
    for (; this.#indexed < this.kept; this.#indexed++) {
      const other = values[this.#indexed * WIDTH + PID]!
      if (!index.has(other)) index.set(other, this.#indexed)
    }
    return index.get(pid)
  }
}
