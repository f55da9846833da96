/**
 * Deaths over time, a line of them for each service, the machine's memory pressure behind, and what was not
 * seen hatched over all. Marks are links to their events: one stop for the tab key, arrows from there on.
 */

import { el, svg } from './dom.ts'
import type { Entry } from './entry.ts'
import { itemId } from './event-item.ts'
import { icon } from './icon.ts'
import { KINDS } from './kinds.ts'
import {
  type Lane,
  type Mark,
  type PressurePoint,
  RANGES,
  rangeOf,
  type TimelineModel,
  timelineModel,
} from './timeline-model.ts'
import { andMore, wordsOf } from './timeline-words.ts'
import { clock, day, moment } from './times.ts'

const LANE_PX = 34
const AXIS_PX = 24
const TOP_PX = 10
/** Where lanes have none, pressure and gaps still need room. */
const MIN_LANES = 2
const EDGE_PX = 14
/** What the longest clock takes, such as `12:30 PM`. */
const TICK_TEXT_PX = 56
const DAY_MS = 24 * 3600 * 1000

export class Timeline {
  readonly #onGo: (id: string) => void
  readonly #range = el('select', { id: 'range' })
  readonly #names = el('div', { class: 'lane-names', 'aria-hidden': 'true' })
  readonly #plot = el('div', { class: 'plot' })
  readonly #note = el('p', { class: 'note' })
  #entries: readonly Entry[] = []
  #width = 0
  /** Of the entry whose mark the tab key leads to. */
  #current: string | undefined

  constructor(
    root: HTMLElement,
    range: string,
    parts: { readonly onGo: (id: string) => void; readonly onRange: (range: string) => void }
  ) {
    this.#onGo = parts.onGo
    this.#range.append(
      el('option', { value: '' }, 'all that is known'),
      ...RANGES.map(([name, , words]) => el('option', { value: name }, `last ${words}`))
    )
    this.#range.value = RANGES.some(([name]) => name === range) ? range : ''
    this.#range.addEventListener('change', () => {
      parts.onRange(this.#range.value)
      this.draw()
    })
    root.append(
      el(
        'div',
        { class: 'panel-head' },
        el('h2', { id: 'timeline-title' }, 'Timeline'),
        el('div', { class: 'field inline' }, el('label', { for: 'range' }, 'Show'), this.#range)
      ),
      el('div', { class: 'chart' }, this.#names, this.#plot),
      legend(),
      this.#note
    )
    this.#plot.addEventListener('keydown', event => this.#onKey(event))
    new ResizeObserver(([seen]) => {
      const width = Math.floor(seen!.contentRect.width)
      if (width === this.#width) return
      this.#width = width
      this.draw()
    }).observe(this.#plot)
  }

  show(entries: readonly Entry[]): void {
    this.#entries = entries
    this.draw()
  }

  /** Time goes on without events, too. */
  tick(): void {
    // Nothing moves away under somebody's fingers.
    if (!this.#plot.contains(document.activeElement) && !this.#plot.matches(':hover')) this.draw()
  }

  draw(): void {
    if (this.#width === 0) return
    const now = Date.now()
    const range = rangeOf(this.#range.value, this.#entries, now)
    const width = this.#width - 2 * EDGE_PX
    const zoneMs = -new Date(now).getTimezoneOffset() * 60_000
    const model = timelineModel(this.#entries, range, width, zoneMs)
    const hadFocus = this.#plot.contains(document.activeElement)
    this.#names.replaceChildren(...model.lanes.map(({ name }) => el('span', { title: name }, name)))
    this.#plot.replaceChildren(this.#chart(model, range.to - range.from))
    const words = wordsOf(model)
    if (this.#note.textContent !== words) this.#note.textContent = words
    if (hadFocus) this.#plot.querySelector<SVGAElement>('a[tabindex="0"]')?.focus()
  }

  #chart(model: TimelineModel, lengthMs: number): SVGSVGElement {
    const { lanes } = model
    const lanesPx = Math.max(lanes.length, MIN_LANES) * LANE_PX
    const height = TOP_PX + lanesPx + AXIS_PX
    const marks = lanes.flatMap((lane, index) =>
      lane.marks.map(mark => this.#mark(mark, lane, index))
    )
    const current = marks.find(({ dataset }) => dataset.id === this.#current) ?? marks.at(-1)
    current?.setAttribute('tabindex', '0')
    return svg(
      'svg',
      {
        viewBox: `${-EDGE_PX} 0 ${this.#width} ${height}`,
        width: this.#width,
        height,
        role: 'group',
        'aria-label': 'Deaths over time; the arrow keys go from one to the next',
      },
      svg(
        'defs',
        {},
        svg(
          'pattern',
          {
            id: 'hatch',
            width: 6,
            height: 6,
            patternUnits: 'userSpaceOnUse',
            patternTransform: 'rotate(45)',
          },
          svg('line', { class: 'hatch', x1: 0, y1: 0, x2: 0, y2: 6 })
        )
      ),
      ...model.ticks.map(one => tick(one, lengthMs, this.#width - 2 * EDGE_PX, TOP_PX + lanesPx)),
      ...lanes.map((_, index) =>
        svg('line', {
          class: 'lane',
          x1: -EDGE_PX,
          x2: this.#width - EDGE_PX,
          y1: yOf(index),
          y2: yOf(index),
        })
      ),
      ...model.pressure.map(line => pressureLine(line, lanesPx)),
      ...model.gaps.map(({ from, to, entry, count }) =>
        svg(
          'rect',
          {
            class: 'gap',
            x: from,
            width: to - from,
            y: TOP_PX,
            height: lanesPx,
            fill: 'url(#hatch)',
          },
          svg('title', {}, `Not seen: ${entry.sentence}${andMore(count)}`)
        )
      ),
      ...model.joins.map(({ from, to }) =>
        svg('line', {
          class: 'join',
          x1: from.x,
          y1: yOf(from.lane),
          x2: to.x,
          y2: yOf(to.lane),
        })
      ),
      ...marks
    )
  }

  #mark({ x, kind, entries }: Mark, { name }: Lane, lane: number): SVGAElement {
    const newest = entries.at(-1)!
    const words =
      entries.length === 1
        ? `${KINDS[kind].one}, ${name}, ${moment(newest.ms)}: ${newest.sentence}`
        : `${entries.length} deaths of ${name}, ${moment(entries[0]!.ms)} to ${moment(newest.ms)}`
    const mark = svg(
      'a',
      {
        class: `mark kind-${kind}`,
        href: `#${itemId(newest.id)}`,
        tabindex: '-1',
        'aria-label': words,
        'data-id': newest.id,
        'data-lane': lane,
        transform: `translate(${x} ${yOf(lane)})`,
      },
      svg('title', {}, words),
      svg('circle', { class: 'hit', r: 12 }),
      svg('path', { transform: 'translate(-8 -8)', d: KINDS[kind].path, 'fill-rule': 'evenodd' })
    )
    if (entries.length > 1) {
      const count = entries.length > 99 ? '99+' : String(entries.length)
      mark.append(
        svg('rect', {
          class: 'badge',
          x: 3,
          y: -15,
          rx: 7,
          width: 8 + count.length * 6,
          height: 14,
        }),
        svg('text', { class: 'badge-text', x: 7 + count.length * 3, y: -4.5 }, count)
      )
    }
    mark.addEventListener('click', event => {
      event.preventDefault()
      this.#current = newest.id
      this.#onGo(newest.id)
    })
    return mark
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -1,
      ArrowDown: 1,
    }
    const marks = [...this.#plot.querySelectorAll<SVGAElement>('a.mark')]
    const at = marks.indexOf(document.activeElement as SVGAElement)
    const step = steps[event.key]
    const to =
      event.key === 'Home' ? 0 : event.key === 'End' ? marks.length - 1 : at + (step ?? Number.NaN)
    const next = marks[to]
    if (at === -1 || next === undefined) return
    event.preventDefault()
    marks[at]!.setAttribute('tabindex', '-1')
    next.setAttribute('tabindex', '0')
    this.#current = next.dataset.id
    next.focus()
  }
}

function yOf(lane: number): number {
  return TOP_PX + (lane + 0.5) * LANE_PX
}

/** Its words stand only where they are whole. */
function tick(
  { x, ms }: TimelineModel['ticks'][number],
  lengthMs: number,
  width: number,
  height: number
): SVGGElement {
  const isWhole = x > TICK_TEXT_PX / 2 - EDGE_PX && x < width - TICK_TEXT_PX / 2 + EDGE_PX
  const isMidnight = new Date(ms).getHours() === 0 && new Date(ms).getMinutes() === 0
  const text = isMidnight || lengthMs > 5 * DAY_MS ? day(ms) : clock(ms)
  return svg(
    'g',
    { class: 'tick', 'aria-hidden': 'true' },
    svg('line', { x1: x, x2: x, y1: 0, y2: height }),
    ...(isWhole ? [svg('text', { x, y: height + 16 }, text)] : [])
  )
}

/** From the ground to each report and back: what was in between nobody measured. */
function pressureLine(line: readonly PressurePoint[], lanesPx: number): SVGGElement {
  const ground = TOP_PX + lanesPx
  const first = line[0]!
  const last = line.at(-1)!
  const points = [
    [first.x - 5, ground],
    ...line.map(({ x, y }) => [x, ground - y * lanesPx]),
    [last.x + 5, ground],
  ]
  const path = `M${points.map(point => point.map(value => value!.toFixed(1)).join(' ')).join('L')}`
  return svg(
    'g',
    { class: 'pressure' },
    svg('path', { d: path }),
    ...line.map(({ x, y, entry, count }) =>
      svg(
        'circle',
        { cx: x, cy: ground - y * lanesPx, r: 3.5 },
        svg('title', {}, `${moment(entry.ms)}: ${entry.sentence}${andMore(count)}`)
      )
    )
  )
}

function legend(): HTMLElement {
  const shown = ['kill', 'service', 'page', 'process', 'pressure', 'gap'] as const
  const items = shown.map(kind => el('li', {}, icon(kind), KINDS[kind].one))
  return el('ul', { class: 'legend', 'aria-label': 'Marks' }, ...items)
}
