/** The spool: order, limits, losses and damage. */

import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeSpoolFile, encodeSpoolFile } from '../../shim/spool-file.ts'
import { LossReason } from '../../shim/spool-limits.ts'
import { openDescriptors } from '../support/open-descriptors.ts'
import { drain, event, files, now, open } from './open-spool.ts'
import { temporaryFolder } from './shim-process.ts'

test('events come out in the order in which they went in, and leave nothing behind', async t => {
  const path = temporaryFolder(t)
  const { spool, logged, error } = open(path)
  for (const name of ['a', 'b', 'c']) await spool.append(event(name))
  assert.equal(files(path).length, 3)
  assert.deepEqual([logged(), error()], ['', undefined])
  assert.equal(JSON.parse(spool.take()!).type, 'a')
  assert.equal(JSON.parse(spool.take()!).type, 'a', 'what is not removed stays')
  assert.deepEqual(drain(spool).types, ['a', 'b', 'c'])
  assert.deepEqual(files(path), [])
})

test('the next run delivers what is left first, in order', async t => {
  const path = temporaryFolder(t)
  const first = open(path).spool
  for (const name of ['a', 'b', 'c']) await first.append(event(name))
  first.take()
  first.remove()
  const { spool } = open(path)
  await spool.append(event('d'))
  assert.deepEqual(drain(spool).types, ['b', 'c', 'd'])
})

test('more events than are kept in memory come from the disk', async t => {
  const { spool } = open(temporaryFolder(t))
  const names = Array.from({ length: 200 }, (_, index) => `e${index}`)
  for (const name of names) await spool.append(event(name))
  const before = openDescriptors()
  assert.deepEqual(drain(spool).types, names)
  assert.equal(openDescriptors(), before)
})

test('a spool over its bound drops the oldest, and tells how many', async t => {
  const path = temporaryFolder(t)
  const { spool, logged } = open(path, { diskBytes: 4 * 4096 })
  for (let index = 0; index < 10; index++) await spool.append(event(`e${index}`, now + index))
  assert.ok(files(path).length <= 4)
  const { types, losses } = drain(spool)
  assert.deepEqual(types, ['telemetry_gap', 'e7', 'e8', 'e9'])
  assert.deepEqual(losses, [
    { source: 'supervisord', lost: 7, reason: LossReason.full, from: now, to: now + 6 },
  ])
  assert.equal(logged().match(/events are lost/g)?.length, 1)
})

test('a spool that is full when the shim starts loses the oldest only, for what comes', async t => {
  const path = temporaryFolder(t)
  const limits = { diskBytes: 4 * 4096 }
  const first = open(path, limits).spool
  for (let index = 0; index < 4; index++) await first.append(event(`e${index}`))
  const { spool } = open(path, limits)
  await spool.append(event('e4'))
  assert.equal(files(path).length, 4)
  const { types, losses } = drain(spool)
  assert.deepEqual(types, ['telemetry_gap', 'e2', 'e3', 'e4'])
  assert.equal(losses[0]?.lost, 2)
})

test('what was found at the start counts for the bound, too', async t => {
  const path = temporaryFolder(t)
  const first = open(path).spool
  for (let index = 0; index < 10; index++) await first.append(event(`e${index}`))
  const { spool } = open(path, { diskBytes: 4 * 4096 })
  assert.deepEqual(drain(spool).types, ['telemetry_gap', 'e7', 'e8', 'e9'])
})

test('events that are lost leave no file open', async t => {
  const { spool } = open(temporaryFolder(t), { diskBytes: 4 * 4096 })
  await spool.append(event('first'))
  const before = openDescriptors()
  for (let index = 0; index < 30; index++) await spool.append(event(`e${index}`))
  assert.equal(openDescriptors(), before)
})

test('a note that may have been delivered is not changed, and no loss is counted twice', async t => {
  const { spool } = open(temporaryFolder(t), { diskBytes: 4 * 4096 })
  let lost = 0
  for (let index = 0; index < 30; index++) {
    await spool.append(event(`e${index}`, now + index))
    // An API that takes one event now and then: what is taken stays as it is.
    if (index % 4 === 3) spool.take()
    if (index % 8 === 7) {
      const body = JSON.parse(spool.take()!)
      lost += body.data?.lost ?? 1
      spool.remove()
    }
  }
  const { types, losses } = drain(spool)
  const delivered = types.filter(type => type !== 'telemetry_gap').length
  lost += losses.reduce((sum, loss) => sum + loss.lost, 0)
  assert.equal(delivered + lost, 30)
})

test('what waits for longer than its bound is dropped, and told', async t => {
  const { spool } = open(temporaryFolder(t), { ageMs: 500 })
  for (const name of ['a', 'b']) await spool.append(event(name))
  await new Promise(resolve => setTimeout(resolve, 600))
  await spool.append(event('c'))
  const { types, losses } = drain(spool)
  assert.deepEqual(types, ['telemetry_gap', 'c'])
  assert.equal(losses[0]?.lost, 2)
  assert.equal(losses[0]?.reason, LossReason.old)
})

test('a clock that is set makes nothing old: events of another month wait like others', async t => {
  const path = temporaryFolder(t)
  const month = 30 * 24 * 3600 * 1_000_000
  const first = open(path).spool
  for (const [name, ts] of Object.entries({ ahead: now + month, behind: now - month, at0: 0 })) {
    await first.append(event(name, ts))
  }
  assert.deepEqual(drain(open(path).spool), { types: ['ahead', 'behind', 'at0'], losses: [] })
})

test('two losses of one moment are two events to an API that knows keys', async t => {
  const path = temporaryFolder(t)
  const first = open(path).spool
  for (const name of ['a', 'b', 'c']) await first.append(event(name))
  for (const index of [2, 0]) truncateSync(join(path, 'spool', files(path).sort()[index]!), 30)
  const { spool } = open(path)
  const serials = new Set<string>()
  for (let body = spool.take(); body !== undefined; body = spool.take()) {
    const { type, source } = JSON.parse(body)
    if (type === 'telemetry_gap') serials.add(source.metadata.supervisor_serial)
    spool.remove()
  }
  assert.equal(serials.size, 2)
})

test('torn, empty and damaged files are set aside, and told', async t => {
  for (const damage of [
    (file: string) => truncateSync(file, 30),
    (file: string) => truncateSync(file, 0),
    (file: string) => writeFileSync(file, Buffer.alloc(200)),
    (file: string) => appendFileSync(file, 'more'),
    (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('"b"', '"x"')),
  ]) {
    const path = temporaryFolder(t)
    const first = open(path).spool
    for (const name of ['a', 'b', 'c']) await first.append(event(name))
    const file = files(path).sort()[1]!
    damage(join(path, 'spool', file))
    const { spool, logged } = open(path)
    const { types, losses } = drain(spool)
    assert.deepEqual(types, ['a', 'telemetry_gap', 'c'])
    assert.equal(losses[0]?.reason, LossReason.damaged)
    assert.deepEqual(readdirSync(join(path, 'spool', 'damaged')), [file])
    assert.match(logged(), /set aside/)
    assert.deepEqual(drain(open(path).spool).types, [])
  }
})

test('what was not written to its end before a kill is no event: it comes again', async t => {
  const path = temporaryFolder(t)
  mkdirSync(join(path, 'spool'))
  writeFileSync(join(path, 'spool', '123.unfinished'), 'fnv1a-32:bf9cf968\nfoo')
  assert.deepEqual(drain(open(path).spool).types, [])
  assert.deepEqual(readdirSync(join(path, 'spool')), [])
})

test('a folder in the place of a file, and files of others', async t => {
  const path = temporaryFolder(t)
  mkdirSync(join(path, 'spool', `000000000001-${now}-1.event`), { recursive: true })
  writeFileSync(join(path, 'spool', 'README'), 'hello')
  const { spool } = open(path)
  await spool.append(event('a'))
  assert.deepEqual(drain(spool).types, ['telemetry_gap', 'a'])
  assert.ok(readdirSync(join(path, 'spool')).includes('README'))
})

test('a file that somebody has removed is a loss', async t => {
  const path = temporaryFolder(t)
  await open(path).spool.append(event('a'))
  const { spool } = open(path)
  unlinkSync(join(path, 'spool', files(path)[0]!))
  assert.equal(drain(spool).losses[0]?.reason, LossReason.damaged)
})

test('what the API refuses leaves a note, and a note that it refuses leaves nothing', async t => {
  const { spool } = open(temporaryFolder(t))
  for (const name of ['a', 'b']) await spool.append(event(name))
  spool.take()
  spool.reject()
  assert.equal(JSON.parse(spool.take()!).data.reason, LossReason.refused)
  spool.reject()
  assert.deepEqual(drain(spool).types, ['b'])
})

test('an event without a time has that of its arrival', async t => {
  const path = temporaryFolder(t)
  const { spool } = open(path)
  const before = Date.now() * 1000
  await spool.append({ type: 'a' })
  const ts = Number(files(path)[0]!.split('-')[1])
  assert.ok(before <= ts && ts <= Date.now() * 1000, `${ts}`)
})

test('the events of which the body is kept in memory are 64', async t => {
  const path = temporaryFolder(t)
  const { spool } = open(path)
  for (let index = 0; index < 70; index++) await spool.append(event(`e${index}`))
  for (const name of files(path)) unlinkSync(join(path, 'spool', name))
  assert.deepEqual(drain(spool).types, [
    ...Array.from({ length: 64 }, (_, index) => `e${index}`),
    ...Array(6).fill('telemetry_gap'),
  ])
})

test('of many damaged files the newest 64 are kept', async t => {
  const path = temporaryFolder(t)
  const first = open(path).spool
  for (let index = 0; index < 70; index++) await first.append(event(`e${index}`))
  const names = files(path).sort()
  for (const name of names) truncateSync(join(path, 'spool', name), 30)
  drain(open(path).spool)
  assert.deepEqual(readdirSync(join(path, 'spool', 'damaged')).sort(), names.slice(6))
})

test('a file that is longer than any event is not read', async t => {
  const path = temporaryFolder(t)
  for (const [length, expected] of [
    [4 * 1024 * 1024, 'long'],
    [4 * 1024 * 1024 + 1, 'telemetry_gap'],
  ] as const) {
    mkdirSync(join(path, 'spool'), { recursive: true })
    const body = (data: string) => encodeSpoolFile(JSON.stringify({ type: 'long', data }))
    const content = body('x'.repeat(length - body('').length))
    writeFileSync(join(path, 'spool', `000000000001-${now}-1.event`), content)
    assert.deepEqual(drain(open(path).spool).types, [expected])
  }
})

test('a file holds its event with a checksum', () => {
  const body = '{"type":"été"}'
  assert.equal(decodeSpoolFile(encodeSpoolFile(body)), body)
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(encodeSpoolFile('foobar'), 'fnv1a-32:bf9cf968\nfoobar\n')
  assert.equal(decodeSpoolFile('fnv1a-32:bf9cf968\nfoobaz\n'), undefined)
  assert.equal(decodeSpoolFile('fnv1a-32:bf9cf968\nfoobar'), undefined)
})
