/** The controls of the filters. What can be chosen is what there is. */

import { el } from './dom.ts'
import { type Entry, KIND_OF_TYPE } from './entry.ts'
import { type Filters, INCIDENTS, isFiltered, NO_FILTERS } from './filters.ts'

const ALL_TYPES: readonly (readonly [string, string])[] = [
  ['', 'All types'],
  [INCIDENTS, 'Deaths, pressure and gaps'],
]

export class FilterBar {
  readonly #type = el('select', { id: 'filter-type' })
  readonly #category = el('select', { id: 'filter-category' })
  readonly #service = el('select', { id: 'filter-service' })
  readonly #text = el('input', {
    id: 'filter-text',
    type: 'search',
    placeholder: 'name, pid, group …',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  readonly #clear = el('button', { type: 'button' }, 'Clear')
  #filters: Filters = NO_FILTERS

  constructor(form: HTMLElement, onChange: (filters: Filters) => void) {
    form.append(
      field('Type', this.#type),
      field('Category', this.#category),
      field('Service or process', this.#service),
      field('Text', this.#text),
      this.#clear
    )
    const read = (): Filters => ({
      types: this.#type.value === '' ? [] : this.#type.value.split(','),
      category: this.#category.value,
      service: this.#service.value,
      text: this.#text.value,
    })
    form.addEventListener('input', () => onChange(read()))
    form.addEventListener('submit', event => event.preventDefault())
    this.#clear.addEventListener('click', () => onChange(NO_FILTERS))
  }

  show(filters: Filters, entries: readonly Entry[]): void {
    this.#filters = filters
    const types = new Set(Object.keys(KIND_OF_TYPE))
    const categories = new Set<string>()
    const services = new Set<string>()
    for (const { type, category, lane } of entries) {
      types.add(type)
      categories.add(category)
      if (lane !== undefined) services.add(lane)
    }
    const chosen = filters.types.join(',')
    offer(this.#type, chosen, [...ALL_TYPES, ...named(types)])
    offer(this.#category, filters.category, [['', 'All categories'], ...named(categories)])
    offer(this.#service, filters.service, [['', 'All'], ...named(services)])
    if (this.#text.value !== filters.text) this.#text.value = filters.text
    this.#clear.disabled = !isFiltered(this.#filters)
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return el('div', { class: 'field' }, el('label', { for: control.id }, label), control)
}

function named(values: ReadonlySet<string>): (readonly [string, string])[] {
  return [...values].sort().map(value => [value, value])
}

/** Made anew only where it changed: else a list that is open would close. */
function offer(
  select: HTMLSelectElement,
  chosen: string,
  wanted: readonly (readonly [string, string])[]
): void {
  const isOffered = wanted.some(([value]) => value === chosen)
  const options = isOffered ? wanted : [...wanted, [chosen, chosen] as const]
  const key = JSON.stringify(options)
  if (select.dataset.options !== key) {
    select.dataset.options = key
    select.replaceChildren(...options.map(([value, text]) => el('option', { value }, text)))
  }
  if (select.value !== chosen) select.value = chosen
}
