/** How many of each kind there are, newest named; each narrows the list to its kind. */

import { el } from './dom.ts'
import { type Entry, KIND_OF_TYPE, type Kind } from './entry.ts'
import type { Filters } from './filters.ts'
import { icon } from './icon.ts'
import { KINDS, TOLD_KINDS } from './kinds.ts'
import { ago } from './times.ts'

interface Tile {
  readonly button: HTMLButtonElement
  readonly count: HTMLElement
  readonly last: HTMLElement
  readonly type: string
}

export class Tiles {
  readonly #tiles = new Map<Kind, Tile>()

  constructor(root: HTMLElement, onType: (type: string) => void) {
    for (const [type, kind] of Object.entries(KIND_OF_TYPE)) {
      const count = el('span', { class: 'tile-count' }, '0')
      const last = el('span', { class: 'tile-last' }, 'none')
      const button = el(
        'button',
        { type: 'button', class: `tile kind-${kind}`, 'aria-pressed': 'false' },
        icon(kind),
        el('span', { class: 'tile-name' }, KINDS[kind].many),
        count,
        last
      )
      button.addEventListener('click', () => onType(type))
      this.#tiles.set(kind, { button, count, last, type })
      root.append(button)
    }
  }

  show(entries: readonly Entry[], { types }: Filters): void {
    const counts = new Map<Kind, { count: number; lastMs: number }>()
    for (const { kind, ms } of entries) {
      const known = counts.get(kind)
      counts.set(kind, { count: (known?.count ?? 0) + 1, lastMs: Math.max(known?.lastMs ?? 0, ms) })
    }
    for (const kind of TOLD_KINDS) {
      const { button, count, last, type } = this.#tiles.get(kind)!
      const found = counts.get(kind)
      setText(count, (found?.count ?? 0).toLocaleString())
      setText(last, found === undefined ? 'none' : ago(found.lastMs))
      button.classList.toggle('has-some', found !== undefined)
      button.setAttribute('aria-pressed', String(types.length === 1 && types[0] === type))
    }
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
