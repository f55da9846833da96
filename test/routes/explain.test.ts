/** `POST /telemetry/explain`: what is taken for a log, and how many are worked on and wait. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { ExplainedLog } from '../../generated/types.ts'
import { type Answer, call, startApp } from '../support/app.ts'

const LOG = readFileSync('test/fixtures/6.1-global.kmsg', 'latin1')

function explain(
  app: FastifyInstance,
  payload: string,
  headers: Record<string, string> = {}
): Promise<Answer> {
  return call(app, {
    method: 'POST',
    url: '/telemetry/explain',
    headers: { 'content-type': 'text/plain', ...headers },
    payload,
  })
}
const messageOf = ({ body }: Answer) => (body as { message: string }).message

test('log after log is explained, however many come, and no cache keeps the answer', async t => {
  const app = await startApp(t, { ui: true })
  for (let i = 0; i < 10; i++) {
    const { status, headers, body } = await explain(app, LOG)
    assert.equal(status, 200, `log ${i}`)
    assert.equal((body as ExplainedLog).kills, 1)
    assert.equal(headers['cache-control'], 'no-store')
  }
})

test('of many at once some wait, and the rest is told to come again', async t => {
  const app = await startApp(t, { ui: true })
  // The first one takes longer than the others need to come.
  const long = LOG.repeat(10)
  const answers = await Promise.all(Array.from({ length: 12 }, () => explain(app, long)))
  const refused = answers.filter(({ status }) => status !== 200)
  assert.ok(refused.length >= 3 && refused.length < 12, `${refused.length} are refused`)
  for (const { status, headers } of refused) {
    assert.equal(status, 503)
    assert.ok(Number(headers['retry-after']) > 0)
  }
  assert.equal((await explain(app, LOG)).status, 200, 'the places are free again')
})

test('a log that is too large, or larger than any body may be: 413, and what to send', async t => {
  for (const [bodyLimit, limit] of [
    [undefined, 2 * 1024 * 1024],
    [1000, 1000],
  ] as const) {
    const app = await startApp(t, { ui: true, bodyLimit })
    assert.equal((await explain(app, '\n'.repeat(limit))).status, 200)
    const answer = await explain(app, '\n'.repeat(limit + 1))
    assert.equal(answer.status, 413)
    const message = `the log is larger than ${limit} bytes: send the part around the kill`
    assert.equal(messageOf(answer), message)
  }
})

for (const [what, headers, payload, status, message] of [
  ['a compressed log', { 'content-encoding': 'gzip' }, LOG, 415, /gzip.*the log uncompressed/],
  ['JSON', { 'content-type': 'application/json' }, '{}', 415, /content-type: text\/plain/],
  ['a form', { 'content-type': 'multipart/form-data' }, LOG, 415, /content-type: text\/plain/],
  ['an empty body', {}, '', 400, /the body is empty: send a log/],
] as const) {
  test(`${what}: ${status}, and the message says what to send`, async t => {
    const answer = await explain(await startApp(t, { ui: true }), payload, headers)
    assert.equal(answer.status, status)
    assert.match(messageOf(answer), message)
  })
}
