/**
 * The position in the kernel log, over restarts: kill -9 around kills and in the middle of a dump, the
 * ring overrun while nobody reads, and position files that are damaged, foreign, or cannot be written.
 */

import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readBootId } from '../../plugin/machine/boot-id.ts'
import type { KmsgGap } from '../../plugin/watch/kmsg-gaps.ts'
import { type KmsgPosition, KmsgPositionFile } from '../../plugin/watch/kmsg-position.ts'
import { KmsgWatcher } from '../../plugin/watch/watcher.ts'
import { allowWrites, dumpHalves, inject, killLine, overrun } from '../support/kernel-log.ts'
import { memoryGroup, oomKill, whyNoOomKills } from '../support/oom.ts'
import { WatchProcess } from './watch-process.ts'

const skip = whyNoOomKills() ?? false

function stateFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-state-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const BOOT_ID = readBootId()!

/** The position in the folder, and what writes another one. */
function keptPosition(
  t: TestContext,
  folder: string
): { position: KmsgPosition; save: (position: KmsgPosition) => void } {
  const file = new KmsgPositionFile(folder, BOOT_ID, pino({ level: 'silent' }))
  t.after(() => file.close())
  const { position } = file.load()
  assert.ok(position !== undefined)
  return { position, save: next => file.save(next) }
}

const pids = (watch: WatchProcess): number[] => watch.kills.map(({ pid }) => pid)

describe('the position in the kernel log', { skip }, () => {
  test('a kill that happened while the server was dead is published once, as replayed', async t => {
    const stateDir = stateFolder(t)
    const group = memoryGroup(t, 'sysmon-resume-1')
    const first = await WatchProcess.start(t, { stateDir })
    const before = await oomKill(t, group, 'before')
    assert.equal((await first.untilKill(before)).isReplayed, false)
    // What it answers afterwards tells that the position is kept, too.
    await first.health()
    await first.kill()

    const meanwhile = await oomKill(t, group, 'meanwhile')
    const second = await WatchProcess.start(t, { stateDir })
    const kill = await second.untilKill(meanwhile)
    assert.equal(kill.isReplayed, true)
    assert.equal(kill.isPartial, false)
    const after = await oomKill(t, group, 'after')
    assert.equal((await second.untilKill(after)).isReplayed, false)
    assert.ok(!pids(second).includes(before), 'the first one is not published again')
    await second.close()

    const third = await WatchProcess.start(t, { stateDir })
    const last = await oomKill(t, group, 'last')
    await third.untilKill(last)
    const own = new Set([before, meanwhile, after, last])
    assert.deepEqual(
      pids(third).filter(pid => own.has(pid)),
      [last]
    )
    assert.deepEqual(second.gaps, [])
  })

  test('a dump half printed at the kill -9 is read whole afterwards', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const { first: head, second: tail, pid, comm } = dumpHalves()
    const first = await WatchProcess.start(t, { stateDir })
    inject(...head)
    const { last_seq } = await first.health()
    assert.ok(last_seq !== undefined)
    await first.kill()
    inject(...tail)
    const second = await WatchProcess.start(t, { stateDir })
    const kill = await second.untilKill(pid)
    assert.equal(kill.trigger, comm)
    assert.equal(kill.ramPages, 524_288)
    assert.equal(kill.isPartial, false)
    assert.equal(kill.isReplayed, true)
  })

  test('a dump whose other half comes after the restart is whole, and not replayed', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const { first: head, second: tail, pid, comm } = dumpHalves()
    const first = await WatchProcess.start(t, { stateDir })
    inject(...head)
    await first.health()
    await first.kill()
    const second = await WatchProcess.start(t, { stateDir })
    inject(...tail)
    const kill = await second.untilKill(pid)
    assert.deepEqual(
      [
        kill.trigger,
        kill.isPartial,
        kill.isReplayed,
        pids(second).filter(each => each === pid).length,
      ],
      [comm, false, false, 1]
    )
  })

  test('what was overwritten while the server was dead is counted exactly, once', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir })
    await first.kill()
    const { read } = JSON.parse(readFileSync(join(stateDir, 'kmsg-position'), 'utf8'))
    overrun()
    const second = await WatchProcess.start(t, { stateDir })
    const { line, pid } = killLine()
    inject(line)
    await second.untilKill(pid)
    assert.equal(second.gaps.length, 1)
    const [gap] = second.gaps
    assert.equal(gap!.event, 'kmsg.overrun')
    assert.equal(gap!.lost, Number(gap!.metadata.kmsg_seq) - read - 1)
    assert.match(gap!.reason, /no server/)
    const { lost } = await second.health()
    assert.equal(lost, gap!.lost)
    await second.kill()
    const third = await WatchProcess.start(t, { stateDir })
    const again = killLine()
    inject(again.line)
    await third.untilKill(again.pid)
    assert.deepEqual(third.gaps, [], 'the gap is not told again')
  })

  test('killed before it had read anything, kills since its start are told by the next, and none before', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const [history, one, two] = [killLine(), killLine(), killLine()]
    inject(history.line)
    await sleep(50)
    await WatchProcess.dieAtStart({ stateDir })
    inject(one.line)
    await WatchProcess.dieAtStart({ stateDir })
    inject(two.line)
    const watch = await WatchProcess.start(t, { stateDir })
    for (const { pid } of [one, two]) assert.equal((await watch.untilKill(pid)).isReplayed, true)
    assert.ok(!pids(watch).includes(history.pid))
    assert.deepEqual(watch.gaps, [])
  })

  test('killed before it had read anything, the next one tells that records were overwritten, once', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const before = Date.now() * 1000
    await WatchProcess.dieAtStart({ stateDir })
    const after = Date.now() * 1000
    overrun()
    const second = await WatchProcess.start(t, { stateDir })
    assert.deepEqual(
      second.gaps.map(({ event, lost }) => [event, lost]),
      [['kmsg.overrun', undefined]]
    )
    const { from, to, reason } = second.gaps[0]!
    assert.match(reason, /no server/)
    assert.ok(before <= from! + 1000 && from! <= after + 1000 && from! < to, `${from} to ${to}`)
    await second.kill()
    const third = await WatchProcess.start(t, { stateDir })
    const { line, pid } = killLine()
    inject(line)
    await third.untilKill(pid)
    assert.deepEqual(third.gaps, [])
  })

  test('an application that is closed before it was ready leaves the position to the next', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir })
    await first.close()
    const missed = killLine()
    inject(missed.line)
    const log = pino({ level: 'silent' })
    const handlers = { onKill: () => 1, onGap: () => {}, writtenSeq: () => 1 }
    const options = { path: '/dev/kmsg', bootId: BOOT_ID, stateDir, history: false }
    const closed = new KmsgWatcher(options, log, handlers)
    closed.readNow()
    closed.close()
    closed.readNow()
    const second = await WatchProcess.start(t, { stateDir })
    await second.untilKill(missed.pid)
    assert.deepEqual(second.gaps, [])
  })

  test('a gap that was written down but perhaps not told is told as it was', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir })
    await first.kill()
    const { position, save } = keptPosition(t, stateDir)
    const gap: KmsgGap = {
      event: 'kmsg.overrun',
      lost: 5,
      reason: 'x',
      from: 1,
      to: 2,
      metadata: { boot_id: BOOT_ID, kmsg_seq: String(position.read + 1) },
    }
    save({ ...position, gap })
    const second = await WatchProcess.start(t, { stateDir })
    assert.deepEqual(second.gaps, [gap])
    await second.kill()
    const third = await WatchProcess.start(t, { stateDir })
    assert.deepEqual(third.gaps, [])
  })

  for (const [kind, damage] of [
    ['a flipped digit', (path: string) => flip(path)],
    ['half of it', (path: string) => truncateSync(path, 30)],
    ['text', (path: string) => writeFileSync(path, 'hello\n')],
    ['null', (path: string) => writeFileSync(path, 'null\n'.padStart(2048))],
    ['more than it holds', (path: string) => writeFileSync(path, Buffer.alloc(100_000, 'x'))],
  ] as const) {
    test(`a position file of ${kind} is a first start that says so`, async t => {
      allowWrites(t)
      const stateDir = stateFolder(t)
      const first = await WatchProcess.start(t, { stateDir })
      await first.kill()
      damage(join(stateDir, 'kmsg-position'))
      const missed = killLine()
      inject(missed.line)
      const second = await WatchProcess.start(t, { stateDir })
      const { line, pid } = killLine()
      inject(line)
      await second.untilKill(pid)
      assert.ok(!pids(second).includes(missed.pid))
      assert.deepEqual(
        second.gaps.map(({ event, lost }) => [event, lost]),
        [['kmsg.position_damaged', undefined]]
      )
      assert.match(second.log, /position in the kernel log is damaged/)
      await second.kill()
      // It was written anew.
      const meanwhile = killLine()
      inject(meanwhile.line)
      const third = await WatchProcess.start(t, { stateDir })
      assert.equal((await third.untilKill(meanwhile.pid)).isReplayed, true)
    })
  }

  test('an empty position file, as a full disk leaves it: kills since it was made are published', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const [history, missed] = [killLine(), killLine()]
    inject(history.line)
    await sleep(50)
    writeFileSync(join(stateDir, 'kmsg-position'), '')
    await sleep(50)
    inject(missed.line)
    const watch = await WatchProcess.start(t, { stateDir })
    assert.equal((await watch.untilKill(missed.pid)).isReplayed, true)
    assert.ok(!pids(watch).includes(history.pid))
    assert.deepEqual(watch.gaps, [])
    assert.equal((await watch.health()).state, 'watching')
  })

  for (const [end, how] of [
    ['kill -9', 'kill'],
    ['a proper end', 'close'],
  ] as const) {
    test(`kills that were in memory only at ${end} are published again, whole, and no others`, async t => {
      allowWrites(t)
      const stateDir = stateFolder(t)
      const first = await WatchProcess.start(t, { stateDir, written: 1 })
      const dumps = [dumpHalves(), dumpHalves(), dumpHalves()]
      for (const dump of dumps) {
        inject(...dump.first, ...dump.second)
        await first.untilKill(dump.pid)
      }
      const { last_seq, kills } = await first.health()
      await first[how]()
      const second = await WatchProcess.start(t, { stateDir })
      for (const { pid, comm } of dumps.slice(1)) {
        const kill = await second.untilKill(pid)
        assert.deepEqual([kill.isReplayed, kill.isPartial, kill.trigger], [true, false, comm])
      }
      assert.ok(!pids(second).includes(dumps[0]!.pid))
      assert.deepEqual(second.gaps, [])
      const health = await second.health()
      assert.ok(health.resumed_after! >= last_seq!, 'what was read was read')
      assert.equal(health.kills?.missed, kills?.missed)
    })
  }

  test('kills that got onto the disk late are not published again', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir, written: 0 })
    const [one, two] = [killLine(), killLine()]
    inject(one.line)
    await first.untilKill(one.pid)
    await first.write()
    inject(two.line)
    await first.untilKill(two.pid)
    // What it answers afterwards tells that the position is kept, too.
    await first.health()
    await first.kill()
    const second = await WatchProcess.start(t, { stateDir })
    const last = killLine()
    inject(last.line)
    await second.untilKill(last.pid)
    assert.ok(!pids(second).some(pid => pid === one.pid || pid === two.pid))
  })

  test('records that are overwritten behind a kill in memory are one gap, over the restart too', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir, written: 0 })
    const { line, pid } = killLine()
    inject(line)
    await first.untilKill(pid)
    first.child.kill('SIGSTOP')
    overrun()
    first.child.kill('SIGCONT')
    await first.until(() => first.gaps.length > 0, 'the gap')
    await first.kill()
    const second = await WatchProcess.start(t, { stateDir })
    const last = killLine()
    inject(last.line)
    await second.untilKill(last.pid)
    assert.deepEqual(second.gaps, [])
    assert.ok(!pids(second).includes(pid))
  })

  test('a position of another boot is none', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir, bootId: 'the boot before' })
    await first.kill()
    const history = killLine()
    inject(history.line)
    const second = await WatchProcess.start(t, { stateDir })
    const { line, pid } = killLine()
    inject(line)
    await second.untilKill(pid)
    assert.ok(!pids(second).includes(history.pid))
    assert.deepEqual(second.gaps, [])
    assert.equal((await second.health()).resumed_after, undefined)
  })

  test('a position beyond the log, as after the return to a snapshot, is none', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const first = await WatchProcess.start(t, { stateDir })
    await first.kill()
    const { position, save } = keptPosition(t, stateDir)
    const beyond = position.read + 1e6
    save({ ...position, read: beyond, resume: beyond, published: beyond })
    const second = await WatchProcess.start(t, { stateDir })
    const { line, pid } = killLine()
    inject(line)
    await second.untilKill(pid)
    assert.match(second.log, /set back to a snapshot/)
    assert.deepEqual(second.gaps, [])
  })

  test('a first start skips the history, and publishes it where it is told to', async t => {
    allowWrites(t)
    const { line, pid } = killLine()
    inject(line)
    const plain = await WatchProcess.start(t, { stateDir: stateFolder(t) })
    const all = await WatchProcess.start(t, { stateDir: stateFolder(t), history: true })
    assert.equal((await all.untilKill(pid)).isReplayed, true)
    const late = killLine()
    inject(late.line)
    await plain.untilKill(late.pid)
    assert.ok(!pids(plain).includes(pid))
    assert.equal((await all.untilKill(late.pid)).isReplayed, false)
    const stateDir = stateFolder(t)
    await WatchProcess.dieAtStart({ stateDir, history: true })
    const again = await WatchProcess.start(t, { stateDir, history: true })
    assert.equal((await again.untilKill(pid)).isReplayed, true, 'also by the next')
    assert.deepEqual(again.gaps, [])
  })

  for (const [kind, spoil] of [
    ['a folder in its place', (folder: string) => mkdirSync(join(folder, 'kmsg-position'))],
    [
      'a file in the place of the folder',
      (folder: string) => {
        rmSync(folder, { recursive: true })
        writeFileSync(folder, '')
      },
    ],
  ] as const) {
    test(`${kind}: reading goes on without a position, and the log and health say so`, async t => {
      allowWrites(t)
      const stateDir = stateFolder(t)
      spoil(stateDir)
      const watch = await WatchProcess.start(t, { stateDir })
      const { line, pid } = killLine()
      inject(line)
      await watch.untilKill(pid)
      assert.match(watch.log, /position in the kernel log cannot be kept/)
      const { state, position_error } = await watch.health()
      assert.equal(state, 'watching')
      assert.ok(position_error !== undefined)
    })
  }

  test('killed at any moment of a storm, each kill comes once by its number, and none is missing', async t => {
    allowWrites(t)
    const stateDir = stateFolder(t)
    const expected: number[] = []
    const seen = new Map<number, number>()
    const told: number[] = []
    let watch = await WatchProcess.start(t, { stateDir })
    for (let round = 0; round < 12; round++) {
      for (let count = 0; count < 8; count++) {
        const { first, second, pid } = dumpHalves()
        inject(...first, ...second)
        expected.push(pid)
      }
      // From at once to some ms after the lines were written.
      await new Promise(resolve => setTimeout(resolve, round))
      await watch.kill()
      told.push(...pids(watch))
      for (const { seq, pid } of watch.kills) seen.set(seq, pid)
      watch = await WatchProcess.start(t, { stateDir })
    }
    const last = expected.at(-1)!
    if (!told.includes(last)) await watch.untilKill(last)
    for (const { seq, pid } of watch.kills) seen.set(seq, pid)
    const own = new Set(expected)
    const bySeq = [...seen].sort(([a], [b]) => a - b).map(([, pid]) => pid)
    assert.deepEqual(
      bySeq.filter(pid => own.has(pid)),
      expected
    )
    assert.ok(told.length > 0)
  })
})

/** Changes one digit of the sequence number. */
function flip(path: string): void {
  const text = readFileSync(path, 'latin1')
  const at = text.indexOf('"read":') + 7
  chmodSync(path, 0o600)
  writeFileSync(path, `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`)
}
