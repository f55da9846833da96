/** Bodies on their way in: what they hold together, and for how long. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { BodyReader } from '../../plugin/routes/body-reader.ts'
import { listen, post, startApp } from '../support/app.ts'

const MIB = 1024 * 1024

interface Sent {
  readonly payload: PassThrough
  /** What is made of the body, or the error's status. */
  readonly result: Promise<string | number>
}

/** A body on its way. */
function send(
  reader: BodyReader,
  { limit = 4 * MIB, length }: { limit?: number; length?: number } = {}
): Sent {
  const headers = length === undefined ? {} : { 'content-length': String(length) }
  const request = { headers, routeOptions: { bodyLimit: limit } } as unknown as FastifyRequest
  const payload = new PassThrough({ highWaterMark: 64 * MIB })
  const result = reader
    .read(request, payload, bytes => bytes.toString())
    .then(
      text => text,
      (error: { statusCode: number }) => error.statusCode
    )
  return { payload, result }
}

test('a body is given as it came, in one piece or many', async () => {
  const reader = new BodyReader()
  const text = 'äöü'.repeat(50_000)
  const bytes = Buffer.from(text)
  for (const size of [bytes.length, 65_536, 1000, 7]) {
    for (const length of [undefined, bytes.length]) {
      const { payload, result } = send(reader, { length })
      for (let at = 0; at < bytes.length; at += size) payload.write(bytes.subarray(at, at + size))
      payload.end()
      assert.equal(await result, text)
    }
  }
  const { payload, result } = send(reader)
  payload.end()
  assert.equal(await result, '')
})

test('over the limit: 413, announced or not', async () => {
  const reader = new BodyReader()
  assert.equal(await send(reader, { limit: 10, length: 11 }).result, 413)
  const { payload, result } = send(reader, { limit: 10 })
  payload.write('x'.repeat(11))
  assert.equal(await result, 413)
  // Which a hook of the host's unpacked: what came counts too.
  const unpacked = send(reader, { limit: 10 })
  Object.assign(unpacked.payload, { receivedEncodedLength: 11 }).write('x')
  assert.equal(await unpacked.result, 413)
})

test('another length than announced, and a body that breaks off: 400', async () => {
  const reader = new BodyReader()
  const short = send(reader, { length: 5 })
  short.payload.end('four')
  assert.equal(await short.result, 400)
  const broken = send(reader, { length: 5 })
  broken.payload.write('four')
  broken.payload.destroy()
  assert.equal(await broken.result, 400)
  const failed = send(reader)
  failed.payload.destroy(Object.assign(new Error('of the host'), { statusCode: 422 }))
  assert.equal(await failed.result, 422)
})

test('one that is whole, and let go of before its turn, is refused, and not taken for an empty one', async () => {
  const reader = new BodyReader()
  const sendWhole = (size: number) => {
    const { payload, result } = send(reader, { length: size })
    payload.end(Buffer.alloc(size, 'x'))
    return result
  }
  const size = 4 * MIB - 1000
  const first = Array.from({ length: 7 }, () => sendWhole(size))
  const largest = sendWhole(4 * MIB)
  // All are whole now, and each has its turn after the one before it.
  await turn()
  const last = Array.from({ length: 2 }, () => sendWhole(size))
  assert.equal(await largest, 503)
  for (const result of await Promise.all([...first, ...last])) {
    if (result !== 503) assert.equal((result as string).length, size)
  }
})

test('one that does not come in time: 408', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const reader = new BodyReader()
  const { payload, result } = send(reader)
  payload.write('x')
  await turn()
  t.mock.timers.tick(14_000)
  payload.write('x')
  await turn()
  t.mock.timers.tick(2000)
  assert.equal(await result, 408)
})

test('one that came in time leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const before = timers()
  const { payload, result } = send(new BodyReader())
  payload.write('slow')
  await turn()
  await turn()
  assert.ok(timers() > before, 'its time is limited')
  payload.end('er')
  assert.equal(await result, 'slower')
  assert.ok(timers() <= before)
})

test('over the bound for all of them the largest goes, and small ones stay', async () => {
  const reader = new BodyReader()
  const small = Array.from({ length: 10 }, () => send(reader))
  for (const { payload } of small) payload.write('{')
  const large = Array.from({ length: 12 }, () => send(reader))
  for (const { payload } of large) {
    payload.write('x'.repeat(3.5 * MIB))
    await turn()
  }
  const ended = await Promise.all(
    large.map(({ result }) => Promise.race([result, turn().then(() => 'held')]))
  )
  const dropped = ended.filter(result => result === 503).length
  assert.ok(dropped >= 3 && dropped <= 5, `${ended}`)
  for (const { payload, result } of small) {
    payload.end('}')
    assert.equal(await result, '{}')
  }
  for (const [index, { payload, result }] of large.entries()) {
    payload.end('y')
    if (ended[index] !== 503) assert.equal(((await result) as string).length, 3.5 * MIB + 1)
  }
  // What they held is free again.
  const next = Array.from({ length: 7 }, () => send(reader))
  for (const { payload } of next) payload.write('x'.repeat(3.9 * MIB))
  await turn()
  for (const { payload, result } of next) {
    payload.end()
    assert.equal(((await result) as string).length, Math.floor(3.9 * MIB))
  }
})

/** Announces a body, and sends less of it. */
function half(t: TestContext, url: string, bytes: number): Socket {
  const { port } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  t.after(() => socket.destroy())
  socket.on('error', () => {})
  socket.resume()
  socket.write(
    'POST /telemetry/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n'
  )
  socket.write(' '.repeat(bytes))
  return socket
}

test('40 bodies that are sent by half: others post, and those over the bound are told', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const told: string[] = []
  for (let i = 0; i < 40; i++) {
    const socket = half(t, url, 3_900_000)
    socket.on('data', text => told.push(String(text)))
  }
  for (let tries = 0; told.length < 30; tries++) {
    assert.ok(tries < 1000, `${told.length} were told`)
    assert.equal((await post(app, { type: 'note', category: 'console' })).status, 200)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  for (const text of told) {
    assert.match(text, /^HTTP\/1\.1 503 [\s\S]*retry-after: [1-9][\s\S]*too many large bodies/i)
  }
})

test('a client that leaves in the midst of its body leaves nothing behind', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  for (let i = 0; i < 30; i++) {
    const socket = half(t, url, 2_000_000)
    await once(socket, 'connect')
    await new Promise(resolve => setTimeout(resolve, 5))
    socket.resetAndDestroy()
  }
  const large = JSON.stringify({ type: 'note', category: 'console', data: 'x'.repeat(3_900_000) })
  for (let i = 0; i < 10; i++) assert.equal((await post(app, large)).status, 200)
})

test('large bodies that come at once are used in a turn of the event loop each', async () => {
  const reader = new BodyReader()
  let turns = 0
  let counter = setImmediate(function count() {
    turns++
    counter = setImmediate(count)
  })
  const used: number[] = []
  const bodies = Array.from({ length: 8 }, () => send(reader))
  for (const { payload, result } of bodies) {
    result.then(() => used.push(turns))
    payload.end('x'.repeat(MIB))
  }
  await Promise.all(bodies.map(({ result }) => result))
  clearImmediate(counter)
  assert.equal(new Set(used).size, 8, `${used}`)
})
