/**
 * Watches the browser over its DevTools: the browser's own session only, which attaches to no page and
 * changes none, so that neither pages nor other clients of DevTools can tell that it is there.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { DevToolsHealth } from '../../generated/types.ts'
import { Backoff } from '../backoff.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import type { AddressDetail } from './address.ts'
import { BrowserWatch, type FindFault, type FindKill } from './browser-watch.ts'
import { findEndpoint } from './endpoint.ts'

/** A browser that is started again is up in a second or two, and none costs little to look for. */
const FIRST_WAIT_MS = 200
const LAST_WAIT_MS = 3000
/** A browser starts later than its telemetry: not found for so long, it is told. */
const PATIENCE_MS = 5000

export interface DevToolsWatcherOptions {
  readonly url: string
  readonly addresses: AddressDetail
}

export interface DevToolsHandlers {
  readonly onCrash: (event: TelemetryEventInput) => void
  readonly findKill: FindKill
  readonly findFault: FindFault
}

export class DevToolsWatcher {
  readonly #options: DevToolsWatcherOptions
  readonly #log: FastifyBaseLogger
  readonly #handlers: DevToolsHandlers
  readonly #backoff = new Backoff({
    firstMs: FIRST_WAIT_MS,
    lastMs: LAST_WAIT_MS,
    hasJitter: true,
  })
  readonly #closing = new AbortController()
  #browser: BrowserWatch | undefined
  #browserName: string | undefined
  #connections = 0
  #error: string | undefined
  /** Since when there is no browser, by performance.now(). */
  #downSinceMs = 0
  #isDownTold = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: DevToolsWatcherOptions, log: FastifyBaseLogger, handlers: DevToolsHandlers) {
    this.#options = options
    this.#log = log
    this.#handlers = handlers
  }

  get health(): DevToolsHealth {
    const isUp = this.#browser !== undefined
    return {
      state: this.#closing.signal.aborted ? 'stopped' : isUp ? 'watching' : 'connecting',
      url: this.#options.url,
      browser: isUp ? this.#browserName : undefined,
      pages: this.#browser?.pages,
      connections: this.#connections,
      error: isUp ? undefined : this.#error,
    }
  }

  /** The address of the only page that there is, as it may be told; undefined where there are more. */
  get onlyPageUrl(): string | undefined {
    return this.#browser?.onlyPageUrl
  }

  /** Never throws: without a browser the application goes on, and its log and health say so. */
  start(): void {
    this.#downSinceMs = performance.now()
    this.#connect()
  }

  close(): void {
    this.#closing.abort()
    clearTimeout(this.#timer)
    this.#browser?.close()
  }

  async #connect(): Promise<void> {
    const { signal } = this.#closing
    try {
      const endpoint = await findEndpoint(this.#options.url, signal)
      const { addresses } = this.#options
      const browser = await BrowserWatch.open(endpoint.webSocketUrl, signal, {
        ...this.#handlers,
        addresses,
        log: this.#log,
        onClose: reason => this.#onDown(reason),
      })
      if (browser === undefined) return
      this.#browser = browser
      this.#browserName = endpoint.browser
      this.#connections++
      this.#error = undefined
      this.#isDownTold = false
      this.#backoff.reset()
      this.#log.info(
        { url: this.#options.url, browser: endpoint.browser },
        'watching the browser by its DevTools'
      )
    } catch (error) {
      this.#onDown((error as Error).message)
    }
  }

  #onDown(reason: string): void {
    if (this.#closing.signal.aborted) return
    const now = performance.now()
    if (this.#browser !== undefined) this.#downSinceMs = now
    this.#browser = undefined
    this.#error = reason
    if (!this.#isDownTold && now - this.#downSinceMs >= PATIENCE_MS) {
      this.#isDownTold = true
      this.#log.warn(
        { url: this.#options.url, reason },
        'crashes of pages are not seen: the browser does not answer at the URL of its DevTools. Start it with --remote-debugging-port, or mend the option devtools (SYSMON_DEVTOOLS_URL)'
      )
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect(), this.#backoff.next())
    this.#timer.unref()
  }
}
