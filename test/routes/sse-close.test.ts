/** `app.close()` with open streams: each gets its last event and a proper end; none holds it up. */

import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import { listen, note, openStalled, openStream, startApp } from '../support/app.ts'

const EVENTS = 20

test('100 open streams, one of them stalled: every event, a proper end, under two seconds', async t => {
  const responses: ServerResponse[] = []
  const app = await startApp(
    t,
    { closeTimeout: undefined },
    {
      before: app =>
        app.addHook('onRequest', async (_, reply) => {
          responses.push(reply.raw)
        }),
    }
  )
  const url = await listen(app)
  const stalled = await openStalled(t, `${url}/telemetry/stream`)
  for (let tries = 0; ; tries++) {
    assert.ok(tries < 500, 'the client never stalled')
    for (let i = 0; i < 5; i++) note(app, 'x'.repeat(200_000))
    await new Promise(resolve => setTimeout(resolve, 10))
    if (responses[0]!.writableLength > 500_000) break
  }
  const open = () => openStream(t, `${url}/telemetry/stream`)
  const clients = await Promise.all(Array.from({ length: 99 }, open))

  const sent = Array.from({ length: EVENTS }, (_, i) => note(app, 'é'.repeat(i * 100)))
  const started = Date.now()
  // In the turn of the last event: nothing is on its way yet.
  await app.close()
  const took = Date.now() - started
  assert.ok(took < 20_000, `close() took ${took} ms`)
  for (const client of clients) {
    await client.over()
    assert.equal(client.isEnded, true, 'the body has its end')
    assert.deepEqual(client.envelopes, sent)
  }
  stalled.read()
  await stalled.over()
  assert.equal(stalled.isEnded, false, 'the stalled one was cut')
})

test('with nothing to wait for, close() does not take the time that stalled streams may', async t => {
  const app = await startApp(t, { closeTimeout: 60_000 })
  const url = await listen(app)
  const clients = [
    await openStream(t, `${url}/telemetry/stream`),
    await openStream(t, `${url}/telemetry/events?type=nothing`),
  ]
  note(app, 1)
  await app.close()
  for (const client of clients) {
    await client.over()
    assert.equal(client.isEnded, true)
  }
  assert.deepEqual(
    clients.map(({ ids }) => ids),
    [[1], []]
  )
})

test('no timer is left of a stream that ended in time', async t => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const before = timers()
  const app = await startApp(t, { closeTimeout: 60_000 })
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await app.close()
  await client.over()
  assert.ok(timers() <= before, `${before} before, ${timers()} after`)
})

test('a slow client that goes on reading gets all of the ring before its end', async t => {
  const app = await startApp(t, { closeTimeout: 60_000, streamBuffer: 1024 })
  const url = await listen(app)
  const count = 100
  for (let i = 0; i < count; i++) note(app, 'x'.repeat(100_000))
  const client = await openStalled(t, `${url}/telemetry/stream?replay=all`)
  const closing = app.close()
  client.read()
  await closing
  await client.over()
  assert.equal(client.isEnded, true)
  assert.equal(client.ids.length, count)
})

test('a client that left long ago holds nothing up', async t => {
  const app = await startApp(t, { closeTimeout: 60_000 })
  const url = await listen(app)
  const client = await openStream(t, `${url}/telemetry/stream`)
  client.leave()
  note(app, 'x'.repeat(100_000))
  await app.close()
  assert.equal(app.sysmon.health().stream.readers, 0)
})

test('an application that never listened closes, and one without streams', async t => {
  await (await startApp(t)).close()
  const app = await startApp(t)
  await listen(app)
  await app.close()
})
