/**
 * What a person reads about a whole log: kills that belong together in one block, what they led to,
 * what they have in common, and who else kills for want of memory.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildDump, killLine, linesOf } from '../oom/dump-builder.ts'

const COMMAND = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))

function textOf(log: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'explain'], {
    input: log,
    encoding: 'utf8',
  })
  return stdout + stderr
}

/** As dmesg prints them, `stepS` seconds apart. */
function dmesg(lines: readonly string[], fromS = 100, stepS = 0.0001): string {
  return lines
    .map((line, at) => `[${(fromS + at * stepS).toFixed(6).padStart(12)}] ${line}\n`)
    .join('')
}

const MEMCG = { kind: 'memcg', oomMemcg: '/build', taskMemcg: '/build' } as const
const GROUP = 'Tasks in /build are going to be killed due to memory.oom.group set'
const killOf = (comm: string, pid: number): string =>
  killLine({ ...MEMCG, victim: { comm, pid, rssPages: 900 } })

describe('a kill and what belongs to it', () => {
  test('the victims of a group kill are one block', () => {
    const followers = [
      ...Array.from({ length: 26 }, (_, at) => killOf('make', 5000 + at)),
      killOf('sh', 6000),
    ]
    const text = textOf(dmesg([...linesOf(buildDump(MEMCG)), GROUP, ...followers]))
    assert.match(text, /and 27 more of the group: make ×26, sh\n/)
    assert.equal(text.match(/The kernel killed/g)?.length, 1)
  })

  test('the next kill counts on from all victims of the group', () => {
    const next = linesOf(buildDump({ victim: { pid: 9000, comm: 'later' } }))
    const text = textOf(dmesg([...linesOf(buildDump(MEMCG)), GROUP, killOf('make', 5000), ...next]))
    assert.match(text, /^1\. The kernel killed chrome/m)
    assert.match(text, /^3\. The kernel killed later/m)
  })

  test('process 1 among them, and the panic that follows', () => {
    const text = textOf(
      dmesg([
        ...linesOf(buildDump(MEMCG)),
        GROUP,
        killOf('systemd', 1),
        'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000008b',
      ])
    )
    assert.match(text, /the kernel panicked: Attempted to kill init! exitcode=0x0000008b/)
    assert.match(text, /take process 1 out of the group/)
  })

  test('a panic hours later is not told with it', () => {
    const log =
      dmesg(linesOf(buildDump())) + dmesg(['Kernel panic - not syncing: Fatal exception'], 9000)
    assert.doesNotMatch(textOf(log), /panicked/)
  })

  test('processes whose memory was taken back, and whose kill the log does not show', () => {
    const reaped = [
      'oom_reaper: reaped process 4711 (chrome), now anon-rss:0kB',
      'oom_reaper: reaped process 77 (java), now anon-rss:0kB',
    ]
    const text = textOf(dmesg([...linesOf(buildDump()), ...reaped]))
    assert.match(text, /taken back \(oom_reaper\): java \(77\)$/m)
  })

  test('the unit that lost its process, only where it was soon', () => {
    const line = (clock: string, text: string): string => `May 17 ${clock} host ${text}\n`
    const kill = line('13:02:33', `kernel: ${killLine()}`)
    const unit = 'systemd[1]: app.service: Main process exited, code=killed, status=9/KILL'
    const other = line('13:02:34', 'kernel: usb 1-1: new device')
    assert.match(textOf(kill + line('13:02:33', unit) + other), /app\.service: Main process exited/)
    assert.doesNotMatch(textOf(kill + line('18:02:33', unit) + other), /app\.service/)
  })
})

describe('when it was', () => {
  for (const [title, prefix, said] of [
    ['without a year', 'May 17 13:02:33 host kernel: ', /May 17 13:02:33, as the log has it/],
    [
      'in another language',
      '[dim. 19 avril 18:03:30 2026] ',
      /19 avril 18:03:30 2026, as the log has it/,
    ],
    [
      'without a zone',
      '[Tue Aug 12 03:54:03 2025] ',
      /Tue Aug 12 03:54:03 2025, as the log has it/,
    ],
    ['a moment', '2025-08-12T05:54:03+0200 host kernel: ', /2025-08-12 03:54:03\.000 UTC/],
    [
      'day and stamp',
      'May 17 13:02:33 host kernel: [  90.000000] ',
      /May 17 13:02:33, .*; 1 min 30\.000 s after boot/,
    ],
    ['months after boot', '[16630894.598536] ', /192 d 11 h 41 min 34\.599 s after boot/],
  ] as const) {
    test(title, () => assert.match(textOf(`${prefix}${killLine()}\n`), said))
  }
})

describe('what the kills of a log have in common', () => {
  const every = (minutes: readonly number[], limit = 'memory: '): string =>
    minutes
      .map(at =>
        dmesg(
          linesOf(buildDump(MEMCG)).filter(line => limit === '' || !line.startsWith('swap')),
          at * 60
        )
      )
      .join('')

  test('the same victim at the same limit, at a regular distance', () => {
    const text = textOf(every(Array.from({ length: 20 }, (_, at) => 1 + at * 130)))
    assert.match(
      text,
      /20 kills of chrome for the limit of the control group \/build, 512 MiB each time, about every 2 h, over 41 h: a leak, or a limit too small/
    )
  })

  test('at no regular distance', () => {
    const text = textOf(every([1, 4, 700, 710, 3000]))
    assert.match(text, /5 kills of chrome.*, between 3 min and 38 h apart, over 2 d/)
  })

  test('within a moment: no leak is claimed', () => {
    const text = textOf(every([1, 1.1, 1.2]))
    assert.match(text, /3 kills of chrome.*, within 12 s/)
    assert.doesNotMatch(text, /within 12 s: a leak/)
  })

  test('nothing of two, nor of the victims of one group kill', () => {
    assert.doesNotMatch(textOf(every([1, 60])), /In all/)
    const group = Array.from({ length: 9 }, (_, at) => killOf('make', 5000 + at))
    assert.doesNotMatch(textOf(dmesg([...linesOf(buildDump(MEMCG)), GROUP, ...group])), /In all/)
  })
})

describe('who else kills for want of memory', () => {
  const KILLERS: Array<[killer: string, line: string]> = [
    [
      'systemd-oomd',
      'Dec 18 19:34:56 h systemd-oomd[840]: Killed /user.slice/a.scope due to memory pressure for /user.slice being 51.07% > 50.00% for > 20s with reclaim activity',
    ],
    [
      'systemd-oomd',
      'Dec 18 19:34:56 h systemd-oomd[840]: Killed /a.scope due to memory used (100) / total (101) and swap used (100) / total (101) being more than 90.00%',
    ],
    [
      'systemd-oomd',
      'Dec 18 19:34:56 h systemd[1837]: vte.scope: systemd-oomd killed 12 process(es) in this unit.',
    ],
    [
      'earlyoom',
      'Dec 18 19:35:10 h earlyoom[26328]: sending SIGTERM to process 57834 uid 1000 "code": badness 866, VmRSS 5 MiB',
    ],
    ['earlyoom', 'low memory! at or below SIGTERM limits: mem  5.00%, swap 40.00%'],
    ['nohang', 'Dec 18 19:35:10 h nohang-desktop[77]: Sending SIGTERM to the victim'],
    [
      'lmkd',
      "05-17 13:02:33.123   412   412 I lmkd    : Kill 'com.foo.bar' (1234), uid 10123, oom_score_adj 900 to free 54321kB rss",
    ],
    ['lowmemorykiller', "[  100.000000] lowmemorykiller: Killing 'com.foo.bar' (1234), adj 900,"],
    [
      'the kubelet',
      'I0517 13:02:33.000000 1 eviction_manager.go:373] "Eviction manager: must evict pod(s) to reclaim" resourceName="memory"',
    ],
    [
      'the kubelet',
      'The node was low on resource: memory. Container app was using 1Gi, which exceeds its request of 0.',
    ],
    [
      'Talos',
      'user: warning: [2025-08-12T03:54:03Z]: [talos] OOM controller triggered {"cgroup": "/podruntime"}',
    ],
    ['Slurm', 'slurmstepd: error: Job 42 exceeded memory limit (2048 > 1024), being killed'],
  ]
  for (const [killer, line] of KILLERS) {
    test(`${killer}: ${line.slice(0, 60)}`, () => {
      const text = textOf(`${line}\n`)
      assert.match(text, new RegExp(`Killed by (?:the )?${killer}\\b.*not by the kernel`))
      assert.match(text, /next/)
      assert.doesNotMatch(text, /was the log cut/)
    })
  }

  test('somebody tells of a kill whose lines the log does not hold', () => {
    const line =
      'May 17 13:02:33 host systemd[1]: app.service: A process of this unit has been killed by the OOM killer.\n'
    assert.match(
      textOf(line),
      /A kill that systemd tells of; the kernel’s own lines are not in this log/
    )
    const kill = `May 17 13:02:33 host kernel: ${killLine()}\n`
    assert.doesNotMatch(textOf(kill + line), /A kill that systemd tells of/)
  })

  test('a program that gave up by itself was not killed', () => {
    const text = textOf('Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n')
    assert.match(text, /No kill: Java/)
  })

  test('a log of other things tells of nobody', () => {
    const text = textOf(
      'May 17 13:02:33 host sshd[1]: Killed by signal 15.\nMay 17 13:02:33 host app: Killed a job\nMay 17 13:02:33 host kernel: usb 1-1: x\n'
    )
    assert.doesNotMatch(text, /Killed by|tells of/)
    assert.match(text, /no OOM kill in 1 line of the kernel/)
  })
})

describe('dumps after which nobody is seen to die', () => {
  const lines = linesOf(
    buildDump({ ...MEMCG, oomMemcg: '/docker/c1', taskMemcg: '/docker/c1/leaf' })
  )

  test('cut before the kill line: whom the kernel had chosen, where, and of what size', () => {
    const text = textOf(dmesg(lines.slice(0, -1)))
    assert.match(text, /it chose chrome \(pid 4711\), and the log shows no kill/)
    assert.match(
      text,
      /had chosen chrome \(pid 4711\), which held 2\.0 GiB, in the control group leaf in the container c1 \(docker\)/
    )
    assert.match(text, /limit of +\/docker\/c1$/m)
    assert.match(text, /get the rest of the log/)
    assert.doesNotMatch(text, /was killed/)
  })

  test('lines of oom-kill: alone are one choice each', () => {
    const one = lines.find(line => line.startsWith('oom-kill:'))!
    const text = textOf(
      dmesg([one, one.replace('task=chrome,pid=4711', 'task=java,pid=4712')], 100, 60)
    )
    assert.match(text, /it chose chrome \(pid 4711\)/)
    assert.match(text, /it chose java \(pid 4712\)/)
  })

  test('the crash kernel has too little: crashkernel=, and no word of growth', () => {
    const dump = buildDump({ trigger: { comm: 'swapper/0', pid: 1 } })
    const text = textOf(
      dmesg([
        ...linesOf({ ...dump, tasks: dump.tasks.slice(0, 2), structured: [], kill: [] }),
        'Out of memory and no killable processes...',
        'Kernel panic - not syncing: System is deadlocked on memory',
      ])
    )
    assert.match(text, /next +if this is the crash kernel \(kdump\).*crashkernel=/)
    assert.match(text, /panicked: System is deadlocked on memory/)
    assert.doesNotMatch(text, /find out why|machine more memory/)
  })

  test('a group without a process that may be killed: no panic is claimed', () => {
    const dump = buildDump(MEMCG)
    const text = textOf(
      dmesg([
        ...linesOf({ ...dump, structured: [], kill: [] }),
        'Out of memory and no killable processes...',
      ])
    )
    assert.match(text, /found no process to kill/)
    assert.match(text, /oom_score_adj -1000/)
    assert.doesNotMatch(text, /panic/)
  })

  test('panic_on_oom is only named where the panic names it', () => {
    const dump = { ...buildDump(), structured: [], kill: [] }
    const panicOf = (text: string): string =>
      textOf(dmesg([...linesOf(dump), `Kernel panic - not syncing: ${text}`]))
    assert.match(
      panicOf('Out of memory: system-wide panic_on_oom is enabled'),
      /set vm\.panic_on_oom to 0/
    )
    assert.doesNotMatch(panicOf('hung_task: blocked tasks'), /panic_on_oom/)
  })
})
