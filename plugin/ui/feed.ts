/**
 * Events from the server into the store: what is retained, then the stream, again and again from where it
 * broke off. Read by `fetch`, because `EventSource` sends no token and hides comments and refusals.
 */

import type { EventEnvelope } from '../../generated/types.ts'
import { Backoff } from '../backoff.ts'
import { SseParser } from '../sse-parser.ts'
import { type Api, RefusedError } from './api.ts'
import { isOf, KIND_OF_TYPE } from './entry.ts'
import { MAX_ENTRIES, type Store } from './store.ts'

export type Connection =
  | { readonly state: 'connecting' | 'live' | 'reconnecting' }
  /** @property isWrong there was one, and it was not the right one */
  | { readonly state: 'token'; readonly isWrong: boolean }
  /** Nobody answers, since then. */
  | { readonly state: 'away'; readonly since: number }
  | { readonly state: 'refused'; readonly message: string }

export interface FeedListener {
  readonly onConnection: (connection: Connection) => void
  /** The store has changed. @param live events that came by the stream just now, not from before */
  readonly onChange: (live: readonly string[]) => void
}

const PAGE_EVENTS = 1000
/** After a stream that ended as it should. */
const RECONNECT_MS = 300
/** The server gives a sign of life after 15 s of silence. */
const SILENCE_MS = 90_000
const GAP = /^telemetry_gap (.*)$/s
const TOLD_TYPES = Object.keys(KIND_OF_TYPE).join(',')

export class Feed {
  readonly #api: Api
  readonly #store: Store
  readonly #listener: FeedListener
  #hasHistory = false
  #failedSince: number | undefined
  readonly #backoff = new Backoff({ firstMs: 600, lastMs: 10_000, hasJitter: true })
  #wake: (() => void) | undefined

  constructor(api: Api, store: Store, listener: FeedListener) {
    this.#api = api
    this.#store = store
    this.#listener = listener
  }

  /** For as long as the page is open. */
  async run(): Promise<never> {
    for (;;) {
      try {
        if (!this.#hasHistory) await this.#readHistory()
        await this.#follow()
        this.#listener.onConnection({ state: 'reconnecting' })
      } catch (error) {
        this.#tell(error)
        if (error instanceof RefusedError && error.status === 401) {
          await this.#pause(undefined)
          continue
        }
        const wanted = error instanceof RefusedError ? error.retryAfterMs : undefined
        await this.#pause(wanted ?? this.#backoff.next())
        continue
      }
      await this.#pause(RECONNECT_MS)
    }
  }

  /** Tries at once: there is a token, or the network is back. */
  retry(): void {
    this.#wake?.()
  }

  #tell(error: unknown): void {
    this.#listener.onConnection(this.#connectionAfter(error))
  }

  #connectionAfter(error: unknown): Connection {
    if (!(error instanceof RefusedError)) {
      this.#failedSince ??= Date.now()
      return { state: 'away', since: this.#failedSince }
    }
    if (error.status !== 401) return { state: 'refused', message: error.message }
    const isWrong = this.#api.token !== undefined
    this.#api.token = undefined
    return { state: 'token', isWrong }
  }

  /** @param ms undefined: until somebody says so */
  async #pause(ms: number | undefined): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  /**
   * Whether the server was started again without a state folder. Its stream begins with its oldest event if it had
   * given fewer numbers than this page has seen when the stream was opened; else the event that has our last number
   * shows it. Asked while the stream is open: before, the server could pass that number in between.
   */
  async #isNumberedAnew(): Promise<boolean> {
    const { run, lastSeq } = this.#store
    const last = this.#store.get(`${run}-${lastSeq}`)
    if (last === undefined) return false
    const there = await this.#api.event(lastSeq)
    return there !== undefined && !isOf(last, there)
  }

  /** What is told of deaths first, however much else came since. */
  async #readHistory(): Promise<void> {
    const limit = String(PAGE_EVENTS)
    const [told, all] = await Promise.all([
      this.#api.page({ limit, type: TOLD_TYPES }),
      this.#api.page({ limit }),
    ])
    this.#store.addHistory([...told.events, ...all.events])
    this.#hasHistory = true
    this.#listener.onChange([])
    void this.#readOlder(all.next)
  }

  /** In its own time, beside the stream. What cannot be had is left out: it is older than all that is shown. */
  async #readOlder(next: string | undefined): Promise<void> {
    const { run } = this.#store
    let offset = next
    while (offset !== undefined && this.#store.entries.length < MAX_ENTRIES) {
      try {
        const page = await this.#api.page({ limit: String(PAGE_EVENTS), offset })
        if (this.#store.run !== run) return
        this.#store.addHistory(page.events)
        offset = page.next
      } catch {
        return
      }
      this.#listener.onChange([])
    }
  }

  /** Until the stream ends. @throws where it does not begin, or breaks off */
  async #follow(): Promise<void> {
    const { lastSeq } = this.#store
    const abort = new AbortController()
    const response = await this.#api.ask(`telemetry/stream${lastSeq > 0 ? '' : '?replay=all'}`, {
      signal: abort.signal,
      headers: {
        accept: 'text/event-stream',
        ...(lastSeq > 0 ? { 'last-event-id': String(lastSeq) } : {}),
      },
    })
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      if (await this.#isNumberedAnew()) {
        this.#store.beginRun()
        this.#hasHistory = false
        return
      }
      this.#failedSince = undefined
      this.#backoff.reset()
      this.#listener.onConnection({ state: 'live' })
      const parser = new SseParser()
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        clearTimeout(timer)
        timer = setTimeout(() => abort.abort(), SILENCE_MS)
        const { done, value } = await reader.read()
        if (done) return
        this.#take(parser, value)
      }
    } finally {
      clearTimeout(timer)
      abort.abort()
    }
  }

  #take(parser: SseParser, text: string): void {
    const live: string[] = []
    for (const { data, comment } of parser.push(text)) {
      if (data !== undefined) live.push(this.#store.add(JSON.parse(data) as EventEnvelope).id)
      const gap = GAP.exec(comment ?? '')?.[1]
      if (gap === undefined) continue
      const { lost } = JSON.parse(gap) as { lost: number }
      live.push(this.#store.addMissed(lost).id)
    }
    if (live.length > 0) this.#listener.onChange(live)
  }
}
