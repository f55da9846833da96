/**
 * The processes of a Tasks-state table summed up by name: a browser's renderers or a server's workers
 * are each small, and together what the memory went to.
 */

import { decodeName } from '../oom/names.ts'

export interface Family {
  readonly name: string
  readonly processes: number
  /** Sum of their RSS in pages; memory that they share is counted in each. */
  readonly rssPages: number
}

/** What one table says of all processes. */
export interface TableSums {
  readonly processes: number
  readonly rssPages: number
  /** Largest first. */
  readonly families: readonly Family[]
}

const LARGEST = 5
/** Names remembered of a table; those of fewer pages than all of them are left out of the sums by name. */
const MAX_NAMES = 8192
const MAX_TABLES = 16

/** Follows the lines of a log; a table is told from another by who prints it. */
export class TableReader {
  readonly #tables = new Map<string, Table>()

  /** @param caller id of the record, empty where there is none */
  push(line: string, caller: string): void {
    if (line.charCodeAt(0) !== 91) return // [
    const columns = columnsOf(line)
    if (columns !== undefined) {
      if (this.#tables.size >= MAX_TABLES) this.#tables.clear()
      this.#tables.set(caller, new Table(columns))
    } else {
      this.#tables.get(caller)?.push(line)
    }
  }

  /** The caller's last table. */
  sums(caller: string): TableSums | undefined {
    return this.#tables.get(caller)?.sums()
  }
}

/** The words of a header row between the pid and the name. */
function columnsOf(line: string): string[] | undefined {
  const match = /^\[ *pid *\] +(uid +tgid +total_vm +rss .*\S) +name *$/.exec(line)
  return match?.[1]?.split(/ +/)
}

class Table {
  readonly #row: RegExp
  readonly #rssAt: number
  readonly #names = new Map<string, { processes: number; rssPages: number }>()
  #processes = 0
  #rssPages = 0

  constructor(columns: readonly string[]) {
    this.#row = new RegExp(`^\\[ *\\d+\\]((?: +-?\\d+){${columns.length}}) ?(.*)$`, 's')
    this.#rssAt = columns.indexOf('rss')
  }

  push(line: string): void {
    const match = this.#row.exec(line)
    if (match === null) return
    const rssPages = Number(match[1]!.trim().split(/ +/)[this.#rssAt])
    this.#processes++
    this.#rssPages += rssPages
    const known = this.#names.get(match[2]!)
    if (known !== undefined) {
      known.processes++
      known.rssPages += rssPages
    } else if (this.#names.size < MAX_NAMES) {
      this.#names.set(match[2]!, { processes: 1, rssPages })
    }
  }

  sums(): TableSums {
    const families = [...this.#names]
      .sort(([, a], [, b]) => b.rssPages - a.rssPages)
      .slice(0, LARGEST)
      .map(([comm, sum]) => ({ name: decodeName(comm), ...sum }))
    return { processes: this.#processes, rssPages: this.#rssPages, families }
  }
}
