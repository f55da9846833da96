/** An event in the list: a kill as a card, all else in a row. */

import type { EventEnvelope } from '../../generated/types.ts'
import type { Api } from './api.ts'
import { el } from './dom.ts'
import { type Entry, isOf } from './entry.ts'
import { icon } from './icon.ts'
import { type KillData, killCard, marksOf } from './kill-card.ts'
import { KINDS } from './kinds.ts'
import { pretty, rawDetails } from './raw.ts'
import type { Store } from './store.ts'
import { moment } from './times.ts'

export interface ItemParts {
  readonly api: Api
  readonly store: Store
  /** Leads to another event. */
  readonly onGo: (id: string) => void
}

export function eventItem(entry: Entry, parts: ItemParts): HTMLElement {
  const isCard = entry.kind === 'kill' && entry.json !== undefined
  const content = isCard ? cardOf(entry, parts) : rowOf(entry, parts)
  return el('li', { id: itemId(entry.id), tabindex: '-1', class: 'item' }, content)
}

export function itemId(id: string): string {
  return `event-${id}`
}

function cardOf(entry: Entry, parts: ItemParts): HTMLElement {
  const { event } = JSON.parse(entry.json!) as EventEnvelope
  return killCard({
    id: `title-${entry.id}`,
    data: event.data as unknown as KillData,
    when: moment(entry.ms),
    dateTime: isoOf(entry.ms),
    number: numberOf(entry),
    sentence: entry.sentence,
    marks: marksOf(event.source.metadata),
    related: relatedOf(entry, parts),
    raw: rawOf(entry, parts.api),
  })
}

function rowOf(entry: Entry, parts: ItemParts): HTMLElement {
  const { kind, type, sentence, category } = entry
  const isOther = kind === 'other'
  const metadata =
    entry.json === undefined || isOther
      ? undefined
      : (JSON.parse(entry.json) as EventEnvelope).event.source.metadata
  // The sentence says it already that it was posted.
  const marks = marksOf(metadata).filter(mark => !sentence.endsWith(`(${mark})`))
  return el(
    'div',
    { class: `row kind-${kind}` },
    icon(kind),
    el('time', { datetime: isoOf(entry.ms) }, moment(entry.ms)),
    el('span', { class: 'what' }, isOther ? type : KINDS[kind].one),
    el('span', { class: 'seq' }, isOther ? `${category} ${numberOf(entry)}` : numberOf(entry)),
    el(
      'div',
      { class: 'says' },
      el('p', {}, sentence),
      ...marks.map(mark => el('span', { class: 'tag' }, mark)),
      relatedOf(entry, parts),
      Number.isInteger(entry.seq) && rawOf(entry, parts.api)
    )
  )
}

function relatedOf(entry: Entry, { store, onGo }: ItemParts): HTMLElement | undefined {
  const related = store.related(entry)
  if (related.length === 0) return undefined
  const items = related.map(other => {
    const link = el(
      'a',
      { href: `#${itemId(other.id)}` },
      `${KINDS[other.kind].one}: ${other.sentence}`
    )
    link.addEventListener('click', event => {
      event.preventDefault()
      onGo(other.id)
    })
    return el('li', {}, icon(other.kind), link)
  })
  return el(
    'div',
    { class: 'related' },
    el('span', { class: 'related-title' }, 'The same death, told by others'),
    el('ul', {}, ...items)
  )
}

function rawOf(entry: Entry, api: Api): HTMLElement {
  return rawDetails(async () => {
    if (entry.json !== undefined) return pretty(entry.json)
    const found = await api.event(entry.seq)
    return found === undefined || !isOf(entry, found) ? undefined : JSON.stringify(found, null, 2)
  })
}

function numberOf({ seq }: Entry): string {
  return Number.isInteger(seq) ? `#${seq}` : ''
}

function isoOf(ms: number): string | undefined {
  const date = new Date(ms)
  return Number.isFinite(date.getTime()) ? date.toISOString() : undefined
}
