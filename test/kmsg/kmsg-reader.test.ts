/**
 * The reader when it is held up: stopped while the ring is overrun, the child that wakes it stopped or killed, its
 * descriptor failing or stalled, the device missing at first or for a while. Nothing is lost but time,
 * and what the kernel overwrote is counted to the record.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { allowWrites, inject, killLine, overrun, RATE } from '../support/kernel-log.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { WatchProcess } from '../watch/watch-process.ts'
import { deviceName, openDevices, until, watchHere } from './watch-here.ts'

const skip = whyNoOomKills() ?? false

/** The `dd` that wakes a process: its children that run or are stopped. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        const [, comm, state, ppid] = /^\d+ \((.*)\) (\S) (\d+) /.exec(stat)!
        return comm === 'dd' && state !== 'Z' && Number(ppid) === parent
      } catch {
        return false
      }
    })
    .map(Number)
}

describe('the reader of the kernel log', { skip }, () => {
  test('stopped while the ring is overrun, it counts what is gone to the record', async t => {
    allowWrites(t)
    const watch = await WatchProcess.start(t, {})
    const before = killLine()
    inject(before.line)
    await watch.untilKill(before.pid)
    watch.child.kill('SIGSTOP')
    await until(
      () => /^\d+ \(.*\) T /.test(readFileSync(`/proc/${watch.child.pid}/stat`, 'latin1')),
      'the stop'
    )
    const hidden = killLine()
    inject(hidden.line)
    overrun()
    const after = killLine()
    inject(after.line)
    watch.child.kill('SIGCONT')
    await watch.untilKill(after.pid)
    assert.ok(!watch.kills.some(({ pid }) => pid === hidden.pid))
    // What the reader had come to is not known here, but what it lost begins after its last record:
    // all records from the first kill to the one after the gap are read or lost.
    const first = watch.kills.find(({ pid }) => pid === before.pid)!
    const lost = watch.gaps.reduce((sum, gap) => sum + gap.lost!, 0)
    const [gap] = watch.gaps
    assert.equal(watch.gaps.length, 1)
    assert.equal(gap!.event, 'kmsg.overrun')
    const next = Number(gap!.metadata.kmsg_seq)
    const readBetween = next - lost - 1 - first.seq
    assert.ok(readBetween >= 0 && readBetween < 100, `${readBetween} records before the stop`)
    assert.equal((await watch.health()).lost, lost)
    assert.ok(gap!.from! <= gap!.to)
  })

  test('a blocked event loop and a stopped process delay a kill and lose none', async t => {
    allowWrites(t)
    const watch = await WatchProcess.start(t, {})
    watch.child.kill('SIGSTOP')
    const held = [killLine(), killLine(), killLine()]
    const before = Date.now()
    inject(...held.map(({ line }) => line))
    const after = Date.now()
    await sleep(2500)
    watch.child.kill('SIGCONT')
    for (const { pid } of held) {
      const { ts } = await watch.untilKill(pid)
      // The stamp's time, not that of the reading.
      assert.ok(ts / 1000 >= before - 2 && ts / 1000 <= after + 2, `${before} ${ts} ${after}`)
    }
    assert.deepEqual(watch.gaps, [])
    const { restarts, lost } = await watch.health()
    assert.deepEqual([restarts, lost], [0, 0])
  })

  test('a child that is stopped is replaced, and counted', async t => {
    allowWrites(t)
    const watch = await WatchProcess.start(t, {})
    const own = watch.child.pid!
    await until(() => childrenOf(own).length === 1, 'the child')
    const [stopped] = childrenOf(own)
    process.kill(stopped!, 'SIGSTOP')
    const { line, pid } = killLine()
    inject(line)
    await watch.untilKill(pid)
    await until(async () => (await watch.health()).stalls === 1, 'the replacement')
    await until(() => childrenOf(own).length === 1 && childrenOf(own)[0] !== stopped, 'a new child')
    const later = killLine()
    inject(later.line)
    await watch.untilKill(later.pid)
    assert.match(watch.log, /did not do so for records that came/)
    // A new child prints the whole log: that makes it no laggard.
    await sleep(2500)
    const { stalls, restarts, lost, reader } = await watch.health()
    assert.deepEqual([stalls, restarts, lost, reader], [1, 1, 0, 'dd'])
  })

  test('a descriptor that stays silent is replaced when the child knows more', async t => {
    allowWrites(t)
    const devices = openDevices().length
    const { watcher, kills, fd, log } = watchHere(t)
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-fifo-'))
    t.after(() => rmSync(folder, { recursive: true }))
    spawnSync('mkfifo', [join(folder, 'silent')])
    const stalled = fd()
    closeSync(stalled)
    // Takes the number that was free: reading it is EAGAIN for ever.
    const silent = openSync(join(folder, 'silent'), constants.O_RDWR | constants.O_NONBLOCK)
    assert.equal(silent, stalled)
    const { line, pid } = killLine()
    inject(line)
    await until(() => kills.includes(pid), 'the kill')
    assert.equal(watcher.health.stalls, 1)
    assert.match(log(), /the reader of the kernel log is stalled/)
    assert.equal(kills.filter(each => each === pid).length, 1)
    assert.equal(watcher.health.lost, 0)
    assert.equal(openDevices().length, devices + 1, 'what the children have is not open here')
  })

  test('a device that fails is opened again; what came meanwhile is read, and the gap says so', async t => {
    allowWrites(t)
    const device = deviceName(t)
    device.give()
    const { watcher, kills, gaps, fd, log } = watchHere(t, device.path)
    const before = killLine()
    inject(before.line)
    await until(() => kills.includes(before.pid), 'the kill before')
    device.take()
    closeSync(fd())
    const during = killLine()
    inject(during.line)
    await until(() => watcher.health.state === 'restarting', 'the failure')
    assert.match(watcher.health.error!, /there is no|bad file descriptor/)
    await sleep(800)
    assert.deepEqual(kills.slice(1), [])
    device.give()
    await until(() => kills.includes(during.pid), 'the kill during the failure')
    assert.equal(watcher.health.state, 'watching')
    assert.equal(watcher.health.error, undefined)
    assert.deepEqual(
      gaps.map(({ event, lost }) => [event, lost]),
      [['kmsg.reader_down', 0]]
    )
    assert.ok(gaps[0]!.from! < gaps[0]!.to)
    assert.ok(watcher.health.restarts >= 1)
    assert.equal(kills.filter(each => each === before.pid).length, 1, 'none twice')
    assert.ok(log().split('will not be reported until').length <= 3, 'said once for each reason')
  })

  test('a device that fails while the ring is overrun: the gap has the exact number', async t => {
    allowWrites(t)
    const device = deviceName(t)
    device.give()
    const { watcher, kills, gaps, fd } = watchHere(t, device.path)
    assert.equal(watcher.health.state, 'watching')
    device.take()
    closeSync(fd())
    const { line } = killLine()
    inject(line)
    await until(() => watcher.health.state === 'restarting', 'the failure')
    const last = watcher.health.last_seq!
    overrun()
    const after = killLine()
    inject(after.line)
    device.give()
    await until(() => kills.includes(after.pid), 'the kill after it')
    assert.equal(gaps.length, 1)
    assert.equal(gaps[0]!.event, 'kmsg.reader_down')
    assert.equal(gaps[0]!.lost, Number(gaps[0]!.metadata.kmsg_seq) - last - 1)
    assert.equal(watcher.health.lost, gaps[0]!.lost)
  })

  test('a log that is turned off is said to be, and read once it is on again', async t => {
    allowWrites(t)
    writeFileSync(RATE, 'off\n')
    let watch: ReturnType<typeof watchHere>
    try {
      watch = watchHere(t)
    } finally {
      writeFileSync(RATE, 'on\n')
    }
    const { watcher, kills } = watch
    assert.match(watcher.health.error!, /kernel\.printk_devkmsg is off/)
    const early = killLine()
    inject(early.line)
    await until(() => kills.includes(early.pid), 'the kill')
    assert.equal(watcher.health.state, 'watching')
  })

  test('a device that appears later is read from the start of the process on', async t => {
    allowWrites(t)
    const device = deviceName(t)
    const history = killLine()
    inject(history.line)
    const watch = await WatchProcess.start(t, { path: device.path })
    assert.equal((await watch.health()).state, 'unavailable')
    const early = killLine()
    inject(early.line)
    await sleep(700)
    device.give()
    const kill = await watch.untilKill(early.pid)
    assert.equal(kill.isReplayed, false)
    const later = killLine()
    inject(later.line)
    await watch.untilKill(later.pid)
    assert.ok(!watch.kills.some(({ pid }) => pid === history.pid), 'the history is not read')
    assert.deepEqual(
      watch.gaps.map(({ event, lost }) => [event, lost]),
      [['kmsg.reader_down', 0]]
    )
    const { state, error } = await watch.health()
    assert.deepEqual([state, error], ['watching', undefined])
    assert.equal(watch.log.split('there is no').length, 2, 'said once')
  })

  test('a watcher that is closed lets its process end', async t => {
    const watch = await WatchProcess.start(t, {})
    await watch.close()
    assert.equal(watch.child.exitCode, 0)
  })
})
