/**
 * The reader when it is held up: stopped while the ring is overrun, the child that wakes it stopped or killed, its
 * descriptor failing or stalled, the device missing at first or for a while. Nothing is lost but time,
 * and what the kernel overwrote is counted to the record.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readBootId } from '../../plugin/machine/boot-id.ts'
import type { KmsgGap } from '../../plugin/watch/kmsg-gaps.ts'
import { KmsgWatcher } from '../../plugin/watch/watcher.ts'
import { allowWrites, inject, killLine, overrun, RATE, setSwitch } from '../support/kernel-log.ts'
import { openKernelLog, readKernelLog, whyNoOomKills } from '../support/oom.ts'
import { PATIENCE_MS } from '../support/wait.ts'
import { WatchProcess } from '../watch/watch-process.ts'

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

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await isTrue()); tries++) {
    if (tries === PATIENCE_MS / 10) throw new Error(`never came: ${what}`)
    await sleep(10)
  }
}

/** A folder with a name for the device that can be taken away and given back. */
function deviceName(t: TestContext): { path: string; give: () => void; take: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-device-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'kmsg')
  return {
    path,
    give: () => symlinkSync('/dev/kmsg', path),
    take: () => renameSync(path, join(folder, 'taken')),
  }
}

/** A watcher in this process, whose descriptor a test can reach. */
function watchHere(
  t: TestContext,
  path = '/dev/kmsg',
  { history = false, stateDir }: { history?: boolean; stateDir?: string } = {}
) {
  const kills: number[] = []
  const gaps: KmsgGap[] = []
  const lines: string[] = []
  const before = new Set(openDevices())
  const watcher = new KmsgWatcher(
    { path, bootId: readBootId(), stateDir, history },
    pino({ level: 'info' }, { write: line => lines.push(line) }),
    {
      onKill: ({ victim }) => kills.push(victim.pid),
      onGap: gap => gaps.push(gap),
      writtenSeq: () => Infinity,
    }
  )
  t.after(() => watcher.close())
  watcher.start()
  return {
    watcher,
    kills,
    gaps,
    log: () => lines.join(''),
    fd: () => {
      const [fd] = openDevices().filter(each => !before.has(each))
      assert.ok(fd !== undefined, 'the device is open')
      return fd
    },
  }
}

function openDevices(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).includes('/kmsg')
      } catch {
        return false
      }
    })
}

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

describe('the reader of the kernel log', { skip }, () => {
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
