/** The record format of /dev/kmsg. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unescapeBytes } from '../../plugin/kernel-names.ts'
import { type KmsgRecord, parseKmsgRecord, RawRecord } from '../../plugin/kmsg/record.ts'
import fc from '../support/fast-check.ts'

// The header

test('priority, sequence number, stamp and text', () => {
  assert.deepEqual(parseKmsgRecord('3,1636,1620105747,-;Killed process 7 (x)'), {
    seq: 1636,
    timestampUs: 1_620_105_747,
    facility: 0,
    level: 3,
    caller: '',
    text: 'Killed process 7 (x)',
  })
})

for (const [priority, facility, level] of [
  [0, 0, 0],
  [7, 0, 7],
  [14, 1, 6],
  [30, 3, 6],
  [191, 23, 7],
] as const) {
  test(`priority ${priority} is facility ${facility}, level ${level}`, () => {
    const record = parseKmsgRecord(`${priority},1,2,-;x`)
    assert.deepEqual([record?.facility, record?.level], [facility, level])
  })
}

test('numbers up to 2^53', () => {
  const record = parseKmsgRecord('6,9007199254740991,9007199254740990,-;x')
  assert.equal(record?.seq, 9_007_199_254_740_991)
  assert.equal(record?.timestampUs, 9_007_199_254_740_990)
})

const CALLERS: Array<[string, string, string]> = [
  ['none', '6,1,2,-;x', ''],
  ['a thread', '6,1,2,-,caller=T123;x', 'T123'],
  ['a CPU', '6,1,2,-,caller=C4;x', 'C4'],
  ['with a field after it', '6,1,2,-,caller=T123,later=5;x', 'T123'],
  ['with a field before it', '6,1,2,-,earlier=5,caller=T123;x', 'T123'],
  ['with the continuation flag', '6,1,2,c,caller=T1;x', 'T1'],
  ['only in the text', '6,1,2,-;x,caller=T1', ''],
  ['only in the text, with another field', '6,1,2,-,later=5;x,caller=T1', ''],
]

for (const [title, line, caller] of CALLERS) {
  test(`caller: ${title}`, () => assert.equal(parseKmsgRecord(line)?.caller, caller))
}

test('the flag c (a continuation) makes a record like any other', () => {
  assert.equal(parseKmsgRecord('6,1,2,c;x')?.text, 'x')
})

test('the text may be empty and may hold semicolons and commas', () => {
  assert.equal(parseKmsgRecord('6,1,2,-;')?.text, '')
  assert.equal(parseKmsgRecord('6,1,2,-;a;b,c;')?.text, 'a;b,c;')
})

// Escapes

const ESCAPES: Array<[string, string, string]> = [
  ['a newline', 'a\\x0ab', 'a\nb'],
  ['a backslash', 'a\\x5cb', 'a\\b'],
  ['a backslash before what looks like an escape', '\\x5cx41', '\\x41'],
  ['bytes from 127 up', '\\xc3\\xa9\\x7f\\xff', '\xc3\xa9\x7f\xff'],
  ['hexadecimal in capitals', '\\xC3\\xA9', '\xc3\xa9'],
  ['cut after the backslash', 'a\\', 'a\\'],
  ['cut after the x', 'a\\x', 'a\\x'],
  ['cut after one digit', 'a\\x0', 'a\\x0'],
  ['none: other letters', 'a\\n\\u0041\\xzz', 'a\\n\\u0041\\xzz'],
]

for (const [title, text, expected] of ESCAPES) {
  test(`escape: ${title}`, () => {
    assert.equal(unescapeBytes(text), expected)
    assert.equal(parseKmsgRecord(`6,1,2,-;${text}`)?.text, expected)
  })
}

// What is no record

const NO_RECORDS = [
  '',
  ';',
  ',,,;',
  '6',
  '6,1',
  '6,1,2',
  '6,1,2;x',
  '6,1,2,-',
  '6,1,2,-x',
  '6,1,,-;x',
  '6,,2,-;x',
  ',1,2,-;x',
  ' 6,1,2,-;x',
  '-6,1,2,-;x',
  '6,-1,2,-;x',
  '6,1,2.5,-;x',
  '6;1,2,-;x',
  'x,1,2,-;x',
  '<6>[ 12.345] x',
  ' SUBSYSTEM=pci',
  ' DEVICE=+pci:0000:00:02.0;x',
]

for (const line of NO_RECORDS) {
  test(`no record: ${JSON.stringify(line)}`, () => assert.equal(parseKmsgRecord(line), undefined))
}

const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map(array => Buffer.from(array).toString('latin1'))

const recordish = fc
  .array(
    fc.oneof(
      fc.constantFrom(',', ';', '-', 'c', '\\x', '\\', ' ', '6', '12', '\n', ',caller=', 'T1'),
      bytes(3)
    ),
    { maxLength: 30 }
  )
  .map(parts => parts.join(''))

test('no bytes make it throw, and what it gives is well formed', () => {
  fc.assert(
    fc.property(fc.oneof(recordish, bytes(60)), line => {
      const record = parseKmsgRecord(line)
      if (record === undefined) return
      for (const number of [record.seq, record.timestampUs, record.facility, record.level]) {
        assert.ok(Number.isInteger(number) && number >= 0, line)
      }
      assert.ok(line.includes(';'))
    }),
    { numRuns: 5000 }
  )
})

test('what is written as the kernel writes it is read back', () => {
  const asKernel = (text: string): string =>
    text.replace(
      /[^\x20-\x7e]|\\/g,
      char => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
    )
  fc.assert(
    fc.property(
      fc.record({
        seq: fc.maxSafeNat(),
        timestampUs: fc.maxSafeNat(),
        facility: fc.nat(23),
        level: fc.nat(7),
        caller: fc.constantFrom('', 'T1', 'C0', 'T4194304'),
        text: bytes(80),
      }),
      record => {
        const caller = record.caller === '' ? '' : `,caller=${record.caller}`
        const line = `${record.facility * 8 + record.level},${record.seq},${record.timestampUs},-${caller};${asKernel(record.text)}`
        assert.deepEqual(parseKmsgRecord(line), { ...record })
      }
    ),
    { numRuns: 1000 }
  )
})

// In place

const STREAM =
  '6,376,6502021,-;ACPI: \\x5c_SB_.LNKB: Enabled at IRQ 10\n' +
  '6,377,6838421,-;e1000 0000:00:02.0 eth0: (PCI:33MHz:32-bit)\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:02.0\n' +
  'noise that is no record\n' +
  '4,378,6839118,-,caller=T7;a\\x0a b\n' +
  '\n' +
  '3,379,6839119,c;last\n'

function readAll(stream: string): KmsgRecord[] {
  const bytes = Buffer.from(stream, 'latin1')
  const record = new RawRecord()
  const records: KmsgRecord[] = []
  for (let at = 0; at < bytes.length; at = record.textEnd + 1) {
    if (record.read(bytes, at, bytes.length)) records.push(record.toRecord())
  }
  return records
}

test('dictionary lines and foreign lines are no records', () => {
  assert.deepEqual(
    readAll(STREAM).map(record => [record.seq, record.caller, record.text]),
    [
      [376, '', 'ACPI: \\_SB_.LNKB: Enabled at IRQ 10'],
      [377, '', 'e1000 0000:00:02.0 eth0: (PCI:33MHz:32-bit)'],
      [378, 'T7', 'a\n b'],
      [379, '', 'last'],
    ]
  )
})

test('a dictionary line that looks like a record is none', () => {
  assert.equal(readAll('6,1,2,-;x\n 6,2,2,-;y\n').length, 1)
})

test('what an earlier, longer read left in the buffer is none of the record', () => {
  const buffer = Buffer.from('6,1,2,-;x4,55,66,-,caller=T9;Killed process 7 (x)\n', 'latin1')
  const record = new RawRecord()
  for (let length = 0; length <= buffer.length; length++) {
    const line = buffer.toString('latin1', 0, length).replace('\n', '')
    const expected = parseKmsgRecord(line)
    assert.equal(record.read(buffer, 0, length), expected !== undefined, line)
    if (expected !== undefined) assert.deepEqual(record.toRecord(), expected)
  }
})

test('a record anywhere in a buffer of anything is the record alone', () => {
  fc.assert(
    fc.property(bytes(30), fc.oneof(recordish, bytes(60)), bytes(30), (before, line, after) => {
      const [first = ''] = line.split('\n')
      const buffer = Buffer.from(`${before}${first}\n${after}`, 'latin1')
      const record = new RawRecord()
      const isRecord = record.read(buffer, before.length, buffer.length)
      assert.equal(record.textEnd, before.length + first.length)
      assert.deepEqual(isRecord ? record.toRecord() : undefined, parseKmsgRecord(first))
    }),
    { numRuns: 5000 }
  )
})
