/** Where everything is on the timeline. Pure: no element, no clock. */

import type { Entry, Kind } from './entry.ts'

/** Deaths that are so near to each other that they have one mark. */
export interface Mark {
  readonly x: number
  readonly kind: Kind
  /** Oldest first. */
  readonly entries: readonly Entry[]
}

export interface Lane {
  readonly name: string
  readonly marks: readonly Mark[]
}

interface Tick {
  readonly x: number
  readonly ms: number
}

/** Two marks that tell of one death. */
interface Join {
  readonly from: { readonly lane: number; readonly x: number }
  readonly to: { readonly lane: number; readonly x: number }
}

/** Reports of pressure at one place of the line. */
export interface PressurePoint {
  readonly x: number
  /** From 0 to 1, of all. */
  readonly y: number
  readonly count: number
  /** The worst. */
  readonly entry: Entry
}

/** Gaps that touch each other on the screen. */
interface GapSpan {
  readonly from: number
  readonly to: number
  readonly count: number
  /** The first. */
  readonly entry: Entry
}

export interface TimelineModel {
  readonly lanes: readonly Lane[]
  readonly joins: readonly Join[]
  /** A line for each time of pressure. */
  readonly pressure: ReadonlyArray<readonly PressurePoint[]>
  readonly gaps: readonly GapSpan[]
  readonly ticks: readonly Tick[]
  /** Services for which there was no lane. */
  readonly laneless: number
}

export interface Range {
  /** Unix milliseconds. */
  readonly from: number
  readonly to: number
}

const MAX_LANES = 8
/** Nearer than this two marks could not be told apart, nor hit. */
const MARK_PX = 24
const MIN_GAP_PX = 6
/** Of the line of pressure: what is nearer to each other is one, so that there are never more than can be seen. */
const POINT_PX = 6
/** Between two reports of pressure; further apart, it was over in between. */
const PRESSURE_GAP_MS = 3 * 60_000
const TICK_PX = 90
const MINUTE = 60_000
const STEPS_MS = [
  1000,
  5000,
  15_000,
  30_000,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  2 * 60 * MINUTE,
  6 * 60 * MINUTE,
  12 * 60 * MINUTE,
  24 * 60 * MINUTE,
  2 * 24 * 60 * MINUTE,
  7 * 24 * 60 * MINUTE,
  30 * 24 * 60 * MINUTE,
]

/** @param width of the plot in pixels; @param zoneMs from UTC to the reader's time, for ticks at whole hours */
export function timelineModel(
  entries: readonly Entry[],
  { from, to }: Range,
  width: number,
  zoneMs = 0
): TimelineModel {
  const scale = width / Math.max(1, to - from)
  const xOf = (ms: number): number => (ms - from) * scale
  const seen = entries.filter(({ kind, ms, span }) => {
    if (kind === 'other') return false
    return span === undefined ? ms >= from && ms <= to : span[1] >= from && span[0] <= to
  })
  const { lanes, laneless } = lanesOf(seen, xOf)
  return {
    lanes,
    laneless,
    joins: joinsOf(lanes),
    pressure: pressureOf(seen, xOf),
    gaps: gapsOf(seen, { from, to }, width, xOf),
    ticks: ticksOf({ from, to }, width, zoneMs),
  }
}

function lanesOf(
  seen: readonly Entry[],
  xOf: (ms: number) => number
): { lanes: Lane[]; laneless: number } {
  const byName = new Map<string, Entry[]>()
  for (const entry of seen) {
    if (entry.lane === undefined) continue
    const lane = byName.get(entry.lane)
    if (lane === undefined) byName.set(entry.lane, [entry])
    else lane.push(entry)
  }
  // Those with most deaths, by name, so that they do not change places.
  const most = [...byName].sort(([, a], [, b]) => b.length - a.length).slice(0, MAX_LANES)
  const lanes = most
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, ofLane]) => ({ name, marks: marksOf(ofLane, xOf) }))
  return { lanes, laneless: byName.size - lanes.length }
}

function marksOf(entries: readonly Entry[], xOf: (ms: number) => number): Mark[] {
  const marks: Array<{ x: number; kind: Kind; entries: Entry[] }> = []
  for (const entry of [...entries].sort((a, b) => a.ms - b.ms)) {
    const x = xOf(entry.ms)
    const last = marks.at(-1)
    if (last === undefined || x - last.x >= MARK_PX) {
      marks.push({ x, kind: entry.kind, entries: [entry] })
      continue
    }
    last.entries.push(entry)
    // What is worst gives the shape.
    if (entry.kind === 'kill') last.kind = 'kill'
  }
  return marks
}

function joinsOf(lanes: readonly Lane[]): Join[] {
  const places = new Map<string, Join['from']>()
  for (const [lane, { marks }] of lanes.entries()) {
    for (const { x, entries } of marks) for (const { id } of entries) places.set(id, { lane, x })
  }
  // Between two marks one line, however many deaths they stand for.
  const joins = new Map<string, Join>()
  for (const { id, run, causes } of lanes.flatMap(({ marks }) =>
    marks.flatMap(mark => mark.entries)
  )) {
    for (const seq of causes) {
      const from = places.get(`${run}-${seq}`)
      const to = places.get(id)!
      if (from === undefined || from.lane === to.lane) continue
      joins.set([from.lane, from.x, to.lane, to.x].join(), { from, to })
    }
  }
  return [...joins.values()]
}

function pressureOf(seen: readonly Entry[], xOf: (ms: number) => number): PressurePoint[][] {
  const lines: PressurePoint[][] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for (const entry of seen) {
    if (entry.kind !== 'pressure') continue
    const point = {
      x: xOf(entry.ms),
      y: Math.min((entry.pressure ?? 100) / 100, 1),
      entry,
      count: 1,
    }
    const line = entry.ms - lastMs <= PRESSURE_GAP_MS ? lines.at(-1)! : []
    const last = line.at(-1)
    if (last === undefined) lines.push(line)
    lastMs = entry.ms
    if (last === undefined || point.x - last.x >= POINT_PX) {
      line.push(point)
      continue
    }
    const worst = point.y > last.y ? point : last
    line[line.length - 1] = { ...worst, x: last.x, count: last.count + 1 }
  }
  return lines
}

function gapsOf(
  seen: readonly Entry[],
  { from, to }: Range,
  width: number,
  xOf: (ms: number) => number
): GapSpan[] {
  const spans = seen
    .filter(({ kind }) => kind === 'gap')
    .map(entry => {
      const [first, last] = entry.span ?? [entry.ms, entry.ms]
      const [left, right] = [xOf(Math.max(first, from)), xOf(Math.min(last, to))]
      const middle = (left + right) / 2
      const half = Math.max(right - left, MIN_GAP_PX) / 2
      return { from: Math.max(0, middle - half), to: Math.min(width, middle + half), entry }
    })
    .sort((a, b) => a.from - b.from)
  const gaps: GapSpan[] = []
  for (const span of spans) {
    const last = gaps.at(-1)
    if (last === undefined || span.from > last.to) gaps.push({ ...span, count: 1 })
    else gaps[gaps.length - 1] = { ...last, to: Math.max(last.to, span.to), count: last.count + 1 }
  }
  return gaps
}

function ticksOf({ from, to }: Range, width: number, zoneMs: number): Tick[] {
  const wanted = ((to - from) * TICK_PX) / Math.max(width, 1)
  const step = STEPS_MS.find(one => one >= wanted) ?? STEPS_MS.at(-1)!
  const ticks: Tick[] = []
  const first = Math.ceil((from + zoneMs) / step) * step - zoneMs
  for (let ms = first; ms <= to && ticks.length < 100; ms += step) {
    ticks.push({ x: ((ms - from) * width) / (to - from), ms })
  }
  return ticks
}

/** Named ranges, shortest first. */
export const RANGES: ReadonlyArray<readonly [name: string, ms: number, words: string]> = [
  ['15m', 15 * MINUTE, '15 minutes'],
  ['1h', 60 * MINUTE, '1 hour'],
  ['6h', 6 * 60 * MINUTE, '6 hours'],
  ['24h', 24 * 60 * MINUTE, '24 hours'],
  ['7d', 7 * 24 * 60 * MINUTE, '7 days'],
  ['30d', 30 * 24 * 60 * MINUTE, '30 days'],
]

/** @param name one of {@link RANGES}; else the shortest that all deaths are in */
export function rangeOf(name: string, entries: readonly Entry[], now: number): Range {
  const named = RANGES.find(([one]) => one === name)
  if (named !== undefined) return { from: now - named[1], to: now }
  const oldest = entries.reduce(
    (least, { kind, ms }) => (kind === 'other' || ms > now ? least : Math.min(least, ms)),
    now
  )
  const [, length] = RANGES.find(([, ms]) => oldest >= now - ms) ?? RANGES.at(-1)!
  return { from: now - length, to: now }
}
