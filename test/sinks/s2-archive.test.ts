/** Pages of events that are no longer retained here, read back from a real S2. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { note, page, startApp } from '../support/app.ts'
import { waitFor } from '../support/wait.ts'
import { type Mischief, startProxy } from './proxy.ts'
import { BASIN, needS2, S2Lite, TOKEN } from './s2-lite.ts'
import { isDone } from './support.ts'

const EVENTS = 1200

interface Parts {
  readonly app: FastifyInstance
  mischief: Mischief
}

/** An application that retains the last 100 of its events, all of which are in S2. */
async function start(t: TestContext): Promise<Parts | undefined> {
  const command = needS2(t)
  if (command === undefined) return undefined
  const lite = await S2Lite.start(t, command)
  const proxy = await startProxy(t, lite.url, () => parts.mischief)
  const app = await startApp(t, {
    stateDir: false,
    ringEvents: 100,
    s2: {
      accessToken: TOKEN,
      basin: BASIN,
      stream: 'test',
      accountEndpoint: proxy.url,
      basinEndpoint: proxy.url,
    },
  })
  const parts: Parts = { app, mischief: 'pass' }
  for (let n = 0; n < EVENTS; n++) {
    const category = n % 10 === 0 ? 'page' : 'console'
    app.sysmon.publish({ type: 'note', category, data: n, ts: 1_000_000 * (n + 1) })
    if (n % 100 === 99) await delivered(app)
  }
  return parts
}

async function delivered(app: FastifyInstance): Promise<void> {
  await waitFor(() => isDone(app.sysmon.health().sinks![0]!), 'all delivered')
}

test('pages by number: from the first event on, each once, over the seam', async t => {
  const parts = await start(t)
  if (parts === undefined) return
  const seqs: number[] = []
  let offset = '1'
  while (offset !== '') {
    const { events, headers } = await page(parts.app, `?offset=${offset}&limit=250`)
    seqs.push(...events.map(({ seq }) => seq))
    assert.equal(headers['x-incomplete'], undefined)
    offset = String(headers['x-next-offset'] ?? '')
  }
  assert.deepEqual(
    seqs,
    Array.from({ length: EVENTS }, (_, index) => index + 1)
  )
  const { events } = await page(parts.app, '?offset=700&limit=3')
  assert.deepEqual(
    events.map(({ seq }) => seq),
    [700, 701, 702]
  )
  assert.deepEqual(
    events.map(({ event }) => event.data),
    [699, 700, 701]
  )
})

test('pages by time and category', async t => {
  const parts = await start(t)
  if (parts === undefined) return
  const { events } = await page(parts.app, '?since=100000&until=131000&category=page')
  assert.deepEqual(
    events.map(({ event }) => event.data),
    [100, 110, 120]
  )
})

test('who does not ask for older events does not wait for them', async t => {
  const parts = await start(t)
  if (parts === undefined) return
  parts.mischief = 'stall'
  for (const query of ['?limit=1', '?offset=0&limit=1', '?offset=1101&limit=1', '?since=1101000']) {
    const { events, headers } = await page(parts.app, query)
    assert.equal(events[0]?.seq, 1101, query)
    assert.equal(headers['x-incomplete'], undefined)
  }
})

test('an S2 that fails or never answers: what there is here, in time, and marked', async t => {
  const parts = await start(t)
  if (parts === undefined) return
  for (const mischief of ['reset', 'stall', 'garbage'] as const) {
    parts.mischief = mischief
    const started = Date.now()
    const { events, headers } = await page(parts.app, '?offset=1&limit=1000')
    assert.ok(Date.now() - started < 5000, mischief)
    assert.deepEqual(
      events.map(({ seq }) => seq),
      Array.from({ length: 100 }, (_, n) => 1101 + n)
    )
    assert.equal(headers['x-incomplete'], 'true')
  }
  note(parts.app, 'publishing goes on')
})
