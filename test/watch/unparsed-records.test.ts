/** What is left unparsed of a log that is there at a first start changes nothing about what comes after. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type KmsgRecord, RawRecord } from '../../plugin/kmsg/record.ts'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'
import { UnparsedRecords } from '../../plugin/watch/unparsed-records.ts'
import { buildDump, killLine, killsOf, linesOf, recordsOf, toKmsg } from '../oom/dump-builder.ts'

const NOISE = ['usb 1-1: new device', ' </TASK>', 'Memory: 1024K/2048K available', 'Mem-Info:']

function dump(pid: number): string[] {
  return linesOf(buildDump({ kind: pid % 2 === 0 ? 'memcg' : 'none', victim: { pid } }))
}

const LINES = [
  ...NOISE,
  ...dump(101),
  ...NOISE,
  ...dump(102),
  'Tasks in /docker/abc are going to be killed due to memory.oom.group set',
  killLine({ kind: 'memcg', victim: { pid: 110, comm: 'second' } }),
  ...dump(103),
  killLine({ victim: { pid: 111, comm: 'alone' } }),
  ...NOISE,
  ...dump(104),
]

const raw = (record: KmsgRecord): RawRecord => {
  const bytes = Buffer.from(toKmsg(record), 'latin1')
  const one = new RawRecord()
  assert.ok(one.read(bytes, 0, bytes.length))
  return one
}

/** What is told of kills from one record on. */
function told(outcomes: readonly OomOutcome[], fromSeq: number) {
  return killsOf(outcomes)
    .filter(({ record }) => record.seq >= fromSeq)
    .map(kill => ({ ...oomKillFacts(kill, {}), seq: kill.record.seq, isPartial: kill.isPartial }))
}

describe('a log of which nothing is told', () => {
  test('is left unparsed where a process begins, anywhere in it, and the kills since are whole', () => {
    const records = recordsOf(LINES).map(raw)
    const parser = new OomParser()
    const whole = [...records.flatMap(record => [...parser.pushRaw(record)]), ...parser.end()]
    assert.equal(killsOf(whole).length, 6)
    for (const [born, { seq: bornSeq }] of records.entries()) {
      // The end of what was there may come some records later.
      for (const end of [born, born + 1, born + 30, records.length]) {
        const parser = new OomParser()
        const outcomes: OomOutcome[] = []
        const parse = (record: RawRecord) => outcomes.push(...parser.pushRaw(record))
        const unparsed = new UnparsedRecords()
        for (const record of records.slice(0, end)) if (!unparsed.keep(record)) parse(record)
        unparsed.replay(({ seq }) => seq < bornSeq, parse)
        for (const record of records.slice(end)) parse(record)
        outcomes.push(...parser.end())
        assert.deepEqual(told(outcomes, bornSeq), told(whole, bornSeq), `${born} of ${end}`)
      }
    }
  })

  test('is parsed from the last dumps on only', () => {
    const records = recordsOf([...dump(1), ...dump(2), ...dump(3), ...dump(4)]).map(raw)
    const unparsed = new UnparsedRecords()
    for (const record of records) assert.ok(unparsed.keep(record))
    let parsed = 0
    unparsed.replay(
      () => true,
      () => parsed++
    )
    assert.equal(parsed, dump(3).length + dump(4).length)
  })

  test('is parsed as it is read, where it is larger than what is kept', () => {
    const unparsed = new UnparsedRecords()
    const row = `[ 1] ${'x'.repeat(7000)}`
    const [head, ...rows] = recordsOf([dump(1)[0]!, ...Array<string>(2000).fill(row)]).map(raw)
    assert.ok(unparsed.keep(head!))
    const kept = rows.filter(record => unparsed.keep(record)).length
    assert.ok(unparsed.isFull && kept > 1000 && kept < 2000, String(kept))
    let replayed = 0
    unparsed.replay(
      () => false,
      () => replayed++
    )
    assert.equal(replayed, kept + 1)
  })
})
