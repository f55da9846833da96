/** No line, however long and however it is made, costs more than in proportion to its length. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OomDump } from '../../plugin/oom/dump.ts'
import { parseKillLine, parseSacrificeLine } from '../../plugin/oom/lines/kill.ts'
import { parseKernelRelease, parseOpener, parseTriggerPid } from '../../plugin/oom/lines/opener.ts'
import { isStructuredPart, parseStructuredLine } from '../../plugin/oom/lines/structured.ts'
import { OomParser } from '../../plugin/oom/parser.ts'
import { assertLinear } from '../support/growth.ts'
import { recordsOf } from './dump-builder.ts'

/** A line's beginning and what is repeated after it. */
const HOSTILE: ReadonlyArray<readonly [head: string, unit: string]> = [
  ['x: Killed process 1 (', 'a'],
  ['x: Killed process 1 (', ') '],
  ['x: Killed process 1 (', ') total-vm:'],
  ['x: Killed process 1 (a', ', UID 1'],
  ['x: Killed process 1 (a) total-vm:', '1'],
  ['Out of memory: OOM killed process 1 (a', ') score 1 '],
  ['a: ', ': Kill process 1 ('],
  ['Out of memory: Kill process 1 (', ') score 1 or '],
  ['Out of memory: Kill process 1 (', ') score 1'],
  ['a invoked oom-killer: ', 'gfp_mask=0x1('],
  ['a invoked oom-killer: ', 'order=-'],
  ['oom-kill:constraint=', 'A'],
  ['oom-kill:constraint=A,cpuset=', ',mems_allowed=1'],
  ['oom-kill:constraint=A', ',task_memcg='],
  ['oom-kill:constraint=A,oom_memcg=', '/a,task_memcg='],
  ['oom-kill:constraint=A', ',task=a'],
  ['oom-kill:constraint=A', ',pid=1,uid=1'],
  [',task=', ',pid=1,uid='],
  [',task=a,pid=1,uid=1', ' '],
  ['Node 0 Normal: 1*4kB', '1'],
  ['Node 0 Normal: 1*4kB', ' 1*'],
  ['Node 0 Normal: 1*4kB', ' (UME'],
  ['Node 0 Normal free:1kB ', ' min:1'],
  ['Node 0 active_anon:1kB ', ' kernel_stack:1'],
  ['Node 0 hugepages_total=1 hugepages_free=1 ', 'hugepages_size='],
  ['lowmem_reserve[]:', ' 1'],
  ['active_anon:', '1'],
  [' a', 'a:1 '],
  [' a', 'a('],
  ['Memory cgroup stats for ', ': a:1KB'],
  ['Memory cgroup stats for /a:', ' a:1KB'],
  ['Task in ', ' killed as a result of limit of '],
  ['Tasks in ', ' are going to be killed'],
  ['CPU: 1 PID: 1 Comm: a Tainted: A', ' '],
  ['CPU: 1 PID: 1 Comm: a ', 'Tainted: A '],
  ['memory: usage ', '1'],
  ['[  1]', ' 1'],
  ['[  1] ', '1'],
  ['[ pid ]   uid  tgid total_vm      rss', ' name'],
  ['[ pid ]   uid  tgid total_vm      rss name', ' '],
  ['a', ' '],
  ['a ', '1KB '],
  ['1', '.1'],
  ['1 1 a:', '1 '],
  ['Free swap ', ' '],
  ['', 'Kernel panic - not syncing: '],
]

test('hostile lines, each by itself and inside a dump', () => {
  for (const [head, unit] of HOSTILE) {
    const make = (size: number): string => head + unit.repeat(size / unit.length)
    assertLinear(make(0) + unit, 200 * 1024, make, line => {
      parseKillLine(line)
      parseSacrificeLine(line)
      parseOpener(line)
      parseTriggerPid(line, 'a')
      parseKernelRelease(line)
      parseStructuredLine(line)
      parseStructuredLine(line, 'a')
      isStructuredPart(line)
      for (const title of ['', 'Unreclaimable slab info:', 'Memory allocations:']) {
        const dump = new OomDump()
        if (title !== '') dump.push(title)
        dump.push('[ pid ]   uid  tgid total_vm      rss name')
        dump.push(line)
      }
    })
  }
})

test('many lines that belong to no dump, in one that does not end', () => {
  const record = recordsOf(['x'])[0]!
  assertLinear(
    'lines',
    20_000,
    size => size,
    size => {
      const parser = new OomParser()
      parser.push({ ...record, text: 'a invoked oom-killer: order=0' })
      for (let line = 0; line < size; line++) parser.push({ ...record, text: 'usb 1-1: new' })
      assert.ok(parser.openSections <= 1)
    }
  )
})
