/** What S2 refuses of a batch: the real server, before which a proxy refuses what the test has it; and what each refusal is. */

import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { S2Error } from '@s2-dev/streamstore'
import { toAppendError } from '../../plugin/sinks/s2/s2-client.ts'
import type { SinkError, SinkFault } from '../../plugin/sinks/sink.ts'
import { needS2, S2Lite } from './s2-lite.ts'
import { isDone, post, postNotes, rejectionGaps, startSinkServer, untilSink } from './support.ts'

/** Forwards to S2, but for what a rule answers in its place. */
async function startRefuser(
  t: Pick<TestContext, 'after'>,
  port: number,
  rule: (body: Buffer) => number | undefined
): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming)
    const status = rule(body)
    if (status !== undefined) {
      outgoing.writeHead(status, { 'content-type': 'application/json' })
      return outgoing.end('{"code":"invalid","message":"not this one"}')
    }
    const { method, url, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, answer => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => incoming.socket.destroy())
    return onward.end(body)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

for (const status of [400, 413, 422]) {
  test(`${status} for an append because of one record: the others are in the stream, in order, once`, async t => {
    const command = needS2(t)
    if (command === undefined) return
    const lite = await S2Lite.start(t, command)
    const url = await startRefuser(t, lite.port, body =>
      body.includes('POISON') ? status : undefined
    )
    const server = await startSinkServer(t, { ...lite.env(url), S2_STREAM: 'test' })
    await postNotes(server.url, 0, 40)
    const bad = await post(server.url, { type: 'bad', category: 'page', data: 'POISON' })
    await postNotes(server.url, 40, 80)
    const health = await untilSink(server.url, 's2', each => isDone(each) && each.rejected > 0)
    assert.equal(health.rejected, 1)
    const [gap, ...others] = await rejectionGaps(server.url)
    assert.deepEqual(others, [])
    assert.deepEqual(gap!.event.source.metadata?.seq, String(bad.seq))
    assert.match(JSON.stringify(gap!.event.data), new RegExp(`S2 answered ${status}: not this one`))
    const seqs = (await lite.envelopes('test')).map(({ seq }) => seq)
    const all = Array.from({ length: seqs.length + 1 }, (_, index) => index + 1)
    assert.deepEqual(
      seqs,
      all.filter(seq => seq !== bad.seq)
    )
    assert.ok(seqs.includes(gap!.seq))
  })
}

test('413 for more than so many bytes: smaller appends get through', async t => {
  const command = needS2(t)
  if (command === undefined) return
  const lite = await S2Lite.start(t, command)
  const url = await startRefuser(t, lite.port, body => (body.length > 2000 ? 413 : undefined))
  const server = await startSinkServer(t, {
    ...lite.env(url),
    S2_STREAM: 'test',
    S2_LINGER_MS: '500',
  })
  await postNotes(server.url, 0, 60)
  const { rejected } = await untilSink(server.url, 's2', isDone)
  assert.equal(rejected, 0)
  const seqs = (await lite.envelopes('test')).map(({ seq }) => seq)
  assert.deepEqual(
    seqs.slice(0, 60),
    Array.from({ length: 60 }, (_, index) => index + 1)
  )
})

test('a token that is refused is for a person to mend: the events wait', async t => {
  const command = needS2(t)
  if (command === undefined) return
  const lite = await S2Lite.start(t, command)
  const url = await startRefuser(t, lite.port, body => (body.length > 0 ? 403 : undefined))
  const server = await startSinkServer(t, { ...lite.env(url), S2_STREAM: 'test' })
  await postNotes(server.url, 0, 1)
  const { rejected } = await untilSink(server.url, 's2', ({ state }) => state === 'refused')
  assert.equal(rejected, 0)
})

interface Answered {
  readonly status: number
  readonly code?: string
  /** `sdk`: a fault of its own, for which it makes up a status. */
  readonly origin?: 'server' | 'sdk'
}
const FAULTS: ReadonlyArray<[SinkFault, answered: readonly Answered[]]> = [
  ['rejected', [{ status: 400 }, { status: 413 }, { status: 422, code: 'invalid' }]],
  [
    'retry',
    [
      // A name that is not found, a connection that breaks, an attempt that is given up.
      { status: 400, code: 'ENOTFOUND', origin: 'sdk' },
      { status: 502, code: 'ECONNRESET', origin: 'sdk' },
      { status: 499, origin: 'sdk' },
      ...[404, 408, 409, 412, 416, 429, 499, 500, 503].map(status => ({ status })),
      { status: 404, code: 'stream_not_found' },
    ],
  ],
  [
    'refused',
    [
      ...[401, 402, 403, 405].map(status => ({ status })),
      { status: 422, code: 'quota_exhausted' },
      { status: 400, code: 'access_token_not_found' },
      { status: 404, code: 'basin_not_found' },
    ],
  ],
]

test('each error says whether it is the data, the moment or the account that is wrong', () => {
  for (const [fault, answered] of FAULTS) {
    for (const { origin = 'server', ...rest } of answered) {
      const error = new S2Error({ message: 'x', origin, ...rest })
      const { fault: found, reconnect } = toAppendError(error, { basin: 'some-basin' }) as SinkError
      assert.equal(found, fault, JSON.stringify(rest))
      assert.equal(reconnect, rest.code === 'stream_not_found')
    }
  }
})
