/** Lines that fit a terminal: broken at words, a path after a slash, by columns and not by characters. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columns, wrap } from '../../plugin/explain/wrap.ts'
import fc from '../support/fast-check.ts'

test('broken at words', () => {
  assert.deepEqual(wrap('one two three four five', 16), ['one two three', 'four five'])
  assert.deepEqual(wrap('short', 16), ['short'])
})

test('nothing is broken where there is no terminal, or one too narrow for any word', () => {
  const text = 'word '.repeat(100).trimEnd()
  assert.deepEqual(wrap(text, undefined), [text])
  assert.deepEqual(wrap(text, 5), [text])
})

test('a path that is longer than the line is broken after a slash', () => {
  assert.deepEqual(wrap('in /user.slice/user-1000.slice/session-2.scope', 20), [
    'in /user.slice/',
    'user-1000.slice/',
    'session-2.scope',
  ])
})

test('columns, not characters, are counted: East Asian ones take two, marks none', () => {
  assert.equal(columns('内存不足'), 8)
  assert.equal(columns('e\u0301'), 1)
  assert.deepEqual(wrap('内存不足 内存不足 内存', 18), ['内存不足 内存不足', '内存'])
})

test('no line is wider than asked, and nothing is lost', () => {
  const words = fc.array(fc.stringMatching(/^[a-z/內]{1,40}$/u), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(words, fc.integer({ min: 16, max: 60 }), (some, width) => {
      const text = some.join(' ')
      const lines = wrap(text, width)
      for (const line of lines)
        assert.ok(columns(line) <= width, `${columns(line)} > ${width}: ${line}`)
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''))
    })
  )
})
