/** The page size that a dump's own figures reveal, by votes. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OomDump } from '../../plugin/oom/dump.ts'
import { parseOpener } from '../../plugin/oom/lines/opener.ts'
import { revealedPageSizeKb } from '../../plugin/oom/revealed-page-size.ts'

/** Two lines that state the same memory in pages and in KiB. */
const anon = (pages: number, kb: number): string[] => [
  `active_anon:${pages} inactive_anon:4 isolated_anon:0`,
  `Node 0 active_anon:${kb}kB inactive_anon:16kB`,
]
/** A line of free blocks, the smallest of which is one page; a whole one has the next size, too. */
const buddies = (kb: number, isWhole: boolean): string =>
  `Node 0 DMA: 7*${kb}kB (UM) ${isWhole ? `3*${2 * kb}kB (U) ` : ''}= 0kB`

const OPENER = 'x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
const X86 = 'CPU: 0 PID: 7 Comm: x Not tainted 6.1.0-1.el9.x86_64 #1'

for (const [title, lines, expected] of [
  ['nothing stated', [], undefined],
  ['two figures that agree to the digit', anon(1000, 16_000), 16],
  ['of 8 KiB', anon(1000, 8000), 8],
  ['of 32 KiB', anon(1000, 32_000), 32],
  ['of 64 KiB', anon(1000, 64_000), 64],
  ['of 256 KiB', anon(1000, 256_000), 256],
  ['two that differ by a tenth are one vote, which is not enough', anon(1000, 17_600), undefined],
  ['pages of 4 KiB are believed on one', anon(1000, 4400), 4],
  ['two that differ by a third are none', anon(1000, 5300), undefined],
  ['a size that no machine has', anon(1000, 2000), undefined],
  ['too few pages to tell', anon(15, 60), undefined],
  ['just enough', anon(16, 64), 4],
  ['a whole line of free blocks', [buddies(16, true)], 16],
  ['a line of free blocks that is cut', [buddies(16, false)], undefined],
  ['one that is cut, of 4 KiB', [buddies(4, false)], 4],
  ['one vote against one', [...anon(1000, 4400), buddies(16, false)], undefined],
  [
    'one vote against one, of another size first',
    [buddies(16, false), buddies(64, false)],
    undefined,
  ],
  ['two votes against one', [...anon(1000, 16_000), buddies(4, false)], 16],
  ['two votes against two', [...anon(1000, 16_000), buddies(4, true)], undefined],
  ['an x86, whatever the figures', [X86, ...anon(1000, 16_000)], 4],
] as const) {
  test(`${title}: ${expected}`, () => {
    const dump = new OomDump()
    dump.opener = parseOpener(OPENER)
    for (const line of lines) assert.equal(dump.push(line), true, line)
    assert.equal(revealedPageSizeKb(dump), expected)
  })
}
