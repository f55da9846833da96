/**
 * How many of its own processes the browser has seen crash, and by which signals: a process that merely
 * vanished is none. Chromium counts them in histograms from its start on, and counts no ordinary end
 * (content/browser/child_process_host_impl.cc, gpu_process_host.cc). Pure.
 */

import type { ProcessRole } from '../../generated/types.ts'
import { signalName } from './signals.ts'

/** Of `content::ProcessType`. */
const TYPES: ReadonlyArray<readonly [bucket: number, role: ProcessRole]> = [
  [6, 'utility'],
  [9, 'gpu'],
]
const CRASHED = 'ChildProcess.Crashed2'
const KILLED = 'ChildProcess.Killed2'
const EXIT_CODES: Readonly<Partial<Record<ProcessRole, string>>> = {
  utility: 'ChildProcess.Crashed.UtilityProcessExitCode',
  gpu: 'GPU.GPUProcessExitCode',
}
/** What is asked for, by parts of their names. */
export const QUERIES = ['ChildProcess.', 'GPU.GPUProcessExitCode'] as const

/** By name, how often each value was counted. */
export type Counts = ReadonlyMap<string, ReadonlyMap<number, number>>

export interface CountedCrash {
  readonly role: ProcessRole
  readonly kind: 'crashed' | 'killed'
  readonly signal: string | undefined
}

/** @param answers of `Browser.getHistograms` */
export function countsOf(answers: readonly unknown[]): Counts {
  const counts = new Map<string, Map<number, number>>()
  for (const answer of answers) {
    const { histograms } = (answer ?? {}) as { histograms?: unknown }
    if (!Array.isArray(histograms)) continue
    for (const { name, buckets } of histograms.slice(0, 1000)) {
      if (typeof name !== 'string' || !Array.isArray(buckets)) continue
      const values = new Map<number, number>()
      for (const { low, count } of buckets.slice(0, 1000)) {
        if (Number.isSafeInteger(low) && Number.isSafeInteger(count)) values.set(low, count)
      }
      counts.set(name.slice(0, 200), values)
    }
  }
  return counts
}

/** What was counted between two readings; a signal only where all of them had the same. */
export function crashesBetween(before: Counts, after: Counts): CountedCrash[] {
  return TYPES.flatMap(([bucket, role]) => {
    const crashed = moved(before, after, CRASHED, bucket)
    const killed = moved(before, after, KILLED, bucket)
    const codes = movedValues(before, after, EXIT_CODES[role] ?? '')
    const signal = codes.length === 1 ? signalName(codes[0]!) : undefined
    return [
      ...Array.from({ length: crashed }, () => ({ role, kind: 'crashed', signal }) as const),
      // Of a kill, the code is counted with nobody's name on it.
      ...Array.from(
        { length: killed },
        () => ({ role, kind: 'killed', signal: undefined }) as const
      ),
    ]
  })
}

/** More than this at once is no count of processes. */
const MAX_AT_ONCE = 100

function moved(before: Counts, after: Counts, name: string, value: number): number {
  const difference = (after.get(name)?.get(value) ?? 0) - (before.get(name)?.get(value) ?? 0)
  return Math.min(Math.max(difference, 0), MAX_AT_ONCE)
}

function movedValues(before: Counts, after: Counts, name: string): number[] {
  return [...(after.get(name)?.keys() ?? [])].filter(value => moved(before, after, name, value) > 0)
}
