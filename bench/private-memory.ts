/** Memory that a process has for itself alone, and would give back: `Private_*` of smaps_rollup. */

import { readdirSync, readFileSync } from 'node:fs'

export function privateKib(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const lines = rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB/gm)
  return [...lines].reduce((sum, [, kib]) => sum + Number(kib), 0)
}

/** With that of its children. */
export function privateKibOfAll(pid: number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap(thread =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean)
  )
  return [pid, ...children.map(Number)].reduce((sum, one) => sum + privateKib(one), 0)
}
