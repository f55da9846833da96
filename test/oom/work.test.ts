/**
 * The work for a record does not grow with what came before it: with the table's length, the number of
 * victims, of open dumps, of lines in a record. Executed blocks are counted, not time.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawRecord } from '../../plugin/kmsg/record.ts'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { OomParser } from '../../plugin/oom/parser.ts'
import { countBlocks } from '../support/work.ts'
import { buildDump, killLine, recordsOf, type Task, toKmsg } from './dump-builder.ts'

/** How much dearer a record may be in a stream of many than in one of few: ends cost a little. */
const SLACK = 1.25

interface Fed {
  readonly kills: number
  readonly blocks: number
}

function feed(lines: readonly string[], callers: readonly string[] = ['']): Fed {
  const raw = lines.flatMap((text, index) =>
    recordsOf([text], { seq: index, us: index * 20, caller: callers[index % callers.length]! })
  )
  const buffers = raw.map(record => Buffer.from(toKmsg(record), 'latin1'))
  const parser = new OomParser()
  const record = new RawRecord()
  let kills = 0
  const blocks = countBlocks('/plugin/', () => {
    for (const buffer of buffers) {
      if (!record.read(buffer, 0, buffer.length)) continue
      for (const outcome of parser.pushRaw(record)) {
        if (outcome.type !== 'kill') continue
        oomKillFacts(outcome, { pageSizeKb: 4 })
        kills++
      }
    }
    for (const outcome of parser.end()) if (outcome.type === 'kill') kills++
  })
  return { kills, blocks }
}

/** @param make a stream of `count` of something */
function assertLinear(
  few: number,
  many: number,
  make: (count: number) => { lines: string[]; callers?: string[] }
): void {
  const of = (count: number): number => {
    const { lines, callers } = make(count)
    return feed(lines, callers).blocks / count
  }
  const small = of(few)
  const large = of(many)
  assert.ok(
    large < small * SLACK,
    `${small.toFixed(1)} blocks each for ${few}, ${large.toFixed(1)} for ${many}`
  )
}

const tasksOf = (count: number): Task[] =>
  Array.from({ length: count }, (_, index) => ({
    comm: 'x',
    pid: 1000 + index,
    rssPages: (index * 7919) % 5000,
  }))

test('rows of a table', () =>
  assertLinear(500, 20_000, count => {
    const dump = buildDump({ others: tasksOf(count) })
    return { lines: [...dump.opener, ...dump.memory, ...dump.tasks] }
  }))

test('victims of a group kill: each row is found without looking through the table', () =>
  assertLinear(500, 20_000, count => {
    const tasks = tasksOf(count)
    const dump = buildDump({ kind: 'memcg', others: tasks, victim: tasks[0]! })
    const kills = tasks.map(victim => killLine({ kind: 'memcg', victim }))
    // The last of the table dies first, the worst case for a search from its start.
    const group = 'Tasks in /docker/abc are going to be killed due to memory.oom.group set'
    return { lines: [...Object.values(dump).flat(), group, ...kills.reverse()] }
  }))

test('a group kill of 20,000 processes reports each of them, once', () => {
  const tasks = tasksOf(20_000)
  const dump = buildDump({ kind: 'memcg', others: tasks.slice(1), victim: tasks[0]! })
  const group = 'Tasks in /docker/abc are going to be killed due to memory.oom.group set'
  const kills = tasks.map(victim => killLine({ kind: 'memcg', victim }))
  const { kills: reported } = feed([...Object.values(dump).flat(), group, ...kills])
  assert.equal(reported, tasks.length)
})

test('dumps one after the other', () =>
  assertLinear(20, 400, count => ({
    lines: Array.from({ length: count }, () => Object.values(buildDump()).flat()).flat(),
  })))

test('ordinary lines, outside a dump and inside one that does not end', () =>
  assertLinear(5000, 100_000, count => ({
    lines: [...buildDump().opener, ...Array<string>(count).fill('usb 1-1: new device number 5')],
  })))

test('lines of many callers, each with a dump of its own', () =>
  assertLinear(32, 2000, count => ({
    lines: Array.from({ length: count }, (_, index) => `p${index} invoked oom-killer: order=0`),
    callers: Array.from({ length: count }, (_, index) => `T${index}`),
  })))

test('lines of one record', () =>
  assertLinear(50, 1000, count => ({
    lines: [...buildDump().opener, Array<string>(count).fill('free:1').join('\n')],
  })))
