/** Memory for what is kept: pieces that share a slab and nothing else. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type KeptBytes, Slabs } from '../../plugin/events/slabs.ts'

const textOf = ({ slab, start, length }: KeptBytes): string =>
  slab.toString('utf8', start, start + length)

function keep(slabs: Slabs, text: string): KeptBytes {
  const place = slabs.take(Buffer.byteLength(text))
  place.slab.write(text, place.start)
  return place
}

test('pieces lie one after the other, each as it was put in', () => {
  const slabs = new Slabs()
  const kept = ['aé', '€', '', 'b', 'c'].map(text => keep(slabs, text))
  assert.deepEqual(kept.map(textOf), ['aé', '€', '', 'b', 'c'])
  assert.deepEqual(
    kept.map(({ start, length }) => [start, length]),
    [
      [0, 3],
      [3, 3],
      [6, 0],
      [6, 1],
      [7, 1],
    ]
  )
  assert.ok(kept.every(({ slab }) => slab === kept[0]!.slab))
})

test('a slab is filled to its end, and the next begins', () => {
  const slabs = new Slabs()
  const kept = Array.from({ length: 17 }, () => keep(slabs, 'x'.repeat(4096)))
  assert.equal(kept[0]!.slab.length, 65_536)
  assert.equal(new Set(kept.slice(0, 16).map(({ slab }) => slab)).size, 1)
  assert.notEqual(kept[16]!.slab, kept[15]!.slab)
  assert.equal(kept[16]!.start, 0)
})

test('a large piece has memory of its own, and does not end the slab', () => {
  const slabs = new Slabs()
  const small = keep(slabs, 'a')
  const large = keep(slabs, 'y'.repeat(8193))
  assert.equal(large.slab.length, 8193)
  assert.equal(large.start, 0)
  assert.equal(textOf(large), 'y'.repeat(8193))
  assert.equal(keep(slabs, 'z'.repeat(8192)).slab, small.slab, 'at the bound it shares')
})

test('a text alone lies as its UTF-8, also where it only just fits, and beside pieces', () => {
  const slabs = new Slabs()
  const texts = [
    'é',
    '',
    '€'.repeat(1000),
    'x'.repeat(2730),
    '🙂',
    'x'.repeat(2731),
    'y'.repeat(9000),
  ]
  const kept = Array.from({ length: 40 }, (_, round) =>
    texts.map(text => (round % 2 === 0 ? slabs.keepText(text) : keep(slabs, text)))
  ).flat()
  for (const [i, piece] of kept.entries()) assert.equal(textOf(piece), texts[i % texts.length])
})
