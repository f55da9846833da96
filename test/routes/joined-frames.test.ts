/** Frames that several streams share: each stream gets the same bytes, on whatever connection it has. */

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { FastifyReply } from 'fastify'
import { listen, note, openStream, startApp } from '../support/app.ts'
import { waitFor } from '../support/wait.ts'

test('pieces of all sizes are the same for one stream as for several', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const clients = [await openStream(t, `${url}/telemetry/stream`)]
  let count = 0
  for (const [inATurn, length] of [
    [1, 1],
    [1, 300],
    // About the size up to which a piece is copied, and above it.
    [1, 16_000],
    [1, 17_000],
    [60, 600],
    [1, 300_000],
    [3, 90_000],
  ] as const) {
    for (let i = 0; i < inATurn; i++) note(app, `é${'x'.repeat(length)}`)
    count += inATurn
    for (const client of clients) {
      await client.until(() => client.ids.at(-1) === count, `event ${count}`)
    }
    // The next piece is shared by one stream more.
    clients.push(await openStream(t, `${url}/telemetry/stream?replay=all`))
  }
  await app.close()
  for (const client of clients) {
    await client.over()
    assert.equal(client.isEnded, true, 'its chunks and its end are HTTP')
    assert.equal(client.text, clients[0]!.text)
  }
  assert.equal(clients[0]!.ids.length, count)
})

test('a stream that waits for another answer of its connection comes after it, whole', async t => {
  let release: () => void = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  const app = await startApp(
    t,
    {},
    { before: host => host.get('/slow', async () => released.then(() => 'slow')) }
  )
  const { port } = new URL(await listen(app))
  const socket = connect(Number(port), '127.0.0.1')
  t.after(() => socket.destroy())
  let text = ''
  socket.setEncoding('latin1').on('data', chunk => {
    text += chunk
  })
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`
  socket.write(get('/slow') + get('/telemetry/stream'))
  await waitFor(() => app.sysmon.health().stream.readers === 1, 'the stream')
  const sent = [note(app, 1), note(app, 2)]
  await new Promise(resolve => setImmediate(resolve))
  sent.push(note(app, 3))
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(text, '', 'nothing comes before the first answer')
  release()
  await waitFor(() => text.includes('id: 3\n'), 'the third event')
  sent.push(note(app, 4))
  await app.close()
  await waitFor(() => text.endsWith('0\r\n\r\n'), 'the end')
  const [, first, second] = text.split('HTTP/1.1 200 OK')
  assert.match(first!, /\r\n\r\nslow$/)
  const frames = sent.map(one => `id: ${one.seq}\ndata: ${JSON.stringify(one)}\n\n`).join('')
  assert.equal(bodyOf(second!), frames)
})

test('who put a write in the place of Node’s, to compress or to count, sees all that is written', async t => {
  const seen: string[] = []
  const wrap = async (_: unknown, reply: FastifyReply) => {
    const write = reply.raw.write.bind(reply.raw) as (...args: unknown[]) => boolean
    reply.raw.write = (...args: unknown[]) => {
      seen.push(String(args[0]))
      return write(...args)
    }
  }
  const app = await startApp(t, {}, { before: host => host.addHook('onRequest', wrap) })
  const url = await listen(app)
  const open = () => openStream(t, `${url}/telemetry/stream`)
  const clients = [await open(), await open(), await open()]
  for (let i = 0; i < 40; i++) note(app, 'x'.repeat(1000))
  for (const client of clients) await client.until(() => client.ids.length === 40, 'the events')
  assert.equal(seen.join(''), clients.map(({ text }) => text).join(''))
})

/** Of an answer in chunks: RFC 9112, section 7.1. */
function bodyOf(answer: string): string {
  let body = ''
  let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4)
  for (;;) {
    const [, length] = /^([0-9a-f]+)\r\n/.exec(rest) ?? assert.fail(`no chunk: ${rest}`)
    const bytes = Number.parseInt(length!, 16)
    const from = length!.length + 2
    body += rest.slice(from, from + bytes)
    assert.equal(rest.slice(from + bytes, from + bytes + 2), '\r\n')
    rest = rest.slice(from + bytes + 2)
    if (bytes === 0) return body
  }
}
