/** `sysmon explain` as a command: what goes where, and with which exit status it ends. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { OomKillData } from '../../generated/types.ts'
import { withInferredRoles } from '../../plugin/diagnosis/roles.ts'
import {
  buildDump,
  factsOf,
  linesOf,
  onlyKill,
  parseLines,
  recordsOf,
  toKmsg,
} from '../oom/dump-builder.ts'
import { asJson, assertValid } from '../support/app.ts'

const COMMAND = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sysmon-explain-'))
after(() => rmSync(folder, { recursive: true }))

function run(args: readonly string[], input = ''): { status: number; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'explain', ...args], {
    input: Buffer.from(input, 'latin1'),
  })
  return { status: status ?? -1, out: stdout.toString('utf8'), err: stderr.toString('utf8') }
}

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content, 'latin1')
  return path
}

const GLOBAL = linesOf(buildDump())
const MEMCG = linesOf(
  buildDump({
    kind: 'memcg',
    // 'été', and a byte that is no UTF-8.
    victim: { comm: '\xc3\xa9t\xc3\xa9\xff', pid: 7, rssPages: 30 },
    trigger: { comm: 'dd', pid: 8 },
  })
)
const kmsg = (lines: readonly string[]): string => recordsOf(lines).map(toKmsg).join('')

test('from standard input, as a text; exit status 0', () => {
  const { status, out, err } = run([], kmsg(GLOBAL))
  assert.equal(status, 0)
  assert.match(out, /killed chrome \(pid 4711\)/)
  assert.equal(err, '')
})

test('no colours where standard output is no terminal', () => {
  assert.doesNotMatch(run([], kmsg(GLOBAL)).out, /\x1b/)
})

test('--json: one event a line, and nothing else', () => {
  const { status, out } = run(['--json'], kmsg(GLOBAL) + kmsg(MEMCG))
  assert.equal(status, 0)
  const events = out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    events.map(({ data }) => ({ ...(data as object), diagnosis: undefined })),
    [GLOBAL, MEMCG].map(lines => {
      const { dump } = onlyKill(parseLines(lines))
      const facts = factsOf(lines)
      const { victim } = withInferredRoles(facts, dump)
      return { ...asJson({ ...facts, victim }), diagnosis: undefined }
    })
  )
  assert.match(out, /"été\\\\xff"/)
  for (const { type, category } of events) {
    assert.deepEqual([type, category], ['system_oom_kill', 'system'])
  }
})

test('--json: the sentences and the numbers behind them beside the event', () => {
  const { out } = run(['--json'], kmsg(GLOBAL))
  const { time, data, dump } = JSON.parse(out) as {
    time: string
    data: OomKillData
    dump: {
      allocation: { order: number; gfp_flags: string[]; zone: string; wanted_kb: number }
      zones: Array<{ zone: string; state: string; needed_kb: number }>
      tasks: { processes: number; by_name: Array<{ name: string }> }
      swap: { total_kb: number }
    }
  }
  assert.equal(time, 'boot')
  assertValid('OomKillData', data)
  assert.match(data.diagnosis?.cause ?? '', /chrome/)
  assert.ok(data.diagnosis!.evidence.length > 0 && data.diagnosis!.next.length > 0)
  assert.deepEqual(
    [dump.allocation.order, dump.allocation.gfp_flags[0], dump.allocation.wanted_kb],
    [0, 'GFP_HIGHUSER_MOVABLE', 4]
  )
  assert.deepEqual(
    dump.zones.map(({ zone, state, needed_kb }) => [zone, state, needed_kb]),
    [
      ['DMA', 'below', 380 + 1921 * 4],
      ['DMA32', 'below', 44_600],
    ]
  )
  assert.equal(dump.tasks.processes, 7)
  assert.equal(dump.tasks.by_name[0]!.name, 'chrome')
  assert.equal(dump.swap.total_kb, 191_452)
})

test('--json: what peers derive of a dump, too', () => {
  const [title, ...rest] = GLOBAL
  const lines = [
    title!,
    ...rest.filter(line => !line.startsWith('Out of memory: Killed')),
    'Out of memory: Kill process 4711 (chrome) score 912 or sacrifice child',
    'Killed process 4711 (chrome) total-vm:8kB, anon-rss:1048316kB, file-rss:0kB, shmem-rss:0kB',
  ]
  const { dump } = JSON.parse(run(['--json'], kmsg(lines)).out)
  assert.equal(dump.victim.score, 912)
  assert.equal(dump.victim.rss_percent, 50)
  assert.match(dump.hardware, /^QEMU/)
  assert.deepEqual(dump.call_trace, ['dump_stack_lvl'])
  const { total_kb: total, free_kb: free, cache_kb, used_kb, used_percent } = dump.swap
  assert.equal(cache_kb, 113 * 4)
  assert.equal(used_kb, total - free)
  assert.equal(used_percent, Math.round((used_kb / total) * 1000) / 10)
  assert.deepEqual(dump.pages, { page_cache_kb: 2561 * 4, hwpoisoned_kb: 0 })
})

test('--json: what came of a kill, and what the kills have in common', () => {
  const pids = [10, 11, 12]
  const dumps = pids.map((pid, at) => {
    const lines = linesOf(buildDump({ kind: 'memcg', victim: { pid, comm: 'leaky' } }))
    return lines.map(line => `[${String(100 + at * 3480).padStart(5)}.000001] ${line}`)
  })
  const unit = "Aug 12 03:54:09 host systemd[1]: leaky.service: Failed with result 'oom-kill'."
  const { out } = run(['--json'], [...dumps[0]!, unit, ...dumps[1]!, ...dumps[2]!].join('\n'))
  const told = out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    told.map(({ type }) => type),
    ['system_oom_kill', 'system_oom_kill', 'system_oom_kill', 'oom_summary']
  )
  assert.deepEqual(
    told.map(({ after }) => after),
    [["leaky.service: Failed with result 'oom-kill'."], undefined, undefined, undefined]
  )
  assert.equal(told[3].kills, 3)
  assert.match(told[3].again[0], /^3 kills of leaky for the limit of .*, about every 58 min/)
})

test('--json: a killer that is not the kernel is told, and the log is not called cut', () => {
  const line = "<6>lowmemorykiller: Killing 'd.play.games.ui' (2613), adj 1000,\n"
  const { status, out, err } = run(['--json'], line)
  assert.equal(status, 1)
  assert.equal(err, '')
  const { type, kills, others } = JSON.parse(out)
  assert.deepEqual(
    [type, kills, others[0].by, others[0].is],
    ['oom_summary', 0, 'lowmemorykiller', 'killer']
  )
})

test('--json --all: the dumps without a kill, too', () => {
  const cut = kmsg(GLOBAL.slice(0, -2))
  const { status, out } = run(['--json', '--all'], cut)
  assert.equal(status, 1)
  const line = JSON.parse(out) as Record<string, unknown> & { data: Record<string, unknown> }
  assert.deepEqual([line.type, line.outcome], ['oom_without_kill', 'cut'])
  assert.equal(line.data.trigger_process_name, 'node')
  assert.equal(typeof line.data.trigger_pid, 'number')
  assert.equal(run(['--all'], cut).status, 2)
})

test('a failed allocation, and the memory shown by SysRq m, are no work of the OOM killer', () => {
  const { status, out, err } = run(
    [],
    kmsg(['x: page allocation failure: order:9', ...GLOBAL.slice(6, 12)])
  )
  assert.equal(status, 1)
  assert.equal(out, '')
  assert.match(err, /no OOM kill/)
})

test('compressed with gzip: a file and standard input', () => {
  const path = join(folder, 'kern.log.2.gz')
  writeFileSync(path, gzipSync(Buffer.from(kmsg(GLOBAL), 'latin1')))
  assert.match(run([path]).out, /killed chrome/)
  const cut = join(folder, 'cut.gz')
  writeFileSync(cut, gzipSync(kmsg(GLOBAL)).subarray(0, 100))
  assert.equal(run([cut]).status, 2)
})

test('a binary file without a line break costs bounded memory, and is told as no log', () => {
  const path = join(folder, 'binary')
  writeFileSync(path, Buffer.alloc(64 * 2 ** 20, 1))
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--max-old-space-size=48', COMMAND, 'explain', path],
    { encoding: 'utf8' }
  )
  assert.equal(status, 1)
  assert.match(stderr, /no OOM kill|no line of the kernel/)
})

test('several files, one after the other; a dump never goes on in the next file', () => {
  const cut = file('cut', kmsg(GLOBAL.slice(0, -1)))
  const rest = file('rest', kmsg(GLOBAL.slice(-1)))
  const { out } = run(['--json', cut, rest])
  const event = JSON.parse(out) as { data: Record<string, unknown> }
  assert.equal(event.data.pid, 4711)
  assert.equal('mem_free_kb' in event.data, false)
})

test('a last line without its newline counts', () => {
  const { status, out } = run(['--json'], kmsg(GLOBAL).trimEnd())
  assert.equal(status, 0)
  assert.equal(out.split('\n').length, 2)
})

test('no kill: exit status 1, and standard error says what was read', () => {
  const { status, out, err } = run([], '[    1.000000] usb 1-1: new device\n')
  assert.equal(status, 1)
  assert.equal(out, '')
  assert.match(err, /standard input: no OOM kill/)
})

test('a dump without a kill: a text, no event, exit status 1', () => {
  const cut = kmsg(GLOBAL.slice(0, -2))
  assert.match(run([], cut).out, /no kill/)
  assert.equal(run([], cut).status, 1)
  assert.equal(run(['--json'], cut).out, '')
})

test('wrong usage: exit status 2, and why on standard error', () => {
  for (const args of [['--wrong'], [join(folder, 'absent')], [folder]]) {
    const { status, out, err } = run(args)
    assert.equal(status, 2, args.join(' '))
    assert.equal(out, '')
    assert.notEqual(err, '')
    assert.doesNotMatch(err, /^\s+at /m, 'no stack trace')
  }
})

test('--help: what it takes and how it ends', () => {
  const { status, out } = run(['--help'])
  assert.equal(status, 0)
  assert.match(out, /Usage: sysmon explain/)
  assert.match(out, /Exit status/)
})
