/** Events whose publishers are answered at the end of the turn: one write for all of them, before anybody reads them. */

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Reporter } from '../../plugin/events/reporter.ts'
import { EventStream } from '../../plugin/stream/stream.ts'
import { fill, smallDisk, whyNoSmallDisk } from '../support/small-disk.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { linesIn, openJournal, read } from './journals.ts'

function note(reporter: Reporter = 'http', data: unknown = 1) {
  const source = { kind: 'local_process', metadata: { reporter } } as const
  return { ts: 1, type: 'note', category: 'system', source, data } as const
}

test('what is held in a turn is written when it is settled, trusted events too', t => {
  const folder = join(temporaryFolder(t), 'journal')
  const { journal } = openJournal(t, folder)
  const stream = new EventStream({ capacity: 100, maxBytes: 1e6, store: journal })
  for (let i = 0; i < 10; i++) {
    stream.publish(note(i % 2 === 0 ? 'http' : 'supervisor'), true)
  }
  const written = () => [linesIn(folder).length, linesIn(join(folder, 'trusted')).length]
  assert.deepEqual(written(), [0, 0])
  assert.equal(journal.settled(), undefined, 'it is as safe as it is to be')
  assert.deepEqual(written(), [5, 5])
  const { recovery, losses } = openJournal(t, folder)
  assert.deepEqual(losses, [])
  assert.equal(recovery.nextSeq, 11)
})

test('nobody reads what is held before it is written', async t => {
  const folder = join(temporaryFolder(t), 'journal')
  const { journal } = openJournal(t, folder)
  const stream = new EventStream({ capacity: 100, maxBytes: 1e6, store: journal })
  const reader = stream.subscribe('now', {}, () => {})
  const ways: Record<string, (seq: number) => boolean> = {
    'a reader': seq => reader.read(1e6, true).events.at(-1)?.seq === seq,
    'a page': seq => [...stream.events(1)].at(-1)?.seq === seq,
    'the number of the newest': seq => stream.seq === seq,
    'the newest': seq => stream.newestInMemory().next().value?.seq === seq,
    'the journal': seq => read(journal).at(-1) === seq,
  }
  let lines = 0
  for (const [who, sees] of Object.entries(ways)) {
    const { seq } = stream.publish(note(), true)
    assert.equal(linesIn(folder).length, lines, `${who}: held`)
    assert.ok(sees(seq), who)
    assert.equal(linesIn(folder).length, ++lines, `${who}: written`)
  }
  stream.publish(note(), true)
  stream.publish(note())
  assert.deepEqual(read(journal), [1, 2, 3, 4, 5, 6, 7], 'in order')
  assert.equal(linesIn(folder).length, 7)
  reader.close()
})

test('large events do not wait for the end of the turn', t => {
  const folder = join(temporaryFolder(t), 'journal')
  const { journal } = openJournal(t, folder)
  const stream = new EventStream({ capacity: 100, maxBytes: 1e7, store: journal })
  for (let i = 0; i < 3; i++) stream.publish(note('http', 'x'.repeat(200_000)), true)
  assert.equal(linesIn(folder).length, 2)
})

test('what is held when the journal is closed is written', async t => {
  const folder = join(temporaryFolder(t), 'journal')
  const { journal } = openJournal(t, folder)
  const stream = new EventStream({ capacity: 100, maxBytes: 1e6, store: journal })
  stream.publish(note(), true)
  await journal.close()
  assert.equal(linesIn(folder).length, 1)
})

test(
  'a full disk: what was held waits in memory, none of it torn',
  { skip: whyNoSmallDisk },
  async t => {
    const mount = smallDisk(t, '1m')
    const folder = join(mount, 'journal')
    const { journal } = openJournal(t, folder)
    const stream = new EventStream({ capacity: 100, maxBytes: 1e7, store: journal })
    stream.publish(note())
    fill(mount)
    for (let i = 0; i < 10; i++) stream.publish(note('http', 'x'.repeat(10_000)), true)
    await journal.settled()
    assert.equal(journal.health.state, 'memory')
    assert.equal(journal.health.unwritten, 10)
    assert.deepEqual(read(journal), [1])
    assert.equal([...stream.events(1)].length, 11)
  }
)
