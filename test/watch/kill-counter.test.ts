/**
 * The kernel's count of kills against its log: as a state machine, and for real, with the lines of
 * kills overwritten, without the device, and in a container that sees only its own control group.
 */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseKmsgRecord } from '../../plugin/kmsg/record.ts'
import { KillCheck } from '../../plugin/watch/kill-check.ts'
import {
  containerKillCounter,
  isCountedKill,
  KillAudit,
  machineKillCounter,
} from '../../plugin/watch/kill-counter.ts'
import { allowWrites, overrun } from '../support/kernel-log.ts'
import { memoryGroup, oomKill, whyNoOomKills } from '../support/oom.ts'
import { WatchProcess } from './watch-process.ts'

const skip = whyNoOomKills() ?? machineKillCounterMissing() ?? false

function machineKillCounterMissing(): string | undefined {
  return machineKillCounter() === undefined ? 'the kernel counts no OOM kills' : undefined
}

describe('the audit', () => {
  const audit = (start: number): KillAudit => {
    const one = new KillAudit()
    one.begin(start)
    return one
  }

  test('a kill with its line is no miss, whichever is read first', () => {
    const one = audit(7)
    assert.equal(one.check(8), 0, 'counted, its line still to come')
    one.see()
    assert.equal(one.check(8), 0)
    one.see()
    one.bound(9)
    assert.equal(one.check(9), 0)
    assert.equal(one.missed, 0)
    assert.equal(one.agrees, true)
  })

  test('a kill without a line is one miss, told at the second check, once', () => {
    const one = audit(7)
    assert.deepEqual([one.check(9), one.agrees], [0, false])
    assert.deepEqual([one.check(9), one.agrees], [2, true])
    assert.equal(one.check(9), 0)
    assert.equal(one.missed, 2)
  })

  test('in a storm, kills on their way are not taken for missed ones', () => {
    const one = audit(0)
    for (let count = 1; count < 100; count++) {
      // Each time one kill is counted whose line comes after the check.
      one.bound(count)
      assert.equal(one.check(count), 0)
      one.see()
    }
    one.bound(99)
    assert.equal(one.check(99), 0)
    assert.equal(one.missed, 0)
  })

  test('a line of a kill that was counted before the audit began hides no later one', () => {
    const one = audit(7)
    one.see()
    one.bound(7)
    one.check(7)
    one.check(8)
    assert.equal(one.check(8), 1)
  })

  test('a counter that begins anew is taken as it is', () => {
    const one = audit(7)
    one.bound(0)
    assert.equal(one.check(0), 0)
    one.check(1)
    assert.equal(one.check(1), 1)
  })
})

test('only lines of the kernel that say who was killed are counted', () => {
  const counted = (line: string): boolean => isCountedKill(parseKmsgRecord(line)!)
  const kill = 'Killed process 7 (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB'
  assert.equal(counted(`3,1,1,-;Out of memory: ${kill}`), true)
  assert.equal(counted(`3,1,1,-;Memory cgroup out of memory: ${kill}`), true)
  assert.equal(counted(`3,1,1,-;${kill}`), true, 'before 5.1')
  assert.equal(counted(`11,1,1,-;Out of memory: ${kill}`), false, 'written by a process')
  for (const other of [
    'Out of memory: Kill process 7 (a) score 900 or sacrifice child',
    'Out of memory: OOM victim 7 (a) is already exiting. Skip killing the task',
    'oom_reaper: reaped process 7 (a), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
    'Tasks in /a are going to be killed due to memory.oom.group set',
  ]) {
    assert.equal(counted(`3,1,1,-;${other}`), false, other)
  }
})

describe('a container sees its own counter', () => {
  const container = (t: TestContext, mountinfo: string, files: Record<string, string>): string => {
    const root = mkdtempSync(join(tmpdir(), 'sysmon-root-'))
    t.after(() => rmSync(root, { recursive: true }))
    for (const [path, text] of Object.entries({ 'proc/self/mountinfo': mountinfo, ...files })) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    return root
  }
  const v2 =
    '31 23 0:27 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n'

  test('of version 2, below the root', t => {
    const root = container(t, v2, {
      'sys/fs/cgroup/memory.events': 'low 0\nhigh 0\nmax 31\noom 3\noom_kill 2\noom_group_kill 0\n',
    })
    const counter = containerKillCounter(root)
    assert.equal(counter?.source, 'memcg')
    assert.equal(counter?.read(), 2)
  })

  test('not at the root of version 2, which has no such file', t => {
    assert.equal(containerKillCounter(container(t, v2, {})), undefined)
  })

  test('not where /proc tells nothing', t => {
    assert.equal(containerKillCounter(container(t, '', {})), undefined)
  })

  test('not on this machine, where the hierarchy is seen from its root', { skip }, () => {
    assert.equal(containerKillCounter(), undefined)
  })
})

test(
  'records lost before kills that were told have nothing to do with the next ones',
  { skip },
  () => {
    const check = new KillCheck(undefined)
    check.use(true, 1)
    const missed = (kills: number) => {
      const { counter } = check.baseline!
      check.resume({ counter, accounted: machineKillCounter()!.read()! - kills, agreedAt: 1 })
      const look = () => check.check(true, () => true, 2)
      // What is counted may be printed in a moment: it is missed where the second look finds no line either.
      assert.equal(look(), undefined)
      return look()?.reason ?? ''
    }
    check.lose(50)
    assert.match(missed(2), /among the 50 records reported as lost/)
    assert.doesNotMatch(missed(1), /records/)
  }
)

describe('kills that the log did not show', { skip }, () => {
  const auditMs = 200
  const count = () => machineKillCounter()!.read()!

  test('are told when their lines were overwritten, beside the records', async t => {
    allowWrites(t)
    const group = memoryGroup(t, 'sysmon-count-1')
    const before = count()
    const watch = await WatchProcess.start(t, { auditMs })
    const seen = await oomKill(t, group, 'seen')
    await watch.untilKill(seen)
    await sleep(3 * auditMs)
    assert.deepEqual(watch.gaps, [])
    watch.child.kill('SIGSTOP')
    const hidden = [await oomKill(t, group, 'hidden one'), await oomKill(t, group, 'hidden two')]
    overrun()
    watch.child.kill('SIGCONT')
    const find = () => watch.gaps.filter(({ event }) => event === 'kmsg.kills_missed')
    await watch.until(() => find().length > 0, 'the gap')
    assert.ok(!watch.kills.some(({ pid }) => hidden.includes(pid)))
    // Others may make kills on this machine at the same time: the sum is right whatever they do.
    await watch.until(() => count() - before >= 3, 'the counter')
    await sleep(3 * auditMs)
    const { kills, lost } = await watch.health()
    assert.equal(kills!.lines + kills!.missed, count() - before)
    assert.ok(kills!.missed >= 2)
    const overruns = watch.gaps.filter(({ event }) => event === 'kmsg.overrun')
    assert.equal(overruns.length, 1)
    assert.match(
      find()[0]!.reason,
      new RegExp(`${find()[0]!.lost} processes .* among the ${lost} records reported as lost`)
    )
    assert.ok(find()[0]!.from! < find()[0]!.to)
  })

  test('are told after a restart in the same boot', async t => {
    allowWrites(t)
    const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-state-'))
    t.after(() => rmSync(stateDir, { recursive: true }))
    const group = memoryGroup(t, 'sysmon-count-2')
    const first = await WatchProcess.start(t, { stateDir, auditMs })
    const startedAt = Date.now() * 1000
    await sleep(3 * auditMs)
    await first.kill()
    await oomKill(t, group, 'hidden')
    overrun()
    const second = await WatchProcess.start(t, { stateDir, auditMs })
    const find = () => second.gaps.filter(({ event }) => event === 'kmsg.kills_missed')
    await second.until(() => find().length > 0, 'the gap')
    assert.ok(find()[0]!.lost! >= 1)
    assert.ok(find()[0]!.from! < startedAt + auditMs * 3000)
    // A gap that was told, but not yet struck off, would be told again: the same gap.
    await second.health()
    await second.kill()
    const third = await WatchProcess.start(t, { stateDir, auditMs })
    await sleep(4 * auditMs)
    assert.deepEqual(
      third.gaps.filter(({ metadata }) => metadata.oom_kill === find()[0]!.metadata.oom_kill),
      [],
      'once'
    )
  })

  test('are told when the device cannot be read at all', async t => {
    const group = memoryGroup(t, 'sysmon-count-3')
    const watch = await WatchProcess.start(t, { path: '/nonexistent/kmsg', auditMs })
    assert.equal((await watch.health()).kills?.counter, 'vmstat')
    await oomKill(t, group, 'unseen')
    await watch.until(() => watch.gaps.length > 0, 'the gap')
    const [gap] = watch.gaps
    assert.equal(gap!.event, 'kmsg.kills_missed')
    assert.ok(gap!.lost! >= 1)
    assert.match(gap!.reason, /oom_kill in \/proc\/vmstat.*cannot be read/)
  })

  test('in a container without the device are those of its own control group', async t => {
    let watch: WatchProcess | undefined
    // Before the groups, which can only be removed when they are empty.
    t.after(() => watch?.kill())
    const group = memoryGroup(t, 'sysmon-count-4', 512 * 1024)
    const other = memoryGroup(t, 'sysmon-count-5')
    if (!group.procs.startsWith('/sys/fs/cgroup/memory/')) {
      t.skip('this machine has control groups of version 2 only')
      return
    }
    // Enters the group, then sees it as the root of the hierarchy, as a container does.
    const script = `echo $$ > ${group.procs}; exec unshare -C -m --propagation private sh -c '
      umount /sys/fs/cgroup/memory && mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory
      exec "$@"' sh "$@"`
    watch = await WatchProcess.start(t, { path: '/nonexistent/kmsg', auditMs }, [
      'sh',
      '-c',
      script,
      'sh',
    ])
    const { kills } = await watch.health()
    assert.equal(kills?.counter, 'memcg')
    assert.equal(kills?.path, '/sys/fs/cgroup/memory/memory.oom_control')
    await oomKill(t, other, 'neighbour')
    await sleep(4 * auditMs)
    assert.deepEqual(watch.gaps, [], "a neighbour's kill is not its own")
    // The limit is lowered for a hog beside the watcher, which is not the larger one.
    const hog = spawn('sh', ['-c', `echo $$ > ${group.procs}; exec tail /dev/zero`], {
      stdio: 'ignore',
    })
    await new Promise(resolve => hog.once('exit', resolve))
    const own = () => watch!.gaps.at(-1)
    await watch.until(() => own() !== undefined, 'the gap')
    assert.equal(own()!.lost, 1)
    assert.match(own()!.reason, /1 process was killed .*memory\.oom_control/)
    assert.ok(own()!.metadata.cgroup !== undefined)
  })
})
