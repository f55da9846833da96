/**
 * What becomes of refusals, and of a sink's place in the stream, whatever sink it is: a real stream and a
 * real runner before a side that takes, refuses, and fails as the test has it.
 */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import type { PublishedEvent } from '../../plugin/events/envelope.ts'
import { Attempt } from '../../plugin/sinks/attempt.ts'
import { BatchSize } from '../../plugin/sinks/batch-size.ts'
import { CursorFile } from '../../plugin/sinks/cursor-file.ts'
import { MAX_REJECTED_IN_A_ROW, SinkRunner } from '../../plugin/sinks/runner.ts'
import { type Delivery, type Sink, SinkError, type SinkLimits } from '../../plugin/sinks/sink.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import fc from '../support/fast-check.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'

const SILENT = pino({ level: 'silent' })
const LIMITS = { maxBytes: 64 * 1024, maxEvents: 512, lingerMs: 0, timeoutMs: 1000 }

/** What answers a batch: an error, or nothing where it is taken, or how many of it are not. */
type Rule = (batch: readonly PublishedEvent[]) => SinkError | Delivery | undefined

class OtherSide implements Sink {
  readonly name = 'other'
  readonly limits: SinkLimits
  readonly state = { origin: 'here' }
  readonly asked: number[][] = []
  readonly taken: number[] = []
  rule: Rule

  constructor(rule: Rule, limits: Partial<SinkLimits>) {
    this.rule = rule
    this.limits = { ...LIMITS, ...limits }
  }
  async load(): Promise<void> {}
  async connect(): Promise<void> {}
  async deliver(batch: readonly PublishedEvent[]): Promise<Delivery> {
    const seqs = batch.map(({ seq }) => seq)
    this.asked.push(seqs)
    const answer = this.rule(batch)
    if (answer instanceof SinkError) throw answer
    this.taken.push(...seqs)
    return answer ?? {}
  }
  close(): void {}
}

interface GivenUp {
  readonly seqs: readonly number[]
  readonly reason: string
}

interface Settings {
  readonly refusedMs?: number
  readonly limits?: Partial<SinkLimits>
  readonly cursorFile?: CursorFile
  /** Published before there is a runner. */
  readonly events?: number
  readonly onGivenUp?: (batch: readonly PublishedEvent[]) => void
}

function start(t: Pick<TestContext, 'after'>, rule: Rule, settings: Settings = {}) {
  const { refusedMs = 20, limits = {}, cursorFile, events = 0, onGivenUp } = settings
  const stream = new EventStream({ capacity: 10_000, maxBytes: 1 << 26 })
  for (let n = 0; n < events; n++) publish(stream, 10)
  const sink = new OtherSide(rule, limits)
  const givenUp: GivenUp[] = []
  const runner = new SinkRunner({
    sink,
    stream,
    cursorFile,
    log: SILENT,
    onMissed: () => assert.fail('nothing is missed here'),
    onRejected: (batch, _, reason) => {
      givenUp.push({ seqs: batch.map(({ seq }) => seq), reason })
      onGivenUp?.(batch)
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
          { refusedMs: 0 }
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
    { refusedMs: 60_000 }
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
  const { stream, runner, givenUp } = start(t, () => rejected('no'), { refusedMs: 60_000 })
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

test('refusals between events that are taken are no side that refuses everything', async t => {
  const { runner, givenUp, isDone } = start(
    t,
    ([event]) => (event!.seq % 2 === 0 ? rejected('bad') : undefined),
    { refusedMs: 60_000, limits: { maxEvents: 1 }, events: 60 }
  )
  runner.start()
  await waitFor(() => isDone() || runner.health.state === 'refused', 'all delivered')
  assert.equal(givenUp.length, 30)
  const { state, lag_events } = runner.health
  assert.deepEqual([state, lag_events], ['delivering', 0])
})

test('a side that asks for a day is asked again after five minutes, and not before', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { sink, runner } = start(
    t,
    () =>
      sink.asked.length === 1 ? new SinkError('retry', 'x', { afterMs: 86_400_000 }) : undefined,
    { events: 1 }
  )
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  runner.start()
  await turns()
  assert.equal(runner.health.state, 'retrying')
  t.mock.timers.tick(299_000)
  await turns()
  assert.equal(sink.asked.length, 1)
  t.mock.timers.tick(2000)
  await turns()
  assert.equal(sink.asked.length, 2)
  assert.deepEqual(sink.taken, [1])
})

test('a position beyond the newest event is of another journal: the sink begins at the oldest', async t => {
  const folder = temporaryFolder(t)
  const cursorFile = new CursorFile(folder, 'other', SILENT)
  cursorFile.write({ seq: 500 })
  const { sink, runner, isDone } = start(t, () => undefined, { cursorFile, events: 3 })
  const { seq, lag_events } = runner.health
  assert.deepEqual([seq, lag_events], [0, 3])
  runner.start()
  await waitFor(isDone, 'all delivered')
  assert.deepEqual(sink.taken, [1, 2, 3])
  assert.equal(new CursorFile(folder, 'other', SILENT).read()?.seq, 3)
})

test("the sink's own state is in the file before anything is sent", async t => {
  const folder = temporaryFolder(t)
  const saved = () => new CursorFile(folder, 'other', SILENT).read()
  const seen: unknown[] = []
  const cursorFile = new CursorFile(folder, 'other', SILENT)
  const { runner, isDone } = start(
    t,
    () => {
      seen.push(saved())
      return undefined
    },
    { cursorFile, events: 1 }
  )
  runner.start()
  await waitFor(isDone, 'all delivered')
  assert.deepEqual(seen, [{ seq: 0, state: { origin: 'here' } }])
  assert.deepEqual(saved(), { seq: 1, state: { origin: 'here' } })
})

test('that an event is given up is told before the saved position is behind it', async t => {
  const answers: readonly Rule[] = [() => rejected('bad'), () => ({ rejected: 1, reason: 'bad' })]
  for (const answer of answers) {
    const folder = temporaryFolder(t)
    const savedWhenTold: (number | undefined)[] = []
    const { runner, isDone } = start(
      t,
      batch => (batch[0]!.seq === 2 ? answer(batch) : undefined),
      {
        cursorFile: new CursorFile(folder, 'other', SILENT),
        limits: { maxEvents: 1 },
        events: 3,
        onGivenUp: () => savedWhenTold.push(new CursorFile(folder, 'other', SILENT).read()?.seq),
      }
    )
    runner.start()
    await waitFor(isDone, 'all delivered')
    assert.deepEqual(savedWhenTold, [1])
  }
})

test('when an event was last delivered is told', async t => {
  const { runner, isDone } = start(t, () => undefined, { events: 1 })
  assert.equal(runner.health.delivered_at, undefined)
  const before = Date.now() * 1000
  runner.start()
  await waitFor(isDone, 'all delivered')
  const { delivered_at } = runner.health
  assert.ok(delivered_at! >= before && delivered_at! <= Date.now() * 1000, `${delivered_at}`)
})

test('the application closes in its time, whatever lets go of nothing', async t => {
  const { sink, runner } = start(t, () => undefined, { limits: { timeoutMs: 120_000 }, events: 1 })
  sink.deliver = () => {
    sink.asked.push([1])
    return new Promise<never>(() => {})
  }
  runner.start()
  await waitFor(() => sink.asked.length > 0, 'an attempt')
  let isClosed = false
  void runner.close(50).then(() => {
    isClosed = true
  })
  await waitFor(() => isClosed, 'the end')
  const { state, error, lag_events } = runner.health
  assert.deepEqual([state, error, lag_events], ['closed', 'the application closed', 1])
})

test('a side that does not answer is asked again after its time', async t => {
  const { sink, runner, isDone } = start(t, () => undefined, {
    limits: { timeoutMs: 50 },
    events: 1,
  })
  const { deliver } = sink
  sink.deliver = batch => {
    sink.deliver = deliver
    sink.asked.push(batch.map(({ seq }) => seq))
    return new Promise<never>(() => {})
  }
  runner.start()
  await waitFor(isDone, 'all delivered')
  assert.deepEqual([runner.health.error, sink.taken], ['no answer in 0.05 s', [1]])
})

test('an attempt that has its answer leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const before = timers()
  const attempt = new Attempt()
  assert.equal(await attempt.run(60_000, async () => 'taken'), 'taken')
  await assert.rejects(
    attempt.run(60_000, async () => {
      throw new Error('cut')
    }),
    /cut/
  )
  assert.equal(timers(), before)
})

test('after ten minutes a size that was refused is tried again', () => {
  const stream = new EventStream({ capacity: 100, maxBytes: 1 << 20 })
  for (let n = 0; n < 10; n++) publish(stream, 10)
  const pending = [...stream.events(0)]
  const size = new BatchSize(LIMITS)
  size.refused(pending, 0)
  for (let n = 0; n < 20; n++) size.taken()
  assert.equal(size.take(pending, 599_999).length, 9)
  assert.equal(size.take(pending, 600_000).length, 10)
})
