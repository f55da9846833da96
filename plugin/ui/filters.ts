/** Which events are shown; kept in the page's address, so that it can be sent to somebody. */

import type { Entry, Kind } from './entry.ts'

export interface Filters {
  /** Types of events; empty: all. */
  readonly types: readonly string[]
  readonly category: string
  readonly service: string
  readonly text: string
}

export const NO_FILTERS: Filters = { types: [], category: '', service: '', text: '' }

/** What `type=incidents` stands for: all that is shown in its own way. */
export const INCIDENTS = 'incidents'

export function isFiltered({ types, category, service, text }: Filters): boolean {
  return types.length > 0 || category !== '' || service !== '' || text !== ''
}

/** @param search `?type=service_crashed&service=chromium` */
export function filtersFrom(search: string): Filters {
  const query = new URLSearchParams(search)
  const types = query.getAll('type').flatMap(value => value.split(','))
  return {
    types: [...new Set(types.filter(type => type !== ''))],
    category: query.get('category') ?? '',
    service: query.get('service') ?? '',
    text: query.get('text') ?? '',
  }
}

/** @param search what else is in the address stays */
export function searchWith({ types, category, service, text }: Filters, search: string): string {
  const query = new URLSearchParams(search)
  for (const [name, value] of [
    ['type', types.join(',')],
    ['category', category],
    ['service', service],
    ['text', text],
  ] as const) {
    if (value === '') query.delete(name)
    else query.set(name, value)
  }
  const written = query.toString()
  return written === '' ? '' : `?${written}`
}

/** @returns whether an event is shown; looks at the text of each event once */
export function matcher({ types, category, service, text }: Filters): (entry: Entry) => boolean {
  const wanted = text.trim().toLowerCase()
  const looked = new WeakMap<Entry, boolean>()
  const isFound = (entry: Entry): boolean => {
    const known = looked.get(entry)
    if (known !== undefined) return known
    const found = hasText(entry, wanted)
    looked.set(entry, found)
    return found
  }
  const isWanted = (kind: Kind, type: string) =>
    types.length === 0 || types.includes(type) || (types.includes(INCIDENTS) && kind !== 'other')
  return entry =>
    isWanted(entry.kind, entry.type) &&
    (category === '' || entry.category === category) &&
    (service === '' || entry.lane === service) &&
    (wanted === '' || isFound(entry))
}

function hasText({ type, sentence, json }: Entry, wanted: string): boolean {
  return (
    type.includes(wanted) ||
    sentence.toLowerCase().includes(wanted) ||
    json?.toLowerCase().includes(wanted) === true
  )
}
