/**
 * The time of a record: with a made-up machine whose clocks step, drift and stop, and for real,
 * against readings of the clock around a write, in a time namespace, and under a clock that is set.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSuspendRecord, KernelClock } from '../../plugin/kmsg/clock.ts'
import { allowWrites, inject, killLine } from '../support/kernel-log.ts'
import { whyNoOomKills } from '../support/oom.ts'
import { type SeenKill, WatchProcess } from '../watch/watch-process.ts'

/** A machine whose clocks are set by hand; reading one takes a tenth of a microsecond. */
class Machine {
  monotonic = 5_000_000
  /** Unix microseconds minus monotonic. */
  wall = 1_764_000_000_123_456
  /** Monotonic minus the kernel's local clock. */
  distance = 1234
  suspended = 0

  readonly source = {
    monotonicUs: () => {
      this.monotonic += 0.1
      return this.monotonic
    },
    wallMs: () => Math.floor((this.monotonic + this.wall) / 1000),
    bootS: () => Math.floor((this.monotonic + this.suspended) / 10_000) / 100,
  }

  /** Prints a record. @returns its stamp, and the time that it should be given */
  print(): { stampUs: number; unixUs: number } {
    return {
      stampUs: Math.floor(this.monotonic - this.distance),
      unixUs: this.monotonic + this.wall,
    }
  }

  clock(): KernelClock {
    const clock = new KernelClock(this.source)
    const before = this.source.monotonicUs()
    const { stampUs } = this.print()
    clock.calibrate(stampUs, before, this.source.monotonicUs())
    return clock
  }
}

function assertNear(actual: number, expected: number, within: number): void {
  assert.ok(
    Math.abs(actual - expected) <= within,
    `${actual} is ${actual - expected} us off ${expected}`
  )
}

describe('the clock of the records', () => {
  test('is right to some microseconds at the start', () => {
    const machine = new Machine()
    const clock = machine.clock()
    for (let i = 0; i < 100; i++) {
      machine.monotonic += 12_345.6
      const { stampUs, unixUs } = machine.print()
      assertNear(clock.toUnixUs(stampUs), unixUs, 3)
    }
  })

  for (const step of [-3_600_000_000, -2_000_000, -1600, 1600, 2_000_000, 3_600_000_000]) {
    test(`follows a wall clock that is set by ${step} us`, () => {
      const machine = new Machine()
      const clock = machine.clock()
      machine.wall += step
      const { stampUs, unixUs } = machine.print()
      assertNear(clock.toUnixUs(stampUs), unixUs, 3)
      assertNear(clock.nowUs(), machine.monotonic + machine.wall, 3)
    })
  }

  test('is never a millisecond and a half off, however little the wall clock is set by', () => {
    for (let step = -2000; step <= 2000; step += 50) {
      for (let phase = 0; phase < 1000; phase += 90) {
        const machine = new Machine()
        const clock = machine.clock()
        machine.monotonic += phase
        machine.wall += step
        const { stampUs, unixUs } = machine.print()
        assertNear(clock.toUnixUs(stampUs), unixUs, 1500)
      }
    }
  })

  test('follows the two clocks as they drift apart, to some milliseconds', () => {
    for (const ppm of [-80, 80]) {
      const machine = new Machine()
      const clock = machine.clock()
      // Four days with a record every minute, which comes in 2 ms after it was printed.
      for (let minute = 0; minute < 5760; minute++) {
        machine.monotonic += 60e6
        machine.distance += 60 * ppm
        const { stampUs, unixUs } = machine.print()
        machine.monotonic += 2000
        clock.observe(stampUs, true)
        const bound = ppm < 0 ? 2010 + 60 * 80 : 8 * 60 * 80 + 12_000
        assertNear(clock.toUnixUs(stampUs), unixUs, bound)
      }
    }
  })

  test('is a second off at most, however long nothing was printed', () => {
    const machine = new Machine()
    const clock = machine.clock()
    machine.monotonic += 90 * 86_400e6
    machine.distance += 90 * 86_400 * 50
    const emptyAtUs = machine.monotonic
    machine.monotonic += 900_000
    const { stampUs, unixUs } = machine.print()
    machine.monotonic += 2000
    clock.observe(stampUs, true, emptyAtUs)
    assertNear(clock.toUnixUs(stampUs), unixUs, 1000)
  })

  test('does not take a stopped process, or a long log read late, for a drift', () => {
    const machine = new Machine()
    const clock = machine.clock()
    const late = machine.print()
    machine.monotonic += 30e6
    clock.observe(late.stampUs, true)
    for (let i = 0; i < 200; i++) clock.observe(late.stampUs, false)
    assertNear(clock.toUnixUs(late.stampUs), late.unixUs, 3)
  })

  test('does not take a busy machine, on which every record comes in late, for a drift', () => {
    const machine = new Machine()
    const clock = machine.clock()
    for (let i = 0; i < 100; i++) {
      machine.monotonic += 50_000
      const { stampUs, unixUs } = machine.print()
      machine.monotonic += 15_000 + 1000 * (i % 7)
      clock.observe(stampUs, true)
      assertNear(clock.toUnixUs(stampUs), unixUs, 3)
    }
  })

  test('a suspend in which the local clock goes on is seen with the first record after it', () => {
    const machine = new Machine()
    const clock = machine.clock()
    // s2idle on x86: CLOCK_MONOTONIC stops, the local clock and the wall clock do not.
    machine.distance -= 600e6
    machine.wall += 600e6
    const { stampUs, unixUs } = machine.print()
    machine.monotonic += 2000
    clock.observe(stampUs, true)
    assertNear(clock.toUnixUs(stampUs), unixUs, 2100)
  })

  test('a suspend in which both stop, as of a VM, is a step of the wall clock', () => {
    const machine = new Machine()
    const clock = machine.clock()
    machine.wall += 600e6
    const { stampUs, unixUs } = machine.print()
    assertNear(clock.toUnixUs(stampUs), unixUs, 3)
  })

  test('history from before the one suspend of this boot has the time at which it was printed', () => {
    const machine = new Machine()
    const before = machine.print()
    machine.wall += 600e6
    machine.suspended += 600e6
    machine.monotonic += 100
    const suspend = machine.print()
    machine.monotonic += 1e6
    const after = machine.print()
    const clock = machine.clock()
    clock.suspendedOnce(suspend.stampUs)
    assertNear(clock.toUnixUs(before.stampUs), before.unixUs, 11_000)
    assertNear(clock.toUnixUs(after.stampUs), after.unixUs, 3)
  })

  test('knows the lines with which the kernel comes back', () => {
    assert.ok(isSuspendRecord('PM: suspend exit'))
    assert.ok(isSuspendRecord('random: crng reseeded due to virtual machine fork'))
    assert.ok(!isSuspendRecord('PM: suspend entry (s2idle)'))
    assert.ok(!isSuspendRecord('random: crng init done'))
  })
})

const skip = whyNoOomKills() ?? false

/** Injects a kill line, and holds its event's time against the clock before and after the write. */
async function assertTime(watch: WatchProcess, shiftUs = 0): Promise<void> {
  const { line, pid } = killLine()
  // Whole milliseconds. Not by performance.timeOrigin, which is off by what interrupted its reading.
  const before = Date.now() * 1000
  inject(line)
  const after = (Date.now() + 1) * 1000
  const { ts }: SeenKill = await watch.untilKill(pid)
  const actual = ts - shiftUs
  assert.ok(
    actual >= before - 1000 && actual <= after + 1000,
    `${actual - before} us after the start of a write of ${after - before} us`
  )
}

describe('the time of an event', { skip }, () => {
  test('is that of the write of its record, to less than a millisecond', async t => {
    allowWrites(t)
    const watch = await WatchProcess.start(t, {})
    for (let i = 0; i < 20; i++) {
      await assertTime(watch)
      await sleep(7)
    }
  })

  test('so it is for one that was replayed', async t => {
    allowWrites(t)
    const { line, pid } = killLine()
    const before = Date.now() * 1000
    inject(line)
    const after = (Date.now() + 1) * 1000
    await sleep(300)
    const watch = await WatchProcess.start(t, { history: true })
    const { ts, isReplayed } = await watch.untilKill(pid)
    assert.equal(isReplayed, true)
    assert.ok(ts >= before - 1000 && ts <= after + 1000, `${ts - before} us`)
  })

  test('so it is in a time namespace, whose monotonic clock is another one', async t => {
    allowWrites(t)
    try {
      execFileSync('unshare', ['-T', '--monotonic', '86400', '--boottime', '86400', 'true'], {
        stdio: 'ignore',
      })
    } catch {
      t.skip('no time namespace can be made here')
      return
    }
    const watch = await WatchProcess.start(t, {}, [
      'unshare',
      '-T',
      '--fork',
      '--kill-child',
      '--monotonic',
      '86400',
      '--boottime',
      '86400',
    ])
    for (let i = 0; i < 5; i++) await assertTime(watch)
  })

  test('follows a wall clock that is set while the process runs', async t => {
    allowWrites(t)
    const library = findFaketime()
    if (library === undefined) {
      t.skip('libfaketime is not installed (apt-get install faketime)')
      return
    }
    const clock = fakeClock(t)
    const watch = await WatchProcess.start(t, {}, [
      'env',
      `LD_PRELOAD=${library}`,
      `FAKETIME_TIMESTAMP_FILE=${clock.path}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ])
    await assertTime(watch)
    for (const seconds of [3600, 3602, -7200, 0]) {
      clock.set(seconds)
      await assertTime(watch, seconds * 1e6)
      await assertTime(watch, seconds * 1e6)
    }
  })
})

function fakeClock(t: TestContext): { path: string; set: (seconds: number) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-clock-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'offset')
  const set = (seconds: number): void =>
    writeFileSync(path, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`)
  set(0)
  return { path, set }
}

function findFaketime(): string | undefined {
  try {
    const found = execFileSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return found.trim().split('\n')[0]
  } catch {
    return undefined
  }
}
