/** What slow streams cost all together, and that they keep nobody else from what is small. */

import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type BufferedStream, StreamMemory } from '../../plugin/routes/stream-memory.ts'
import { listen, note, openStalled, openStream, startApp } from '../support/app.ts'
import { waitFor } from '../support/wait.ts'

const MIB = 1024 * 1024

function collectResponses(into: ServerResponse[]) {
  return {
    before: (app: FastifyInstance) =>
      app.addHook('onRequest', async (_, reply) => {
        into.push(reply.raw)
      }),
  }
}

const waiting = (responses: ServerResponse[]) =>
  responses.reduce(
    (sum, { destroyed, writableLength }) => sum + (destroyed ? 0 : writableLength),
    0
  )

/** Until what is published reaches the sockets no more. */
async function stall(app: FastifyInstance, responses: ServerResponse[], size: number) {
  let most = 0
  let unchanged = 0
  for (let i = 0, before = -1; unchanged < 20; i++) {
    assert.ok(i < 5000)
    note(app, 'x'.repeat(size))
    await new Promise(resolve => setTimeout(resolve, 5))
    const now = waiting(responses)
    unchanged = now > 0 && now === before ? unchanged + 1 : 0
    before = now
    most = Math.max(most, now)
  }
  return most
}

for (const size of [2000, 100_000, 600_000]) {
  test(`30 stalled streams of events of ${size} bytes stay within the bound for all of them`, async t => {
    const responses: ServerResponse[] = []
    const options = { streamBufferTotal: 2 * MIB, ringEvents: 20 }
    const app = await startApp(t, options, collectResponses(responses))
    const url = await listen(app)
    for (let i = 0; i < 30; i++) await openStalled(t, `${url}/telemetry/stream`)
    const most = await stall(app, responses, size)
    assert.ok(most <= 2 * MIB + 30 * 20 * 1024, `${most} bytes wait`)
    assert.ok(most >= MIB / 2, `${most} bytes wait: the bound is for use`)
    // Kills and crashes come to others at once.
    const quick = await openStream(t, `${url}/telemetry/stream`)
    for (let i = 0; i < 10; i++) {
      const { seq } = note(app, 'small')
      await quick.until(() => quick.ids.at(-1) === seq, 'a small event')
    }
  })
}

test('streams that are over take no share from those that are open', async t => {
  const responses: ServerResponse[] = []
  const options = { streamBufferTotal: 2 * MIB, ringEvents: 20 }
  const app = await startApp(t, options, collectResponses(responses))
  const url = `${await listen(app)}/telemetry/stream`
  for (let round = 0; round < 6; round++) {
    const clients = await Promise.all(Array.from({ length: 50 }, () => openStream(t, url)))
    for (const client of clients) {
      assert.equal(client.response.statusCode, 200)
      client.leave()
    }
    await waitFor(() => app.sysmon.health().stream.readers === 0, 'the end of all streams')
  }
  await openStalled(t, url)
  const most = await stall(app, responses, 100_000)
  assert.ok(most >= MIB / 2, `${most} bytes wait`)
})

test('a large event waits until those who take nothing are cut, and then comes', async t => {
  const responses: ServerResponse[] = []
  const options = { streamBufferTotal: 2 * MIB, ringEvents: 20, keepAlive: 150 }
  const lines: string[] = []
  const logger = { level: 'warn', stream: { write: (line: string) => lines.push(line) } }
  const host = { ...collectResponses(responses), fastify: { logger } }
  const app = await startApp(t, options, host)
  const url = await listen(app)
  const stalled: Awaited<ReturnType<typeof openStalled>>[] = []
  for (let i = 0; i < 4; i++) stalled.push(await openStalled(t, `${url}/telemetry/stream`))
  await stall(app, responses, 600_000)
  const quick = await openStream(t, `${url}/telemetry/stream`)
  const { seq } = note(app, 'x'.repeat(900_000))
  await quick.until(() => quick.ids.at(-1) === seq, 'the large event')
  assert.ok(app.sysmon.health().stream.readers < 5, 'a stalled stream is cut')
  assert.match(lines.join(''), /"streams":[1-4],.*event streams that took nothing were cut/)
  // What is on its way to it, a cut stream still gets; which it is shows when they are read.
  for (const client of stalled) client.read()
  const isOver = () => stalled.some(client => client.isEnded || client.response.destroyed)
  for (const end = Date.now() + 15_000; !isOver(); ) {
    assert.ok(Date.now() < end, 'no stream has ended')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
})

test('slow streams that are read get everything within a small bound', async t => {
  const app = await startApp(t, { streamBufferTotal: 65_536, ringEvents: 1000 })
  const url = await listen(app)
  const clients = []
  for (let i = 0; i < 10; i++) clients.push(await openStalled(t, `${url}/telemetry/stream`))
  const sizes = [10, 50_000, 900_000, 200, 300_000, 10]
  const sent = [...sizes, ...sizes, ...sizes].map(size => note(app, 'x'.repeat(size)).seq)
  await new Promise(resolve => setTimeout(resolve, 50))
  for (const client of clients) client.read()
  for (const client of clients) {
    await client.until(() => client.ids.length === sent.length, 'all events')
    assert.deepEqual(client.ids, sent)
  }
})

class Stream implements BufferedStream {
  waiting = 0
  tookAt = performance.now()
  pumped = 0
  isCut = false
  pump(): void {
    this.pumped++
  }
  cut(): void {
    this.isCut = true
  }
}

test('each gets its share of what there is, and never more than its own bound', () => {
  const memory = new StreamMemory(MIB, 4 * MIB)
  const streams = Array.from({ length: 2 }, () => new Stream())
  for (const stream of streams) memory.add(stream)
  assert.deepEqual(memory.roomFor(streams[0]!), { bytes: MIB, atLeastOne: true })
  streams[0]!.waiting = MIB / 2
  memory.count(MIB / 2)
  assert.deepEqual(memory.roomFor(streams[0]!), { bytes: MIB / 2, atLeastOne: false })
  for (let i = 0; i < 14; i++) memory.add(new Stream())
  assert.equal(memory.roomFor(streams[1]!).bytes, MIB / 4)
  assert.ok(memory.roomFor(streams[0]!).bytes < 0)
  memory.count(3.4 * MIB)
  const { bytes, atLeastOne } = memory.roomFor(streams[1]!)
  assert.equal(atLeastOne, false)
  assert.ok(bytes > 0 && bytes <= 0.2 * MIB, 'something small passes')
})

test('who waits for room is called when there is some, and nobody is cut before that is long', async () => {
  const memory = new StreamMemory(MIB, 2 * MIB)
  const slow = new Stream()
  const waits = new Stream()
  memory.add(slow)
  memory.add(waits)
  memory.park(waits)
  slow.waiting = 1.5 * MIB
  memory.count(1.5 * MIB)
  memory.park(waits)
  assert.equal(memory.cutStalled(), 0)
  assert.equal(waits.pumped, 0)
  slow.tookAt -= 6000
  assert.equal(memory.cutStalled(), 1)
  assert.equal(slow.isCut, true)
  assert.equal(waits.isCut, false)
  memory.remove(slow)
  memory.count(-1.5 * MIB)
  assert.equal(waits.pumped, 1)
  slow.tookAt -= 6000
  memory.add(slow)
  assert.equal(memory.cutStalled(), 0, 'nobody waits')
})
