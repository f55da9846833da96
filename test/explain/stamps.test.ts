/** Times of day as logs state them, in any language, with and without a year and a zone. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isoStamp, localStamp } from '../../plugin/explain/log/stamps.ts'

const LOCAL: Array<[text: string, iso: string | undefined]> = [
  ['Tue Aug 12 03:54:03 2025', '2025-08-12T03:54:03Z'],
  ['Di Aug 12 03:54:03 2025', '2025-08-12T03:54:03Z'],
  ['So Okt 17 09:02:11 2021', '2021-10-17T09:02:11Z'],
  ['Mo 3. Mai 10:00:00 2021', '2021-05-03T10:00:00Z'],
  ['dim. 19 avril 18:03:30 2026', '2026-04-19T18:03:30Z'],
  // A day of the week that is called as a month is.
  ['mar. 3 mars 10:00:00 2020', '2020-03-03T10:00:00Z'],
  ['mar. août 12 10:00:00 2025', '2025-08-12T10:00:00Z'],
  ['mar mar  3 10:00:00 2020', '2020-03-03T10:00:00Z'],
  ['вт мар  3 10:00:00 2020', '2020-03-03T10:00:00Z'],
  ['вс 19 апр 18:03:30 2026', '2026-04-19T18:03:30Z'],
  ['śro maj  6 10:00:00 2020', '2020-05-06T10:00:00Z'],
  ['一 3月 12 10:00:00 2020', '2020-03-12T10:00:00Z'],
  ['1 Jun 2020 03:04:05', '2020-06-01T03:04:05Z'],
  ['May 17 13:02:33', undefined],
  ['xyz 17 13:02:33 2020', undefined],
  ['Tue Aug 12 03:54:03 99999', undefined],
  ['', undefined],
]

for (const [text, iso] of LOCAL) {
  test(`local: ${text}`, () => {
    const { us, text: stated } = localStamp(text)
    assert.equal(us, iso === undefined ? undefined : Date.parse(iso) * 1000)
    assert.equal(stated, text, 'a zone is never stated')
  })
}

test('without a year, lines can still be told apart in time', () => {
  const one = localStamp('May 17 13:02:33').yearlessUs!
  const other = localStamp('May 18 14:02:33').yearlessUs!
  assert.equal(other - one, 25 * 3_600_000_000)
})

test('ISO: a moment where the zone is stated, else as the log has it', () => {
  const parts = (zone: string | undefined) => isoStamp(['', '2025-08-12', '12:00:01', '25', zone])
  const us = Date.UTC(2025, 7, 12, 12, 0, 1, 250) * 1000
  assert.deepEqual(parts('Z'), { us, text: undefined })
  assert.deepEqual(parts('+02:00'), { us: us - 7_200_000_000, text: undefined })
  assert.deepEqual(parts(' UTC'), { us, text: undefined })
  assert.deepEqual(parts(' CEST'), { us, text: '2025-08-12 12:00:01 CEST' })
  assert.deepEqual(parts(undefined), { us, text: '2025-08-12 12:00:01' })
})
