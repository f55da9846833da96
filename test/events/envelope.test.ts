/** The envelope: what is on the wire, byte for byte, and what is cut when it would be too large. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  joinFrames,
  MAX_ENVELOPE_BYTES,
  publishedEvent,
  sealEnvelope,
} from '../../plugin/events/envelope.ts'
import { Slabs } from '../../plugin/events/slabs.ts'
import { assertValid } from '../support/app.ts'
import fc from '../support/fast-check.ts'

const event = { ts: 1, type: 'note', category: 'console', source: { kind: 'cdp' } } as const
const read = (json: Buffer) => JSON.parse(json.toString())

/** Data that makes an envelope of exactly so many bytes, all of the same character. */
function dataFor(bytes: number, character = 'x'): string {
  const rest = bytes - sealEnvelope(1, { ...event, data: '' }).json.length
  assert.equal(rest % Buffer.byteLength(character), 0)
  return character.repeat(rest / Buffer.byteLength(character))
}

test('a frame is the id, one line of data and an empty line', () => {
  const { frame, json } = sealEnvelope(17, { ...event, data: { a: 'b' } })
  const envelope =
    '{"seq":17,"event":{"ts":1,"type":"note","category":"console","source":{"kind":"cdp"},"data":{"a":"b"}}}'
  assert.equal(frame.toString(), `id: 17\ndata: ${envelope}\n\n`)
  assert.equal(json.toString(), envelope)
})

test('of a line that was read the frame is that of its event, beside others in one slab', () => {
  const slabs = new Slabs()
  // What is not written must not be right by luck.
  slabs.take(8000).slab.fill(0x7f)
  for (const seq of [9, 10, 123_456_789]) {
    const sealed = sealEnvelope(seq, { ...event, data: { a: 'é' } })
    const line = Buffer.concat([Buffer.from('{"n":7,'), sealed.json.subarray(1)])
    const { type, category } = event
    const head = { seq, ts: 1, type, category, isTrusted: true }
    const read = publishedEvent(head, slabs, line, '{"n":7,'.length)
    assert.equal(read.frame.toString(), sealed.frame.toString())
    assert.equal(read.json.toString(), sealed.json.toString())
    assert.equal(read.frameBytes, sealed.frame.length)
    const { ts, isTrusted } = read
    assert.deepEqual(
      { seq: read.seq, ts, type: read.type, category: read.category, isTrusted },
      head
    )
  }
})

test('an event knows whether only the kernel, the supervisor or the server can have caused it', () => {
  for (const [type, reporter, isTrusted] of [
    ['note', 'kernel', true],
    ['note', 'http', false],
    ['telemetry_gap', 'server', true],
    ['note', 'server', false],
  ] as const) {
    const source = { kind: 'local_process', metadata: { reporter } } as const
    assert.equal(sealEnvelope(1, { ...event, type, source }).isTrusted, isTrusted)
  }
})

test('line breaks of every kind in the data stay within the one line', () => {
  const data = 'a\nb\r\nc\rd\u2028e\u2029f\0g'
  const { frame, json } = sealEnvelope(1, { ...event, type: 'a\nb', data })
  assert.equal(frame.toString().split(/\r\n|\r|\n/).length, 4)
  assert.deepEqual(read(json).event, { ...event, type: 'a\nb', data })
})

test('an event without data has no data field', () => {
  assert.deepEqual(Object.keys(read(sealEnvelope(1, event).json).event), Object.keys(event))
})

for (const [name, character] of [
  ['one-byte', 'x'],
  ['two-byte', 'é'],
  ['three-byte', '€'],
  ['four-byte', '🙂'],
] as const) {
  test(`an envelope of exactly the limit is whole, one character more is cut: ${name} text`, () => {
    const size = Buffer.byteLength(character)
    const empty = sealEnvelope(1, { ...event, data: '' }).json.length
    const fit = Math.floor((MAX_ENVELOPE_BYTES - empty) / size)
    const largest = sealEnvelope(1, { ...event, data: character.repeat(fit) })
    assert.ok(largest.json.length <= MAX_ENVELOPE_BYTES)
    assert.ok(largest.json.length > MAX_ENVELOPE_BYTES - size)
    assert.equal(read(largest.json).event.data.length, character.repeat(fit).length)
    assert.equal('truncated' in read(largest.json).event, false)

    const cut = read(sealEnvelope(1, { ...event, data: character.repeat(fit + 1) }).json)
    assert.deepEqual(cut, { seq: 1, event: { ...event, data: null, truncated: true } })
    assertValid('EventEnvelope', cut)
  })
}

test('the digits of the sequence number count too', () => {
  const data = dataFor(MAX_ENVELOPE_BYTES)
  assert.equal('truncated' in read(sealEnvelope(9, { ...event, data }).json).event, false)
  assert.equal(read(sealEnvelope(10, { ...event, data }).json).event.truncated, true)
})

test('text that JSON escapes counts as it is written', () => {
  // A control character is one byte of memory and six of JSON.
  const cut = read(sealEnvelope(1, { ...event, data: '\u0001'.repeat(170_000) }).json)
  assert.equal(cut.event.truncated, true)
})

test('cutting the data keeps the metadata', () => {
  const source = { kind: 'cdp', event: 'e', metadata: { boot_id: 'b' } } as const
  const cut = read(sealEnvelope(1, { ...event, source, data: 'x'.repeat(1_000_000) }).json)
  assert.deepEqual(cut.event.source, source)
  assert.equal(cut.event.data, null)
})

test('metadata that alone is too large is cut too; kind and event stay', () => {
  const metadata = { large: 'x'.repeat(1_000_000) }
  const source = { kind: 'cdp', event: 'e', metadata } as const
  const sealed = sealEnvelope(1, { ...event, source, data: 'x'.repeat(1_000_000) })
  const cut = read(sealed.json)
  assert.ok(sealed.json.length <= MAX_ENVELOPE_BYTES)
  assert.deepEqual(cut.event, {
    ...event,
    source: { kind: 'cdp', event: 'e' },
    data: null,
    truncated: true,
  })
  assertValid('EventEnvelope', cut)
})

test('no field makes an envelope larger than the limit: not even the name of the event', () => {
  const source = { kind: 'cdp', event: 'e'.repeat(2_000_000) } as const
  assert.ok(sealEnvelope(1, { ...event, source }).json.length <= MAX_ENVELOPE_BYTES)
})

test('cutting changes nothing of what the producer holds', () => {
  const source = { kind: 'cdp', metadata: { large: 'x'.repeat(1_000_000) } } as const
  const input = { ...event, source, data: { a: 1 } }
  sealEnvelope(1, input)
  assert.equal(input.source.metadata.large.length, 1_000_000)
  assert.deepEqual(input.data, { a: 1 })
})

test('events that are kept share memory with each other and with nothing that is not', () => {
  const short = Array.from({ length: 1000 }, (_, index) => {
    Buffer.from('x'.repeat(3000)) // What else goes through the pool meanwhile.
    return sealEnvelope(index + 1, { ...event, data: 'é'.repeat(index % 50) })
  })
  const bytes = short.reduce((sum, { frameBytes }) => sum + frameBytes, 0)
  const memory = new Set(short.map(({ frame }) => frame.buffer))
  const held = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)
  assert.ok(held < bytes + 2 * 65_536, `${held} bytes for ${bytes}`)
  for (const [index, { frame, frameBytes, json }] of short.entries()) {
    assert.equal(frame.length, frameBytes)
    assert.equal(frame.toString(), `id: ${index + 1}\ndata: ${json}\n\n`)
    assert.equal(read(json).event.data, 'é'.repeat(index % 50))
  }
  // A large one takes nothing of a slab.
  const large = sealEnvelope(1001, { ...event, data: 'x'.repeat(20_000) })
  assert.equal(large.frame.buffer.byteLength, large.frameBytes)
})

test('frames joined are the frames one after the other, whichever of them are joined', () => {
  const sizes = fc.array(
    fc.record({ size: fc.integer({ min: 0, max: 9000 }), isJoined: fc.boolean() }),
    {
      maxLength: 40,
    }
  )
  fc.assert(
    fc.property(sizes, all => {
      const published = all.map(({ size }, index) =>
        sealEnvelope(index + 1, { ...event, data: dataFor(size + 200) })
      )
      const joined = published.filter((_, index) => all[index]!.isJoined)
      assert.deepEqual(joinFrames(joined), Buffer.concat(joined.map(({ frame }) => frame)))
    })
  )
})

test('frames that lie side by side are joined without a copy', () => {
  // A new slab may begin with any of them.
  const frames = [1, 2, 3, 4].map(seq => sealEnvelope(seq, { ...event, data: 'x' }))
  const joined = [frames.slice(0, 2), frames.slice(2)].map(joinFrames)
  assert.ok(joined.some((bytes, index) => bytes.buffer === frames[index * 2]!.frame.buffer))
})
