/**
 * The SDK of the API that this one follows, `@onkernel/sdk`, through a proxy that does to its paths what the
 * vendor's control plane does: every option of `events()` and of `stream()`.
 */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { SysmonOptions } from '../../plugin/index.ts'
import { listen, startApp } from '../support/app.ts'
import { npmTools } from '../support/npm-tools.ts'

const SDK = npmTools(['@onkernel/sdk@0.84.0'])
const skip = 'skip' in SDK ? SDK.skip : false
const API_KEY = 'sk_of_the_test'

// --- what of the SDK is used here ----------------------------------------------------------------

interface Envelope {
  readonly seq: number
  readonly event: {
    readonly ts: number
    readonly type: string
    readonly category: string
    readonly data?: { readonly n?: number; readonly process_name?: string }
  }
}
interface Page extends AsyncIterable<Envelope> {
  readonly items: Envelope[]
  readonly has_more: boolean | null
  readonly next_offset: number | null
  hasNextPage(): boolean
  getNextPage(): Promise<Page>
}
interface EventStream extends AsyncIterable<Envelope> {
  readonly controller: AbortController
}
interface EventsQuery {
  category?: string[]
  order?: string
  since?: string
  until?: string
  offset?: number
  limit?: number
}
interface Telemetry {
  events(id: string, query?: EventsQuery): Promise<Page> & AsyncIterable<Envelope>
  stream(
    id: string,
    params?: { replay?: string; 'Last-Event-ID'?: string }
  ): Promise<EventStream> & { asResponse(): Promise<Response> }
}
type Kernel = new (options: {
  baseURL: string
  apiKey: string
  maxRetries: number
}) => { browsers: { telemetry: Telemetry } }

/** `/browsers/{id}/telemetry/...` is `/telemetry/...` of the one machine there is. */
async function startProxy(t: TestContext, target: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url?.replace(/^\/browsers\/[^/]+/, '')
    const { host: _, ...headers } = incoming.headers
    const forwarded = request(target + path, { method: incoming.method!, headers }, answer => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      outgoing.flushHeaders()
      answer.pipe(outgoing)
    })
    incoming.pipe(forwarded)
    outgoing.on('close', () => forwarded.destroy())
    forwarded.on('error', () => outgoing.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

const HOUR_MS = 3_600_000
/** The types of events 1 to 6, an hour apart, the last of them now. */
const TYPES = [
  ['console_log', 'console'],
  ['system_oom_kill', 'system'],
  ['page_load', 'page'],
  ['console_error', 'console'],
  ['service_crashed', 'system'],
  ['monitor_screenshot', 'screenshot'],
] as const

async function start(t: TestContext, options: SysmonOptions = {}) {
  const app = await startApp(t, options)
  const { folder } = SDK as { folder: string }
  const entry = join(folder, 'node_modules/@onkernel/sdk/index.mjs')
  const { default: Client } = (await import(pathToFileURL(entry).href)) as { default: Kernel }
  const baseURL = await startProxy(t, await listen(app))
  const client = new Client({ baseURL, apiKey: API_KEY, maxRetries: 0 })
  const now = Date.now()
  const publish = (type: string, n: number): void => {
    const known: Record<string, object> = {
      system_oom_kill: { process_name: 'chrome', pid: 1, rss_kb: 1, n },
      service_crashed: { service_name: 'mutter', phase: 'running', n },
    }
    // A minute off the hour: none is at the edge of a window.
    const ts = (now - (TYPES.length - n) * HOUR_MS - 60_000) * 1000
    app.sysmon.publish({ type, data: known[type] ?? { n }, ts })
  }
  for (const [index, [type]] of TYPES.entries()) publish(type, index + 1)
  return { telemetry: client.browsers.telemetry, now, publish }
}

const numbers = (page: { items: Envelope[] }) => page.items.map(({ event }) => event.data?.n)

test('events(): a page of all, and what an event is', { skip }, async t => {
  const { telemetry } = await start(t)
  const page = await telemetry.events('browser_1')
  assert.deepEqual(
    page.items.map(({ seq, event }) => [seq, event.type, event.category]),
    TYPES.map(([type, category], index) => [index + 1, type, category])
  )
  assert.equal(page.items[1]!.event.data?.process_name, 'chrome')
  assert.deepEqual([page.has_more, page.next_offset], [false, null])
})

test('events() with limit: the SDK goes through the pages by itself', { skip }, async t => {
  const { telemetry } = await start(t)
  const seen: number[] = []
  for await (const { seq } of telemetry.events('browser_1', { limit: 2 })) seen.push(seq)
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6])
  let page = await telemetry.events('browser_1', { limit: 4 })
  assert.deepEqual([numbers(page), page.has_more, page.next_offset], [[1, 2, 3, 4], true, 5])
  page = await page.getNextPage()
  assert.deepEqual([numbers(page), page.hasNextPage()], [[5, 6], false])
})

for (const [name, query, expected] of [
  ['category', { category: ['system'] }, [2, 5]],
  ['category, several', { category: ['system', 'console'] }, [1, 2, 4, 5]],
  ['order asc', { order: 'asc' }, [1, 2, 3, 4, 5, 6]],
  ['order desc', { order: 'desc' }, [6, 5, 4, 3, 2, 1]],
  ['offset', { offset: 4 }, [4, 5, 6]],
  ['offset 0', { offset: 0 }, [1, 2, 3, 4, 5, 6]],
  ['offset and order desc', { offset: 3, order: 'desc' }, [3, 2, 1]],
  ['since, a duration', { since: '90m' }, [5, 6]],
  ['since, a duration of two units', { since: '3h30m' }, [3, 4, 5, 6]],
  ['since, the default of the vendor', { since: '5m' }, [6]],
  ['since beside offset, which is ignored', { since: '5m', offset: 2 }, [2, 3, 4, 5, 6]],
  ['until, a duration', { until: '90m' }, [1, 2, 3, 4]],
  ['since and until', { since: '4h30m', until: '90m' }, [2, 3, 4]],
  ['until and order desc', { until: '90m', order: 'desc', limit: 2 }, [4, 3]],
  ['a window and a category', { since: '4h30m', until: '30m', category: ['system'] }, [2, 5]],
  ['limit above the most', { limit: 100_000 }, [1, 2, 3, 4, 5, 6]],
  ['limit 0, which is taken as 1', { limit: 0 }, [1]],
] as const) {
  test(`events() with ${name}`, { skip }, async t => {
    const { telemetry } = await start(t)
    const given = { ...query, category: 'category' in query ? [...query.category] : undefined }
    assert.deepEqual(numbers(await telemetry.events('browser_1', given as EventsQuery)), expected)
  })
}

test('events() with since and until in RFC 3339; until is exclusive', { skip }, async t => {
  const { telemetry, now } = await start(t)
  const at = (n: number) => new Date(now - (TYPES.length - n) * HOUR_MS - 60_000).toISOString()
  const within = await telemetry.events('browser_1', { since: at(2), until: at(5) })
  assert.deepEqual(numbers(within), [2, 3, 4])
  const offset = at(2).replace('Z', '+00:00')
  assert.deepEqual(numbers(await telemetry.events('browser_1', { since: offset })), [2, 3, 4, 5, 6])
})

test('events(), page by page, in a window, by category, newest first', { skip }, async t => {
  const { telemetry } = await start(t)
  const collect = async (query: EventsQuery): Promise<number[]> => {
    const seen: number[] = []
    for await (const { seq } of telemetry.events('browser_1', query)) seen.push(seq)
    return seen
  }
  const system = { category: ['system', 'console'], limit: 1 }
  assert.deepEqual(await collect(system), [1, 2, 4, 5])
  assert.deepEqual(await collect({ ...system, order: 'desc' }), [5, 4, 2, 1])
  assert.deepEqual(await collect({ limit: 2, since: '5h30m', until: '90m' }), [1, 2, 3, 4])
})

for (const [name, query] of [
  ['since', { since: 'yesterday' }],
  ['until', { until: '5 minutes' }],
  ['order', { order: 'newest' }],
  ['category', { category: ['Console'] }],
] as const) {
  test(`events() with a ${name} that is none: 400, and what to mend`, { skip }, async t => {
    const { telemetry } = await start(t)
    const given = { ...query } as unknown as EventsQuery
    await assert.rejects(
      async () => await telemetry.events('browser_1', given),
      (error: Error) => {
        assert.equal((error as Error & { status?: number }).status, 400)
        assert.match(error.message, new RegExp(`${name}.* must be`))
        return true
      }
    )
  })
}

/** The first so many events of a stream, which is then left. */
async function take(stream: EventStream, count: number): Promise<number[]> {
  const seen: number[] = []
  for await (const { seq } of stream) if (seen.push(seq) === count) break
  return seen
}

test('stream(): from now', { skip }, async t => {
  const { telemetry, publish } = await start(t)
  const stream = await telemetry.stream('browser_1')
  publish('page_load', 7)
  assert.deepEqual(await take(stream, 1), [7])
})

test('stream() with replay all, and with another value', { skip }, async t => {
  const { telemetry, publish } = await start(t)
  assert.deepEqual(
    await take(await telemetry.stream('b', { replay: 'all' }), 6),
    [1, 2, 3, 4, 5, 6]
  )
  const other = await telemetry.stream('b', { replay: 'some' })
  publish('page_load', 7)
  assert.deepEqual(await take(other, 1), [7])
})

test('stream() with Last-Event-ID goes on after it, whatever replay says', { skip }, async t => {
  const { telemetry, publish } = await start(t)
  const first = await take(await telemetry.stream('b', { replay: 'all' }), 3)
  const resume = { 'Last-Event-ID': String(first.at(-1)), replay: 'all' }
  const stream = await telemetry.stream('b', resume)
  publish('page_load', 7)
  assert.deepEqual(await take(stream, 4), [4, 5, 6, 7])
})

test('stream(): its headers; an id that is none is a 400', { skip }, async t => {
  const { telemetry } = await start(t)
  const response = await telemetry.stream('b').asResponse()
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  assert.equal(response.headers.get('x-sse-content-type'), 'application/json')
  await response.body?.cancel()
  await assert.rejects(
    async () => await telemetry.stream('b', { 'Last-Event-ID': 'x' }),
    /400 Last-Event-ID must be/
  )
})

test("the SDK's key is the server's token", { skip }, async t => {
  const { telemetry } = await start(t, { token: API_KEY })
  assert.equal((await telemetry.events('b')).items.length, 6)
  const { telemetry: refused } = await start(t, { token: 'another' })
  await assert.rejects(async () => await refused.events('b'), { status: 401 })
})
