/** What the tests of the parser hold its outcomes against. */

import type { OomOutcome } from '../../plugin/oom/parser.ts'
import { recordsOf } from './dump-builder.ts'

/** pid, name and whether the dump is missing, of every kill; the outcome of every other dump. */
export function summary(outcomes: readonly OomOutcome[]): string[] {
  return outcomes.map(outcome =>
    outcome.type === 'kill'
      ? `${outcome.victim.pid} ${outcome.victim.comm}${outcome.isPartial ? ' partial' : ''}`
      : outcome.outcome
  )
}

export const LONELY_KILL =
  'Out of memory: Killed process 77 (other) total-vm:900kB, anon-rss:80kB, file-rss:8kB, shmem-rss:0kB, UID:7 pgtables:44kB oom_score_adj:5'

/** What a kill line alone supports. */
export const LONELY_FACTS = {
  process_name: 'other',
  pid: 77,
  rss_kb: 88,
  total_vm_kb: 900,
  oom_score_adj: 5,
  uid: 7,
  pgtables_kb: 44,
}

export const ordinary = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `usb 1-${index}: new high-speed USB device number 4`)

/** Of kernels before 5.0: the announcement, and the kill of a child in the place of its parent. */
export const SACRIFICE = 'Out of memory: Kill process 4711 (chrome) score 713 or sacrifice child'
export const CHILD =
  'Killed process 4720 (Web Content) total-vm:1000kB, anon-rss:300kB, file-rss:20kB, shmem-rss:1kB'

export const GROUP_LINE = 'Tasks in /docker/abc are going to be killed due to memory.oom.group set'

/** The records of a dump with a pause in front of the line at each of these places. */
export function withPauses(
  lines: readonly string[],
  places: readonly number[],
  pauseUs = 13_000_000
) {
  let us = 5_000_000
  return lines.flatMap((line, at) => {
    us += places.includes(at) ? pauseUs : 20
    return recordsOf([line], { seq: at, us })
  })
}
