/** Reading a log costs time in proportion to its length, whatever its lines are made of. */

import { test } from 'node:test'
import { LogExplainer } from '../../plugin/explain/log-explainer.ts'
import { assertLinear } from '../support/growth.ts'

function explain(lines: readonly string[]): void {
  const explainer = new LogExplainer(() => undefined)
  for (const line of lines) explainer.push(line)
  explainer.end()
}

const OPENER =
  '[    1.000000] a invoked oom-killer: gfp_mask=0x1(GFP_KERNEL), order=0, oom_score_adj=0'

/** One long line: its beginning, and what is repeated after it. */
const LONG: ReadonlyArray<readonly [head: string, unit: string]> = [
  ['[    1.000000] x: Killed process 1 (', 'a'],
  ['[    1.000000] Node 0 Normal: 1*4kB', '1'],
  ['x', ' Killed process 1 (a) total-vm:1kB,'],
  ['Creating journal ', '[ 1'],
  ['', ' Out of memory: Kill process 1 ('],
  ['', '[  1] 1 1 1 1 1 1 1 '],
  ['', '[ 1.000000] x '],
  ['{"a": "', '\\n[  1] 1 1 1 1 1 1 1 x'],
  ['[', '{"message":"x"},'],
  ['{"a":', '[{"a":'],
  ['"', '"",'],
  ['"a",', '"chrome invoked oom-killer: '],
  ['MESSAGE=', 'MESSAGE='],
  ['&', '#1'],
  ['<', 'b '],
  ['&lt;', '&amp;'],
  ['\xc2', '\xa0\xc2'],
  ['x=', '=3D'],
  ['Task in /', ' killed as a result of limit of /'],
  ['Tasks in /', ' are going to be '],
  ['a', ' '],
  ['', 'a b: '],
  ['', '1 '],
  ['oom-kill:constraint=', ' '.repeat(9)],
]

test('one long line', () => {
  for (const [head, unit] of LONG) {
    assertLinear(
      head + unit,
      200 * 1024,
      size => [OPENER, head + unit.repeat(size / unit.length)],
      explain
    )
  }
})

/** Many lines, alike. */
const LINES = [
  'words without a stamp',
  ' child Killed process 9139 (a) vsz:3456kB, anon-rss:448kB,',
  'Out of memory: Kill process 1 (a) score 1',
  'x invoked oom-killer: gfp_mask=0x1',
  '[    1.000000] x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), ',
  '[ 410]  1000   410   500000    60000   800000        0           300 chrome',
  '{',
  '[',
  '"open',
  'a: oom-kill:constraint=',
  'MESSAGE=x',
  '    MESSAGE=[ 410]  1000   410   500000    60000   800000        0           300 chrome',
  'total-vm:1kB, anon-rss:1kB, =',
  '...',
  'Killed process 410 (chrome) total-vm:2000000kB',
]

test('many lines', () => {
  for (const line of LINES) {
    assertLinear(line, 8000, size => [OPENER, ...Array<string>(size).fill(line)], explain)
  }
})
