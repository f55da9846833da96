/** What came, in words, for who does not see it: at most every few seconds, and never a flood. */

import { byId } from './dom.ts'
import type { Entry } from './entry.ts'
import { KINDS } from './kinds.ts'

const PAUSE_MS = 3000
const TITLE = 'sysmon'

export class Announcer {
  readonly #element = byId('news')
  #waiting: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #unseen = 0

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return
      this.#unseen = 0
      document.title = TITLE
    })
  }

  tell(entries: readonly Entry[]): void {
    const told = entries.filter(({ kind }) => kind !== 'other')
    if (told.length === 0) return
    this.#waiting.push(...told.map(({ kind, sentence }) => `${KINDS[kind].one}: ${sentence}`))
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#say(), 0)
    if (!document.hidden) return
    this.#unseen += told.length
    document.title = `(${this.#unseen}) ${TITLE}`
  }

  #say(): void {
    const [first] = this.#waiting.splice(-1)
    const more = this.#waiting.length
    this.#waiting = []
    this.#element.textContent =
      first === undefined ? '' : more === 0 ? first : `${first}; and ${more} more`
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#waiting.length > 0) this.#say()
    }, PAUSE_MS)
  }
}
