/** What a person types for a point in time: `--since`. */

import { UsageError } from './usage.ts'

/** An ISO time, Unix seconds, or how long ago: `90s`, `15m`, `2h`, `7d`. @returns Unix ms */
export function parseTime(text: string, now: number): number {
  const ago = /^(\d+)(s|m|h|d)$/.exec(text)
  if (ago !== null) {
    const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[ago[2] as 's' | 'm' | 'h' | 'd']
    return now - Number(ago[1]) * unit * 1000
  }
  const time = /^\d{9,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isFinite(time)) return time
  throw new UsageError(
    `--since ${text} is no time: write 2026-11-24T08:00:00Z, or 90s, 15m, 2h, 7d for how long ago`
  )
}
