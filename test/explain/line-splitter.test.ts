/** Cutting a file into lines, wherever its chunks end. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineSplitter, MAX_LINE_LENGTH } from '../../plugin/explain/log/line-splitter.ts'
import fc from '../support/fast-check.ts'

function split(chunks: readonly string[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter(line => lines.push(line))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk, 'latin1'))
  splitter.end()
  return lines
}

test('any split gives the lines that String.split gives, but for an empty one at the end', () => {
  const text = fc
    .array(fc.constantFrom('a', 'bc', '\n', '\r\n', '\xff'), { maxLength: 40 })
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 10 }), (whole, cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), whole.length]
      const chunks = places.slice(1).map((end, index) => whole.slice(places[index], end))
      const lines = whole.split('\n')
      if (lines.at(-1) === '') lines.pop()
      assert.deepEqual(split(chunks), lines)
    }),
    { numRuns: 2000 }
  )
})

test('the longest line is taken, a longer one is not, the next one is', () => {
  const longest = 'x'.repeat(MAX_LINE_LENGTH)
  const chunk = 'x'.repeat(4096)
  const inChunks = Array<string>(MAX_LINE_LENGTH / 4096).fill(chunk)
  assert.deepEqual(split([`${longest}\n`, 'next']), [longest, 'next'])
  assert.deepEqual(split([...inChunks, '\nnext']), [longest, 'next'])
  assert.deepEqual(split([`${longest}x\nnext`]), ['next'])
  assert.deepEqual(split([...inChunks, 'x', '\nnext']), ['next'])
  assert.deepEqual(split([...inChunks, ...inChunks, '\nnext\n']), ['next'])
})

test('an endless line is let go', () => {
  const chunk = Buffer.alloc(1 << 16, 'x')
  const lines: string[] = []
  const splitter = new LineSplitter(line => lines.push(line))
  const before = process.memoryUsage().rss
  for (let count = 0; count < 20_000; count++) splitter.push(chunk)
  // 1.3 GB went in.
  assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20)
  splitter.push(Buffer.from('\nafter\n'))
  assert.deepEqual(lines, ['after'])
})
