/** A log of which the quiet lines are passed over together tells what it tells when each line is read. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { jsonOutput } from '../../plugin/explain/json-output.ts'
import { LineSplitter } from '../../plugin/explain/log/line-splitter.ts'
import { isOrdinary, quietRun } from '../../plugin/explain/log/quiet-lines.ts'
import { LogExplainer } from '../../plugin/explain/log-explainer.ts'
import type { KmsgRecord } from '../../plugin/kmsg/record.ts'
import { buildDump, linesOf } from '../oom/dump-builder.ts'
import fc from '../support/fast-check.ts'
import { FORMS } from './log-forms.ts'

interface Told {
  readonly items: readonly string[]
  readonly records: number
  readonly failures: number
  readonly isSilent: boolean
}

interface Read extends Told {
  /** Lines that were read each for itself. */
  readonly lines: number
}

/** @param sizes of the chunks, one after the other and again from the first */
function read(log: string, sizes: readonly number[], isQuick: boolean): Read {
  const items: string[] = []
  const output = jsonOutput(true, item => items.push(JSON.stringify(item)))
  const explainer = new LogExplainer(output.onExplained, output.bystander)
  let lines = 0
  const splitter = new LineSplitter(
    line => {
      lines++
      explainer.push(line)
    },
    isQuick ? (chunk, from) => explainer.passOver(chunk, from) : undefined
  )
  const bytes = Buffer.from(log, 'latin1')
  for (let at = 0, turn = 0; at < log.length; turn++) {
    const size = sizes[turn % sizes.length]!
    splitter.push(bytes.subarray(at, at + size))
    at += size
  }
  splitter.end()
  explainer.end()
  output.end()
  const { records, failures } = explainer
  const { isSilent } = output
  return { items, records, failures, isSilent, lines }
}

function toldOf({ lines: _, ...told }: Read): Told {
  return {
    ...told,
    // Of a log without times, the time of reading.
    items: told.items.map(item =>
      item.includes('"time":"unknown"') ? item.replace(/"ts":\d+/, '') : item
    ),
  }
}

function assertSame(log: string, sizes: readonly number[]): void {
  assert.deepEqual(toldOf(read(log, sizes, true)), toldOf(read(log, sizes, false)))
}

const HEADS: ReadonlyArray<(at: number) => string> = [
  at => `Oct 12 03:${two(at / 60)}:${two(at)} web-1 `,
  at => `Oct  2 03:${two(at / 60)}:${two(at)} web-1 `,
  at => `2025-10-12T03:${two(at / 60)}:${two(at)}.123456+00:00 web-1 `,
  at => `2025-10-12T03:${two(at / 60)}:${two(at)}Z web-1 `,
  at => `Oct 12 03:${two(at / 60)}:${two(at)} ${'web-1.'.repeat(20)}example.com `,
]

function two(value: number): string {
  return String(Math.floor(value) % 60).padStart(2, '0')
}

function stampOf(at: number): string {
  return `[${(1000 + at / 50).toFixed(6).padStart(12)}]`
}

/** What stands after a head: of the kernel, of others, and what is neither. */
const TAGS: ReadonlyArray<(at: number) => string> = [
  at => `kernel: ${stampOf(at)} `,
  at => `kernel: ${stampOf(at)}[ T4711] `,
  at => `kernel: ${stampOf(at)} [    C1] `,
  () => 'sshd[812]: ',
  () => 'systemd[1]: ',
  () => 'nginx: ',
  () => `${'nginx/'.repeat(20)}worker[7]: `,
  () => 'kernel: ',
  () => 'kernel:',
  () => 'kerneloops: ',
  () => '',
]

const WORDS = [
  'usb 1-1: new high-speed USB device number 7',
  'Connection closed by 10.0.0.7 port 22 [preauth]',
  '[drm] initialised',
  'pci 0000:00:1f.2: reg 0x10',
  'a message = of words=',
  'kernel: of a kernel',
  'x kern :info  : y',
  'a | b',
  '03:54:03 x',
  'Oct 12 03:54:03 host prog: text',
  'Oct 12 03:54:03 host kernel: text',
  '2025-10-12T03:54:03Z host kernel: text',
  '1787068905.416344 host prog: text',
  '[    1.000000] text',
  '#012',
  '\\n',
  '<br>',
  '&amp;',
  '&& true',
  '=3D',
  '=',
  '"quoted"',
  '{"log":"x"}',
  '...',
  '[ snip ]',
  '\r',
  '\x1b[0m',
  '\xc2\xa0',
  '\xe2\x80\x94',
  '\xff\x00',
  'bloom of the oom',
  'SIGTERM',
  'Killed process 12 (x)',
  'Out of memory: Killed process 7 (chrome) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB',
  'Out of memory',
  'Memory cgroup',
  'OOM killed process 7 (x)',
  'oom_reaper: reaped process 7 (chrome), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
  'x.service: Main process exited, code=killed, status=9/KILL',
  'a.scope: systemd-oomd killed 3 process(es) in this unit.',
  'sending SIGTERM to process 812 uid 1000 "x": badness 900',
  'java.lang.OutOfMemoryError: Java heap space',
  "terminate called after throwing an instance of 'std::bad_alloc'",
  'The node was low on resource: memory',
  'page allocation failure: order:4',
  'page allocation stalls for 10000ms',
  'sysrq: Show Memory',
  'SLUB: Unable to allocate memory on node -1, gfp=0xcc0(GFP_KERNEL)',
  'x#012[    1.000001] y',
  'x&#10;[    1.000001] y',
  'Kernel panic - not syncing: hung',
  'Mem-Info:',
  'Node 0 DMA free:12kB min:1kB',
  'memory: usage 1kB, limit 2kB, failcnt 3',
  'Call Trace:',
  'Hardware name: x',
  'CPU: 1 PID: 7 Comm: chrome Not tainted 6.1.0 #1',
  '[  4711]  1000  4711   800000   450000   450000        0         0   1228800        0           300 chrome',
  'chrome invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300',
  'MESSAGE=x',
  'Thu 2023-02-02 11:49:10.000001 UTC [s=1d;i=a5]',
]

/** Told with a kill that was not long before it. */
const UNIT =
  'Oct 12 03:00:14 web-1 systemd[1]: x.service: Main process exited, code=killed, status=9/KILL'

const WHOLE = [
  '',
  '{',
  '[',
  '}',
  '{"MESSAGE":"Killed process 7 (x)","_TRANSPORT":"kernel"}',
  '__CURSOR=s=1',
  '    MESSAGE=x',
  '',
  ' indented',
  '6,12,1000000,-;usb 1-1: raw',
  '4,14,1000001,-;usb 1-1: raw, after a gap',
  '"a","b [    1.000000] Mem-Info:"',
  '[...]',
  '> quoted',
  'Content-Transfer-Encoding: quoted-printable',
]

const quiet = fc
  .tuple(fc.nat(3), fc.constantFrom(0, 1, 2, 3), fc.nat(3))
  .map(([head, tag, word]) => ({ head, tag, words: [word] }))
const any = fc.record({
  head: fc.nat(HEADS.length),
  tag: fc.nat(TAGS.length - 1),
  words: fc.array(fc.nat(WORDS.length - 1), { minLength: 1, maxLength: 2 }),
})
const line = fc.oneof(
  { weight: 12, arbitrary: quiet },
  { weight: 3, arbitrary: any },
  { weight: 1, arbitrary: fc.constantFrom(...WHOLE) }
)

function textOf(
  given: { head: number; tag: number; words: number[] } | string,
  at: number
): string {
  if (typeof given === 'string') return given
  const { head, tag, words } = given
  // Without a head it is a line of dmesg, or bare.
  const front = HEADS[head]?.(at) ?? (tag < 3 ? '' : undefined)
  const own = front === '' ? `${stampOf(at)} ` : (front ?? '') + TAGS[tag]!(at)
  return own + words.map(word => WORDS[word]).join(' ')
}

/** Longer ones take seconds each. */
const MAX_RECORDED = 100_000
const RUNS = 1500
const sizes = fc.array(fc.integer({ min: 1, max: 4096 }), { minLength: 1, maxLength: 4 })
const ends = fc.constantFrom('\n', '\n', '\n', '\r\n')

/** The forms of a quiet line, as one expression. */
const TIME =
  '(?:[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)) '
const HOST = '(?!kern|klogd|std)[A-Za-z][\\w.-]* '
const TAG = '(?!kern|klogd)[A-Za-z][\\w./@-]*(?:\\[\\d{1,10}\\])?: .*'
const STAMP = '\\[ {0,8}\\d{1,10}\\.\\d{6}\\](?: ?\\[ {0,8}[TC]\\d{1,10}\\])? '
const TEXT =
  '(?!kernel|klogd|(?:kern|user|mail|daemon|auth|syslog|authpriv|local\\d) *:)[A-Za-z](?:[^[k:|]|\\[(?![ \\d])|k(?!ernel|logd)|:(?!\\d\\d:\\d\\d))*'
const QUIET = new RegExp(
  `^(?:${TIME}${HOST}(?:${TAG}|kernel: ${STAMP}${TEXT})|${STAMP}${TEXT})$`,
  's'
)

test('quiet is what has the form of it, and nothing that makes it other than ordinary', () => {
  let count = 0
  fc.assert(
    fc.property(
      any,
      fc.nat(3),
      fc.nat(99),
      fc.string({ maxLength: 3 }),
      (given, at, share, put) => {
        const line = textOf(given, at)
        const cut = Math.floor((share / 100) * line.length)
        for (const text of [line, line.slice(0, cut) + put + line.slice(cut)]) {
          if (text.includes('\n')) continue
          const bytes = Buffer.from(`${text}\n`, 'latin1')
          const isQuiet = quietRun(bytes, 0).to > 0
          // A stamp makes a record, but no line, other than ordinary.
          const isExpected = QUIET.test(text) && isOrdinary(`.${text}`)
          assert.equal(isQuiet, isExpected, text)
          if (isQuiet) count++
        }
      }
    ),
    { numRuns: 6000 }
  )
  assert.ok(count > 300, `${count} were quiet`)
})

test('noise of all kinds, cut anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 120, size: 'max' }),
      sizes,
      ends,
      (lines, chunks, end) => {
        assertSame(lines.map(textOf).join(end), chunks)
      }
    ),
    { numRuns: RUNS }
  )
})

test('quiet lines with bytes put into them', () => {
  const put = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom('\n', '\r', '[', '|', 'oom', 'kill', ' ', '=', '<', '&', '#0', '\x00', '1', ':')
  )
  fc.assert(
    fc.property(
      fc.array(quiet, { minLength: 5, maxLength: 60, size: 'max' }),
      fc.array(put, { maxLength: 6 }),
      sizes,
      (lines, puts, chunks) => {
        let log = `${lines.map(textOf).join('\n')}\n`
        for (const [share, bytes] of puts) {
          const at = Math.floor(share * log.length)
          log = log.slice(0, at) + bytes + log.slice(at)
        }
        assertSame(log, chunks)
      }
    ),
    { numRuns: RUNS }
  )
})

test('dumps in every form of a log, with noise around them and between their lines', () => {
  const noise = Array.from({ length: 700 }, (_, at) =>
    textOf({ head: at % 4, tag: at % 4, words: [at % 3] }, at)
  )
  for (const [number, { name, render }] of FORMS.entries()) {
    const kind = number % 2 === 0 ? 'none' : 'memcg'
    const dump = render(recordsOf(linesOf(buildDump({ kind }))))
    const between = dump.flatMap((one, at) => [one, noise[at % noise.length]!])
    for (const lines of [
      [...noise, ...dump, ...noise, UNIT, ...dump],
      [...dump, ...noise.slice(0, 40), ...between, ...noise],
    ]) {
      const log = `${lines.join('\n')}\n`
      for (const size of [100, log.length]) {
        const [quick, plain] = [true, false].map(isQuick => read(log, [size], isQuick))
        assert.deepEqual(toldOf(quick!), toldOf(plain!), `${name}, ${size}`)
      }
    }
  }
})

test('recorded logs after noise, and before it', () => {
  const folder = 'test/corpus'
  const files = readdirSync(folder).filter(name => /\.(?:txt|kmsg)$/.test(name))
  assert.ok(files.length > 20)
  const noise = `${Array.from({ length: 60 }, (_, at) => textOf({ head: at % 4, tag: at % 4, words: [at % 2] }, at)).join('\n')}\n`
  for (const name of files) {
    const log = readFileSync(join(folder, name), 'latin1')
    if (log.length > MAX_RECORDED) continue
    assertSame(`${noise}${log}\n${noise}${log}`, [3000])
  }
})

test('chunks of the same bytes, one after the other', () => {
  const noise = Array.from({ length: 1500 }, (_, at) =>
    textOf({ head: 0, tag: at % 4, words: [0] }, at)
  )
  const dump = FORMS.find(({ name }) => name === 'dmesg')!.render(recordsOf(linesOf(buildDump())))
  const log = `${[...noise, ...dump, ...noise].join('\n')}\n`
  assertSame(log + log + log, [log.length])
})

test('nearly no line of a quiet log is read for itself', () => {
  const lines = Array.from({ length: 5000 }, (_, at) =>
    textOf({ head: at % 4, tag: at % 4, words: [at % 2] }, at)
  )
  const { lines: count, records } = read(`${lines.join('\n')}\n`, [65_536], true)
  assert.equal(records, 3750)
  assert.ok(count < 100, `${count} lines were read`)
})

function recordsOf(lines: readonly string[]): KmsgRecord[] {
  return lines.map((text, at) => ({
    seq: 100 + at,
    timestampUs: 1_010_000_000 + at * 10,
    facility: 0,
    level: 6,
    caller: '',
    text,
  }))
}
