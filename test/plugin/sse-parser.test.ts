/** An event stream in whatever pieces it comes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SseParser } from '../../plugin/sse-parser.ts'
import fc from '../support/fast-check.ts'

const STREAM =
  ': telemetry_gap {"lost":3}\n\nid: 7\ndata: {"seq":7}\n\n:\n\nid: 8\r\ndata: a\r\ndata: b: c\r\n\r\nevent: x\n\ndata:\n\n'
const FRAMES = [
  { id: undefined, data: undefined, comment: 'telemetry_gap {"lost":3}' },
  { id: '7', data: '{"seq":7}', comment: undefined },
  { id: undefined, data: undefined, comment: '' },
  { id: '8', data: 'a\nb: c', comment: undefined },
  { id: undefined, data: '', comment: undefined },
]

test('a stream is the same frames wherever its chunks end', () => {
  assert.deepEqual(new SseParser().push(STREAM), FRAMES)
  fc.assert(
    fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 20 }), cuts => {
      const parser = new SseParser()
      const ends = [...cuts.sort((a, b) => a - b), STREAM.length]
      const found = ends.flatMap((end, index) =>
        parser.push(STREAM.slice(ends[index - 1] ?? 0, end))
      )
      assert.deepEqual(found, FRAMES)
    })
  )
})

test('what is not complete is no frame', () => {
  const parser = new SseParser()
  assert.deepEqual(parser.push('id: 7\ndata: {"se'), [])
  assert.deepEqual(parser.push('q":7}\n'), [])
  assert.equal(parser.push('\n')[0]?.data, '{"seq":7}')
})

test('a name that holds a separator of lines or paragraphs ends no line', () => {
  const data = '{"name":"a\u2028b\u2029c\u0085d"}'
  const [frame] = new SseParser().push(`id: 1\ndata: ${data}\n\n`)
  assert.deepEqual(frame, { id: '1', data, comment: undefined })
})
