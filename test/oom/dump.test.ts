/** What one dump takes of the lines that come by. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OomDump } from '../../plugin/oom/dump.ts'
import { parseOpener } from '../../plugin/oom/lines/opener.ts'
import { TASKS_TITLE, taskRow } from './dump-builder.ts'

test('the processor’s line is that of the trigger, and no other one’s', () => {
  const dump = new OomDump()
  const line = (comm: string) => `CPU: 1 PID: 7 Comm: ${comm} Not tainted 6.1.0-18-amd64 #1 Debian`
  assert.equal(dump.push(line('node')), false, 'nobody has asked for memory yet')
  dump.opener = parseOpener('node invoked oom-killer: gfp_mask=0x1, order=0, oom_score_adj=0')
  assert.equal(dump.push(line('mode')), false)
  assert.deepEqual([dump.triggerPid, dump.kernelRelease], [undefined, undefined])
  assert.equal(dump.push(line('node')), true)
  assert.deepEqual([dump.triggerPid, dump.kernelRelease], [7, '6.1.0-18-amd64'])
  assert.equal(dump.push(line('node').replace('7', '8')), false, 'once')
  assert.equal(dump.triggerPid, 7)
})

test('below its title, a table is read without its header', () => {
  const row = taskRow({ comm: 'x', pid: 7, rssPages: 1 })
  const dump = new OomDump()
  assert.equal(dump.push(row), false)
  assert.equal(dump.hasUnreadRows, true)
  assert.equal(dump.push(TASKS_TITLE), true)
  assert.equal(dump.push(row), true)
  assert.equal(dump.tasks.count, 1)
  const torn = new OomDump()
  torn.isTorn = true
  assert.equal(torn.push(TASKS_TITLE), true)
  assert.equal(torn.push(row), false, 'rows in front may be lost')
})

test('64 lines of the call trace are kept', () => {
  const dump = new OomDump()
  dump.push('Call Trace:')
  for (let at = 0; at < 70; at++) dump.push(` f${at}+0x1/0x2`)
  assert.equal(dump.circumstances.callTrace.length, 64)
  assert.equal(dump.circumstances.callTrace.at(-1), 'f63')
})
