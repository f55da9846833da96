/** The sentences in an event: bounded, whatever names and paths a dump has, and the cause first. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundedDiagnosis, MAX_BYTES } from '../../plugin/diagnosis/bounded.ts'
import { diagnose } from '../../plugin/diagnosis/diagnosis.ts'
import { warmUpDiagnosis } from '../../plugin/diagnosis/warm-up.ts'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { buildDump, linesOf, onlyKill, parseLines } from '../oom/dump-builder.ts'
import { assertValid } from '../support/app.ts'
import fc from '../support/fast-check.ts'

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

test('what fits is kept as it is', () => {
  const diagnosis = { cause: 'a', evidence: ['b', 'c'], next: ['d', 'e'] }
  assert.deepEqual(boundedDiagnosis(diagnosis), { cause: 'a', evidence: ['b', 'c'], next: 'd; e' })
})

test('of too much evidence the last is left out; what is too long is cut and marked', () => {
  const long = 'x'.repeat(5000)
  const bounded = boundedDiagnosis({
    cause: long,
    evidence: [...Array(50)].map(() => long),
    next: [long],
  })
  assert.ok(bytesOf(bounded) <= MAX_BYTES)
  assert.match(bounded.cause, /^x+…$/)
  assert.match(bounded.next, /^x+…$/)
  assert.ok(bounded.evidence.length >= 1)
})

test('never more than the bound, whatever the text', () => {
  const text = fc.string({ unit: 'binary', maxLength: 900 })
  fc.assert(
    fc.property(
      text,
      fc.array(text, { maxLength: 30 }),
      fc.array(text, { minLength: 1, maxLength: 4 }),
      (cause, evidence, next) => {
        assert.ok(bytesOf(boundedDiagnosis({ cause, evidence, next })) <= MAX_BYTES)
      }
    )
  )
})

test('of a dump with the longest names and paths, valid by its schema', () => {
  const path = `/${'\x1b\xff'.repeat(15)}`.repeat(100)
  for (const kind of ['none', 'memcg', 'cpuset'] as const) {
    const evil = '\x1b\xff\x00'.repeat(5).replaceAll('\x00', '\x01')
    const dump = buildDump({
      kind,
      victim: { comm: evil },
      oomMemcg: path,
      taskMemcg: `${path}/leaf`,
      cpuset: path,
    })
    const kill = onlyKill(parseLines(linesOf(dump)))
    const diagnosis = boundedDiagnosis(diagnose(kill, oomKillFacts(kill)))
    assert.ok(bytesOf(diagnosis) <= MAX_BYTES)
    assertValid('OomDiagnosis', diagnosis)
    assert.doesNotMatch(Object.values(diagnosis).flat().join(''), /[\x00-\x1f\x7f-\x9f]/)
  }
})

test('warming up diagnoses a kill for the machine and one for a group', () => {
  const [machine, group] = warmUpDiagnosis().flat() as Array<{ cause: string }>
  assert.match(machine?.cause ?? '', /machine/)
  assert.match(group?.cause ?? '', /the limit of the service warm-up\.service/)
})
