/** The newest keys in numbers: against a Map that does the same, also where many come to one place. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyTable } from '../../plugin/stream/key-table.ts'
import fc from '../support/fast-check.ts'

/** 32 bytes, of which the first decide the place. */
function digest(place: number, rest: number): string {
  const bytes = Buffer.alloc(32)
  bytes.writeUInt32LE(place)
  bytes.writeUInt32LE(rest, 4)
  return bytes.toString('latin1')
}

test('whatever is added and asked for, the newest keys are known and no others', () => {
  const steps = fc.array(
    fc.record({ place: fc.constantFrom(0, 1, 2, 511, 1023, 0xffffffff), rest: fc.nat(600) }),
    { minLength: 600, maxLength: 3000 }
  )
  fc.assert(
    fc.property(steps, all => {
      const size = 512
      const table = new KeyTable(size)
      const known = new Map<string, number>()
      for (const [index, { place, rest }] of all.entries()) {
        const key = digest(place, rest)
        const entry = table.find(key)
        const seq = known.get(key)
        assert.equal(entry === -1 ? undefined : table.seq(entry), seq)
        if (seq !== undefined) {
          assert.equal(table.place(entry), seq * 2)
          assert.ok(table.hasData(entry, digest(seq, 1)))
          assert.ok(!table.hasData(entry, digest(seq, 2)))
          continue
        }
        table.add(key, digest(index, 1), index, index * 2)
        known.set(key, index)
        if (known.size > size) known.delete(known.keys().next().value!)
      }
      for (const [key, seq] of known) assert.equal(table.seq(table.find(key)), seq)
    }),
    { numRuns: 30 }
  )
})

test('keys that differ in one bit are two, and so is what they stand for', () => {
  const but = (bit: number): string => {
    const bytes = Buffer.alloc(16)
    bytes[bit >> 3]! ^= 1 << (bit % 8)
    return bytes.toString('latin1')
  }
  const key = Buffer.alloc(16).toString('latin1')
  const table = new KeyTable(512)
  table.add(key, key, 7, 8)
  const entry = table.find(key)
  assert.ok(table.hasData(entry, key))
  for (let bit = 0; bit < 128; bit++) {
    assert.equal(table.find(but(bit)), -1, `bit ${bit}`)
    assert.ok(!table.hasData(entry, but(bit)), `bit ${bit}`)
  }
})
