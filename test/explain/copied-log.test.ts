/** A log as people pass it on: wrapped, indented, the newest first, shortened, typed anew. What is read is the same. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExplainedKill } from '../../plugin/explain/log-explainer.ts'
import { buildDump, factsOf, killLine, linesOf, recordsOf } from '../oom/dump-builder.ts'
import { AFTER, BEFORE, DUMPS } from './dumps.ts'
import { explain, killsIn } from './explain.ts'
import { FORMS, LEARNED_FORMS, wrapHard, wrapSoft } from './log-forms.ts'

test('wrapped at any width a mail program uses, with and without prefixes: every field', () => {
  const console = FORMS.find(form => form.name === 'the console, each line stamped')!
  const journal = FORMS.find(form => form.name === 'journalctl')!
  const bare = FORMS.find(form => form.name === 'the bare words')!
  for (const kind of ['none', 'memcg'] as const) {
    const lines = linesOf(buildDump({ kind, counters: 'records' }))
    for (const { name, render } of [console, journal, bare]) {
      for (const wrap of [wrapSoft, wrapHard]) {
        for (let columns = 68; columns <= 80; columns++) {
          const text = render(recordsOf(lines)).flatMap(line => wrap(line, columns))
          const read = killsIn(text).map(kill => kill.event.data)
          assert.deepEqual(read, [factsOf(lines)], `${kind}, ${name}, ${wrap.name} at ${columns}`)
        }
      }
    }
  }
})

test('words that follow a cut kill line do not become part of the name', () => {
  const [kill] = killsIn([
    '[  395.922444] node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    '[  396.264068] Out of memory: Killed process 2614 (mem on node0)',
    'That is all it says (I think). Regards',
    'Somebody',
  ])
  assert.equal(kill?.event.data.process_name, 'mem on node0')
})

test('indented by tabs, or by more spaces after the stamp', () => {
  const lines = linesOf(buildDump({ kind: 'memcg' }))
  const stamped = recordsOf(lines).flatMap(record =>
    record.text.split('\n').map(line => `[    5.000000]  ${line}`)
  )
  for (const text of [
    lines.map(line => `>> \t${line}`),
    stamped,
    stamped.map(line => `\t${line}`),
    lines.map(line => `    Aug 12 03:54:03 my-host kernel: ${line}`),
  ]) {
    assert.deepEqual(
      killsIn(text).map(kill => kill.event.data),
      [factsOf(lines)]
    )
  }
})

test('an opener that console output stands before, broken in its middle', () => {
  const [kill] = killsIn([
    'Creating journal (4096 blocks): [   34.739137] mkfs.ext4 invoked',
    'oom-killer: gfp_mask=0x101cc0(GFP_USER|__GFP_WRITE), order=0,',
    'oom_score_adj=0',
    '[   34.748889] CPU: 0 PID: 393 Comm: mkfs.ext4 Not tainted',
    '5.7.0 #1',
    '[   35.429982] Out of memory: Killed process 350 (polkitd)',
    'total-vm:78084kB, anon-rss:2976kB, file-rss:8288kB, shmem-rss:0kB',
  ])
  assert.equal(kill?.event.data.trigger_process_name, 'mkfs.ext4')
  assert.equal(kill?.event.data.trigger_pid, 393)
  assert.equal(kill?.event.data.rss_kb, 11_264)
})

test('a kill of two lines, the first of them wrapped: whose limit it was', () => {
  const [kill] = killsIn([
    '>> [   95.238504] Memory cgroup out of memory: Kill process 284 (syz-executor)',
    '>> score 0 or sacrifice child',
    '>> [   95.240419] Killed process 284 (syz-executor) total-vm:37044kB,',
    '>> anon-rss:76kB, file-rss:632kB, shmem-rss:0kB',
  ])
  assert.equal(kill?.event.data.constraint, 'memcg')
  assert.equal(kill?.event.data.rss_kb, 708)
})

test('the wrapping used here loses nothing but spaces', () => {
  const line = killLine()
  assert.equal(wrapSoft(line).join(' '), line)
  assert.equal(wrapHard(line).join(''), line)
  assert.ok(wrapSoft(line).length > 1)
})

// Forms that no list has

for (const { name, render, time } of LEARNED_FORMS) {
  for (const [title, options] of DUMPS) {
    test(`${name}: the ${title} dump`, () => {
      const lines = linesOf(buildDump({ counters: 'records', ...options }))
      const explained = explain(render(recordsOf([...BEFORE, ...lines, ...AFTER])))
      assert.deepEqual(
        explained.map(one => one.type),
        ['kill']
      )
      const [kill] = explained as [ExplainedKill]
      assert.deepEqual(kill.event.data, factsOf(lines))
      assert.equal(kill.event.source.metadata?.partial, undefined)
      assert.equal(kill.time, time)
    })
  }
}

for (const name of ['journalctl', 'journalctl -o short-iso', 'syslog', 'dmesg', 'dmesg -T']) {
  const { render } = FORMS.find(form => form.name === name)!
  test(`newest first: ${name}`, () => {
    const first = linesOf(buildDump())
    const second = linesOf(
      buildDump({ kind: 'memcg', victim: { pid: 5, comm: 'second', rssPages: 30 } })
    )
    const records = recordsOf([...first, ...BEFORE, ...second, ...AFTER])
    const lines = [...records].reverse().flatMap(record => render([record]))
    assert.deepEqual(
      killsIn(lines).map(kill => kill.event.data),
      [factsOf(second), factsOf(first)]
    )
  })
}

test('what people put for lines that they left out is no part of the line before it', () => {
  const kill = killLine({ kind: 'memcg' })
  for (const mark of [
    '[...]',
    '...',
    ':',
    '<snip>',
    '[ 200 lines omitted ]',
    '\xe2\x80\xa6',
    '---',
    '(...)',
  ]) {
    const lines = [
      'Aug 12 03:54:03 h kernel: Task in /a/b killed as a result of limit of /a',
      mark,
      'Aug 12 03:54:03 h kernel: [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name',
      'Aug 12 03:54:03 h kernel: [ 4711]  1000  4711  2316564   516062     59     4334             0 chrome',
      `  ${mark}`,
      `Aug 12 03:54:03 h kernel: ${kill}`,
    ]
    const [found, ...others] = killsIn(lines)
    assert.equal(others.length, 0, mark)
    assert.equal(found?.event.data.oom_memcg, '/a', mark)
    assert.equal(found.event.data.top_tasks?.[0]?.name, 'chrome', mark)
    assert.equal(found.event.source.metadata?.partial, 'true', mark)
  }
})

test('a paragraph that was flowed anew: several records in a line', () => {
  const records = [1, 2, 3].flatMap(pid => [
    `Memory cgroup out of memory: Kill process ${pid} (a b) score 3 or sacrifice child`,
    `Killed process ${pid} (a b) total-vm:3456kB, anon-rss:448kB, file-rss:1088kB`,
  ])
  for (const columns of [60, 72, 79, 400]) {
    const kills = killsIn(wrapSoft(records.join(' '), columns).map(line => `> ${line}`))
    assert.deepEqual(
      kills.map(({ event: { data } }) => [
        data.pid,
        data.process_name,
        data.rss_kb,
        data.constraint,
      ]),
      [1, 2, 3].map(pid => [pid, 'a b', 1536, 'memcg']),
      `${columns} columns`
    )
  }
})

test('mail as it is sent: quoted-printable', () => {
  const lines = linesOf(buildDump({ kind: 'memcg' }))
  const encoded = FORMS.find(form => form.name === 'dmesg')!
    .render(recordsOf(lines))
    .flatMap(line => {
      const text = line.replace(/[=]/g, '=3D').replace(/ $/, '=20')
      const parts: string[] = []
      for (let at = 0; at < text.length; ) {
        let end = Math.min(at + 75, text.length)
        while (end < text.length && /=.?$/.test(text.slice(at, end))) end--
        parts.push(end < text.length ? `${text.slice(at, end)}=` : text.slice(at, end))
        at = end
      }
      return parts
    })
  assert.deepEqual(
    killsIn(encoded).map(kill => kill.event.data),
    [factsOf(lines)]
  )
})

test('a terminal filled its lines with blanks', () => {
  const [kill] = killsIn([
    `[    1.000000] Out of memory: Kill process 52 (python) score 891 or sacrifice${' '.repeat(41)}child`,
    `[    1.000001] Killed process 52 (python) total-vm:1050948kB, anon-rss:830288k${' '.repeat(40)}B, file-rss:1760kB, shmem-rss:0kB`,
  ])
  assert.equal(kill?.event.data.rss_kb, 832_048)
  assert.equal(kill.kill.victim.prefix, 'Out of memory')
})

test('a prefix that is not known invents nothing: what another program tells is no kill', () => {
  for (const line of [
    `  17 Aug 12 03:54:03 host myapp[812]: ${killLine()}`,
    `  17 Aug 12 03:54:03 host my-app: ${killLine()}`,
    `E 2025-08-12T03:54:03Z host systemd[1]: ${killLine()}`,
    `web-1/x myapp[7]: ${killLine()}`,
    JSON.stringify([{ SYSLOG_IDENTIFIER: 'myapp', MESSAGE: killLine() }]),
    '2025-08-12T03:54:03Z\tINFO\tthe process was Killed process 7 (x) by somebody',
    '{"message": "OOM killer: Killed process 7 (x)"}',
  ]) {
    assert.deepEqual(explain([line]), [], line)
  }
})

test('an opener behind a prefix that no other line explains: its name is the last word, or the CPU line\u2019s', () => {
  const opener = 'invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
  const kill = killLine()
  const [alone] = killsIn([`some words of another program: chrome ${opener}`, kill])
  assert.equal(alone?.event.data.trigger_process_name, 'chrome')
  const cpu = 'CPU: 3 UID: 1000 PID: 77 Comm: tmux: server Not tainted 6.12.9 #1'
  const [named] = killsIn([`x| tmux: server ${opener}`, `x| ${cpu}`, `x| ${kill}`])
  assert.equal(named?.event.data.trigger_process_name, 'tmux: server')
  assert.equal(named.event.data.trigger_pid, 77)
})

/** The fields of the one kill in these lines. */
function onlyFacts(lines: readonly string[]): ExplainedKill['event']['data'] {
  const kills = killsIn(lines)
  assert.equal(kills.length, 1)
  return kills[0]!.event.data
}

test('a selection that began in the middle of a line, or after its stamp: nothing is lost', () => {
  const lines = linesOf(buildDump({ kind: 'memcg' }))
  const stamped = lines.map(line => `[5193605.506735] ${line}`)
  const facts = factsOf(lines)
  for (const first of [
    lines[0]!,
    `605.506735] ${lines[0]}`,
    `.506735] ${lines[0]}`,
    `5193605.506735] ${lines[0]}`,
  ]) {
    assert.deepEqual(onlyFacts([first, ...stamped.slice(1)]), facts)
  }
  const older = [
    '23.506735] Task in /a/b killed as a result of limit of /a',
    '[5193605.506735] memory: usage 8kB, limit 8kB, failcnt 4',
    '[5193605.506735] Memory cgroup out of memory: Kill process 3 (x) score 0 or sacrifice child',
    '[5193605.506735] Killed process 3 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB',
  ]
  const { oom_memcg, task_memcg, memcg_limit_kb } = onlyFacts(older)
  assert.deepEqual([oom_memcg, task_memcg, memcg_limit_kb], ['/a', '/a/b', 8])
})

test('a path of a group that a terminal broke has no space in it', () => {
  const path = `/kubepods/pod951f6bc5/${'0d'.repeat(32)}`
  const line = `[   12.000001] Task in ${path} killed as a result of limit of ${path}`
  const kill =
    '[   12.000003] Memory cgroup out of memory: Killed process 3 (x) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB'
  for (let at = line.length - path.length + 1; at < line.length; at += 7) {
    const { oom_memcg } = onlyFacts([line.slice(0, at), line.slice(at), kill])
    assert.equal(oom_memcg, path, `broken at ${at}`)
  }
})

test('a structured line that somebody typed anew, or that was read from a picture', () => {
  const kill =
    'Memory cgroup out of memory: Killed process 2269 (python) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB'
  const typed = [
    '[  581.507012] oom-kill:constraint=CONSTRAINT_MEMCG, oom_memcg=/api/bash,',
    '               task=python, pid=2269, uid=7',
    `[  581.513643] ${kill}`,
  ]
  const { constraint, oom_memcg, uid } = onlyFacts(typed)
  assert.deepEqual([constraint, oom_memcg, uid], ['memcg', '/api/bash', 7])
  const read = [
    'Nov 18 12:31:49 node-01 kernel:[89580.599157] oom-kill:cOnstraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=e,mems_allowed=0-1,oom_memcg=/m,task_memcg=/m/vm.scope,task=python,pid=2269,uid=0',
    `Nov 18 12:31:49 node-01 kernel: [89580.599207] ${kill}`,
  ]
  assert.equal(onlyFacts(read).task_memcg, '/m/vm.scope')
})
