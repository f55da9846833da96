/** `GET /telemetry/events` with `Accept: application/json`: a page of the retained events. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { EventCategory } from '../../generated/types.ts'
import { call, listen, note, page, post, startApp } from '../support/app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const custom = { type: 'note', category: 'console' }

const seqs = async (app: FastifyInstance, query = '') =>
  (await page(app, query)).events.map(({ seq }) => seq)

/** Events at 0, 1000, 2000 ... milliseconds. */
function publishAt(app: FastifyInstance, count: number): void {
  for (let i = 0; i < count; i++) {
    app.sysmon.publish({ type: 'note', category: 'console', ts: i * 1_000_000 })
  }
}

test('an empty ring gives an empty page', async t => {
  const app = await startApp(t)
  const { status, headers, body } = await page(app)
  assert.equal(status, 200)
  assert.deepEqual(body, [])
  assert.equal(headers['x-has-more'], 'false')
  assert.equal('x-next-offset' in headers, false)
  assert.equal(headers['content-type'], 'application/json; charset=utf-8')
  assert.equal(headers['cache-control'], 'no-cache')
})

test('without a limit a page has 100 events, oldest first, and says that there are more', async t => {
  const app = await startApp(t)
  for (let i = 0; i < 101; i++) note(app, i)
  const { events, headers } = await page(app)
  assert.deepEqual(
    events.map(({ seq, event }) => [seq, event.data]),
    Array.from({ length: 100 }, (_, i) => [i + 1, i])
  )
  assert.equal(headers['x-has-more'], 'true')
  assert.equal(headers['x-next-offset'], '101')
})

test('a page that ends with the last event says that there is no more', async t => {
  const app = await startApp(t)
  for (let i = 0; i < 3; i++) note(app, i)
  const { events, headers } = await page(app, '?limit=3')
  assert.equal(events.length, 3)
  assert.equal(headers['x-has-more'], 'false')
  assert.equal('x-next-offset' in headers, false)
})

test('offset: from that number on, or from the oldest kept, or nothing yet', async t => {
  const app = await startApp(t, { ringEvents: 3 })
  for (let i = 0; i < 5; i++) note(app, i)
  assert.deepEqual(await seqs(app, '?offset=4'), [4, 5])
  assert.deepEqual(await seqs(app, '?offset=0'), [3, 4, 5])
  assert.deepEqual(await seqs(app, '?offset=1'), [3, 4, 5])
  assert.deepEqual(await seqs(app, '?offset=6'), [])
  assert.deepEqual(await seqs(app, '?offset=9007199254740991'), [])
})

test('since is inclusive, until is not; both are milliseconds', async t => {
  const app = await startApp(t)
  publishAt(app, 6)
  assert.deepEqual(await seqs(app, '?since=2000'), [3, 4, 5, 6])
  assert.deepEqual(await seqs(app, '?since=2001'), [4, 5, 6])
  assert.deepEqual(await seqs(app, '?until=2000'), [1, 2])
  assert.deepEqual(await seqs(app, '?until=2001'), [1, 2, 3])
  assert.deepEqual(await seqs(app, '?since=1000&until=3000'), [2, 3])
  assert.deepEqual(await seqs(app, '?since=3000&until=3000'), [])
})

test('events out of the order of their times are all found', async t => {
  const app = await startApp(t)
  for (const ts of [5, 1, 9, 2]) {
    app.sysmon.publish({ type: 'note', category: 'console', ts: ts * 1000 })
  }
  assert.deepEqual(await seqs(app, '?since=2&until=6'), [1, 4])
})

test('category, once and repeated, together with the other filters', async t => {
  const app = await startApp(t)
  const categories: EventCategory[] = ['console', 'network', 'page', 'network']
  for (const category of categories) app.sysmon.publish({ type: 'note', category })
  assert.deepEqual(await seqs(app, '?category=network'), [2, 4])
  assert.deepEqual(await seqs(app, '?category=network&category=page'), [2, 3, 4])
  assert.deepEqual(await seqs(app, '?category=network&offset=3'), [4])
  assert.deepEqual(await seqs(app, '?category=system'), [])
})

for (const [what, filter, expected] of [
  ['all', '', 23],
  ['a category', '&category=network', 12],
  ['a time', '&since=4&until=20', 16],
] as const) {
  test(`paging through ${what} gives each event once`, async t => {
    const app = await startApp(t)
    for (let i = 0; i < 23; i++) {
      const category = i % 2 === 0 ? 'network' : 'page'
      app.sysmon.publish({ type: 'note', category, ts: i * 1000 })
    }
    const all = await seqs(app, `?limit=1000${filter}`)
    assert.equal(all.length, expected)
    for (const limit of [1, 4, 5]) {
      const paged: number[] = []
      let next: string | undefined = ''
      while (next !== undefined) {
        const { events, headers } = await page(app, `?limit=${limit}${filter}${next}`)
        assert.ok(events.length > 0 && events.length <= limit)
        paged.push(...events.map(({ seq }) => seq))
        assert.equal(headers['x-has-more'], String(headers['x-next-offset'] !== undefined))
        const offset = headers['x-next-offset']
        next = offset === undefined ? undefined : `&offset=${offset}`
      }
      assert.deepEqual(paged, all)
    }
  })
}

test('a long page is looked through in several turns of the event loop', async t => {
  let turns = 0
  let before = 0
  let during = 0
  const watch = (app: FastifyInstance) => {
    app.addHook('preHandler', async () => {
      before = turns
    })
    app.addHook('onSend', async () => {
      during = turns - before
    })
  }
  const app = await startApp(t, { ringEvents: 10_000 }, { before: watch })
  for (let i = 0; i < 5000; i++) note(app, i)
  let counter = setImmediate(function count() {
    turns++
    counter = setImmediate(count)
  })
  t.after(() => clearImmediate(counter))
  assert.deepEqual(await seqs(app, '?type=other'), [])
  // 1,024 events a turn at most.
  assert.ok(during >= 4 && during < 100, `${during} turns for 5000 events`)
  assert.deepEqual(await seqs(app, '?limit=1&offset=4999'), [4999])
  assert.ok(during < 5, `${during} turns for 2 events`)
})

for (const [query, parameter] of [
  ['limit=x', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=', 'limit'],
  ['limit=1&limit=2', 'limit'],
  ['offset=1e400', 'offset'],
  ['since=yesterday', 'since'],
  ['since=-1', 'since'],
  ['since=5 minutes', 'since'],
  ['since=5d', 'since'],
  ['until=2026-01-01', 'until'],
  ['until=2026-13-01T00:00:00Z', 'until'],
  ['until=2026-02-30T00:00:00Z', 'until'],
  ['until=2025-02-29T00:00:00Z', 'until'],
  ['until=2026-04-31T00:00:00Z', 'until'],
  ['since=1h-5m', 'since'],
  ['order=newest', 'order'],
  ['format=xml', 'format'],
  ['category=nonsense', 'category'],
  ['category=console&category=nonsense', 'category'],
  ['category=', 'category'],
] as const) {
  test(`?${query}: 400, and the message names ${parameter}`, async t => {
    const app = await startApp(t)
    const { status, body } = await page(app, `?${query}`)
    assert.equal(status, 400)
    assert.match((body as { message: string }).message, new RegExp(`\\b${parameter}\\b`))
  })
}

test('what a client asked for is not given back whole', async t => {
  const app = await startApp(t)
  const long = 'x'.repeat(5000)
  for (const request of [
    { url: `/telemetry/events?since=${long}` },
    { url: `/telemetry/events?until=${long}` },
    { url: '/telemetry/events?limit=1', headers: { 'last-event-id': long } },
    { url: '/telemetry/stream', headers: { 'last-event-id': long } },
    { url: `/telemetry/stream?lastEventId=${long}` },
    { url: `/telemetry/stream?category=${long}` },
  ]) {
    const { status, text } = await call(app, request)
    assert.equal(status, 400)
    assert.ok(text.length < 600, `${text.length} characters`)
  }
})

for (const [query, expected] of [
  ['limit=0', [1]],
  ['limit=-7', [1]],
  ['limit=1001', [1, 2, 3]],
  ['limit=1e400', [1, 2, 3]],
  ['offset=-1', [1, 2, 3]],
  ['unknown=x&limit=2', [1, 2]],
  ['since=&until=&limit=2', [1, 2]],
  ['category=console,%20system,', [1, 2, 3]],
  ['offset=0&since=0s', [1, 2, 3]],
] as const) {
  test(`?${query} is taken as the nearest that there is`, async t => {
    const app = await startApp(t)
    for (let i = 0; i < 3; i++) note(app, i)
    assert.deepEqual(await seqs(app, `?${query}`), expected)
  })
}

test('times as Unix milliseconds, as RFC 3339, and as how long ago', async t => {
  const app = await startApp(t)
  const now = Date.now()
  const agoMs = [7_200_000, 5_400_000, 600_000, 60_000, 1000]
  for (const ago of agoMs) await post(app, { ...custom, ts: (now - ago) * 1000 })
  const after = (since: string) => seqs(app, `?since=${since}`)
  assert.deepEqual(await after(String(now - 600_000)), [3, 4, 5])
  assert.deepEqual(await after('30m'), [3, 4, 5])
  assert.deepEqual(await after('1h31m'), [2, 3, 4, 5])
  assert.deepEqual(await after('90s'), [4, 5])
  assert.deepEqual(await after('1.6h'), [2, 3, 4, 5])
  for (const text of ['.5h', '1800s', '1800000ms', '1800000000us', '30.m', '0h29m60s']) {
    assert.deepEqual(await after(text), [3, 4, 5], text)
  }
  const at = new Date(now - 600_000)
  assert.deepEqual(await after(at.toISOString()), [3, 4, 5])
  const local = new Date(at.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00')
  assert.deepEqual(await after(encodeURIComponent(local)), [3, 4, 5])
  assert.deepEqual(await after(local), [3, 4, 5], 'with a plus sign that nobody encoded')
  assert.deepEqual(await seqs(app, `?until=${now - 600_000}`), [1, 2], 'until is exclusive')
  assert.deepEqual(await seqs(app, '?since=2h1m&until=5m'), [1, 2, 3])
  assert.deepEqual(await seqs(app, '?since=1s&offset=2'), [2, 3, 4, 5], 'offset beats since')
})

test('order=desc: the newest first, page by page, from memory and from disk', async t => {
  const stateDir = temporaryFolder(t)
  const app = await startApp(t, { ringEvents: 4, stateDir, journalCategories: ['console'] })
  for (let i = 0; i < 9; i++) note(app, i)
  const got: number[] = []
  for (let query = '?order=desc&limit=2'; ; ) {
    const { events, headers } = await page(app, query)
    got.push(...events.map(({ seq }) => seq))
    if (headers['x-has-more'] === 'false') break
    query = `?order=desc&limit=2&offset=${headers['x-next-offset']}`
  }
  assert.deepEqual(got, [9, 8, 7, 6, 5, 4, 3, 2, 1])
  assert.deepEqual(await seqs(app, '?order=desc&limit=3&type=none'), [])
  assert.deepEqual(await seqs(app, '?order=asc&limit=2'), [1, 2])
})

test('lists by commas, repeated, or both, filter before the limit counts', async t => {
  const app = await startApp(t)
  for (const [type, category] of [
    ['a', 'page'],
    ['b', 'network'],
    ['c', 'page'],
    ['a', 'console'],
  ]) {
    await post(app, { type, category })
  }
  assert.deepEqual(await seqs(app, '?category=page,console&limit=3'), [1, 3, 4])
  assert.deepEqual(await seqs(app, '?category=page%2Cconsole&limit=1'), [1])
  assert.deepEqual(await seqs(app, '?type=a,b&type=c&limit=100'), [1, 2, 3, 4])
  assert.deepEqual(
    await seqs(app, '?type=,a,,b,&type=c&limit=100'),
    [1, 2, 3, 4],
    'commas that part nothing'
  )
  assert.deepEqual(await seqs(app, '?type=a&category=console&limit=1'), [4])
})

test('any parameter of the page asks for one, whatever Accept says; format says it outright', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const typeOf = async (query: string, accept: string) => {
    const controller = new AbortController()
    const { signal } = controller
    const answer = await fetch(`${url}/telemetry/events${query}`, { headers: { accept }, signal })
    controller.abort()
    return answer.headers.get('content-type')
  }
  const sse = /^text\/event-stream/
  const json = /^application\/json/
  for (const query of ['limit=1', 'offset=0', 'since=5m', 'until=5m', 'order=asc', 'format=json']) {
    for (const accept of ['*/*', 'text/event-stream', 'application/json, */*']) {
      assert.match((await typeOf(`?${query}`, accept)) ?? '', json, `${query}, ${accept}`)
    }
  }
  for (const query of ['', '?category=page', '?type=a', '?replay=all', '?format=sse']) {
    assert.match((await typeOf(query, '*/*')) ?? '', sse, query)
  }
  assert.match((await typeOf('?format=sse', 'application/json')) ?? '', sse)
  assert.match((await typeOf('?category=page', 'application/json')) ?? '', json)
  // After an abort fetch() connects anew and says nothing, which a server that closes waits for: 70 s.
  app.server.closeAllConnections()
})

test('limits 1 and 1000 are allowed', async t => {
  const app = await startApp(t)
  for (const limit of [1, 1000]) assert.equal((await page(app, `?limit=${limit}`)).status, 200)
})

for (const accept of [
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json, text/plain, */*',
  'text/html;q=0.5, application/json;q=0.1',
  'application/json, text/event-stream;q=0',
]) {
  test(`Accept: ${accept} gets a page`, async t => {
    const app = await startApp(t)
    const { status, headers } = await call(app, { url: '/telemetry/events', headers: { accept } })
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(String(headers.vary).toLowerCase(), 'accept')
  })
}

test('what only a stream has use for must be right in the request for a page, too', async t => {
  const app = await startApp(t)
  const headers = { accept: 'application/json' }
  for (const id of ['x', '17, 18', '\u00a0', '-1']) {
    const url = '/telemetry/events'
    const answer = await call(app, { url, headers: { ...headers, 'last-event-id': id } })
    assert.equal(answer.status, 400, JSON.stringify(id))
  }
})
