/** A pasted log, explained by the server: the same cards as of live kills. */

import { isObject } from '../objects.ts'
import { printable, sinceBoot } from '../units.ts'
import { type Api, type ExplainedLog, RefusedError } from './api.ts'
import { el } from './dom.ts'
import { type KillData, killCard, marksOf } from './kill-card.ts'
import { rawDetails } from './raw.ts'
import { moment } from './times.ts'

/** As the server takes. */
const MAX_LOG_BYTES = 2 * 1024 * 1024
const MAX_CARDS = 50

export class ExplainView {
  readonly #api: Api
  readonly #text = el('textarea', {
    id: 'log',
    rows: '10',
    spellcheck: 'false',
    autocomplete: 'off',
    wrap: 'off',
    placeholder: '[ 1234.567890] chromium invoked oom-killer: gfp_mask=…',
  })
  readonly #file = el('input', { id: 'log-file', type: 'file' })
  readonly #button = el('button', { class: 'primary' }, 'Explain')
  readonly #status = el('p', { class: 'explain-status', role: 'status' })
  readonly #results = el('div', { class: 'results' })

  constructor(root: HTMLElement, api: Api) {
    this.#api = api
    const form = el(
      'form',
      { class: 'panel explain-form' },
      el('label', { for: 'log' }, 'The log'),
      this.#text,
      el(
        'div',
        { class: 'explain-row' },
        el('div', { class: 'field' }, el('label', { for: 'log-file' }, 'or a file'), this.#file),
        this.#button
      )
    )
    root.append(
      el('h2', { id: 'explain-title' }, 'Explain a log'),
      el(
        'p',
        { class: 'lead' },
        'Paste a kernel log: dmesg, journalctl -k, kern.log, with whatever a viewer or collector has put before its lines. It goes to this server, and nowhere else; nothing of it is kept.'
      ),
      form,
      this.#status,
      this.#results
    )
    form.addEventListener('submit', event => {
      event.preventDefault()
      void this.#explain(this.#text.value)
    })
    this.#text.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
    })
    this.#file.addEventListener('change', () => {
      const [file] = this.#file.files ?? []
      if (file !== undefined) void this.#explain(file)
    })
  }

  async #explain(log: Blob | string): Promise<void> {
    this.#results.replaceChildren()
    const bytes = typeof log === 'string' ? new Blob([log]).size : log.size
    if (bytes === 0) return this.#say('There is nothing to explain yet: paste a log.')
    if (bytes > MAX_LOG_BYTES) {
      return this.#say(
        'That is more than 2 MiB: give the part around the kill, or use sysmon explain.'
      )
    }
    this.#button.disabled = true
    this.#say('Reading …')
    try {
      this.#show(await this.#api.explain(log))
    } catch (error) {
      this.#say(wordsOf(error))
    } finally {
      this.#button.disabled = false
    }
  }

  #say(text: string): void {
    this.#status.textContent = text
  }

  #show({ kills, found, is_cut: isCut, message }: ExplainedLog): void {
    const items = found.filter(isObject)
    const cards = items.slice(0, MAX_CARDS).map((item, index) => cardOf(item, index))
    this.#results.replaceChildren(...cards)
    const left = items.length - cards.length
    const count = kills === 1 ? '1 kill found.' : `${kills} kills found.`
    this.#say(
      [
        message === undefined ? count : `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
        left > 0 && `The first ${MAX_CARDS} are shown.`,
        isCut === true && 'Not all of the log was read: it has too much for one answer.',
      ]
        .filter(part => part !== false)
        .join(' ')
    )
  }
}

type Item = Readonly<Record<string, unknown>>

function cardOf(item: Item, index: number): HTMLElement {
  if (item.type === 'oom_summary') return summary(item)
  const isKill = item.type === 'system_oom_kill'
  const source = isObject(item.source) ? item.source : {}
  return killCard({
    id: `explained-${index}`,
    ...(isKill ? {} : { title: 'The OOM killer ran, and the log shows no kill' }),
    data: (isObject(item.data) ? item.data : {}) as Partial<KillData>,
    when: whenOf(item),
    marks: marksOf(source.metadata).filter(mark => !mark.startsWith('before')),
    after: strings(item.after),
    raw: rawDetails(async () => JSON.stringify(item, null, 2), 'All that was read'),
  })
}

function summary({ again, others }: Item): HTMLElement {
  const sentences = [...strings(again), ...strings(others)]
  return el(
    'article',
    { class: 'card summary', 'aria-label': 'In all' },
    el('h3', {}, 'In all'),
    el('ul', {}, ...sentences.map(text => el('li', {}, printable(text))))
  )
}

function whenOf({ time, ts }: Item): string {
  if (typeof ts !== 'number' || time === 'unknown') return 'when, the log does not say'
  return time === 'boot' ? sinceBoot(ts) : moment(ts / 1000)
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : []
}

function wordsOf(error: unknown): string {
  if (!(error instanceof RefusedError)) return 'The server does not answer: try again.'
  if (error.status === 401) return 'The server asks for a token: give it under Events.'
  return error.message.charAt(0).toUpperCase() + error.message.slice(1)
}
