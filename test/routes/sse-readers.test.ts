/** Many streams at a time: the cap on their number, stalled ones, and fan-out. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { Health } from '../../generated/types.ts'
import { call, listen, note, openStalled, openStream, page, startApp } from '../support/app.ts'
import { waitFor } from '../support/wait.ts'

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** Keeps the server's side of every stream, to see what waits there. */
function collectResponses(into: ServerResponse[]) {
  return {
    before: (app: FastifyInstance) =>
      app.addHook('onRequest', async (_, reply) => {
        into.push(reply.raw)
      }),
  }
}

async function readersAre(app: FastifyInstance, count: number): Promise<void> {
  for (let tries = 0; app.sysmon.health().stream.readers !== count; tries++) {
    assert.ok(tries < 1000, `never ${count} readers`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('over maxStreams: 503 with Retry-After; the open streams go on', async t => {
  const app = await startApp(t, { maxStreams: 2 })
  const url = await listen(app)
  const clients = [
    await openStream(t, `${url}/telemetry/stream`),
    await openStream(t, `${url}/telemetry/events`),
  ]
  for (const path of ['/telemetry/stream', '/telemetry/events']) {
    const { status, headers, body } = await call(app, { url: path })
    assert.equal(status, 503)
    assert.match(String(headers['retry-after']), /^[1-9]\d*$/)
    assert.match((body as { message: string }).message, /maxStreams/)
  }
  assert.equal((await page(app)).status, 200, 'a page takes no place')
  const { seq } = note(app, 1)
  for (const client of clients) await client.until(() => client.ids.includes(seq), 'the event')
})

test('a client that leaves gives its place back', async t => {
  const app = await startApp(t, { maxStreams: 1 })
  const url = await listen(app)
  for (let i = 0; i < 3; i++) {
    const client = await openStream(t, `${url}/telemetry/stream`)
    assert.equal((await call(app, { url: '/telemetry/stream' })).status, 503)
    assert.equal(((await call(app, { url: '/healthz' })).body as Health).stream.readers, 1)
    client.leave()
    await readersAre(app, 0)
  }
})

test('a client that left while a hook of the host waited takes no place', async t => {
  const said: string[] = []
  const before = (app: FastifyInstance) =>
    app.addHook('preHandler', async (_, { raw }) => {
      if (said.push('came') > 1) return
      await once(raw, 'close')
      said.push('left')
    })
  const app = await startApp(t, { maxStreams: 1 }, { before })
  const url = `${await listen(app)}/telemetry/stream`
  const client = request(url, { agent: false }).on('error', () => {})
  client.end()
  await waitFor(() => said.includes('came'), 'its request')
  client.destroy()
  await waitFor(() => said.includes('left'), 'its end')
  const next = await openStream(t, url)
  assert.equal(next.response.statusCode, 200)
  next.leave()
  await readersAre(app, 0)
})

test('a stalled client that leaves gives its place back too', async t => {
  const responses: ServerResponse[] = []
  const app = await startApp(t, { maxStreams: 1 }, collectResponses(responses))
  const url = await listen(app)
  const client = await openStalled(t, `${url}/telemetry/stream`)
  await stall(app, responses[0]!)
  client.leave()
  await readersAre(app, 0)
  assert.equal((await openStream(t, `${url}/telemetry/stream`)).response.statusCode, 200)
})

/** Publishes until the sockets of a client that does not read are full. @returns the last event */
async function stall(
  app: FastifyInstance,
  response: ServerResponse,
  size = 50_000,
  each?: (seq: number) => Promise<void>
): Promise<number> {
  for (let published = 0; published < 3000; published++) {
    const { seq } = note(app, 'x'.repeat(size))
    await each?.(seq)
    await new Promise(resolve => setTimeout(resolve, 0))
    if (published % 20 !== 0 || response.writableLength < size) continue
    // Full for good, not only for this moment?
    await new Promise(resolve => setTimeout(resolve, 30))
    if (response.writableLength >= size) return seq
  }
  throw new Error('the client never stalled')
}

test('a stalled client costs its bound; others get everything at once; it is told its gap', async t => {
  const responses: ServerResponse[] = []
  const streamBuffer = 128 * 1024
  const options = { ringEvents: 16, streamBuffer }
  const app = await startApp(t, options, collectResponses(responses))
  const url = await listen(app)
  const stalled = await openStalled(t, `${url}/telemetry/stream`)
  const quick = await openStream(t, `${url}/telemetry/stream`)
  const waiting = responses[0]!
  const quickHas = (seq: number) => quick.until(() => quick.ids.at(-1) === seq, `event ${seq}`)

  let last = await stall(app, waiting, 20_000, quickHas)
  // Laps it many times over, every event in a turn of its own.
  for (let i = 0; i < 2000; i++) {
    last = note(app, 'small').seq
    await quickHas(last)
  }
  assert.ok(
    waiting.writableLength <= streamBuffer + 2048,
    `${waiting.writableLength} bytes wait for a client of ${streamBuffer}`
  )
  assert.deepEqual(quick.ids, range(1, last), 'the quick client got every event')
  assert.deepEqual(quick.missed, [])

  stalled.read()
  const after = note(app, 'after')
  await stalled.until(() => stalled.ids.at(-1) === after.seq, 'the newest event')
  const { ids, missed } = stalled
  assert.ok(missed.length > 0, 'it was told')
  assert.equal(
    ids.length + missed.reduce((sum, lost) => sum + lost, 0),
    after.seq,
    'what came and what it was told it missed are all there were'
  )
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => a - b)
  )
})

test('a stalled client with a filter costs its bound too, though what passes is rare', async t => {
  const responses: ServerResponse[] = []
  const streamBuffer = 64 * 1024
  const app = await startApp(t, { ringEvents: 4, streamBuffer }, collectResponses(responses))
  await openStalled(t, `${await listen(app)}/telemetry/stream?category=console`)
  await stall(app, responses[0]!, 20_000)
  for (let i = 0; i < 1000; i++) {
    // One that waits for room, and enough others to drop it from the ring.
    note(app, 'x'.repeat(20_000))
    await new Promise(resolve => setImmediate(resolve))
    for (let j = 0; j < 5; j++) app.sysmon.publish({ type: 'other', category: 'page' })
    await new Promise(resolve => setImmediate(resolve))
  }
  const { writableLength } = responses[0]!
  assert.ok(writableLength <= streamBuffer + 2048, `${writableLength} bytes wait`)
})

test('what a lapped client missed is told where it is missing, once', async t => {
  const responses: ServerResponse[] = []
  const options = { ringEvents: 4, streamBuffer: 64 * 1024 }
  const app = await startApp(t, options, collectResponses(responses))
  const url = await listen(app)
  const client = await openStalled(t, `${url}/telemetry/stream`)
  await stall(app, responses[0]!, 20_000)
  for (let i = 0; i < 50; i++) {
    note(app, i)
    await new Promise(resolve => setImmediate(resolve))
  }
  client.read()
  const { seq } = note(app, 'after')
  await client.until(() => client.ids.at(-1) === seq, 'the newest event')
  let next = 1
  let comments = 0
  for (const frame of client.frames) {
    const id = /^id: (\d+)/.exec(frame)?.[1]
    if (id === undefined) {
      next += JSON.parse(frame.slice(': telemetry_gap '.length)).lost
      comments++
    } else {
      assert.equal(Number(id), next, 'an event in its place')
      next++
    }
  }
  assert.ok(comments <= 3, `one gap is told once, not in ${comments} pieces`)
})

test('a client that pauses and reads again within the ring loses nothing', async t => {
  const responses: ServerResponse[] = []
  const options = { ringBytes: 200_000_000, streamBuffer: 64 * 1024 }
  const app = await startApp(t, options, collectResponses(responses))
  const url = await listen(app)
  const client = await openStalled(t, `${url}/telemetry/stream`)
  const last = await stall(app, responses[0]!)
  client.read()
  await client.until(() => client.ids.at(-1) === last, 'the newest event')
  assert.deepEqual(client.ids, range(1, last))
  assert.deepEqual(client.missed, [])
})

test('what is joined for one write has a bound, however much a client may have waiting', async t => {
  const sizes: number[] = []
  const app = await startApp(
    t,
    { streamBuffer: 16 * 1024 * 1024 },
    {
      before: host =>
        host.addHook('onRequest', async (_, { raw }) => {
          const { write } = raw
          raw.write = (...args: unknown[]) => {
            sizes.push((args[0] as Buffer | string).length)
            return Reflect.apply(write, raw, args) as boolean
          }
        }),
    }
  )
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  for (let i = 0; i < 400; i++) note(app, 'x'.repeat(10_000))
  await client.until(() => client.ids.length === 400, 'all events')
  assert.deepEqual(client.ids, range(1, 400))
  const largest = Math.max(...sizes)
  assert.ok(largest <= 256 * 1024, `${largest} bytes in one write`)
  assert.ok(largest > 240 * 1024, `${largest} bytes in one write: several events are joined`)
})

test('500 events in one turn arrive complete and in order at 50 clients', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const open = () => openStream(t, `${url}/telemetry/stream`)
  const clients = await Promise.all(Array.from({ length: 50 }, open))
  const sent = range(1, 500).map(i => note(app, `é${i}`))
  for (const client of clients) {
    await client.until(() => client.ids.length >= 500, 'all events')
    assert.deepEqual(client.envelopes, sent)
  }
})

test('small events and large ones in one turn, which are written in different ways, stay in order', async t => {
  const app = await startApp(t)
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  // A large one goes to one client through its response, a small one is a chunk for all of them.
  const sizes = [300_000, 1, 300_000, 20_000, 1, 1]
  const sent = sizes.map(size => note(app, 'x'.repeat(size)))
  await client.until(() => client.ids.length === sizes.length, 'all events')
  assert.deepEqual(client.envelopes, sent)
})

test('clients at different places and with different filters each get their own', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  for (let i = 1; i <= 10; i++) note(app, i)
  const open = (query: string, id?: number) =>
    openStream(
      t,
      `${url}/telemetry/stream${query}`,
      id === undefined ? {} : { 'last-event-id': String(id) }
    )
  const clients = [
    [await open(''), range(11, 30)],
    [await open('?replay=all'), range(1, 30)],
    [await open('', 5), range(6, 30)],
    [await open('?type=odd'), range(11, 30).filter(i => i % 2 === 1)],
    [await open('?type=even'), range(11, 30).filter(i => i % 2 === 0)],
  ] as const
  // One turn, so that all are woken together and share what they are sent.
  for (let i = 11; i <= 30; i++) {
    app.sysmon.publish({ type: i % 2 === 1 ? 'odd' : 'even', category: 'console', data: i })
  }
  for (const [client, expected] of clients.slice(0, 3)) {
    // These have no filter: they see the notes before too.
    await client.until(() => client.ids.length === expected.length, 'its events')
  }
  await app.close()
  for (const [client, expected] of clients) {
    await client.over()
    assert.deepEqual(client.ids, expected)
    assert.ok(client.envelopes.every(({ seq, event }) => event.data === seq))
  }
})

test('streams that share a first or a last event in one turn share nothing else', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const open = (query: string) => openStream(t, `${url}/telemetry/stream${query}`)
  const clients = [
    [await open(''), range(1, 10)],
    [await open('?type=first&type=last'), [1, 10]],
    [await open('?type=middle&type=last'), range(2, 10)],
    [await open('?type=first&type=middle'), range(1, 9)],
    [await open(''), range(1, 10)],
  ] as const
  for (let i = 1; i <= 10; i++) {
    const type = i === 1 ? 'first' : i === 10 ? 'last' : 'middle'
    app.sysmon.publish({ type, category: 'console' })
  }
  await app.close()
  for (const [client, expected] of clients) {
    await client.over()
    assert.deepEqual(client.ids, expected)
  }
})
