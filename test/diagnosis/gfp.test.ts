/** Allocation flags by name: as printed, and from the numbers of kernels that did not print them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gfpFlags } from '../../plugin/diagnosis/gfp.ts'

const CASES: Array<[mask: string, release: string | undefined, flags: string | undefined]> = [
  ['0xcc0(GFP_KERNEL)', '6.1.0', 'GFP_KERNEL'],
  ['0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO)', undefined, 'GFP_HIGHUSER_MOVABLE|__GFP_ZERO'],
  ['0x0()', '6.1.0', ''],
  ['0x201da', '2.6.32-642.el6.x86_64', 'GFP_HIGHUSER_MOVABLE|__GFP_COLD'],
  ['0x280da', '3.10.0-514.el7.x86_64', 'GFP_HIGHUSER_MOVABLE|__GFP_ZERO'],
  ['0xd0', '3.2.32', 'GFP_KERNEL'],
  ['0x50', '3.10.0', 'GFP_NOFS'],
  ['0x24201ca', '4.4.0-1075-aws', 'GFP_HIGHUSER_MOVABLE|__GFP_COLD'],
  ['0x24000c0', '4.4.0', 'GFP_KERNEL'],
  ['0x40000d0', '3.2.32', 'GFP_KERNEL|0x4000000'],
  // Of these kernels the meaning of the number is not known here, or the kernel is not known.
  ['0x201da', '5.4.0', undefined],
  ['0x201da', undefined, undefined],
]

for (const [mask, release, flags] of CASES) {
  test(`${mask} of ${release}`, () => assert.equal(gfpFlags(mask, release)?.join('|'), flags))
}
