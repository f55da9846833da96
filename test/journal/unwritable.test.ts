/** A journal that cannot be written: a full disk, a read-only one, and what happens when it can be again. */

import assert from 'node:assert/strict'
import fs, {
  chmodSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventEnvelope, Health } from '../../generated/types.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import { readAll } from '../support/read-all.ts'
import { startServer } from '../support/server.ts'
import { fill, remount, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'
import { openJournal, read, runningTimers, segmentsIn } from './journals.ts'

const skip = whyNoSmallDisk

/** @returns its sequence number */
function publishNote(stream: EventStream, bytes: number): number {
  const event = { ts: 1, type: 'note', category: 'system' } as const
  return stream.publish({ ...event, source: { kind: 'cdp' }, data: 'x'.repeat(bytes) }).seq
}

async function healthOf(url: string): Promise<Health> {
  return (await (await fetch(`${url}/healthz`)).json()) as Health
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    assert.ok(tries < PATIENCE_MS / 10, `never: ${what}`)
    await sleep(20)
  }
}

test(
  'a full disk: nothing is torn, what waits is written in order when there is room',
  { skip },
  async t => {
    const mount = smallDisk(t, '1m')
    const folder = join(mount, 'journal')
    const { journal, append, logged } = openJournal(t, folder)
    append('before')
    const empty = fill(mount)
    for (let i = 0; i < 20; i++) append('x'.repeat(1000))
    assert.equal(journal.health.state, 'memory')
    assert.match(journal.health.error!, /ENOSPC/)
    const waiting = journal.health.unwritten!
    assert.ok(waiting > 0)
    // Of the line that did not fit the disk took the beginning: it is gone again.
    for (const name of segmentsIn(folder)) {
      assert.equal(readFileSync(join(folder, name)).at(-1), 10, name)
    }
    const onDisk = read(journal)
    assert.deepEqual(
      onDisk,
      [...onDisk.keys()].map(index => index + 1)
    )
    empty()
    await until(() => journal.health.state === 'writing', 'written again')
    append('after')
    assert.deepEqual(
      read(journal),
      [...Array(22).keys()].map(index => index + 1)
    )
    const again = openJournal(t, folder)
    await again.journal.verify()
    assert.deepEqual(again.losses, [])
    assert.equal(read(again.journal).length, 22)
    assert.equal(logged.filter(({ msg }) => msg.includes('cannot be written')).length, 1)
    assert.equal(logged.filter(({ msg }) => msg.includes('can be written again')).length, 1)
  }
)

test('a disk that stays full: the oldest that wait are dropped, and counted', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const { journal, append, losses } = openJournal(t, join(mount, 'journal'))
  append('before')
  const empty = fill(mount)
  for (let i = 0; i < 20; i++) append('x'.repeat(300_000))
  const waiting = journal.health.unwritten!
  assert.ok(waiting < 20)
  remount(mount, 'size=32m')
  empty()
  await until(() => losses.length > 0, 'the loss')
  const kept = read(journal).length
  assert.equal(losses[0]!.lost, 21 - kept)
  assert.ok(losses[0]!.from! <= losses[0]!.to!)
})

test(
  'what the disk never took stays in memory, also when it can be written again',
  {
    skip,
  },
  async t => {
    const mount = smallDisk(t, '1m')
    const { journal } = openJournal(t, join(mount, 'journal'))
    const bounds = { capacity: 8192, maxBytes: 32 * 1024 * 1024, storedBytes: 1024 * 1024 }
    const stream = new EventStream({ ...bounds, store: journal })
    const publish = () => publishNote(stream, 10_000)
    for (let i = 0; i < 10; i++) publish()
    const empty = fill(mount)
    for (let i = 0; i < 1000; i++) publish()
    remount(mount, 'size=32m')
    empty()
    await until(() => journal.health.state === 'writing', 'written again')
    assert.ok(read(journal).length < 900, 'more waited than is kept waiting')
    const last = publish()
    const { events, missed } = await readAll(stream.subscribe({ after: 0 }, {}, () => {}))
    assert.equal(missed, 0)
    assert.deepEqual(
      events.map(({ seq }) => seq),
      Array.from({ length: last }, (_, index) => index + 1)
    )
  }
)

test('what waits at the end is said to be lost, and written no more', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const folder = join(mount, 'journal')
  const { journal, append, logged } = openJournal(t, folder)
  append('before')
  const empty = fill(mount)
  for (let i = 0; i < 20; i++) append('x'.repeat(1000))
  const { unwritten } = journal.health
  await journal.close()
  await journal.close()
  const said = logged.filter(({ msg }) => msg.includes('end with this process'))
  assert.deepEqual(
    said.map(({ lost }) => lost),
    [unwritten]
  )
  const kept = read(journal)
  assert.ok(kept.length < 21)
  empty()
  await sleep(1500)
  assert.deepEqual(read(journal), kept)
})

test('what waits is written at the end, where there is room by then', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const folder = join(mount, 'journal')
  const { journal, append, logged } = openJournal(t, folder)
  append('before')
  const empty = fill(mount)
  for (let i = 0; i < 20; i++) append('x'.repeat(1000))
  empty()
  await journal.close()
  assert.equal(read(journal).length, 21)
  assert.equal(logged.filter(({ msg }) => msg.includes('end with this process')).length, 0)
  const again = openJournal(t, folder)
  await again.journal.verify()
  assert.deepEqual(again.losses, [])
})

test('what was dropped is not said to be on disk, and what is there is', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const { journal, append, losses } = openJournal(t, join(mount, 'journal'))
  const events = [append('before')]
  const empty = fill(mount)
  for (let i = 0; i < 20; i++) events.push(append('x'.repeat(300_000)))
  assert.ok(
    events.every(event => !journal.holds(event)),
    'nothing is sure while it is full'
  )
  remount(mount, 'size=32m')
  empty()
  await until(() => losses.length > 0, 'the loss')
  const kept = read(journal)
  const dropped = events.filter(({ seq }) => !kept.includes(seq))
  assert.ok(dropped.length > 0)
  assert.ok(dropped.every(event => !journal.holds(event)))
  const newest = events.filter(({ seq }) => seq > dropped.at(-1)!.seq)
  assert.ok(newest.length > 0)
  assert.ok(newest.every(event => journal.holds(event)))
  assert.ok(!journal.holds(append('', 'console')), 'of another category')
})

test('a read-only disk with no events yet: its health says so at once', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const folder = join(mount, 'journal')
  mkdirSync(folder, { mode: 0o700 })
  remount(mount, 'ro')
  const { journal } = openJournal(t, folder)
  assert.equal(journal.health.state, 'memory')
  assert.match(journal.health.error!, /EROFS/)
})

test('a folder that could not be made is made when it can be', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const folder = join(mount, 'journal')
  remount(mount, 'ro')
  const { journal, append } = openJournal(t, folder)
  assert.match(journal.health.error!, /EROFS/)
  const { seq } = append(1)
  remount(mount, 'rw')
  await until(() => journal.health.state === 'writing', 'written again')
  assert.deepEqual(read(journal), [seq])
})

test(
  'a folder that others may write in is not written again until they may not',
  { skip },
  async t => {
    const mount = smallDisk(t, '1m')
    const folder = join(mount, 'journal')
    mkdirSync(folder, { mode: 0o700 })
    remount(mount, 'ro')
    const running = runningTimers(t)
    const { journal, append, logged } = openJournal(t, folder)
    append(1)
    remount(mount, 'rw')
    chmodSync(folder, 0o777)
    await until(() => journal.health.error!.includes('every user may write'), 'the reason')
    await sleep(1500)
    assert.equal(journal.health.state, 'memory')
    assert.deepEqual(segmentsIn(folder), [])
    chmodSync(folder, 0o700)
    await until(() => journal.health.state === 'writing', 'written again')
    assert.equal(segmentsIn(folder).length, 1)
    await sleep(1500)
    assert.equal(logged.filter(({ msg }) => msg.includes('cannot be written')).length, 1)
    assert.equal(logged.filter(({ msg }) => msg.includes('can be written again')).length, 1)
    await journal.close()
    assert.equal(running.size, 0)
  }
)

test('what stands in the place of the folder is not gone around', t => {
  const place = temporaryFolder(t)
  writeFileSync(join(place, 'file'), '')
  symlinkSync('nowhere', join(place, 'link'))
  assert.throws(() => openJournal(t, join(place, 'file')), /file is a file: remove it/)
  assert.throws(() => openJournal(t, join(place, 'link')), /link is a symbolic link: remove it/)
  mkdirSync(join(place, 'journal'), { mode: 0o700 })
  symlinkSync('nowhere', join(place, 'journal', 'trusted'))
  assert.throws(() => openJournal(t, join(place, 'journal')), /trusted is a symbolic link/)
})

/** Every sync fails from now on, until it is told that it works again. */
function failSyncs(t: TestContext): () => void {
  const { fdatasync } = fs
  const set = (to: unknown): void => {
    Object.assign(fs, { fdatasync: to })
    syncBuiltinESMExports()
  }
  const mend = () => set(fdatasync)
  t.after(mend)
  set((_: number, done: (error: Error) => void) =>
    setImmediate(done, Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }))
  )
  return mend
}

for (const sync of ['always', 'interval'] as const) {
  test(`${sync}: a sync that fails is told, and what comes then goes into another file`, async t => {
    const folder = join(temporaryFolder(t), 'journal')
    const { journal, append, logged } = openJournal(t, folder, { sync })
    const mend = failSyncs(t)
    append(1)
    await journal.settled()
    await until(() => journal.health.state === 'memory', 'told')
    assert.match(journal.health.error!, /EIO/)
    mend()
    await until(() => journal.health.state === 'writing', 'written again')
    append(2)
    await journal.settled()
    assert.equal(journal.health.state, 'writing')
    assert.equal(segmentsIn(folder).length, 2)
    assert.deepEqual(read(journal), [1, 2])
    assert.equal(logged.filter(({ msg }) => msg.includes('cannot be written')).length, 1)
  })
}

test('an end whose sync fails is told, and the next process knows of no proper end', async t => {
  const folder = join(temporaryFolder(t), 'journal')
  const { journal, append, logged } = openJournal(t, folder)
  append(1)
  append(2, 'console')
  const running = runningTimers(t)
  const mend = failSyncs(t)
  await journal.close()
  assert.equal(running.size, 0, 'it is not tried again')
  mend()
  assert.match(journal.health.error!, /EIO/)
  assert.equal(logged.filter(({ msg }) => msg.includes('cannot be written')).length, 1)
  const next = openJournal(t, folder)
  await next.journal.verify()
  assert.match(next.losses[0]?.reason ?? '', /without notice/)
})

test('a read-only disk: what is there is read, and numbers go on', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const folder = join(mount, 'journal')
  const first = openJournal(t, folder)
  first.append(1)
  first.append(2)
  await first.journal.close()
  remount(mount, 'ro')
  const { journal, recovery, append } = openJournal(t, folder)
  assert.deepEqual(
    recovery.events.map(({ seq }) => seq),
    [1, 2]
  )
  const { seq } = append(3)
  assert.ok(seq > 2)
  assert.equal(journal.health.state, 'memory')
  assert.equal(journal.health.unwritten, 1)
  remount(mount, 'rw')
  await until(() => journal.health.state === 'writing', 'written again')
  assert.deepEqual(read(journal), [1, 2, seq])
})

test('a read-only disk stays one, also while nothing is published', { skip }, async t => {
  const mount = smallDisk(t, '1m')
  const folder = join(mount, 'journal')
  const first = openJournal(t, folder)
  first.append(1)
  await first.journal.close()
  remount(mount, 'ro')
  const { journal } = openJournal(t, folder)
  assert.equal(journal.health.state, 'memory')
  await sleep(2500)
  assert.equal(journal.health.state, 'memory')
  remount(mount, 'rw')
  await until(() => journal.health.state === 'writing', 'written again')
})

test(
  'events that are too old go from a read-only disk too, and nothing fails',
  { skip },
  async t => {
    const mount = smallDisk(t, '4m')
    const folder = join(mount, 'journal')
    const first = openJournal(t, folder, { maxBytes: 2 ** 20 })
    for (let i = 0; i < 200; i++) first.append('x'.repeat(1000))
    await first.journal.close()
    const names = segmentsIn(folder)
    utimesSync(join(folder, names[0]!), 1, 1)
    remount(mount, 'ro')
    const { journal, losses } = openJournal(t, folder, { maxBytes: 2 ** 20, maxAge: 3_600_000 })
    await journal.verify()
    const known = losses.filter(({ uncertain }) => uncertain === undefined)
    assert.deepEqual(
      known.map(({ lost }) => lost),
      [200 - read(journal).length]
    )
    assert.deepEqual(segmentsIn(folder), names)
    assert.equal(journal.health.events, read(journal).length)
  }
)

test(
  'a damaged file on a read-only disk is told of, and the rest of it is read',
  { skip },
  async t => {
    const mount = smallDisk(t, '1m')
    const folder = join(mount, 'journal')
    const first = openJournal(t, folder)
    for (let i = 0; i < 3; i++) first.append(`event ${i}`)
    await first.journal.close()
    const path = join(folder, segmentsIn(folder)[0]!)
    writeFileSync(path, readFileSync(path, 'utf8').replace('event 1', 'event X'))
    remount(mount, 'ro')
    const { journal, losses } = openJournal(t, folder)
    await journal.verify()
    const known = losses.filter(({ uncertain }) => uncertain === undefined)
    assert.deepEqual(
      known.map(({ lost }) => lost),
      [1]
    )
    assert.deepEqual(read(journal), [1, 3])
  }
)

test(
  'the server on a read-only disk: what is there is read, and new events are taken',
  { skip },
  async t => {
    const mount = smallDisk(t, '1m')
    const publish = async (url: string, data: string) => {
      const answer = await fetch(`${url}/telemetry/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'note', category: 'system', data }),
      })
      assert.equal(answer.status, 200)
    }
    const first = await startServer(t, { SYSMON_STATE_DIR: mount })
    await publish(first.url, 'before')
    assert.equal(await first.stop(), 0)
    remount(mount, 'ro')
    const { url, stop } = await startServer(t, { SYSMON_STATE_DIR: mount })
    await publish(url, 'after')
    const { status, reasons, journal } = await healthOf(url)
    assert.equal(status, 'degraded')
    assert.ok(reasons!.some(reason => /kept in memory only.*EROFS/.test(reason)))
    assert.equal(journal.state, 'memory')
    assert.match(journal.error ?? '', /EROFS/)
    const answer = await fetch(`${url}/telemetry/events`, {
      headers: { accept: 'application/json' },
    })
    const notes = ((await answer.json()) as EventEnvelope[]).filter(
      ({ event }) => event.type === 'note'
    )
    assert.deepEqual(
      notes.map(({ event }) => event.data),
      ['before', 'after']
    )
    assert.equal(await stop(), 0)
  }
)

test(
  'no state folder, and none can be made on a read-only disk: said as it is',
  { skip },
  async t => {
    const mount = smallDisk(t, '1m')
    remount(mount, 'ro')
    const { url, output, stop } = await startServer(t, { SYSMON_STATE_DIR: join(mount, 'state') })
    const { journal } = await healthOf(url)
    assert.equal(journal.state, 'off')
    assert.match(journal.error ?? '', /EROFS.*SYSMON_STATE_DIR/)
    assert.equal(output().match(/kept in memory only/g)?.length, 1)
    assert.equal(await stop(), 0)
  }
)
