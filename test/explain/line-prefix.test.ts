/** What stands before the kernel's words: taken off whole, and what it says of time and caller kept. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Prefixed, stripPrefix } from '../../plugin/explain/log/line-prefix.ts'
import { buildDump, linesOf } from '../oom/dump-builder.ts'
import fc from '../support/fast-check.ts'

const TEXT = 'tmux: server invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
const NOON_US = Date.UTC(2025, 7, 12, 12, 0, 1) * 1000

const KERNELS: Array<[string, string, Partial<Prefixed>]> = [
  ['nothing', '', { found: false }],
  ['printk priority', '<6>', {}],
  ['printk priority with a facility', '<14>', {}],
  ['stamp', '[  123.456789] ', { stampUs: 123_456_789 }],
  ['stamp of many days', '[8640001.000001] ', { stampUs: 8_640_001_000_001 }],
  ['stamp with odd padding', '[ 270.7] ', { stampUs: 270_700_000 }],
  ['stamp without a space after it', '[    0.000000]', { stampUs: 0 }],
  ['priority and stamp', '<4>[  123.456789] ', { stampUs: 123_456_789 }],
  ['stamp and thread', '[  123.456789][ T4711] ', { stampUs: 123_456_789, caller: 'T4711' }],
  ['stamp and CPU', '[  123.456789][    C3] ', { stampUs: 123_456_789, caller: 'C3' }],
  ['stamp and caller apart', '[  123.456789] [ T4711] ', { stampUs: 123_456_789, caller: 'T4711' }],
  ['dmesg -T', '[Tue Aug 12 12:00:01 2025] ', { wallUs: NOON_US }],
  [
    'dmesg -T, one digit',
    '[Sat Aug  2 12:00:01 2025] ',
    { wallUs: Date.UTC(2025, 7, 2, 12, 0, 1) * 1000 },
  ],
  ['dmesg -T in German', '[Di Aug 12 12:00:01 2025] ', { wallUs: NOON_US }],
  ['dmesg -T in French', '[mar. ao\xc3\xbbt 12 12:00:01 2025] ', { wallUs: NOON_US }],
  ['dmesg -x', 'kern  :info  : ', {}],
  ['dmesg -x with a stamp', 'kern  :warn  : [  123.456789] ', { stampUs: 123_456_789 }],
  ['syslog', 'Aug 12 12:00:01 host kernel: ', {}],
  ['syslog, one digit', 'Aug  2 12:00:01 host kernel: ', {}],
  ['syslog without a host', 'Aug 12 12:00:01 kernel: ', {}],
  ['syslog with a stamp', 'Aug 12 12:00:01 host kernel: [  123.456789] ', { stampUs: 123_456_789 }],
  ['syslog in Russian', '\xd0\xb0\xd0\xb2\xd0\xb3 12 12:00:01 host kernel: ', {}],
  ['syslog, the day first', '12 ao\xc3\xbbt 12:00:01 host kernel: ', {}],
  ['syslog with a pid of the kernel', 'Aug 12 12:00:01 host kernel[0]: ', {}],
  ['ISO', '2025-08-12T12:00:01.000000+00:00 host kernel: ', { wallUs: NOON_US }],
  ['ISO in another zone', '2025-08-12T14:00:01+0200 host kernel: ', { wallUs: NOON_US }],
  ['ISO without a zone', '2025-08-12T12:00:01 host kernel: ', { wallUs: NOON_US }],
  ['ISO with a comma (dmesg)', '2025-08-12T12:00:01,250000+00:00 ', { wallUs: NOON_US + 250_000 }],
  ['ISO with nanoseconds', '2025-08-12T12:00:01.123456789Z ', { wallUs: NOON_US + 123_456 }],
  ['seconds since 1970', '1755000001.416344 host kernel: ', { wallUs: NOON_US + 416_344 }],
  ['monotonic', '[  123.456789] host kernel: ', { stampUs: 123_456_789 }],
  ['RFC 5424', '<4>1 2025-08-12T12:00:01Z host kernel - - - ', { wallUs: NOON_US }],
  [
    'RFC 5424 with structured data',
    '<4>1 2025-08-12T12:00:01Z host kernel - - [a b="c"] ',
    { wallUs: NOON_US },
  ],
  ['docker compose', 'kernel-1  | ', {}],
  ['weekday, ISO date and zone', 'Tue 2025-08-12 12:00:01 UTC host kernel: ', { wallUs: NOON_US }],
  ['CRI', '2025-08-12T12:00:01.000000000Z stdout F ', { wallUs: NOON_US }],
  ['busybox', 'Aug 12 12:00:01 host kern.warn kernel: ', {}],
  ['OpenWrt', 'Tue Aug 12 12:00:01 2025 kern.warn kernel: ', { wallUs: NOON_US }],
  ['an indented stamp', '    [  123.456789] ', { stampUs: 123_456_789 }],
  ['colours', '\x1b[32m[  123.456789] \x1b[0m', { stampUs: 123_456_789 }],
  [
    'several at once',
    '2025-08-12T12:00:01.000000000Z <4>[  123.456789][    T7] ',
    { wallUs: NOON_US, stampUs: 123_456_789, caller: 'T7' },
  ],
]

const NOTHING: Partial<Prefixed> = {
  found: true,
  isKernel: true,
  stampUs: undefined,
  wallUs: undefined,
  caller: '',
  text: TEXT,
}

function assertParts(line: string, parts: Partial<Prefixed>): void {
  const got = stripPrefix(line)
  for (const [part, value] of Object.entries(parts)) {
    assert.equal(got[part as keyof Prefixed], value, `${part} of ${line}`)
  }
}

for (const [title, prefix, expected] of KERNELS) {
  test(`kernel: ${title}`, () => {
    assertParts(prefix + TEXT, { ...NOTHING, ...expected })
  })
}

for (const prefix of [
  'Aug 12 12:00:01 host systemd[1]: ',
  'Aug 12 12:00:01 host my-app: ',
  'Aug 12 12:00:01 host containerd[812]: ',
  'Aug 12 12:00:01 host NetworkManager[7]: ',
  '2025-08-12T12:00:01.000000+00:00 host dbus-daemon[9]: ',
  '1755000001.416344 host sshd[5]: ',
  '<13>1 2025-08-12T12:00:01Z host myapp 812 - - ',
  '<13>1 2025-08-12T12:00:01Z host myapp - - - ',
]) {
  test(`another program: ${prefix.trim()}`, () => {
    assert.equal(stripPrefix(prefix + TEXT).isKernel, false)
  })
}

test('the lines of a dump themselves bear no prefix, whatever names they hold', () => {
  for (const comm of [
    'tmux: server',
    'kernel: x',
    '[2:INIT]',
    '<3>x',
    'a | b',
    '> x',
    '12 Aug',
    ' x',
  ]) {
    const lines = linesOf(buildDump({ victim: { comm }, counters: 'records' }))
    for (const line of lines) {
      assertParts(line, { ...NOTHING, found: false, text: line })
    }
  }
})

test('a row of the table is no stamp, with or without a prefix', () => {
  const row = '[   4711]  1000  4711  2316564   516062 12025856    47863             0 chrome'
  for (const prefix of ['', '[  123.456789] ', 'Aug 12 12:00:01 host kernel: ', '<6>']) {
    assert.equal(stripPrefix(prefix + row).text, row, prefix)
  }
})

test('a second stamp is part of the text', () => {
  assert.equal(stripPrefix('[    1.000000] [    2.000000] x').text, '[    2.000000] x')
})

test('no bytes make it throw, and it only takes away from the front', () => {
  const bytes = fc
    .uint8Array({ maxLength: 80 })
    .map(array => Buffer.from(array).toString('latin1').replaceAll('\x1b', ''))
  const parts = fc
    .array(fc.oneof(fc.constantFrom(...KERNELS.map(([, prefix]) => prefix)), bytes), {
      maxLength: 4,
    })
    .map(some => some.join('').replaceAll('\x1b', ''))
  fc.assert(
    fc.property(fc.oneof(parts, bytes), line => {
      const { text, stampUs } = stripPrefix(line)
      assert.ok(line.endsWith(text))
      assert.ok(stampUs === undefined || Number.isFinite(stampUs))
    }),
    { numRuns: 2000 }
  )
})

test('a long line costs time in proportion to its length', () => {
  const timeOf = (line: string): number => {
    const start = performance.now()
    stripPrefix(line)
    return performance.now() - start
  }
  for (const unit of ['[', '> ', 'a ', '<1>', 'Aug 12 ', '2025-08-12T', 'x | ', '[ 1', 'a.b@']) {
    const ms = timeOf(unit.repeat(1_000_000 / unit.length))
    // In proportion some ms; with the square of its length, a quarter of an hour.
    assert.ok(ms < 10_000, `${ms} ms for ${JSON.stringify(unit)} again and again`)
  }
})
