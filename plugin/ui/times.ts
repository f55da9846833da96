/** Times as the page shows them: in the reader's zone. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' })

/** @param ms Unix milliseconds */
export function clock(ms: number, withSeconds = false): string {
  return (withSeconds ? SECONDS : CLOCK).format(ms)
}

export function day(ms: number): string {
  return DAY.format(ms)
}

/** With the day where it is not today. */
export function moment(ms: number): string {
  if (!Number.isFinite(new Date(ms).getTime())) return 'at no time that there is'
  const isToday = new Date(ms).toDateString() === new Date().toDateString()
  return isToday ? clock(ms, true) : `${day(ms)}, ${clock(ms, true)}`
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** `just now`, `5 min ago`. */
export function ago(ms: number, now = Date.now()): string {
  const since = now - ms
  const [unit, length] = UNITS.find(([, one]) => since >= one) ?? ['', 0]
  return unit === '' ? 'just now' : `${Math.floor(since / length)} ${unit} ago`
}
