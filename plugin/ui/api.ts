/** What the page asks of its server, with the token that the reader gave. */

import type { EventEnvelope, Health } from '../../generated/types.ts'
import { retryAfterMs } from '../backoff.ts'

const TOKEN_KEY = 'sysmon-token'

/** A refusal, in the server's own words. */
export class RefusedError extends Error {
  readonly status: number
  /** After which it may be asked again. */
  readonly retryAfterMs: number | undefined

  constructor(status: number, message: string, retryAfterMs?: number) {
    super(message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

export interface ExplainedLog {
  readonly kills: number
  readonly found: readonly unknown[]
  readonly is_cut?: boolean
  readonly message?: string
}

export class Api {
  /** Of the routes: this page is at `telemetry/ui` below it. */
  readonly #base = new URL(location.pathname.replace(/telemetry\/ui\/?$/, ''), location.origin)

  /** In this tab only, and gone with it. */
  get token(): string | undefined {
    return sessionStorage.getItem(TOKEN_KEY) ?? undefined
  }

  set token(token: string | undefined) {
    if (token === undefined) sessionStorage.removeItem(TOKEN_KEY)
    else sessionStorage.setItem(TOKEN_KEY, token)
  }

  /** @throws {RefusedError} @throws a TypeError where nobody answers */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const { token } = this
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(new URL(path, this.#base), {
      ...init,
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
    })
    if (response.ok) return response
    throw await refusalOf(response)
  }

  /** Newest first. @param before a sequence number, beyond which none is wanted */
  async page(query: Readonly<Record<string, string>>): Promise<{
    readonly events: readonly EventEnvelope[]
    readonly next: string | undefined
  }> {
    const parameters = new URLSearchParams({ format: 'json', order: 'desc', ...query })
    const response = await this.ask(`telemetry/events?${parameters}`)
    const events = (await response.json()) as EventEnvelope[]
    return { events, next: response.headers.get('x-next-offset') ?? undefined }
  }

  /** @returns undefined where the server does not retain the event of that number, or has not given it */
  async event(seq: number): Promise<EventEnvelope | undefined> {
    const query = new URLSearchParams({ format: 'json', offset: String(seq), limit: '1' })
    const response = await this.ask(`telemetry/events?${query}`)
    const [found] = (await response.json()) as EventEnvelope[]
    return found?.seq === seq ? found : undefined
  }

  async explain(log: Blob | string): Promise<ExplainedLog> {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const response = await this.ask('telemetry/explain', { method: 'POST', headers, body: log })
    return (await response.json()) as ExplainedLog
  }

  /** As it is, whatever its status. */
  async health(): Promise<Health> {
    const headers = new Headers()
    if (this.token !== undefined) headers.set('authorization', `Bearer ${this.token}`)
    const response = await fetch(new URL('healthz', this.#base), { headers, cache: 'no-store' })
    if (response.ok || response.status === 503) return (await response.json()) as Health
    throw await refusalOf(response)
  }
}

async function refusalOf(response: Response): Promise<RefusedError> {
  let message = `the server answers ${response.status}`
  try {
    const body: unknown = await response.json()
    const said = (body as { message?: unknown } | null)?.message
    if (typeof said === 'string') message = said
  } catch {
    // It is not this server that answers, but something before it.
  }
  const retryAfter = response.headers.get('retry-after') ?? undefined
  return new RefusedError(response.status, message, retryAfterMs(retryAfter, Date.now()))
}
