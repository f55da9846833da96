/**
 * The events, newest first, so many on a page that the browser has little to hold however many there are.
 * What somebody is reading does not move away: then the list stays as it is, and says how many came since.
 */

import { el } from './dom.ts'
import type { Entry } from './entry.ts'
import { eventItem, type ItemParts, itemId } from './event-item.ts'

const PAGE_ITEMS = 50
/** Of the list above the top of the window, in pixels: then somebody reads further down. */
const READING_PX = 60

interface Shown {
  readonly element: HTMLElement
  readonly revision: number
}

export class EventList {
  readonly #parts: ItemParts
  readonly #onTurned: () => void
  readonly #items = el('ol', { class: 'events', reversed: true })
  readonly #empty = el('div', { class: 'empty' })
  readonly #count = el('p', { class: 'count', id: 'count' })
  readonly #newer = el('button', { type: 'button' }, '← Newer')
  readonly #older = el('button', { type: 'button' }, 'Older →')
  readonly #follow = el('button', { type: 'button', class: 'follow primary', hidden: true })
  readonly #pause = el('button', { type: 'button', 'aria-pressed': 'false' }, 'Hold')
  #shown = new Map<string, Shown>()
  #entries: readonly Entry[] = []
  /** The newest of the page that is held; undefined: the newest of all. */
  #anchor: string | undefined
  #isPaused = false

  /** @param onTurned the list is to be shown anew */
  constructor(root: HTMLElement, parts: ItemParts, onTurned: () => void) {
    this.#parts = parts
    this.#onTurned = onTurned
    const pages = el(
      'nav',
      { class: 'pages', 'aria-label': 'Pages of events' },
      this.#newer,
      this.#older
    )
    const bar = el('div', { class: 'list-bar' }, this.#count, this.#pause)
    root.append(bar, this.#follow, this.#empty, this.#items, pages)
    this.#newer.addEventListener('click', () => this.#turn(-1))
    this.#older.addEventListener('click', () => this.#turn(1))
    this.#follow.addEventListener('click', () => this.toNewest())
    this.#pause.addEventListener('click', () => {
      this.#isPaused = !this.#isPaused
      this.#anchor = this.#isPaused ? this.#entries.at(-1)?.id : undefined
      this.#pause.setAttribute('aria-pressed', String(this.#isPaused))
      this.#onTurned()
    })
  }

  toNewest(): void {
    this.#isPaused = false
    this.#pause.setAttribute('aria-pressed', 'false')
    this.#anchor = undefined
    const { activeElement } = document
    if (activeElement instanceof HTMLElement && this.#items.contains(activeElement))
      activeElement.blur()
    for (const open of this.#items.querySelectorAll('details[open]')) open.removeAttribute('open')
    this.#onTurned()
    this.#items.parentElement?.scrollIntoView({ block: 'start' })
  }

  /** Shows the page that an event is on, and leads there. @returns whether it is among those shown */
  goTo(id: string): boolean {
    const at = this.#entries.findIndex(entry => entry.id === id)
    if (at === -1) return false
    const fromNewest = this.#entries.length - 1 - at
    const page = Math.floor(fromNewest / PAGE_ITEMS)
    if (!this.#shown.has(id)) this.#anchor = this.#entries.at(-1 - page * PAGE_ITEMS)?.id
    this.#onTurned()
    const element = document.getElementById(itemId(id))
    element?.scrollIntoView({ block: 'center' })
    element?.focus({ preventScroll: true })
    return true
  }

  /** @param entries those that pass the filters, oldest first; @param total of all */
  show(entries: readonly Entry[], total: number, emptyText: readonly string[]): void {
    this.#entries = entries
    this.#hold()
    const last = this.#lastIndex()
    const first = Math.max(0, last + 1 - PAGE_ITEMS)
    const page = entries.slice(first, last + 1).reverse()
    this.#update(page)
    const newer = entries.length - 1 - last
    this.#empty.hidden = page.length > 0
    if (page.length === 0) this.#empty.replaceChildren(...emptyText.map(text => el('p', {}, text)))
    this.#items.hidden = page.length === 0
    this.#count.textContent = countText(entries.length, total, newer + 1, newer + page.length)
    this.#newer.disabled = newer === 0
    this.#older.disabled = first === 0
    this.#newer.parentElement!.hidden = newer === 0 && first === 0
    this.#follow.hidden = newer === 0
    this.#follow.textContent = `${newer.toLocaleString()} newer ${newer === 1 ? 'event' : 'events'}: to the top`
  }

  #lastIndex(): number {
    if (this.#anchor === undefined) return this.#entries.length - 1
    const at = this.#entries.findIndex(({ id }) => id === this.#anchor)
    if (at !== -1) return at
    // It was filtered out, or is no longer kept.
    this.#anchor = undefined
    return this.#entries.length - 1
  }

  /** Begins to hold the list where somebody reads it, and ends where nobody does. */
  #hold(): void {
    const [newest] = this.#shown.keys()
    if (this.#anchor !== undefined || newest === undefined) return
    const isOpen = this.#items.querySelector('details[open]') !== null
    const hasFocus = this.#items.contains(document.activeElement)
    const isBelow = this.#items.getBoundingClientRect().top < -READING_PX
    if (isOpen || hasFocus || isBelow) this.#anchor = newest
  }

  #turn(pages: 1 | -1): void {
    const last = this.#lastIndex() - pages * PAGE_ITEMS
    this.#anchor =
      last >= this.#entries.length - 1 ? undefined : this.#entries[Math.max(0, last)]?.id
    this.#onTurned()
    this.#items.parentElement?.scrollIntoView({ block: 'start' })
  }

  /** Only what is new is made, and only what is gone removed. */
  #update(page: readonly Entry[]): void {
    const shown = new Map<string, Shown>()
    let next: Element | null = this.#items.firstElementChild
    for (const entry of page) {
      const known = this.#shown.get(entry.id)
      const isSame = known !== undefined && known.revision === entry.revision
      const element = isSame ? known.element : eventItem(entry, this.#parts)
      if (known !== undefined && !isSame) {
        if (next === known.element) next = element
        known.element.replaceWith(element)
      }
      if (element === next) next = element.nextElementSibling
      else this.#items.insertBefore(element, next)
      shown.set(entry.id, { element, revision: entry.revision })
    }
    for (const [id, { element }] of this.#shown) if (!shown.has(id)) element.remove()
    this.#shown = shown
  }
}

function countText(matching: number, total: number, from: number, to: number): string {
  if (matching === 0) return total === 0 ? 'No events' : `None of ${total.toLocaleString()} events`
  const of = matching === total ? '' : ` of ${total.toLocaleString()}`
  return `${from.toLocaleString()}–${to.toLocaleString()} of ${matching.toLocaleString()} events${of === '' ? '' : `, out${of}`}`
}
