/** The mutants of a piece of code: each is code, and none is what was there before. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import ts from 'typescript'
import { mutantsOf } from './mutations.ts'

const mutated = (code: string): string[] =>
  mutantsOf(code).map(
    ({ start, end, replacement }) => code.slice(0, start) + replacement + code.slice(end)
  )

for (const [code, expected] of [
  ['a === b', [';', 'a !== b']],
  ['a < b', [';', 'a <= b', 'a >= b']],
  ['x = a && !b', [';', 'x = a || !b', 'x = a && b']],
  ['x = a + 1', [';', 'x = a - 1', 'x = a + (1 + 1)']],
  ['i++', [';', 'i--']],
  ['if (a) b()', ['if (true) b()', 'if (false) b()', 'if (a) ;']],
  ['const f = () => { return a ? 1 : 2 }', 5],
  ['for (const a of all) go(a)', ['for (const a of []) go(a)', 'for (const a of all) ;']],
  ["x = a === 'b'", [';', "x = a !== 'b'", "x = a === '#'"]],
  ["log('a message')", [';']],
  ["import { a } from 'b'", []],
  [
    'const r = /^a+\\d$/i',
    ['const r = /a+\\d$/i', 'const r = /^a\\d$/i', 'const r = /^a+\\D$/i', 'const r = /^a+\\d/i'],
  ],
  ['const r = /[+*?$]/', []],
] as const) {
  test(`mutants of ${code}`, () => {
    const all = mutated(code)
    if (typeof expected === 'number') assert.equal(all.length, expected, all.join('\n'))
    else assert.deepEqual(all, expected)
  })
}

test('mutants of this file are code, and differ from it and from each other', () => {
  const code = readFileSync(new URL(import.meta.url), 'utf8')
  const all = mutated(code)
  assert.ok(all.length > 20)
  assert.equal(new Set([code, ...all]).size, all.length + 1)
  for (const one of all) {
    const { diagnostics } = ts.transpileModule(one, { reportDiagnostics: true })
    assert.deepEqual(diagnostics, [])
  }
})
