/** What is in the kernel log at a start: read in the turns after it, and told as if it had been read before. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { allowWrites, inject, killLine, overrun, setSwitch } from '../support/kernel-log.ts'
import { openKernelLog, readKernelLog, whyNoOomKills } from '../support/oom.ts'
import { deviceName, until, watchHere } from './watch-here.ts'

const skip = whyNoOomKills() ?? false

/** More records than are read in one turn. */
const FILL = Array.from({ length: 2500 }, (_, i) => `filler ${i}`)

/** A name for the device, which can be read there by all and written by root only. */
function readOnlyDevice(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-device-'))
  t.after(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o755)
  const path = join(folder, 'kmsg')
  assert.equal(spawnSync('mknod', ['-m', '444', path, 'c', '1', '11']).status, 0)
  return path
}

/** Does something as a user who may read the kernel log and not write it. */
function asReader(t: TestContext, act: () => void): void {
  setSwitch(t, '/proc/sys/kernel/dmesg_restrict', '0')
  process.seteuid!(65534)
  try {
    act()
  } finally {
    process.seteuid!(0)
  }
}

describe('the first read of the kernel log', { skip }, () => {
  test('what is there at the start is read in the turns after, and what comes meanwhile too', async t => {
    allowWrites(t)
    const before = killLine()
    inject(before.line, ...FILL)
    const { kills, gaps, log } = watchHere(t)
    const during = killLine()
    inject(during.line)
    for (let turn = 0; turn < 2; turn++) {
      await nextTurn()
      assert.doesNotMatch(log(), /watching the kernel log/, `after turn ${turn + 1}`)
    }
    await until(() => kills.includes(during.pid), 'the kill after the start')
    assert.match(log(), /watching the kernel log/)
    assert.ok(!kills.includes(before.pid), 'what was printed before is history')
    assert.deepEqual(gaps, [])
  })

  test('overwritten before it is read, with the line that marks the start: kills since are told, and the gap', async t => {
    allowWrites(t)
    const before = killLine()
    inject(before.line)
    const { kills, gaps } = watchHere(t)
    const [early, late] = [killLine(), killLine()]
    inject(early.line)
    overrun()
    inject(late.line)
    await until(() => kills.includes(late.pid), 'the kill after the start')
    assert.deepEqual(
      gaps.map(({ event, lost }) => [event, lost]),
      [['kmsg.overrun', undefined]]
    )
    assert.ok(!kills.includes(early.pid) && !kills.includes(before.pid))
  })

  test('overwritten before it is read, where the history is wanted: the gap is told, too', async t => {
    allowWrites(t)
    const { kills, gaps } = watchHere(t, '/dev/kmsg', { history: true })
    overrun()
    const { line, pid } = killLine()
    inject(line)
    await until(() => kills.includes(pid), 'the kill after the start')
    assert.deepEqual(
      gaps.map(({ event, lost }) => [event, lost]),
      [['kmsg.overrun', undefined]]
    )
  })

  test('a log that grows as fast as it is read is read to its end all the same', async t => {
    allowWrites(t)
    const { kills } = watchHere(t)
    const { line, pid } = killLine()
    inject(line)
    for (let turn = 0; turn < 40 && !kills.includes(pid); turn++) {
      inject(...FILL)
      await nextTurn()
    }
    assert.ok(kills.includes(pid))
  })

  test('who asks at once is told of a kill that is the last record, too', t => {
    allowWrites(t)
    const { watcher, kills } = watchHere(t)
    const { line, pid } = killLine()
    inject(line)
    watcher.catchUp()
    assert.ok(kills.includes(pid))
    const later = killLine()
    inject(later.line)
    watcher.readNow()
    assert.ok(kills.includes(later.pid))
  })

  test('a device that fails in the midst of the first read: the next process tells all of it, once', async t => {
    allowWrites(t)
    const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-first-'))
    t.after(() => rmSync(stateDir, { recursive: true }))
    const { path, give, take } = deviceName(t)
    give()
    const first = watchHere(t, path, { stateDir })
    first.watcher.close()
    const { line, pid } = killLine()
    overrun()
    inject(line, ...FILL)
    const log = openKernelLog()
    const records = readKernelLog(log)
    closeSync(log)
    const place = records.findIndex(record => record.includes(`Killed process ${pid} `))
    const second = watchHere(t, path, { stateDir })
    const fd = second.fd()
    for (let read = 0; read <= place; read += 1000) await nextTurn()
    take()
    closeSync(fd)
    await until(() => /cannot be read|will not be reported/.test(second.log()), 'that it fails')
    // As a request does, until the device is back.
    second.watcher.catchUp()
    second.watcher.close()
    const third = watchHere(t, '/dev/kmsg', { stateDir })
    third.watcher.catchUp()
    assert.deepEqual(
      [...second.kills, ...third.kills].filter(each => each === pid),
      [pid]
    )
    const gaps = [...second.gaps, ...third.gaps].filter(({ event }) => event === 'kmsg.overrun')
    assert.equal(gaps.length, 1, JSON.stringify(gaps))
  })

  test('without a device at two starts: what was overwritten since the first is no whole log', async t => {
    allowWrites(t)
    const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-first-'))
    t.after(() => rmSync(stateDir, { recursive: true }))
    const { path, give } = deviceName(t)
    watchHere(t, path, { stateDir }).watcher.close()
    overrun()
    const { watcher, gaps } = watchHere(t, path, { stateDir })
    give()
    await until(() => watcher.health.state === 'watching', 'the device')
    const overruns = gaps.filter(({ metadata }) => metadata.kmsg_seq !== undefined)
    assert.deepEqual(
      overruns.map(({ lost }) => lost),
      [undefined]
    )
  })

  test('its health, asked for at once, is that of a log which is read', async t => {
    allowWrites(t)
    const before = killLine()
    inject(before.line, ...FILL)
    const { watcher, kills } = watchHere(t, '/dev/kmsg', { history: true })
    assert.equal(watcher.health.state, 'watching')
    assert.ok(kills.includes(before.pid))
  })

  test('closed at once, it tells of the kills that are there', async t => {
    allowWrites(t)
    const before = killLine()
    inject(before.line, ...FILL)
    const { watcher, kills } = watchHere(t, '/dev/kmsg', { history: true })
    watcher.close()
    assert.ok(kills.includes(before.pid))
    assert.equal(watcher.health.state, 'stopped')
  })

  test('where no line can be written, what is there is read at once: what comes then is no history', async t => {
    allowWrites(t)
    const path = readOnlyDevice(t)
    const before = killLine()
    inject(before.line, ...FILL)
    let watch: ReturnType<typeof watchHere> | undefined
    asReader(t, () => {
      watch = watchHere(t, path)
    })
    const { kills, log } = watch!
    assert.match(log(), /watching the kernel log/)
    const during = killLine()
    inject(during.line)
    await until(() => kills.includes(during.pid), 'the kill after the start')
    assert.ok(!kills.includes(before.pid))
  })
})
