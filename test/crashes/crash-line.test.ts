/** Lines about faults, as kernels print them: recorded on 6.18, and in the forms of the named sources. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCrashLine, parseSuppressed } from '../../plugin/crashes/crash-line.ts'
import { crashData } from '../../plugin/crashes/event.ts'
import { mayTellOfCrash } from '../../plugin/crashes/prefilter.ts'
import { RawRecord } from '../../plugin/kmsg/record.ts'

const CPU = ' likely on CPU 0 (core 0, socket 0)'

const CASES: ReadonlyArray<[line: string, data: Record<string, unknown>]> = [
  [
    `f[29691]: segfault at 0 ip 00005609dde3918b sp 00007ffda950d440 error 6 in f[118b,5609dde39000+1000]${CPU}`,
    {
      process_name: 'f',
      pid: 29691,
      signal: 'SIGSEGV',
      error: 'write where nothing is mapped',
      address: '0x0',
      instruction: '0x5609dde3918b',
      file: 'f',
      offset: '0x118b',
    },
  ],
  [
    `f[29724]: segfault at 8 ip 000055f7f7fa3198 sp 00007fff3af41ca0 error 4 in f[1198,55f7f7fa3000+1000]${CPU}`,
    {
      process_name: 'f',
      pid: 29724,
      signal: 'SIGSEGV',
      error: 'read where nothing is mapped',
      address: '0x8',
      instruction: '0x55f7f7fa3198',
      file: 'f',
      offset: '0x1198',
    },
  ],
  [
    'traps: f[29738] trap invalid opcode ip:55c493d1619c sp:7ffccfbfef80 error:0 in f[119c,55c493d16000+1000]',
    {
      process_name: 'f',
      pid: 29738,
      signal: 'SIGILL',
      error: 'invalid opcode',
      instruction: '0x55c493d1619c',
      file: 'f',
      offset: '0x119c',
    },
  ],
  [
    'traps: f[29757] trap int3 ip:55bd37f061a1 sp:7ffc1965b140 error:0 in f[11a1,55bd37f06000+1000]',
    {
      process_name: 'f',
      pid: 29757,
      signal: 'SIGTRAP',
      error: 'int3',
      instruction: '0x55bd37f061a1',
      file: 'f',
      offset: '0x11a1',
    },
  ],
  [
    'traps: f[29771] general protection fault ip:55e690b961ce sp:7fff2a3a7d50 error:0 in f[11ce,55e690b96000+1000]',
    {
      process_name: 'f',
      pid: 29771,
      signal: 'SIGSEGV',
      error: 'general protection fault',
      instruction: '0x55e690b961ce',
      file: 'f',
      offset: '0x11ce',
    },
  ],
  [
    `f[29794]: segfault at 10 ip 0000000000000010 sp 00007fff9b09fd38 error 14${CPU}`,
    {
      process_name: 'f',
      pid: 29794,
      signal: 'SIGSEGV',
      error: 'instruction fetch where nothing is mapped',
      address: '0x10',
      instruction: '0x10',
    },
  ],
  [
    `f[29813]: segfault at 55e6e29fa004 ip 000055e6e29f91e2 sp 00007ffe87a043d0 error 7 in f[11e2,55e6e29f9000+1000]${CPU}`,
    {
      process_name: 'f',
      pid: 29813,
      signal: 'SIGSEGV',
      error: 'write that the page does not allow',
      address: '0x55e6e29fa004',
      instruction: '0x55e6e29f91e2',
      file: 'f',
      offset: '0x11e2',
    },
  ],
  [
    `traps: x[1]: s[29818]: segfault at 0 ip 000055c14e27818b sp 00007fff32577260 error 6 in traps: x[1]: s[118b,55c14e278000+1000]${CPU}`,
    {
      process_name: 'traps: x[1]: s',
      pid: 29818,
      signal: 'SIGSEGV',
      error: 'write where nothing is mapped',
      address: '0x0',
      instruction: '0x55c14e27818b',
      file: 'traps: x[1]: s',
      offset: '0x118b',
    },
  ],
  // 5.x: no offset, no CPU. 32 bits.
  [
    'a.out[812]: segfault at 0 ip 080483c4 sp bfb1e3a8 error 6 in a.out[8048000+1000]',
    {
      process_name: 'a.out',
      pid: 812,
      signal: 'SIGSEGV',
      error: 'write where nothing is mapped',
      address: '0x0',
      instruction: '0x80483c4',
      file: 'a.out',
    },
  ],
  [
    'traps: a b[7] general protection ip:7f00 sp:7fff error:0 in libc-2.31.so[7f0000000000+16a000]',
    {
      process_name: 'a b',
      pid: 7,
      signal: 'SIGSEGV',
      error: 'general protection',
      instruction: '0x7f00',
      file: 'libc-2.31.so',
    },
  ],
  [
    'traps: python[5] trap divide error ip:400 sp:500 error:0',
    {
      process_name: 'python',
      pid: 5,
      signal: 'SIGFPE',
      error: 'divide error',
      instruction: '0x400',
    },
  ],
  // arm64: 4.14, and since 4.16.
  [
    'a.out[1234]: unhandled level 2 translation fault (11) at 0x00000000, esr 0x92000046, in a.out[400000+1000]',
    {
      process_name: 'a.out',
      pid: 1234,
      signal: 'SIGSEGV',
      error: 'level 2 translation fault',
      address: '0x0',
      file: 'a.out',
    },
  ],
  [
    'a.out[1234]: unhandled exception: DABT (lower EL), ESR 0x0000000092000046, level 2 translation fault in a.out[aaaad5a60000+1000]',
    {
      process_name: 'a.out',
      pid: 1234,
      signal: 'SIGSEGV',
      error: 'level 2 translation fault',
      file: 'a.out',
    },
  ],
  [
    'a.out[1234]: unhandled exception: undefined instruction in a.out[754,aaaad5a60000+1000]',
    {
      process_name: 'a.out',
      pid: 1234,
      signal: 'SIGILL',
      error: 'undefined instruction',
      file: 'a.out',
      offset: '0x754',
    },
  ],
  [
    'a.out: unhandled page fault (11) at 0x00000010, code 0x017',
    { process_name: 'a.out', signal: 'SIGSEGV', error: 'page fault', address: '0x10' },
  ],
  [
    `\xc3\xa9t\xc3\xa9[9]: segfault at 0 ip 0000000000000001 sp 0000000000000002 error 4 in x\xff[1,2+3]${CPU}`,
    {
      process_name: 'été',
      pid: 9,
      signal: 'SIGSEGV',
      error: 'read where nothing is mapped',
      address: '0x0',
      instruction: '0x1',
      file: 'x\\xff',
      offset: '0x1',
    },
  ],
]

function rawOf(text: string): RawRecord {
  const escaped = text.replace(
    /[^\x20-\x7e]|\\/g,
    char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  )
  const bytes = Buffer.from(`6,1,2,-;${escaped}\n`, 'latin1')
  const record = new RawRecord()
  assert.ok(record.read(bytes, 0, bytes.length))
  return record
}

for (const [line, data] of CASES) {
  test(line.slice(0, 90), () => {
    assert.ok(mayTellOfCrash(rawOf(line)))
    const parsed = parseCrashLine(line)
    assert.ok(parsed)
    assert.deepEqual(JSON.parse(JSON.stringify(crashData(parsed))), data)
  })
}

test('a name of fifteen bytes, all of them escaped, is still seen', () => {
  const line = `${'\xff'.repeat(15)}[4194304]: segfault at 0 ip 0 sp 0 error 4`
  assert.ok(mayTellOfCrash(rawOf(line)))
  assert.equal(parseCrashLine(line)?.comm.length, 15)
})

for (const line of [
  '',
  ': ',
  'Code: 00 00 00 89 c0 48 8d <c7> 00 01',
  'Code: Unable to access opcode bytes at 0xffffffffffffffe6.',
  '[    812]  1000   812    10000     3908    77824        0             0 segfault at 0',
  'a name that is too long[12]: segfault at 0 ip 0 sp 0 error 4',
  'f[x]: segfault at 0 ip 0 sp 0 error 4',
  'f[12]: segfault at 0',
  'Memory cgroup out of memory: Killed process 1 (f[1]: segfault) total-vm:1kB',
  'audit: type=1701 audit(1.0:2): auid=0 sig=11 res=1',
  'usb 1-1: unhandled thing',
]) {
  test(`no crash: ${line.slice(0, 60)}`, () => {
    assert.equal(parseCrashLine(line), undefined)
  })
}

test('what the kernel left out is counted', () => {
  assert.equal(parseSuppressed('show_signal_msg: 50 callbacks suppressed'), 50)
  assert.equal(parseSuppressed('show_signal: 3 callbacks suppressed'), 3)
  assert.ok(mayTellOfCrash(rawOf('show_signal_msg: 50 callbacks suppressed')))
  assert.equal(parseSuppressed('net_ratelimit: 50 callbacks suppressed'), undefined)
})
