/** A time in a query string: Unix milliseconds, RFC 3339, or how long ago. */

import { BadRequestError } from '../errors.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
/** https://pkg.go.dev/time#ParseDuration, without a sign: it is how long ago. */
const DURATION = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|ms|s|m|h))+$/
/** A plus sign that nobody encoded comes as a space. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+ -]\d\d:\d\d)$/

/**
 * @returns Unix milliseconds; undefined where the parameter is absent or empty
 * @throws {BadRequestError}
 */
export function timeOf(name: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,16}$/.test(text)) return Number(text)
  if (DURATION.test(text)) {
    let ms = nowMs
    for (const [, number, unit] of text.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)) {
      ms -= Number(number) * UNIT_MS[unit!]!
    }
    return ms
  }
  const [whole, year, month, day] = RFC_3339.exec(text) ?? []
  const isDay = isDayOf(Number(year), Number(month), Number(day))
  const time = whole !== undefined && isDay ? Date.parse(text.replace(' ', '+')) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new BadRequestError(
    `query.${name} must be Unix milliseconds, a time such as 2026-11-24T08:00:00Z, or how long ago such as 5m, not "${text.slice(0, 64)}"`
  )
}

/** Date.parse takes the 30th of February for a day of March. */
function isDayOf(year: number, month: number, day: number): boolean {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}
