/** The timeline in words: for who does not see the picture, and for what is left out of it. Pure. */

import type { TimelineModel } from './timeline-model.ts'

export function wordsOf({ lanes, laneless, pressure, gaps }: TimelineModel): string {
  const deaths = lanes.reduce(
    (sum, { marks }) => sum + marks.reduce((count, { entries }) => count + entries.length, 0),
    0
  )
  const times = sumOf(pressure.flat())
  const unseen = sumOf(gaps)
  if (deaths + unseen + times === 0) return 'Nothing died in this time.'
  return [
    `${plural(deaths, 'death')} of ${plural(lanes.length, 'service or process', 'services and processes')}`,
    times > 0 && `memory pressure ${plural(times, 'time')}`,
    unseen > 0 && plural(unseen, 'gap'),
    laneless > 0 && `${laneless} more, with fewer deaths, have no line of their own`,
  ]
    .filter(part => part !== false)
    .join('; ')
}

function sumOf(parts: ReadonlyArray<{ readonly count: number }>): number {
  return parts.reduce((sum, { count }) => sum + count, 0)
}

export function andMore(count: number): string {
  return count === 1 ? '' : `; and ${count - 1} more`
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
