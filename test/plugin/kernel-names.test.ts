/** Names of any bytes as Unicode: what is UTF-8 is decoded, what is none is shown as `\xNN`. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeName } from '../../plugin/kernel-names.ts'
import fc from '../support/fast-check.ts'

const latin1 = (...bytes: number[]): string => Buffer.from(bytes).toString('latin1')
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

const NAMES: Array<[string, string, string]> = [
  ['ASCII as it is', 'tmux: server', 'tmux: server'],
  ['no name', '', ''],
  ['two bytes a character', utf8('été'), 'été'],
  ['three bytes a character', utf8('名前'), '名前'],
  ['four bytes a character', utf8('a😀b'), 'a😀b'],
  ['control characters as they are', '\x1b[31m\n\t', '\x1b[31m\n\t'],
  ['a byte that is no UTF-8', latin1(0xff, 0x61), '\\xffa'],
  ['Latin-1', latin1(0xe9, 0x74, 0xe9), '\\xe9t\\xe9'],
  ['a lone continuation byte', latin1(0x61, 0x80), 'a\\x80'],
  ['a character cut at the 15th byte', utf8('aaaaaaaaaaaaaé').slice(0, 14), 'aaaaaaaaaaaaa\\xc3'],
  ['a character cut after three of four bytes', utf8('😀').slice(0, 3), '\\xf0\\x9f\\x98'],
  ['valid characters around an invalid byte', `${utf8('é')}${latin1(0xfe)}${utf8('é')}`, 'é\\xfeé'],
  ['an overlong slash', latin1(0xc0, 0xaf), '\\xc0\\xaf'],
  ['the least and the greatest of three bytes', utf8('\u0800\uffff'), '\u0800\uffff'],
  ['the least of four bytes beside an invalid byte', `${utf8('\u{10000}')}\xff`, '\u{10000}\\xff'],
  ['the least of three bytes beside an invalid byte', `${utf8('\u0800')}\xff`, '\u0800\\xff'],
  ['an overlong slash in three bytes', latin1(0xe0, 0x80, 0xaf), '\\xe0\\x80\\xaf'],
  ['an overlong slash in four bytes', latin1(0xf0, 0x80, 0x80, 0xaf), '\\xf0\\x80\\x80\\xaf'],
  ['half a surrogate pair', latin1(0xed, 0xa0, 0x80), '\\xed\\xa0\\x80'],
  ['a code point above 10FFFF', latin1(0xf4, 0x90, 0x80, 0x80), '\\xf4\\x90\\x80\\x80'],
  ['a byte order mark is kept', `${utf8('\ufeff')}x`, '\ufeffx'],
  ['a byte order mark beside an invalid byte is kept', `${utf8('\ufeff')}\xff`, '\ufeff\\xff'],
  ['U+FFFD that is really there', utf8('\ufffd'), '\ufffd'],
]

for (const [title, bytes, expected] of NAMES) {
  test(title, () => assert.equal(decodeName(bytes), expected))
}

test('any text survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.equal(decodeName(utf8(text)), text)
    })
  )
})

test('any bytes give valid Unicode from which they can be had back', () => {
  const bytesOf = (name: string): Buffer =>
    Buffer.concat(
      name
        .split(/(\\x[89a-f][0-9a-f])/)
        .map((part, index) =>
          index % 2 === 1
            ? Buffer.from([Number.parseInt(part.slice(2), 16)])
            : Buffer.from(part, 'utf8')
        )
    )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 15 }), array => {
      const bytes = Buffer.from(array).toString('latin1')
      // A backslash in the name itself would be ambiguous, and the kernel has no other way either.
      fc.pre(!bytes.includes('\\'))
      const name = decodeName(bytes)
      assert.equal(Buffer.from(name, 'utf8').toString('utf8'), name)
      assert.equal(bytesOf(name).toString('latin1'), bytes)
    }),
    { numRuns: 1000 }
  )
})
