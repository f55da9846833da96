/** A copy of data: what JSON would make of it, whatever it is. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { jsonCopy } from '../../plugin/events/json-copy.ts'
import fc from '../support/fast-check.ts'

function asJson(value: unknown): unknown {
  const json = JSON.stringify(value)
  return json === undefined ? undefined : JSON.parse(json)
}

/** Of the same fields in the same order, and no two of them one object. */
function assertCopied(value: unknown): void {
  const { value: copy, json } = jsonCopy(value)
  assert.deepStrictEqual(copy, asJson(value))
  assert.equal(JSON.stringify(copy), JSON.stringify(value))
  if (json !== undefined) assert.equal(json, JSON.stringify(value))
  if (typeof value === 'object' && value !== null) assert.notEqual(copy, value)
}

class Point {
  readonly x = 1
  readonly #y = 2
  get y() {
    return this.#y
  }
}

const list = Object.assign([1, 2], { more: 3 })
const withToJson = (at: object, written: unknown = 'written') =>
  Object.defineProperty(at, 'toJSON', { value: () => written })

for (const [what, value] of Object.entries<unknown>({
  nothing: undefined,
  null: null,
  'what numbers cannot say': [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e300, 5e-324],
  'NaN alone': Number.NaN,
  'fields that are nothing': { a: undefined, b: () => 1, c: Symbol('c'), d: 1 },
  'elements that are nothing': [undefined, () => 1, Symbol('c'), 1],
  'a list with holes': Object.assign([], { 0: 1, 2: 3 }),
  'a list with fields': list,
  'keys that are numbers': { b: 1, 2: 2, 1: 1, a: 0 },
  'a key that is a symbol': { [Symbol('a')]: 1, b: 2 },
  'a field that is not enumerable': Object.defineProperty({ a: 1 }, 'b', { value: 2 }),
  'a getter': {
    get a() {
      return { b: 1 }
    },
  },
  'a date': { at: new Date(0), no: new Date(Number.NaN) },
  'boxed values': [Object(1), Object('a'), Object(false)],
  'maps, sets, expressions, errors': [new Map([[1, 2]]), new Set([1]), /a/, new Error('no')],
  bytes: [Buffer.from('ab'), new Uint8Array([1, 2])],
  'an instance': { point: new Point() },
  'an instance of a list': class extends Array {}.from([1, 2]),
  'no prototype': Object.assign(Object.create(null), { a: { b: 1 } }),
  'a prototype with fields': Object.assign(Object.create({ inherited: 1 }), { own: 2 }),
  'one of another realm': runInNewContext('({ a: [1, { b: 2 }] })'),
  'a way to be written': { a: withToJson({ b: 1 }), b: withToJson([1]), c: withToJson(() => 1) },
  'a way to be written, at the top': withToJson({ a: 1 }),
  'a field called __proto__': JSON.parse('{"__proto__":{"a":1},"b":2}'),
  'a field called constructor': { constructor: 1, hasOwnProperty: 2 },
  'half a character': { '\ud800': 'a\udc00' },
  'a proxy': new Proxy({ a: { b: [1] } }, {}),
  'a proxy that knows how to be written': {
    a: new Proxy({ b: 1 }, { get: (_, key) => (key === 'toJSON' ? () => ({ c: 2 }) : 1) }),
  },
  'a toJSON that is none': { toJSON: 1, a: { toJSON: null } },
  'what is written as nothing': { a: withToJson({ b: 1 }, undefined), c: 1 },
  'what is written as nothing, at the top': withToJson({ b: 1 }, undefined),
  'what is written as null': withToJson({ b: 1 }, null),
  'one object twice': [list, list],
})) {
  test(`a copy of ${what}`, () => assertCopied(value))
}

test('of any data', () => {
  const data = fc.anything({
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
    withBoxedValues: true,
  })
  fc.assert(fc.property(data, assertCopied), { numRuns: 2000 })
})

test('however deep', () => {
  for (const depth of [62, 63, 64, 65, 66, 1000]) {
    const inObjects = Array.from({ length: depth }).reduce<object>(inner => ({ inner }), { a: -0 })
    const inLists = Array.from({ length: depth }).reduce<object>(inner => [inner], { a: -0 })
    assertCopied(inObjects)
    assertCopied(inLists)
  }
})

test('however large', () => {
  for (const count of [4095, 4096, 4097, 50_000]) {
    assertCopied(Array.from({ length: count }, (_, at) => at))
    assertCopied({ rows: Array.from({ length: count / 4 }, (_, at) => ({ at, name: 'a' })) })
  }
})

test('objects that are in each other many times are not copied as often', () => {
  let data: unknown = {}
  for (let depth = 0; depth < 20; depth++) data = [data, data]
  const { value, json } = jsonCopy(data)
  assert.equal(json, JSON.stringify(data))
  assert.equal(JSON.stringify(value), json)
  let reads = 0
  const cyclic: Record<string, unknown> = { items: Array.from({ length: 1000 }, () => ({ a: 1 })) }
  Object.defineProperty(cyclic, 'read', { enumerable: true, get: () => ++reads })
  cyclic.self = cyclic
  assert.throws(() => jsonCopy(cyclic), /circular/)
  assert.ok(reads < 8, `${reads} times`)
})

test('the length of a list is what it was at first, as in JSON', () => {
  const list: unknown[] = []
  Object.defineProperty(list, 0, {
    enumerable: true,
    get() {
      list.push(1)
      return 0
    },
  })
  assert.deepEqual(jsonCopy(list).value, [0])
})

test('what a prototype of all objects was given is in no copy', t => {
  Object.defineProperty(Object.prototype, 'polluted', {
    value: 1,
    enumerable: true,
    configurable: true,
  })
  t.after(() => Reflect.deleteProperty(Object.prototype, 'polluted'))
  assert.deepEqual(Object.keys(jsonCopy({ a: 1 }).value as object), ['a'])
})

test('a change of one of the two is none of the other', () => {
  const value = { a: { b: [1] } }
  const copy = jsonCopy(value).value as typeof value
  value.a.b.push(2)
  copy.a.b.push(3)
  assert.deepEqual(
    [value.a.b, copy.a.b],
    [
      [1, 2],
      [1, 3],
    ]
  )
})

test('what JSON cannot hold is an error, as JSON tells it', () => {
  const cycle: { self?: unknown } = {}
  cycle.self = [{ cycle }]
  assert.throws(() => jsonCopy(cycle), /circular/)
  assert.throws(() => jsonCopy({ n: 1n }), /BigInt/)
  const refusing = {
    get a() {
      throw new RangeError('not now')
    },
  }
  assert.throws(() => jsonCopy({ refusing }), /not now/)
})
