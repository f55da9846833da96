/** Event streams over a real socket: headers, frames, keepalive, filters, who gets one. */

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { EventCategory } from '../../generated/types.ts'
import { call, listen, note, openStream, startApp } from '../support/app.ts'

const PATHS = ['/telemetry/stream', '/telemetry/events'] as const

for (const path of PATHS) {
  test(`${path}: the headers come at once, without any event`, async t => {
    const app = await startApp(t)
    const { response, text } = await openStream(t, `${await listen(app)}${path}`)
    assert.equal(response.statusCode, 200)
    assert.equal(response.headers['content-type'], 'text/event-stream')
    assert.equal(response.headers['cache-control'], 'no-cache')
    assert.equal(response.headers['x-accel-buffering'], 'no')
    assert.equal(response.headers['content-length'], undefined)
    assert.equal(text, '')
  })

  test(`${path}: frames are id, data and an empty line, byte for byte`, async t => {
    const app = await startApp(t)
    const client = await openStream(t, `${await listen(app)}${path}`)
    const sent = [
      note(app, 'é€🙂\n\r\u2028'),
      note(app, { a: [1.5, null, ''] }),
      note(app, undefined),
    ]
    await client.until(() => client.ids.length === 3, 'the events')
    const expected = sent
      .map(envelope => `id: ${envelope.seq}\ndata: ${JSON.stringify(envelope)}\n\n`)
      .join('')
    assert.equal(client.text, expected)
  })

  for (const [query, expected] of [
    ['?category=console', [1, 2]],
    ['?category=page&category=system', [3, 4]],
    ['?type=a', [1, 3]],
    ['?type=a&type=b', [1, 2, 3]],
    ['?type=a&category=page', [3]],
    ['?type=nothing&category=page', []],
  ] as const) {
    test(`${path}${query} filters`, async t => {
      const app = await startApp(t)
      const client = await openStream(t, `${await listen(app)}${path}${query}`)
      const events: Array<[string, EventCategory]> = [
        ['a', 'console'],
        ['b', 'console'],
        ['a', 'page'],
        ['c', 'system'],
      ]
      for (const [type, category] of events) app.sysmon.publish({ type, category })
      // The proper end comes after the last event, so nothing is still on its way.
      await app.close()
      await client.over()
      assert.equal(client.isEnded, true)
      assert.deepEqual(client.ids, expected)
    })
  }

  for (const [query, parameter] of [
    ['?category=nonsense', 'category'],
    ['?type=', 'type'],
    ['?replay=all&replay=all', 'replay'],
  ] as const) {
    test(`${path}${query}: 400, and the message names ${parameter}`, async t => {
      const app = await startApp(t)
      const { status, body } = await call(app, { url: `${path}${query}` })
      assert.equal(status, 400)
      assert.match((body as { message: string }).message, new RegExp(`\\b${parameter}\\b`))
      assert.equal(app.sysmon.health().stream.readers, 0)
    })
  }

  for (const accept of [
    'text/event-stream',
    '*/*',
    'text/*',
    'text/event-stream, application/json',
  ]) {
    test(`${path} with Accept: ${accept} is a stream`, async t => {
      const app = await startApp(t)
      const { response } = await openStream(t, `${await listen(app)}${path}`, { accept })
      assert.equal(response.headers['content-type'], 'text/event-stream')
    })
  }
}

test('/telemetry/stream with Accept: application/json: 406, and no stream is open', async t => {
  const app = await startApp(t)
  const headers = { accept: 'application/json' }
  const { status, body } = await call(app, { url: '/telemetry/stream', headers })
  assert.equal(status, 406)
  assert.match((body as { message: string }).message, /text\/event-stream/)
  assert.equal(app.sysmon.health().stream.readers, 0)
})

test('silence is broken by comments, which are nothing but a colon', async t => {
  const app = await startApp(t, { keepAlive: 20 })
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await client.until(() => client.text.length >= 6, 'two comments')
  assert.match(client.text, /^(:\n\n)+$/)
  const { seq } = note(app, 1)
  await client.until(() => client.ids.includes(seq), 'an event among the comments')
  await client.until(() => client.text.endsWith(':\n\n'), 'a comment after the event')
})

test('a stream whose filter lets nothing pass is kept alive too', async t => {
  const app = await startApp(t, { keepAlive: 20 })
  const client = await openStream(t, `${await listen(app)}/telemetry/stream?category=page`)
  const timer = setInterval(() => note(app, 1), 2)
  t.after(() => clearInterval(timer))
  await client.until(() => client.text === ':\n\n', 'a comment')
})

test('a silence shorter than keepAlive is not broken', async t => {
  const app = await startApp(t, { keepAlive: 6000 })
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  // Longer than the interval at which silences are looked for.
  await new Promise(resolve => setTimeout(resolve, 450))
  assert.equal(client.text, '')
})

test('headers that the host sets on every answer are there too', async t => {
  const app = await startApp(
    t,
    {},
    {
      before: app =>
        app.addHook('onRequest', async (_, reply) => {
          reply.header('access-control-allow-origin', 'https://app.example')
        }),
    }
  )
  const { response } = await openStream(t, `${await listen(app)}/telemetry/stream`)
  assert.equal(response.headers['access-control-allow-origin'], 'https://app.example')
})

test('a client of HTTP/1.0, which knows no chunks, gets the plain frames', async t => {
  const app = await startApp(t)
  const { port } = new URL(await listen(app))
  const socket = connect(Number(port), '127.0.0.1')
  t.after(() => socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  socket.write('GET /telemetry/stream HTTP/1.0\r\n\r\n')
  for (let tries = 0; !text.includes('\r\n\r\n'); tries++) {
    assert.ok(tries < 1000, 'no headers')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  const envelope = note(app, 1)
  await app.close()
  await new Promise(resolve => (socket.closed ? resolve(null) : socket.once('close', resolve)))
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  assert.equal(body, `id: 1\ndata: ${JSON.stringify(envelope)}\n\n`)
})

test('handlerTimeout of the host does not end streams', async t => {
  const app = await startApp(t, {}, { fastify: { handlerTimeout: 20 } })
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await new Promise(resolve => setTimeout(resolve, 60))
  const { seq } = note(app, 1)
  await client.until(() => client.ids.includes(seq), 'an event after the timeout')
})
