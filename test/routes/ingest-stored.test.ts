/** What a caller sends comes back as sent: in the answer, on the page and in the stream. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventEnvelope } from '../../generated/types.ts'
import { listen, openStream, page, post, startApp } from '../support/app.ts'
import fc from '../support/fast-check.ts'

/** JSON of any kind, but for the two keys that every Fastify application refuses. */
const anyJson = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
  .map(value => JSON.stringify(value))
  .filter(text => text !== 'null' && !/__proto__|constructor/.test(text))

test('any JSON value as data: answer, page and stream carry it unchanged', async t => {
  const app = await startApp(t)
  const stream = await openStream(t, `${await listen(app)}/telemetry/stream`)
  await fc.assert(
    fc.asyncProperty(anyJson, fc.string({ minLength: 1, maxLength: 256 }), async (json, type) => {
      fc.pre(!['system_oom_kill', 'service_crashed', 'telemetry_gap'].includes(type))
      const data = JSON.parse(json)
      const body = `{"category":"page","type":${JSON.stringify(type)},"data":${json}}`
      const answer = await post(app, body)
      assert.equal(answer.status, 200, `${body}: ${answer.text}`)
      const envelope = answer.body as EventEnvelope
      assert.deepEqual(envelope.event.data, data)
      assert.equal(envelope.event.type, type)
      assert.deepEqual((await page(app, `?offset=${envelope.seq}`)).events, [envelope])
      await stream.until(() => stream.ids.at(-1) === envelope.seq, `event ${envelope.seq}`)
      assert.deepEqual(stream.envelopes.at(-1), envelope)
    }),
    { numRuns: 100 }
  )
})

test('any source: kind, event and metadata come back unchanged, with who reported it', async t => {
  const app = await startApp(t)
  const source = fc.record(
    {
      kind: fc.constantFrom('cdp', 'extension', 'local_process'),
      event: fc.string({ minLength: 1, unit: 'binary' }),
      metadata: fc.dictionary(
        fc.string().filter(key => !['__proto__', 'constructor', 'reporter'].includes(key)),
        fc.string({ unit: 'binary' })
      ),
    },
    { requiredKeys: ['kind'] }
  )
  await fc.assert(
    fc.asyncProperty(source, async given => {
      const { status, body } = await post(app, { type: 'n', category: 'page', source: given })
      assert.equal(status, 200)
      const expected = JSON.parse(JSON.stringify(given))
      expected.metadata = { ...expected.metadata, reporter: 'http' }
      assert.deepEqual((body as EventEnvelope).event.source, expected)
    }),
    { numRuns: 100 }
  )
})

test('any text as body: a 200 or a 400 that the document knows, never a 500', async t => {
  const app = await startApp(t)
  const almost = fc
    .tuple(anyJson, fc.nat(), fc.string({ maxLength: 3, unit: 'binary' }))
    .map(([json, at, text]) => {
      const body = `{"type":"note","category":"page","data":${json},"source":{"kind":"cdp"}}`
      const place = at % body.length
      return body.slice(0, place) + text + body.slice(place + text.length)
    })
  await fc.assert(
    fc.asyncProperty(fc.oneof(almost, fc.json(), fc.string()), async body => {
      const before = app.sysmon.health().stream.seq
      const { status } = await post(app, body)
      assert.ok(status === 200 || status === 400, `${status}: ${body}`)
      assert.equal(app.sysmon.health().stream.seq, before + (status === 200 ? 1 : 0))
    }),
    { numRuns: 300 }
  )
})

test('100 posts at a time over real sockets: each has a number of its own, none is left out', async t => {
  const app = await startApp(t)
  const url = `${await listen(app)}/telemetry/events`
  const stream = await openStream(t, url)
  const send = async (data: number) => {
    const body = JSON.stringify({ type: 'note', category: 'console', data })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body })
    return (await answer.json()) as EventEnvelope
  }
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => send(i)))
  await stream.until(() => stream.ids.length === 100, 'all events')
  assert.deepEqual(
    stream.envelopes,
    answers.sort((a, b) => a.seq - b.seq)
  )
  assert.deepEqual(
    stream.ids,
    Array.from({ length: 100 }, (_, i) => i + 1)
  )
  assert.equal(new Set(stream.envelopes.map(({ event }) => event.data)).size, 100)
})
