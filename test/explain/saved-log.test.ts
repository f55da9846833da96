/**
 * `sysmon explain` reads the same out of a dump in whatever form it was saved, and nothing out of
 * lines that only look like one.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ExplainedKill, LogExplainer } from '../../plugin/explain/log-explainer.ts'
import type { KmsgRecord } from '../../plugin/kmsg/record.ts'
import { buildDump, factsOf, killLine, linesOf, recordsOf } from '../oom/dump-builder.ts'
import { AFTER, BEFORE, DUMPS } from './dumps.ts'
import { explain, killsIn } from './explain.ts'
import { FORMS, wallMs } from './log-forms.ts'

for (const { name, render, time } of FORMS) {
  for (const [title, options] of DUMPS) {
    const lines = linesOf(buildDump(options))

    test(`${name}: the ${title} dump`, () => {
      const records = recordsOf([...BEFORE, ...lines, ...AFTER])
      const explained = explain(render(records))
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

  test(`${name}: two dumps in one log`, () => {
    const second = linesOf(
      buildDump({
        kind: 'memcg',
        victim: { pid: 5, comm: 'second', rssPages: 30 },
        trigger: { comm: 'cc1', pid: 6 },
      })
    )
    const first = linesOf(buildDump())
    const records = recordsOf([...first, ...BEFORE, ...second, ...AFTER])
    assert.deepEqual(
      killsIn(render(records)).map(kill => kill.event.data),
      [factsOf(first), factsOf(second)]
    )
  })
}

// Times

function killRecord(records: readonly KmsgRecord[]): KmsgRecord {
  return records.find(record => record.text.includes('Killed process'))!
}

test('event.ts is that of the kill line: wall clock or time since boot, to the log\u2019s precision', () => {
  const records = recordsOf([...linesOf(buildDump()), ...AFTER], { us: 5_000_000, stepUs: 20_000 })
  const record = killRecord(records)
  for (const { name, render, time } of FORMS) {
    const [kill] = killsIn(render(records))
    assert.ok(kill !== undefined, name)
    if (time === 'wall') {
      const off = Math.abs(kill.event.ts - wallMs(record) * 1000)
      assert.ok(off < 1_000_000, `${name}: ${off} us off`)
    } else if (time === 'boot') {
      assert.equal(kill.event.ts, record.timestampUs, name)
    }
  }
})

test('offsets of time zones are taken into account', () => {
  for (const [zone, hours] of [
    ['+02:00', 2],
    ['-0730', -7.5],
    ['Z', 0],
  ] as const) {
    const [kill] = killsIn([`2025-08-12T03:54:03.250000${zone} host kernel: ${killLine()}`])
    assert.equal(
      kill?.event.ts,
      (Date.UTC(2025, 7, 12, 3, 54, 3, 250) - hours * 3_600_000) * 1000,
      zone
    )
  }
})

test('a log without any time is dated at its reading', () => {
  const before = Date.now() * 1000
  const [kill] = killsIn([killLine()])
  assert.equal(kill?.time, 'unknown')
  assert.ok(kill.event.ts >= before && kill.event.ts <= Date.now() * 1000)
})

// Raw records

test('raw records: sequence number and facility of the kill line are kept', () => {
  const lines = linesOf(buildDump())
  const records = recordsOf(lines, { seq: 400 })
  const raw = FORMS.find(form => form.name === 'raw /dev/kmsg')!
  const [kernels] = killsIn(raw.render(records))
  assert.deepEqual(kernels?.event.source.metadata, { kmsg_seq: String(400 + lines.length - 1) })
  const [injected] = killsIn(raw.render(records.map(record => ({ ...record, facility: 1 }))))
  assert.equal(injected?.event.source.metadata?.facility, 'user')
})

test('raw records: one that is missing in the middle makes the kill partial', () => {
  const raw = FORMS.find(form => form.name === 'raw /dev/kmsg')!
  const rendered = raw.render(recordsOf(linesOf(buildDump())))
  const [kill] = killsIn(rendered.toSpliced(8, 1))
  assert.equal(kill?.event.source.metadata?.partial, 'true')
})

test('raw records: sequence numbers that begin anew are another boot, not a continuation', () => {
  const raw = FORMS.find(form => form.name === 'raw /dev/kmsg')!
  const { kill, ...rest } = buildDump()
  const head = raw.render(recordsOf(linesOf({ ...rest, kill: [] }), { seq: 900 }))
  const tail = raw.render(recordsOf(kill, { seq: 1 }))
  const explained = explain([...head, ...tail])
  assert.deepEqual(
    explained.map(one => one.type),
    ['no_kill', 'kill']
  )
  assert.equal((explained[1] as ExplainedKill).event.data.mem_free_kb, undefined)
})

test('raw records: dictionary lines belong to no message', () => {
  const raw = FORMS.find(form => form.name === 'raw /dev/kmsg')!
  const lines = linesOf(buildDump())
  const rendered = raw
    .render(recordsOf(lines))
    .flatMap(line => [line, ' SUBSYSTEM=pci', ' DEVICE=+pci:0000:00:02.0'])
  assert.deepEqual(
    killsIn(rendered).map(kill => kill.event.data),
    [factsOf(lines)]
  )
})

// Lines that only look like a kill

const LOOKALIKES = [
  `Aug 12 03:54:03 host myapp[812]: ${killLine()}`,
  `Aug 12 03:54:03 host my-app: Out of memory: Killed process 7 (x) total-vm:1kB, anon-rss:1kB, file-rss:1kB`,
  `2025-08-12T03:54:03+00:00 host systemd[1]: ${killLine()}`,
  `1754963643.416344 host oomd[5]: ${killLine()}`,
  `<13>1 2025-08-12T03:54:03Z host myapp 812 - - ${killLine()}`,
  JSON.stringify({ _TRANSPORT: 'stdout', SYSLOG_IDENTIFIER: 'myapp', MESSAGE: killLine() }),
  'Aug 12 03:54:03 host systemd[1]: myapp.service: A process of this unit has been killed by the OOM killer.',
  'Aug 12 03:54:03 host systemd[1]: myapp.service: Main process exited, code=killed, status=9/KILL',
  'the process was Killed process 7 (x) by somebody',
  'INFO the oom killer was invoked',
]

for (const line of LOOKALIKES) {
  test(`no kill: ${line.slice(0, 70)}`, () => assert.deepEqual(explain([line]), []))
}

test('lines of other programs in the middle of a dump change nothing', () => {
  const lines = linesOf(buildDump({ counters: 'records' }))
  const journal = FORMS.find(form => form.name === 'journalctl')!.render(recordsOf(lines))
  const mixed = journal.flatMap((line, at) => [
    line,
    ...(LOOKALIKES[at % 4] === undefined ? [] : [LOOKALIKES[at % 4]!]),
    'Aug 12 03:54:03 host CRON[99]: (root) CMD (free:1 free_pcp:2)',
    'Aug 12 03:54:03 host sshd[100]: 7 pages RAM',
  ])
  assert.deepEqual(
    killsIn(mixed).map(kill => kill.event.data),
    [factsOf(lines)]
  )
})

test('prose around the dump changes nothing', () => {
  const lines = linesOf(buildDump())
  const dmesg = FORMS.find(form => form.name === 'dmesg')!.render(recordsOf(lines))
  const mail = [
    'From: somebody <a@example.org>',
    'Subject: chrome is killed',
    '',
    'Hello,',
    '',
    'since 6.12 our machine kills chrome. Here is what dmesg says:',
    '',
    ...dmesg,
    '',
    '-- ',
    'Kind regards',
  ]
  assert.deepEqual(
    killsIn(mail).map(kill => kill.event.data),
    [factsOf(lines)]
  )
})

test('no line of any form throws, cut at any place', () => {
  const records = recordsOf(linesOf(buildDump()))
  for (const { render } of FORMS) {
    for (const line of render(records)) {
      for (let end = 0; end < line.length; end += 7) explain([line.slice(0, end)])
    }
  }
})

test('a log of any length costs bounded memory: lines without prefix are not joined for ever', () => {
  const explainer = new LogExplainer(() => undefined)
  explainer.push('[    1.000000] x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), ')
  const line = 'words without a stamp, '.repeat(40)
  global.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let count = 0; count < 50_000; count++) explainer.push(line)
  const grown = process.memoryUsage().heapUsed - before
  explainer.end()
  assert.ok(grown < 64 * 2 ** 20, `${grown} bytes`)
})

test('a summary that tells a kill twice, without a time: one kill', () => {
  const kills = killsIn([
    ' WARNING:  Kernel Errors Present',
    '    Out of Memory: Killed process 4571 (spamd).  ...:  1 Time(s)',
    ' 1 Time(s): Out of Memory: Killed process 4571 (spamd).',
    ' 1 Time(s): Out of Memory: Killed process 4572 (spamd).',
  ])
  assert.deepEqual(
    kills.map(({ event }) => `${event.data.pid} ${event.data.process_name}`),
    ['4571 spamd', '4572 spamd']
  )
})

test('a dump that does not show its page size: that of another dump in the log', () => {
  const bare = [
    '[  395.922444] hog invoked oom-killer',
    '[  396.239777] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    '[  396.246128] [   2614]     0  2614  1311294  1144192  9224192        0             0 hog',
    '[  396.264068] Out of memory: Killed process 2614 (hog)',
  ]
  assert.equal(killsIn(bare)[0]!.event.data.rss_kb, undefined)
  const known = linesOf(buildDump()).map(line => `[  200.000001] ${line}`)
  assert.equal(killsIn([...known, ...bare])[1]!.event.data.rss_kb, 1_144_192 * 4)
})
