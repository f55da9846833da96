/** Where a stream begins: `Last-Event-ID`, `replay=all`, and what is older than the ring. */

import assert from 'node:assert/strict'
import { constants, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { call, listen, note, openStalled, openStream, startApp } from '../support/app.ts'
import { MEMORY, temporaryFolder } from '../support/temporary-folder.ts'
import { waitFor } from '../support/wait.ts'

interface Start {
  readonly query?: string
  readonly lastEventId?: string
}

/** Opens a stream after `before` events, publishes one more, and gives all that came. */
async function idsFrom(
  t: Parameters<typeof startApp>[0],
  app: FastifyInstance,
  url: string,
  { query = '', lastEventId }: Start
): Promise<{ ids: number[]; missed: number[]; frames: string[] }> {
  const headers: Record<string, string> =
    lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const client = await openStream(t, `${url}/telemetry/stream${query}`, headers)
  const { seq } = note(app, 'last')
  await client.until(() => client.ids.includes(seq), 'the event published last')
  client.leave()
  return { ids: client.ids, missed: client.missed, frames: client.frames }
}

for (const [name, start, expected] of [
  ['nothing: from now', {}, [6]],
  ['replay=all: from the oldest', { query: '?replay=all' }, [1, 2, 3, 4, 5, 6]],
  ['replay=something: from now', { query: '?replay=some' }, [6]],
  ['Last-Event-ID 3: strictly after it', { lastEventId: '3' }, [4, 5, 6]],
  ['Last-Event-ID of the newest: only what is new', { lastEventId: '5' }, [6]],
  ['Last-Event-ID 0: from now', { lastEventId: '0' }, [6]],
  ['Last-Event-ID 00: from now', { lastEventId: '00' }, [6]],
  ['Last-Event-ID empty: as without', { lastEventId: '' }, [6]],
  [
    'Last-Event-ID empty: replay holds',
    { lastEventId: '', query: '?replay=all' },
    [1, 2, 3, 4, 5, 6],
  ],
  ['Last-Event-ID beats replay', { lastEventId: '4', query: '?replay=all' }, [5, 6]],
  ['lastEventId as a parameter', { query: '?lastEventId=4' }, [5, 6]],
  ['last_event_id as a parameter', { query: '?last_event_id=4' }, [5, 6]],
  ['an empty parameter: as without', { query: '?lastEventId=' }, [6]],
  ['the header beats the parameter', { lastEventId: '3', query: '?lastEventId=5' }, [4, 5, 6]],
  ['Last-Event-ID 0 beats replay', { lastEventId: '0', query: '?replay=all' }, [6]],
  ['an id from the future: from the oldest', { lastEventId: '7' }, [1, 2, 3, 4, 5, 6]],
  ['one far in the future', { lastEventId: '900719925474099' }, [1, 2, 3, 4, 5, 6]],
  ['the largest that is exact', { lastEventId: '9007199254740991' }, [1, 2, 3, 4, 5, 6]],
  ['one beyond all integers', { lastEventId: '99999999999999999999' }, [1, 2, 3, 4, 5, 6]],
] as const) {
  test(`${name}`, async t => {
    const app = await startApp(t)
    const url = await listen(app)
    for (let i = 0; i < 5; i++) note(app, i)
    const { ids, missed } = await idsFrom(t, app, url, start)
    assert.deepEqual(ids, expected)
    assert.deepEqual(missed, [])
  })
}

for (const id of ['abc', '-1', '3.5', '3x', '0x3']) {
  test(`an id that is no number, ${id}, is a 400 and no silence`, async t => {
    const app = await startApp(t)
    for (const path of ['/telemetry/stream', '/telemetry/events']) {
      for (const request of [
        { url: `${path}?replay=all`, headers: { 'last-event-id': id } },
        { url: `${path}?lastEventId=${id}` },
        { url: `${path}?last_event_id=${id}` },
      ]) {
        const { status, body } = await call(app, request)
        assert.equal(status, 400)
        assert.match((body as { message: string }).message, /[Ll]ast.?[Ee]vent.?[Ii][Dd]/)
      }
    }
  })
}

test('an id too old: a comment says how many are gone, then all from the oldest kept', async t => {
  const app = await startApp(t, { ringEvents: 3 })
  const url = await listen(app)
  for (let i = 0; i < 10; i++) note(app, i)
  const client = await openStream(t, `${url}/telemetry/stream`, { 'last-event-id': '2' })
  await client.until(() => client.ids.length === 3, 'the events kept')
  assert.deepEqual(client.ids, [8, 9, 10])
  const gap = /^: telemetry_gap (.*)$/.exec(client.frames[0] ?? '')?.[1]
  assert.ok(gap, 'the comment comes first')
  const { source, lost, reason } = JSON.parse(gap)
  assert.deepEqual([source, lost, typeof reason], ['stream', 5, 'string'])
})

test('replay=all after evictions has no comment: nothing that was asked for is missing', async t => {
  const app = await startApp(t, { ringEvents: 3 })
  const url = await listen(app)
  for (let i = 0; i < 10; i++) note(app, i)
  const client = await openStream(t, `${url}/telemetry/stream?replay=all`)
  await client.until(() => client.ids.length === 3, 'the events kept')
  assert.equal(client.frames.length, 3)
})

test('the restarted server: an old id is above every new one, and nothing is hidden', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const { ids } = await idsFrom(t, app, url, { lastEventId: '5000' })
  assert.deepEqual(ids, [1])
})

test('resuming with filters: only what passes, strictly after the id', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  for (const category of ['page', 'console', 'page', 'page'] as const) {
    app.sysmon.publish({ type: 'note', category })
  }
  const headers = { 'last-event-id': '1' }
  const client = await openStream(t, `${url}/telemetry/stream?category=page`, headers)
  await client.until(() => client.ids.length === 2, 'two events')
  assert.deepEqual(client.ids, [3, 4])
})

test('a client that reconnects with the last id it saw gets every event once', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const got: number[] = []
  for (let round = 0; round < 20; round++) {
    const last = got.at(-1)
    const headers: Record<string, string> =
      last === undefined ? {} : { 'last-event-id': String(last) }
    const query = last === undefined ? '?replay=all' : ''
    if (round === 0) note(app, 0)
    const client = await openStream(t, `${url}/telemetry/stream${query}`, headers)
    for (let i = 0; i < 7; i++) note(app, i)
    // Leaves somewhere in the middle.
    await client.until(() => client.ids.length > round % 5, 'an event')
    got.push(...client.ids)
    client.leave()
  }
  assert.deepEqual(
    got,
    Array.from({ length: got.length }, (_, i) => i + 1)
  )
})

test('a ring of several megabytes is replayed whole', async t => {
  const app = await startApp(t)
  const url = await listen(app)
  const count = 200
  for (let i = 0; i < count; i++) note(app, 'x'.repeat(50_000))
  const client = await openStream(t, `${url}/telemetry/stream?replay=all`)
  await client.until(() => client.ids.length === count, 'all events')
  assert.deepEqual(
    client.envelopes.map(({ seq, event }) => [seq, (event.data as string).length]),
    Array.from({ length: count }, (_, i) => [i + 1, 50_000])
  )
})

/** How many files of the journal this process has open to read them. */
function journalFilesRead(): number {
  const isRead = (fd: string) => {
    try {
      if (!readlinkSync(`/proc/self/fd/${fd}`).endsWith('.jsonl')) return false
      const [, flags = ''] = /^flags:\s+(\d+)$/m.exec(
        readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')
      )!
      return (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) === 0
    } catch {
      return false
    }
  }
  return readdirSync('/proc/self/fd').filter(isRead).length
}

test('clients that stall on their way through the journal hold none of its files open', async t => {
  const stateDir = temporaryFolder(t, 'sysmon-', MEMORY)
  const responses: ServerResponse[] = []
  const before = (app: FastifyInstance) =>
    app.addHook('onRequest', async (_, reply) => void responses.push(reply.raw))
  const app = await startApp(t, { stateDir, ringEvents: 20, keepAlive: 150 }, { before })
  const url = await listen(app)
  const data = 'x'.repeat(10_000)
  for (let i = 0; i < 1500; i++) app.sysmon.publish({ type: 'note', category: 'system', data })
  for (let i = 0; i < 5; i++) await openStalled(t, `${url}/telemetry/stream?replay=all`)
  const areStalled = () => responses.every(({ writableLength }) => writableLength > 0)
  await waitFor(areStalled, 'five stalled clients')
  await waitFor(
    () => journalFilesRead() === 0,
    'the end of reading',
    () => `${journalFilesRead()} files are open`
  )
})

test('an event larger than the buffer of a stream arrives all the same', async t => {
  const app = await startApp(t, { streamBuffer: 1024 })
  const client = await openStream(t, `${await listen(app)}/telemetry/stream`)
  for (const size of [900_000, 10, 500_000, 2000, 10]) note(app, 'x'.repeat(size))
  await client.until(() => client.ids.length === 5, 'all events')
  assert.deepEqual(
    client.envelopes.map(({ event }) => (event.data as string).length),
    [900_000, 10, 500_000, 2000, 10]
  )
})

for (const query of ['lastEventId=abc', 'last_event_id=-1', 'lastEventId=1.5']) {
  test(`?${query}: 400, and what an id is`, async t => {
    const app = await startApp(t)
    const { statusCode, body } = await app.inject(`/telemetry/stream?${query}`)
    assert.equal(statusCode, 400)
    const name = query.split('=')[0]
    assert.deepEqual(JSON.parse(body), {
      message: `query.${name} must be the id of an event, a number`,
    })
  })
}
