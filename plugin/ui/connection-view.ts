/** How the page stands with its server: the mark at the top, and what the reader has to do. */

import type { Api } from './api.ts'
import { byId, el } from './dom.ts'
import type { Connection } from './feed.ts'
import { clock } from './times.ts'

export class ConnectionView {
  readonly #state = byId('state')
  readonly #text = byId('state-text')
  readonly #notices = byId('notices')
  readonly #api: Api
  readonly #onToken: () => void
  #shown = ''
  #health: string[] = []
  #connection: Connection = { state: 'connecting' }

  constructor(api: Api, onToken: () => void) {
    this.#api = api
    this.#onToken = onToken
  }

  show(connection: Connection): void {
    this.#connection = connection
    this.#state.dataset.state = connection.state
    this.#text.textContent = wordsOf(connection)
    this.#showNotices()
  }

  /** What the server itself says that it does not see. */
  showHealth(reasons: readonly string[]): void {
    this.#health = [...reasons]
    this.#showNotices()
  }

  #showNotices(): void {
    const connection = this.#connection
    // A form that somebody is typing in stays as it is.
    const key = JSON.stringify([connection, this.#health])
    if (key === this.#shown) return
    this.#shown = key
    const notices: HTMLElement[] = []
    if (connection.state === 'token') notices.push(this.#tokenForm(connection.isWrong))
    if (connection.state === 'refused') notices.push(notice('refused', connection.message))
    if (connection.state === 'live') {
      for (const reason of this.#health) notices.push(notice('degraded', reason))
    }
    this.#notices.replaceChildren(...notices)
  }

  #tokenForm(isWrong: boolean): HTMLElement {
    const input = el('input', {
      id: 'token',
      type: 'password',
      autocomplete: 'off',
      required: true,
      'aria-describedby': 'token-note',
    })
    const form = el(
      'form',
      { class: 'notice token', 'aria-label': 'Token' },
      el('label', { for: 'token' }, 'Token for reading'),
      el('div', { class: 'token-row' }, input, el('button', { class: 'primary' }, 'Connect')),
      el(
        'p',
        { id: 'token-note', class: 'note' },
        isWrong ? 'The server did not take that token. ' : '',
        'It is kept in this tab only, and sent to this server only.'
      )
    )
    form.addEventListener('submit', event => {
      event.preventDefault()
      this.#api.token = input.value.trim()
      this.#onToken()
    })
    return form
  }
}

function notice(kind: 'refused' | 'degraded', text: string): HTMLElement {
  const title = kind === 'refused' ? 'The server refuses: ' : 'Not everything is seen: '
  return el('p', { class: `notice ${kind}` }, el('strong', {}, title), text)
}

function wordsOf(connection: Connection): string {
  switch (connection.state) {
    case 'connecting':
      return 'connecting'
    case 'live':
      return 'live'
    case 'reconnecting':
      return 'reconnecting'
    case 'token':
      return 'needs token'
    case 'refused':
      return 'refused'
    case 'away':
      return `server away since ${clock(connection.since, true)}`
  }
}
