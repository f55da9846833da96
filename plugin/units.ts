/** Sizes, names and times as a person reads them. */

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** `4813152` (KiB) as `4.6 GiB`. */
export function size(kb: number): string {
  let value = kb
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}

/** A share of one, as `37 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** Control characters, and the marks that turn the direction of what follows (UAX #9). */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A name that came from the kernel, safe for a terminal: it may hold escape sequences. */
export function printable(name: string): string {
  return name.replace(UNSAFE, char => {
    const code = char.charCodeAt(0)
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** Unix microseconds as `2025-08-12 03:54:03.123 UTC`. */
export function wallTime(us: number): string {
  const date = new Date(us / 1000)
  if (Number.isNaN(date.getTime())) return `${us} us after 1970`
  return `${date.toISOString().replace('T', ' ').replace('Z', ' UTC')}`
}

/** Unix microseconds in the zone of the reader, as `2025-08-12 05:54:03.123 +02:00`. */
export function localTime(us: number): string {
  const date = new Date(us / 1000)
  const offset = -date.getTimezoneOffset()
  if (!(offset !== 0)) return wallTime(us)
  const local = new Date(us / 1000 + offset * 60_000).toISOString().slice(0, -1).replace('T', ' ')
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${local} ${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
}

/** Microseconds since boot as `3 d 1 h 2 min 3.456 s after boot`. */
export function sinceBoot(us: number): string {
  const seconds = us / 1e6
  if (seconds < 1) return 'a second'
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  const large = first === -1 ? [] : parts.slice(first).map(([count, unit]) => `${count} ${unit} `)
  return `${large.join('')}${(seconds % 60).toFixed(3)} s after boot`
}

const SPANS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const

/** A span of time in one unit, as `58 min`. */
export function span(us: number): string {
  const seconds = us / 1e6
  // Two of a unit and more: `90 min` says more than `1 h` or `2 h`.
  const [unit, length] = SPANS.find(([, one]) => seconds >= one * 2) ?? ['s', 1]
  const value = seconds / length
  return `${value < 10 && unit === 's' ? Number(value.toFixed(1)) : Math.round(value)} ${unit}`
}
