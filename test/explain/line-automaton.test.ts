/** The kinds of lines as their bytes tell them, held against the regular expressions themselves. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineAutomaton, type LineKind } from '../../plugin/explain/log/line-automaton.ts'
import fc from '../support/fast-check.ts'

interface Given {
  readonly kinds: readonly LineKind[]
  readonly words: readonly RegExp[]
}

/** What `run` and `mayBegin` are to say. */
function byExpressions({ kinds, words }: Given, log: string, from: number) {
  let to = from
  let counted = 0
  let lastEnd = -1
  for (let end = log.indexOf('\n', to); end !== -1; end = log.indexOf('\n', to)) {
    const line = log.slice(to, end + 1)
    const isPlain = words.every(word => !word.test(line))
    const kind = kinds.find(
      ({ begins, never }) =>
        new RegExp(`^(?:${begins.source})[^\\n]*\\n$`).test(line) &&
        never.every(({ source }) => !new RegExp(`^(?:${source})`).test(line))
    )
    if (!isPlain || kind === undefined) break
    if (kind.isCounted) {
      counted++
      lastEnd = end
    }
    to = end + 1
  }
  return { to, counted, lastEnd }
}

function assertAgrees(given: Given, logs: readonly string[]): void {
  const automaton = new LineAutomaton(given.kinds, given.words)
  for (const log of logs) {
    const bytes = Buffer.from(log, 'latin1')
    for (let from = 0; from !== -1; from = nextLine(log, from)) {
      const expected = byExpressions(given, log, from)
      const shown = `${JSON.stringify(log)} from ${from}`
      assert.deepEqual(automaton.run(bytes, from), expected, shown)
      if (expected.to > from) assert.ok(automaton.mayBegin(bytes, from), shown)
    }
  }
}

function nextLine(log: string, from: number): number {
  const end = log.indexOf('\n', from)
  return end === -1 || end + 1 === log.length ? -1 : end + 1
}

const CHARACTERS = ['a', 'b', 'c', ' ', '\\d', '[ab]', '[^a\\n]', '.', '\\[', '\\x61', '[a-c\\]]']
const QUANTIFIERS = ['', '', '', '?', '*', '+', '*?', '{2}', '{1,3}', '{2,}']

const { expression } = fc.letrec<{ expression: string; atom: string }>(tie => ({
  atom: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...CHARACTERS) },
    { weight: 1, arbitrary: tie('expression').map(inner => `(?:${inner})`) },
    { weight: 1, arbitrary: tie('expression').map(inner => `(${inner})`) }
  ),
  expression: fc
    .array(
      fc
        .array(fc.tuple(tie('atom'), fc.constantFrom(...QUANTIFIERS)), {
          minLength: 1,
          maxLength: 4,
        })
        .map(parts => parts.map(part => part.join('')).join('')),
      { minLength: 1, maxLength: 3 }
    )
    .map(choices => choices.join('|')),
}))
const pattern = expression.map(source => new RegExp(source))
const something = pattern.filter(one => !one.test(''))
const kind = fc.record({
  begins: pattern,
  never: fc.array(something, { maxLength: 2 }),
  isCounted: fc.boolean(),
})
const log = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', '1', '[', ']', '\n', '\n', 'aab', '\xff', '\r'), {
    maxLength: 30,
  })
  .map(parts => parts.join(''))

test('any kinds, any words, any log', () => {
  const given = fc.record({
    kinds: fc.array(kind, { minLength: 1, maxLength: 3 }),
    words: fc.array(something, { maxLength: 2 }),
  })
  const logs = fc.array(log, { minLength: 1, maxLength: 8 })
  fc.assert(fc.property(given, logs, assertAgrees), { numRuns: 400 })
})

/** Marsaglia's xorshift: the same at each run, and long enough. */
function noise(length: number, seed: number): string {
  let state = seed
  return Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state > 0 ? 'a' : 'b'
  }).join('')
}

test('more states than there is room for are made anew', () => {
  // Of each of the last bytes it has to be known whether it was an `a`.
  const given: Given = {
    kinds: [{ begins: /x/, never: [], isCounted: true }],
    words: [/a[^\n]{16}d/],
  }
  const automaton = new LineAutomaton(given.kinds, given.words)
  const known = Buffer.from(`x${'b'.repeat(999)}\n`.repeat(1100))
  let counted = 0
  for (let at = 1; at <= 300; at++) {
    const log = `x${noise(500, at)}${at % 4 === 0 ? 'd' : ''}\n`
    const run = automaton.run(Buffer.from(log), 0)
    assert.deepEqual(run, byExpressions(given, log, 0))
    counted += run.counted
    // So that it may learn as many.
    automaton.run(known, 0)
  }
  assert.ok(counted > 200, `${counted} lines`)
})

test('a log that leads to ever new states is not passed over, until others were', () => {
  const [kinds, words] = [[{ begins: /x/, never: [], isCounted: true }], [/a[^\n]{25}d/]]
  const automaton = new LineAutomaton(kinds, words)
  const passed = (seed: number) =>
    automaton.run(Buffer.from(`x${noise(500, seed)}\n`), 0).counted === 1
  const known = Buffer.from(`x${'b'.repeat(999)}\n`.repeat(1000))
  assert.equal(automaton.run(known, 0).counted, 1000)
  const first = Array.from({ length: 100 }, (_, at) => passed(at + 1))
  const count = first.filter(Boolean).length
  // Each byte but the first is in a state of its own.
  assert.ok(count >= 15 && count <= 20, `${count} lines`)
  assert.equal(first.at(-1), false)
  assert.ok(automaton.mayBegin(Buffer.from('xaba'), 0), 'it may, as far as is known')
  assert.equal(automaton.run(known, 0).counted, 1000)
  const more = Array.from({ length: 10 }, (_, at) => passed(at + 1001)).filter(Boolean).length
  assert.ok(more === 1 || more === 2, `${more} lines more`)
})

test('the last line is none without its end, and there may be none at all', () => {
  const automaton = new LineAutomaton([{ begins: /a/, never: [], isCounted: true }], [/x/])
  for (const [text, to, counted] of [
    ['', 0, 0],
    ['a', 0, 0],
    ['a\n', 2, 1],
    ['a\nab', 2, 1],
    ['a\nab\n\na\n', 5, 2],
    ['a\nax\n', 2, 1],
    ['\n', 0, 0],
  ] as const) {
    const run = automaton.run(Buffer.from(text), 0)
    assert.deepEqual([run.to, run.counted], [to, counted], JSON.stringify(text))
  }
})

test('a line that may be of no kind is known by its first bytes', () => {
  const automaton = new LineAutomaton([{ begins: /abc\d/, never: [/abc0/], isCounted: false }], [])
  const says = (text: string) => automaton.mayBegin(Buffer.from(text), 0)
  assert.deepEqual(['abc1', 'abcx', 'x', '\n', 'abc0', 'ab', ''].map(says), [
    true,
    false,
    false,
    false,
    false,
    true,
    true,
  ])
})

for (const [what, unknown] of Object.entries({
  'a look ahead': /a(?!b)/,
  'a look behind': /(?<=a)b/,
  'a boundary': /\ba/,
  'a reference': /(a)\1/,
  'a name': /(?<name>a)/,
  'a beginning': /^a/,
  'an end': /a$/,
  'a flag': /a/i,
})) {
  test(`there are no states for ${what}`, () => {
    assert.throws(() => new LineAutomaton([], [unknown]), /no states for/)
    assert.throws(
      () => new LineAutomaton([{ begins: unknown, never: [], isCounted: false }], []),
      SyntaxError
    )
  })
}

test('what every line has is no word of any', () => {
  assert.throws(() => new LineAutomaton([], [/a*/]), /every line has/)
  const never = [/(?:)/]
  assert.throws(
    () => new LineAutomaton([{ begins: /a/, never, isCounted: false }], []),
    SyntaxError
  )
})

test('bytes that nobody tells from each other', () => {
  const given: Given = { kinds: [{ begins: /[\s\S]?/, never: [], isCounted: true }], words: [] }
  assertAgrees(given, ['a\n\nbc\n\xff\n\0', '\n\n'])
})
