/**
 * What becomes of refusals, whatever sink meets them: a real stream and a real runner before a side that
 * takes, refuses, and fails as the test has it.
 */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import type { PublishedEvent } from '../../plugin/events/envelope.ts'
import { MAX_REJECTED_IN_A_ROW, SinkRunner } from '../../plugin/sinks/runner.ts'
import { type Delivery, type Sink, SinkError } from '../../plugin/sinks/sink.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import fc from '../support/fast-check.ts'
import { waitFor } from '../support/wait.ts'

const LIMITS = { maxBytes: 64 * 1024, maxEvents: 512, lingerMs: 0, timeoutMs: 1000 }

/** What answers a batch: an error, or nothing where it is taken. */
type Rule = (batch: readonly PublishedEvent[]) => SinkError | undefined

class OtherSide implements Sink {
  readonly name = 'other'
  readonly limits = LIMITS
  readonly state = undefined
  readonly asked: number[][] = []
  readonly taken: number[] = []
  rule: Rule

  constructor(rule: Rule) {
    this.rule = rule
  }
  async load(): Promise<void> {}
  async connect(): Promise<void> {}
  async deliver(batch: readonly PublishedEvent[]): Promise<Delivery> {
    const seqs = batch.map(({ seq }) => seq)
    this.asked.push(seqs)
    const error = this.rule(batch)
    if (error !== undefined) throw error
    this.taken.push(...seqs)
    return {}
  }
  close(): void {}
}

interface GivenUp {
  readonly seqs: readonly number[]
  readonly reason: string
}

function start(t: Pick<TestContext, 'after'>, rule: Rule, refusedMs = 20) {
  const stream = new EventStream({ capacity: 10_000, maxBytes: 1 << 26 })
  const sink = new OtherSide(rule)
  const givenUp: GivenUp[] = []
  const runner = new SinkRunner({
    sink,
    stream,
    log: pino({ level: 'silent' }),
    onMissed: () => assert.fail('nothing is missed here'),
    onRejected: (batch, _, reason) => {
      givenUp.push({ seqs: batch.map(({ seq }) => seq), reason })
    },
    refusedMs,
  })
  t.after(() => runner.close(100))
  const isDone = () => runner.health.lag_events === 0
  return { stream, sink, runner, givenUp, isDone }
}

function publish(stream: EventStream, bytes: number): void {
  stream.publish({
    ts: Date.now() * 1000,
    type: 'note',
    category: 'page',
    source: { kind: 'local_process' },
    data: 'x'.repeat(bytes),
  })
}

const rejected = (why: string) => new SinkError('rejected', why)

test('one event of many is refused: it is given up, the others arrive in order, in few requests', async t => {
  for (const poison of [1, 2, 100, 255, 256, 257, 399, 400]) {
    const { stream, sink, runner, givenUp, isDone } = start(t, batch =>
      batch.some(({ seq }) => seq === poison) ? rejected(`bad ${batch.length}`) : undefined
    )
    for (let n = 0; n < 400; n++) publish(stream, 10)
    runner.start()
    await waitFor(isDone, 'all delivered')
    assert.deepEqual(givenUp, [{ seqs: [poison], reason: 'bad 1' }])
    const expected = Array.from({ length: 400 }, (_, index) => index + 1)
    assert.deepEqual(
      sink.taken,
      expected.filter(seq => seq !== poison)
    )
    const { delivered, rejected: count, state } = runner.health
    assert.deepEqual([delivered, count, state], [399, 1, 'delivering'])
    // Halved down to it, and doubled up again.
    assert.ok(sink.asked.length <= 40, `${sink.asked.length} requests for ${poison}`)
  }
})

test('a side that takes less at a time is soon asked for no more: few requests are refused', async t => {
  const most = 10
  const { stream, sink, runner, givenUp, isDone } = start(t, batch =>
    batch.length > most ? rejected('too much') : undefined
  )
  for (let n = 0; n < 1000; n++) publish(stream, 100)
  runner.start()
  await waitFor(isDone, 'all delivered')
  assert.deepEqual(givenUp, [])
  assert.equal(sink.taken.length, 1000)
  const refusals = sink.asked.filter(({ length }) => length > most).length
  assert.ok(refusals <= 15, `${refusals} of ${sink.asked.length} requests were refused`)
})

test('any sizes, any faults, any bounds, failures between: what can be taken is, once and in order', async t => {
  const events = fc.record({
    bytes: fc.nat(9000),
    isBad: fc.oneof(fc.constant(false), fc.boolean()),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(events, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1000, max: 80_000 }),
      fc.array(fc.nat(40), { maxLength: 6 }),
      async (published, mostBytes, failing) => {
        let requests = 0
        const isTooLarge = (bytes: number) => bytes > mostBytes
        const sizeOf = (batch: readonly PublishedEvent[]) =>
          batch.reduce((sum, { frameBytes }) => sum + frameBytes, 0)
        const { stream, sink, runner, givenUp, isDone } = start(
          t,
          batch => {
            requests++
            if (failing.includes(requests)) return new SinkError('retry', 'away', { afterMs: 0 })
            if (isTooLarge(sizeOf(batch))) return rejected('too large')
            const isBad = batch.some(({ seq }) => published[seq - 1]!.isBad)
            return isBad ? rejected('bad') : undefined
          },
          0
        )
        for (const { bytes } of published) publish(stream, bytes)
        const wanted = [...stream.events(0)].map(event => {
          return {
            seq: event.seq,
            isBad: published[event.seq - 1]!.isBad || isTooLarge(event.frameBytes),
          }
        })
        runner.start()
        await waitFor(isDone, 'all delivered')
        const seqs = (isBad: boolean) =>
          wanted.filter(each => each.isBad === isBad).map(({ seq }) => seq)
        assert.deepEqual(sink.taken, seqs(false))
        assert.deepEqual(
          givenUp.map(({ seqs }) => seqs),
          seqs(true).map(seq => [seq])
        )
        assert.equal(runner.health.rejected, givenUp.length)
        await runner.close(100)
      }
    ),
    { numRuns: 60 }
  )
})

test('a side that refuses everything costs a few events, then the others wait until it is mended', async t => {
  let isSetUpWrong = true
  const { stream, sink, runner, givenUp, isDone } = start(
    t,
    () => (isSetUpWrong ? rejected('no tenant') : undefined),
    60_000
  )
  for (let n = 0; n < 300; n++) publish(stream, 10)
  runner.start()
  await waitFor(() => runner.health.state === 'refused', 'refused')
  assert.equal(givenUp.length, MAX_REJECTED_IN_A_ROW)
  assert.match(runner.health.error!, /none of the last 20 events was taken: no tenant/)
  assert.equal(runner.health.lag_events, 300 - MAX_REJECTED_IN_A_ROW)
  const asked = sink.asked.length
  await new Promise(resolve => setTimeout(resolve, 300))
  assert.equal(sink.asked.length, asked)
  isSetUpWrong = false
  // As a minute that has passed.
  runner.stopLingering()
  await waitFor(isDone, 'the others')
  assert.equal(sink.taken.length, 300 - MAX_REJECTED_IN_A_ROW)
})

test('while the application closes a side that refuses everything is not offered the others', async t => {
  const { stream, runner, givenUp } = start(t, () => rejected('no'), 60_000)
  for (let n = 0; n < 300; n++) publish(stream, 10)
  runner.start()
  runner.stopLingering()
  await runner.close(2000)
  assert.equal(givenUp.length, MAX_REJECTED_IN_A_ROW)
})

test('a batch that is too large for a side that only cuts the connection gets through in parts', async t => {
  const { stream, sink, runner, isDone } = start(t, batch =>
    batch.length > 2 ? new SinkError('retry', 'write EPIPE') : undefined
  )
  for (let n = 0; n < 8; n++) publish(stream, 10)
  runner.start()
  await waitFor(isDone, 'all delivered')
  assert.deepEqual(sink.taken, [1, 2, 3, 4, 5, 6, 7, 8])
})
