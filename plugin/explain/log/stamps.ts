/**
 * Times of day as logs state them: with a zone, in the machine's own time, without a year, and with the
 * months of other languages.
 */

/** A time that a line of a log states. */
export interface WallStamp {
  /** Unix microseconds; read as UTC where no zone is stated. undefined where the log lacks the year. */
  readonly us: number | undefined
  /** As the log has it, where that is no moment in time: a zone or the year is missing. */
  readonly text: string | undefined
  /** Microseconds from the beginning of a year that the log does not state. */
  readonly yearlessUs?: number | undefined
}

/** @param match year-month-day, time of day, fraction of a second, zone: the last two may be absent */
export function isoStamp([, date, time, fraction, zone]: readonly (
  | string
  | undefined
)[]): WallStamp {
  // Of the zones by name only these are known.
  const isNamed = zone?.startsWith(' ') === true
  const offset = zone === undefined || isNamed ? 'Z' : zone
  const ms = Date.parse(`${date}T${time}${offset}`)
  const us = Number.isNaN(ms)
    ? undefined
    : ms * 1000 + Number((fraction ?? '').padEnd(6, '0').slice(0, 6))
  const isMoment = zone !== undefined && (!isNamed || / (?:UTC|GMT)$/.test(zone))
  return { us, text: isMoment ? undefined : `${date} ${time}${isNamed ? zone : ''}` }
}

const YEAR = /(?:^|\s)(\d{4})(?=$|\s)/
const TIME = /(\d{1,2}:\d\d:\d\d)(?:[.,]\d+)?/
const DAY = /(?:^|\s)(\d{1,2})\.?(?=$|\s)/
const LANGUAGES =
  'en de fr es it pt pt-BR nl sv da nb fi pl cs sk hu ro ru uk bg tr el ca hr sl sr lt lv et'.split(
    ' '
  )

interface Month {
  readonly at: number
  /** It is a day of the week, too. */
  readonly isDay: boolean
}

let months: Map<string, Month> | undefined

/** Lines that follow each other mostly bear the same second. */
let last: { readonly text: string; readonly stamp: WallStamp } | undefined

/** `Tue Aug 12 03:54:03 2025`, `dim. 19 avril 18:03:30 2026`, `Aug 12 03:54:03`. */
export function localStamp(text: string): WallStamp {
  if (last?.text !== text) last = { text, stamp: readLocal(text) }
  return last.stamp
}

function readLocal(text: string): WallStamp {
  const year = YEAR.exec(text)?.[1]
  const time = TIME.exec(text)?.[1]
  const words = text.replace(TIME, ' ').replace(YEAR, ' ')
  const day = DAY.exec(words)?.[1]
  const month = monthIn(words)
  const stated = text.trim()
  if (time === undefined || day === undefined || month === undefined) {
    return { us: undefined, text: stated }
  }
  const pad = (part: string | number): string => String(part).padStart(2, '0')
  // A leap year stands for one that is not stated.
  const date = `${year ?? 2000}-${pad(month + 1)}-${pad(day)}`
  const ms = Date.parse(`${date}T${time.padStart(8, '0')}Z`)
  if (Number.isNaN(ms)) return { us: undefined, text: stated }
  return year === undefined
    ? { us: undefined, text: stated, yearlessUs: (ms - Date.UTC(2000)) * 1000 }
    : { us: ms * 1000, text: stated }
}

/** The month that a word names; `mar` is also a day in some languages, and counts where nothing else does. */
function monthIn(words: string): number | undefined {
  months ??= monthNames()
  const numbered = /(?:^|\s)(\d{1,2})月/.exec(words)?.[1]
  if (numbered !== undefined) return Number(numbered) - 1
  const named = [...words.matchAll(/\p{L}[\p{L}\p{M}]+/gu)].flatMap(([word]) => {
    const month = months?.get(word.toLowerCase())
    return month === undefined ? [] : [month]
  })
  const sure = named.filter(({ isDay }) => !isDay)
  const found = new Set((sure.length > 0 ? sure : named).map(({ at }) => at))
  return found.size === 1 ? [...found][0] : undefined
}

function monthNames(): Map<string, Month> {
  const names = new Map<string, number>()
  const weekdays = new Set<string>()
  const plain = (name: string): string => name.toLowerCase().replace(/[.\s]/g, '')
  for (const language of LANGUAGES) {
    for (const style of ['short', 'long'] as const) {
      // With the day beside it a month has the case that dates have: "19 апреля".
      const month = new Intl.DateTimeFormat(language, {
        month: style,
        day: 'numeric',
        timeZone: 'UTC',
      })
      const weekday = new Intl.DateTimeFormat(language, { weekday: style, timeZone: 'UTC' })
      for (let at = 0; at < 12; at++) {
        const parts = month.formatToParts(Date.UTC(2026, at, 15))
        const name = plain(parts.find(({ type }) => type === 'month')?.value ?? '')
        if (/^\p{L}/u.test(name) && !names.has(name)) names.set(name, at)
      }
      for (let at = 1; at <= 7; at++) weekdays.add(plain(weekday.format(Date.UTC(2026, 1, at))))
    }
  }
  return new Map([...names].map(([name, at]) => [name, { at, isDay: weekdays.has(name) }]))
}
