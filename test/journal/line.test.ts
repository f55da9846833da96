/** One line of the journal: what goes in comes out, and damage of any kind is noticed. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventCategory } from '../../generated/types.ts'
import { sealEnvelope } from '../../plugin/events/envelope.ts'
import { CATEGORIES } from '../../plugin/events/types.ts'
import { decodeLine, encodeEvent, encodeHole } from '../../plugin/journal/line.ts'
import { HEAD_BYTES, putChecksum } from '../../plugin/state/checksum.ts'
import fc from '../support/fast-check.ts'

test('any event comes back as it was, with its frame', () => {
  const input = fc.record({
    ts: fc.maxSafeNat(),
    type: fc.oneof(
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
      // On both sides of what is read in one go.
      fc.integer({ min: 100, max: 250 }).map(length => 'a'.repeat(length))
    ),
    category: fc.constantFrom<EventCategory>(...CATEGORIES),
    source: fc.constant({ kind: 'local_process' as const, metadata: { a: '"category":"page"' } }),
    data: fc.jsonValue(),
  })
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), input, (n, seq, given) => {
      const event = sealEnvelope(seq, given)
      const line = encodeEvent({ n, event })
      assert.equal(line.at(-1), 10)
      assert.equal(line.indexOf(10), line.length - 1)
      assert.deepEqual(decodeLine(line.subarray(0, -1), false), { n, event })
    })
  )
})

test('a type is not taken for that of the line before, however like it', () => {
  const source = { kind: 'cdp' } as const
  // Among them such as differ in length only, and in what is escaped.
  for (const type of [
    'note',
    'notes',
    'nota',
    'note',
    'a"b',
    'a\\b',
    'a\nb',
    'a\tb',
    'é',
    'è',
    'e',
  ]) {
    const event = sealEnvelope(1, { ts: 1, type, category: 'page', source })
    const line = encodeEvent({ n: 1, event }).subarray(0, -1)
    assert.deepEqual(decodeLine(line, false), { n: 1, event }, type)
  }
})

test('a line is JSON with the envelope in it', () => {
  const event = sealEnvelope(17, {
    ts: 5,
    type: 'a',
    category: 'system',
    source: { kind: 'cdp' },
    data: 'é',
  })
  const { crc32, n, ...envelope } = JSON.parse(encodeEvent({ n: 3, event }).toString())
  assert.match(crc32, /^[0-9a-f]{8}$/)
  assert.equal(n, 3)
  assert.deepEqual(envelope, JSON.parse(event.json.toString()))
})

test('the longest type and an envelope of the largest size come back', () => {
  const source = { kind: 'cdp', metadata: {} } as const
  for (const type of ['t'.repeat(5000), 'x']) {
    const event = sealEnvelope(1, { ts: 1, type, category: 'page', source, data: 'y'.repeat(9e5) })
    assert.deepEqual(decodeLine(encodeEvent({ n: 1, event }).subarray(0, -1), false), {
      n: 1,
      event,
    })
  }
})

test('a hole comes back', () => {
  const line = encodeHole({ n: 43, lost: 5 })
  assert.deepEqual(decodeLine(line.subarray(0, -1), false), { n: 43, lost: 5 })
  JSON.parse(line.toString())
})

test('every flipped bit and every cut is noticed', () => {
  const source = { kind: 'cdp' } as const
  const event = sealEnvelope(9, { ts: 1, type: 'note', category: 'page', source, data: [1] })
  const line = encodeEvent({ n: 12, event }).subarray(0, -1)
  for (let at = 0; at < line.length; at++) {
    assert.equal(decodeLine(line.subarray(0, at), false), undefined, `cut at ${at}`)
    for (let bit = 0; bit < 8; bit++) {
      const damaged = Buffer.from(line)
      damaged[at]! ^= 1 << bit
      assert.equal(decodeLine(damaged, false), undefined, `bit ${bit} of byte ${at}`)
    }
  }
  assert.equal(decodeLine(Buffer.concat([line, Buffer.from('x')]), false), undefined)
  assert.equal(decodeLine(Buffer.from(''), false), undefined)
})

test('a line with more in it than a line has is none, though its checksum is right', () => {
  const line = (body: string): Buffer => {
    const bytes = Buffer.from(' '.repeat(HEAD_BYTES) + body)
    putChecksum(bytes, bytes.length)
    return bytes
  }
  assert.deepEqual(decodeLine(line('"n":43,"lost":5}'), false), { n: 43, lost: 5 })
  for (const body of [
    '"x":1,"n":43,"lost":5}',
    '"n":43,"x":1,"lost":5}',
    '"n":43,"lost":5}}',
    '"n":43,"lost":5,"x":1}',
    '"n":,"lost":5}',
    '"n":12345678901234567,"lost":5}',
    '"n":43,"lost":12345678901234567}',
  ]) {
    assert.equal(decodeLine(line(body), false), undefined, body)
  }
  const envelope = '"seq":9,"event":{"ts":1,"type":"a","category":"page"}}'
  assert.equal(decodeLine(line(`"n":1,${envelope}`), false)?.n, 1)
  for (const body of [
    `"n":1,"x":1,${envelope}`,
    `"n":12345678901234567,${envelope}`,
    `"n":1,${envelope.replace('9', '12345678901234567')}`,
    `"n":1,${envelope.replace('9', '')}`,
    `"n":1,${envelope.slice(0, envelope.indexOf('page'))}`,
  ]) {
    assert.equal(decodeLine(line(body), false), undefined, body)
  }
})
