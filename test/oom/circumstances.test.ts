/** The hardware and the call trace, as processors of several kinds and old kernels print them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Circumstances } from '../../plugin/oom/circumstances.ts'

function seen(...lines: readonly string[]): Circumstances {
  const circumstances = new Circumstances()
  for (const line of lines) circumstances.see(line)
  return circumstances
}

const TRACES: ReadonlyArray<readonly [string, readonly string[], readonly string[]]> = [
  [
    'x86 today; what may be left from before is not told',
    [
      'Call Trace:',
      ' <TASK>',
      ' dump_stack_lvl+0x5d/0x80',
      ' ? left_over+0x1/0x2',
      ' out_of_memory.part.0+0xd1/0x4b0',
      ' </TASK>',
      'Mem-Info:',
      ' free+0x1/0x2',
    ],
    ['dump_stack_lvl', 'out_of_memory.part.0'],
  ],
  [
    'x86 before 4.9, with addresses',
    [
      'Call Trace:',
      ' [<ffffffff8163515c>] dump_stack+0x19/0x1b',
      '[<ffffffff816300fc>] ? dump_header+0x8e/0x214',
      'Task in /a killed as a result of limit of /a',
    ],
    ['dump_stack'],
  ],
  [
    'arm before 5',
    [
      'Backtrace:',
      '[<c0012fcc>] (dump_backtrace) from [<c00131a4>] (show_stack+0x20/0x24)',
      ' r6:00000000 r5:ffffffff',
      '[<c0013184>] (show_stack) from [<c07bbe78>] (dump_stack+0x7c/0xc8)',
    ],
    ['dump_backtrace', 'show_stack'],
  ],
  [
    'arm today',
    [
      'Call trace:',
      ' unwind_backtrace from show_stack+0x18/0x1c',
      ' show_stack from dump_stack_lvl+0x90/0xac',
    ],
    ['unwind_backtrace', 'show_stack'],
  ],
]

for (const [title, lines, functions] of TRACES) {
  test(`call trace: ${title}`, () => assert.deepEqual(seen(...lines).callTrace, functions))
}

test('hardware: the first that is told, no longer than a line', () => {
  const { hardware } = seen(`Hardware name: Dell ${'x'.repeat(400)}`, 'Hardware name: other')
  assert.match(hardware ?? '', /^Dell x+$/)
  assert.equal(hardware?.length, 256)
})

test('a trace of any length costs bounded memory', () => {
  const lines = Array.from({ length: 1000 }, (_, at) => ` f${at}+0x1/0x2`)
  assert.equal(seen('Call Trace:', ...lines).callTrace.length, 64)
})
