/**
 * Trusted events and all others have parts of their own in the journal: whoever posts cannot push out
 * a kill, and a reader gets both in their order.
 */

import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { isTrusted, type Reporter } from '../../plugin/events/reporter.ts'
import { RESERVED_NUMBERS } from '../../plugin/journal/high-water.ts'
import { Publisher } from '../../plugin/stream/publisher.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import fc from '../support/fast-check.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { ALL, openJournal, read, segmentsIn } from './journals.ts'

const SMALLEST = 2 ** 20
const KERNEL: Reporter = 'kernel'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('trusted is what the kernel and the supervisor say, and the server of its own gaps', () => {
  const said = (type: string, reporter: string | undefined) =>
    isTrusted(type, {
      kind: 'local_process',
      metadata: reporter === undefined ? undefined : { reporter },
    })
  assert.ok(said('system_oom_kill', 'kernel'))
  assert.ok(said('service_crashed', 'supervisor'))
  assert.ok(said('telemetry_gap', 'server'))
  for (const reporter of ['http', undefined, 'devtools', 'root']) {
    for (const type of ['system_oom_kill', 'service_crashed', 'telemetry_gap', 'page_crashed']) {
      assert.ok(!said(type, reporter), `${type} of ${reporter}`)
    }
  }
  // What anybody can make the server say, or the application it runs in says.
  assert.ok(!said('telemetry_configured', 'server'))
  assert.ok(!said('system_oom_kill', 'server'))
})

test('a flood of posted events removes no kill, over restarts neither', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  const kills: number[] = []
  const flood = async ({ append }: Pick<typeof first, 'append'>) => {
    for (let i = 0; i < 75; i++) {
      if (i % 25 === 0) kills.push(append('a kill', 'system', KERNEL).seq)
      append('x'.repeat(100_000))
      await turn()
    }
  }
  await flood(first)
  const second = openJournal(t, folder, { maxBytes: SMALLEST })
  await second.journal.verify()
  await flood(second)
  const kept = read(second.journal)
  assert.deepEqual(
    kills.filter(seq => !kept.includes(seq)),
    []
  )
  assert.ok(kept.length < 30, 'all others but the newest are gone')
  const lost = [...first.losses, ...second.losses].reduce((sum, loss) => sum + loss.lost!, 0)
  assert.equal(kept.length + lost, 2 * 78)
  assert.ok(second.journal.health.bytes! <= SMALLEST * 1.25)
})

test('trusted events have a bound too, a quarter of the others’', async t => {
  const folder = temporaryFolder(t)
  const { append, journal, losses } = openJournal(t, folder, { maxBytes: SMALLEST })
  append('another')
  for (let i = 0; i < 400; i++) append('x'.repeat(1000), 'system', KERNEL)
  await turn()
  const bytes = journal.health.bytes!
  assert.ok(bytes <= SMALLEST / 4 + 1000 && bytes > SMALLEST / 8, `${bytes}`)
  const kept = read(journal)
  assert.equal(kept[0], 1)
  const lost = losses.reduce((sum, loss) => sum + loss.lost!, 0)
  assert.equal(kept.length + lost, 401)
  assert.match(losses[0]!.key!, /^trusted-1-\d+$/)
})

test('trusted events that are too old go as all others do', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 150; i++) first.append('x'.repeat(1000), 'system', KERNEL)
  await first.journal.close()
  const trusted = join(folder, 'trusted')
  const names = segmentsIn(trusted)
  assert.ok(names.length > 1)
  utimesSync(join(trusted, names[0]!), 1, 1)
  const { journal, losses } = openJournal(t, folder, { maxBytes: SMALLEST, maxAge: 3_600_000 })
  await journal.verify()
  assert.deepEqual(segmentsIn(trusted), names.slice(1))
  assert.equal(losses.length, 1)
})

const step = fc.record({
  reporter: fc.constantFrom<Reporter>('kernel', 'supervisor', 'http', 'server'),
  category: fc.constantFrom('system' as const, 'console' as const),
  bytes: fc.nat(4000),
})

test('whatever was appended to either is read in order, from anywhere, before and after a restart', t => {
  const root = temporaryFolder(t)
  let runs = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 300, size: 'max' }), steps => {
      const folder = join(root, String(runs++))
      const { journal, append } = openJournal(t, folder)
      const expected: number[] = []
      const live = journal.readerAfter(0)
      const gotLive: number[] = []
      for (const [index, { bytes, category, reporter }] of steps.entries()) {
        const { seq } = append('x'.repeat(bytes), category, reporter)
        if (category === 'system') expected.push(seq)
        if (index % 3 !== 0) continue
        for (let event = live.next(); event !== undefined; event = live.next()) {
          gotLive.push(event.seq)
        }
      }
      for (let event = live.next(); event !== undefined; event = live.next())
        gotLive.push(event.seq)
      live.close()
      assert.deepEqual(gotLive, expected)
      const again = openJournal(t, folder)
      for (const { journal: each } of [{ journal }, again]) {
        for (let after = 0; after <= steps.length; after += 17) {
          assert.deepEqual(
            read(each, after),
            expected.filter(seq => seq > after)
          )
        }
      }
      assert.deepEqual(
        again.recovery.events.map(({ seq }) => seq),
        expected
      )
    }),
    { numRuns: 30 }
  )
})

test('a journal of earlier versions, with kills among all others, is read, and goes on', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  for (let i = 0; i < 5; i++) first.append(i, 'system', 'http')
  await first.journal.close()
  rmSync(join(folder, 'trusted'), { recursive: true })
  const { journal, append, losses } = openJournal(t, folder)
  await journal.verify()
  append('a kill', 'system', KERNEL)
  assert.deepEqual(read(journal), upTo(6))
  assert.deepEqual(losses, [])
})

test('numbers go on after the newest of both, and after what was reserved', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder)
  first.append(1, 'console')
  for (let i = 0; i < 3; i++) first.append(i, 'system', KERNEL)
  const killed = openJournal(t, folder)
  assert.equal(killed.recovery.nextSeq, 1 + RESERVED_NUMBERS)
  await killed.journal.verify()
  assert.deepEqual(
    killed.losses.map(({ uncertain }) => uncertain),
    [{ from: 5, to: RESERVED_NUMBERS }]
  )
  await killed.journal.close()
  const next = openJournal(t, folder)
  next.append('a kill', 'system', KERNEL)
  assert.equal(openJournal(t, folder).recovery.nextSeq, next.recovery.nextSeq + 1)
})

test('where the folder of either is lost, no number is given twice', t => {
  for (const lost of ['trusted', 'other']) {
    const folder = temporaryFolder(t)
    const first = openJournal(t, folder)
    first.append(1, 'system', 'http')
    first.append(2, 'system', KERNEL)
    const last = first.append(3, 'system', lost === 'trusted' ? 'http' : KERNEL).seq
    if (lost === 'trusted') {
      rmSync(join(folder, 'trusted'), { recursive: true })
    } else {
      renameSync(join(folder, 'trusted'), `${folder}.trusted`)
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
      renameSync(`${folder}.trusted`, join(folder, 'trusted'))
    }
    assert.ok(openJournal(t, folder).recovery.nextSeq > last, lost)
  }
})

test('a reader that was away is told what a flood removed, and of trusted events nothing', async t => {
  const { journal } = openJournal(t, temporaryFolder(t), { maxBytes: SMALLEST })
  const stream = new EventStream({ capacity: 10, maxBytes: 1e9, store: journal })
  const publisher = new Publisher(stream, { store: journal })
  const event = { ts: 1, type: 'note', category: 'system' } as const
  const publish = (reporter: Reporter, bytes: number) =>
    publisher.publish({ ...event, source: { kind: 'cdp' }, data: 'x'.repeat(bytes) }, reporter)!.seq
  for (let i = 0; i < 10; i++) publish('http', 10)
  assert.equal(stream.completeFrom, 1)
  const kill = publish('kernel', 10)
  for (let i = 0; i < 30; i++) {
    publish('http', 100_000)
    await turn()
  }
  const categories = new Set(['system'] as const)
  const reader = stream.subscribe({ after: 5 }, { categories }, () => {})
  const got: number[] = []
  let missed = 0
  while (reader.hasMore) {
    const batch = reader.read(1e9, true)
    got.push(...batch.events.map(({ seq }) => seq))
    missed += batch.missed
    await turn()
  }
  assert.equal(got[0], kill)
  assert.equal(got.length + missed, stream.seq - 5)
  assert.equal(stream.completeFrom, got[1])
  assert.deepEqual([...stream.events(0)][0]?.seq, kill)
})

test('a reader of what was never removed is told of nothing, though the first kill came late', async t => {
  const { journal } = openJournal(t, temporaryFolder(t))
  const stream = new EventStream({ capacity: 5, maxBytes: 1e9, store: journal })
  const source = { kind: 'cdp' } as const
  for (let i = 0; i < 20; i++) {
    stream.publish({ ts: 1, type: 'note', category: 'system', source })
  }
  const metadata = { reporter: KERNEL }
  stream.publish({ ts: 1, type: 'note', category: 'system', source: { ...source, metadata } })
  const categories = new Set(['system'] as const)
  const reader = stream.subscribe({ after: 3 }, { categories }, () => {})
  const got: number[] = []
  let missed = 0
  while (reader.hasMore) {
    const batch = reader.read(1e9, true)
    got.push(...batch.events.map(({ seq }) => seq))
    missed += batch.missed
    await turn()
  }
  assert.deepEqual(got, upTo(21).slice(3))
  assert.equal(missed, 0)
})

test('what is read back is whole from some number on; kills from before it are known again', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  const { seq: kill } = first.append('a kill', 'system', KERNEL)
  for (let i = 0; i < 300; i++) first.append('x'.repeat(1000))
  const bounds = { ...ALL, events: 50 }
  const { recovery } = openJournal(t, folder, { maxBytes: SMALLEST }, bounds)
  assert.deepEqual(
    recovery.earlier?.map(({ seq, isTrusted: is }) => [seq, is]),
    [[kill, true]]
  )
  const seqs = recovery.events.map(({ seq }) => seq)
  assert.deepEqual(seqs, upTo(301).slice(-seqs.length))
  assert.ok(seqs.length >= 50)
})

test('what is read back of both is together bounded, trusted events first', t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  const sizes = { trusted: 0, other: 0 }
  for (let i = 0; i < 400; i++) {
    const reporter = i % 4 === 0 ? KERNEL : 'http'
    const { frameBytes } = first.append('x'.repeat(1000), 'system', reporter)
    sizes[reporter === KERNEL ? 'trusted' : 'other'] += frameBytes
  }
  for (const [bounds, isAll] of [
    // Of others the newest file is always looked at, of which there are several.
    [{ ...ALL, events: 100 }, false],
    [{ ...ALL, bytes: sizes.trusted }, false],
    [{ ...ALL, bytes: sizes.trusted + sizes.other }, true],
    [{ ...ALL, events: 400 }, true],
  ] as const) {
    const { recovery } = openJournal(t, folder, { maxBytes: SMALLEST }, bounds)
    assert.equal(recovery.trusted.events.length, 100)
    const { length } = recovery.other.events
    assert.ok(isAll ? length === 300 : length < 100, `${length} of ${JSON.stringify(bounds)}`)
  }
})

test('damage and loss in the part of trusted events is told under keys of its own', async t => {
  const folder = temporaryFolder(t)
  const first = openJournal(t, folder, { maxBytes: SMALLEST })
  for (let i = 0; i < 200; i++) {
    first.append('x'.repeat(1000), 'system', i % 2 === 0 ? KERNEL : 'http')
  }
  const copy = join(temporaryFolder(t), 'journal')
  cpSync(folder, copy, { recursive: true })
  for (const part of [copy, join(copy, 'trusted')]) rmSync(join(part, segmentsIn(part)[0]!))
  const { journal, losses } = openJournal(t, copy, { maxBytes: SMALLEST })
  await journal.verify()
  const keys = losses.map(({ key }) => key!)
  assert.equal(new Set(keys).size, 2)
  assert.ok(keys[0]!.startsWith('trusted-1-') && keys[1]!.startsWith('1-'), `${keys}`)
  assert.equal(
    losses.reduce((sum, { lost }) => sum + lost!, 0),
    200 - read(journal).length
  )
})

test('the real server keeps what is posted apart from its own gaps', async t => {
  const stateDir = temporaryFolder(t)
  const env = { SYSMON_STATE_DIR: stateDir, SYSMON_KMSG_PATH: 'off' }
  const { url, stop } = await startServer(t, env)
  const headers = { 'content-type': 'application/json' }
  const post = (body: object) =>
    fetch(`${url}/telemetry/events`, { method: 'POST', headers, body: JSON.stringify(body) })
  const data = { process_name: 'x', pid: 1, rss_kb: 1 }
  assert.equal((await post({ type: 'system_oom_kill', data })).status, 200)
  const folder = join(stateDir, 'journal')
  assert.equal(segmentsIn(folder).length, 1)
  assert.deepEqual(segmentsIn(join(folder, 'trusted')), [])
  assert.ok(existsSync(join(folder, 'trusted', 'high-water')))
  await stop()
})
