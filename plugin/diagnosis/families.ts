/** A dump's table of processes summed up by name. */

import { decodeName } from '../kernel-names.ts'
import type { TaskTable } from '../oom/task-table.ts'

interface Family {
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

/** @returns undefined for a dump without a table */
export function sumsOf(tasks: TaskTable): TableSums | undefined {
  if (!tasks.isPresent) return undefined
  return {
    processes: tasks.count,
    rssPages: tasks.rssPages,
    families: tasks
      .families(LARGEST)
      .map(({ comm, ...sums }) => ({ name: decodeName(comm), ...sums })),
  }
}
