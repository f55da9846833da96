/**
 * Feeds damaged dumps through record, parser and event, as the watcher does, and holds what comes out
 * against what went in.
 */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RawRecord } from '../../plugin/kmsg/record.ts'
import { type OomKillFacts, oomKillFacts, oomKillSource } from '../../plugin/oom/event.ts'
import { type OomKill, type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'
import { Evidence } from './evidence.ts'
import { type Line, makeStream, toRaw } from './mutate.ts'
import { Random } from './random.ts'

export interface Tally {
  records: number
  mutated: number
  kills: number
  withoutKill: number
}

/** Streams that one parser sees, one after the other. */
const STREAMS_A_ROUND = 32
const MAX_SECTIONS = 16
const PAGE_KB = 4

/** The recordings to damage, dictionaries left out. @param folders of files of raw records */
export function readRecordings(folders: readonly string[]): Line[][] {
  const recordings: Line[][] = []
  for (const folder of folders) {
    for (const name of readdirSync(folder).sort()) {
      if (!name.endsWith('.kmsg')) continue
      const lines = readFileSync(join(folder, name), 'latin1').split('\n')
      recordings.push(
        lines.flatMap((line): Line[] => {
          const match = /^(\d+),\d+,\d+,[^,;]*(?:,caller=([^,;]*))?[^;]*;(.*)$/.exec(line)
          if (match === null) return []
          return [{ priority: match[1]!, caller: match[2] ?? '', text: match[3]!, damage: '' }]
        })
      )
    }
  }
  return recordings
}

const buffer = Buffer.alloc(1 << 17)

/**
 * One parser and the streams of one seed.
 *
 * @throws AssertionError that says what does not hold
 */
export function fuzzRound(recordings: readonly Line[][], seed: number, tally: Tally): void {
  const random = new Random(seed)
  const record = new RawRecord()
  const parser = new OomParser()
  // The same records as strings, as a saved log gives them, must lead to the same outcomes.
  const stringParser = random.below(4) === 0 ? new OomParser() : undefined
  const evidence = new Evidence()
  let seq = 1000
  let us = 1_000_000
  for (let count = 0; count < STREAMS_A_ROUND; count++) {
    const { lines, mutated } = makeStream(recordings, random)
    tally.mutated += mutated
    for (const line of lines) {
      seq++
      us += 20
      if (line.damage === 'late') us += 20_000_000
      tally.records++
      const length = buffer.write(`${toRaw(line, seq, us)}\n`, 'latin1')
      if (!record.read(buffer, 0, length)) continue
      const copy = record.toRecord()
      evidence.push(copy)
      const outcomes = parser.pushRaw(record)
      if (stringParser !== undefined) compare(outcomes, stringParser.push(copy))
      if (outcomes.length > 0) check(outcomes, evidence, tally)
    }
    if (random.below(4) === 0) {
      parser.tear()
      stringParser?.tear()
    }
    if (random.below(4) === 0) {
      const outcomes = parser.flush()
      if (stringParser !== undefined) compare(outcomes, stringParser.flush())
      check(outcomes, evidence, tally)
    }
    assert.ok(parser.openSections <= MAX_SECTIONS, `${parser.openSections} open sections`)
  }
  const last = parser.end()
  if (stringParser !== undefined) compare(last, stringParser.end())
  check(last, evidence, tally)
  assert.equal(parser.openSections, 0)
  assert.equal(parser.hasHeldKill, false)
}

function check(outcomes: readonly OomOutcome[], evidence: Evidence, tally: Tally): void {
  for (const outcome of outcomes) {
    if (outcome.type !== 'kill') {
      tally.withoutKill++
      continue
    }
    tally.kills++
    evidence.check(outcome, oomKillFacts(outcome, { pageSizeKb: PAGE_KB }))
    oomKillSource(outcome, { isRaw: true })
  }
}

function compare(raw: readonly OomOutcome[], strings: readonly OomOutcome[]): void {
  if (raw.length === 0 && strings.length === 0) return
  assert.deepEqual(raw.map(told), strings.map(told))
}

const OF_THE_PLACE = [
  'mem_total_kb',
  'mem_free_kb',
  'memcg_limit_kb',
  'memcg_usage_kb',
  'oom_memcg',
  'task_memcg',
] as const

function told(outcome: OomOutcome): unknown[] {
  if (outcome.type !== 'kill') {
    return [outcome.record, outcome.outcome, outcome.dump.tasks.count]
  }
  const facts: Partial<OomKillFacts> = oomKillFacts(outcome, { pageSizeKb: PAGE_KB })
  // Whether the state of a memory, or a group's name, is the kill's, which nothing but its place says,
  // depends on what was seen before it: the device shows everything, a saved log what somebody took
  // for interesting.
  if (isOfNobody(outcome)) for (const field of OF_THE_PLACE) facts[field] = undefined
  return [outcome.record, outcome.isPartial, JSON.parse(JSON.stringify(facts))]
}

/** Whether nothing of the OOM killer was seen but the kill. */
function isOfNobody({ dump }: OomKill): boolean {
  return dump.opener === undefined && dump.structured === undefined && !dump.tasks.isPresent
}
