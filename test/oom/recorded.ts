/**
 * Recorded dumps with what is to be read from them: the corpus and the project's own fixtures. Both
 * are read as the watcher reads (bytes of /dev/kmsg) and as `sysmon explain` does (lines of a log).
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LineSplitter } from '../../plugin/explain/log/line-splitter.ts'
import { type Explained, LogExplainer } from '../../plugin/explain/log-explainer.ts'
import { RawRecord } from '../../plugin/kmsg/record.ts'
import { type OomKillFacts, oomKillFacts } from '../../plugin/oom/event.ts'
import { type OomOutcome, OomParser } from '../../plugin/oom/parser.ts'

export interface Reading {
  readonly kills: readonly OomKillFacts[]
  readonly outcomes: readonly OomOutcome[]
}

/** A log as `sysmon explain` reads it. @param chunks of it, one character per byte */
export function readLog(...chunks: readonly string[]): Reading {
  const explained: Explained[] = []
  const explainer = new LogExplainer(one => explained.push(one))
  const splitter = new LineSplitter(line => explainer.push(line))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk, 'latin1'))
  splitter.end()
  explainer.end()
  return {
    kills: explained.flatMap(one => (one.type === 'kill' ? [one.event.data] : [])),
    outcomes: explained.map(one => (one.type === 'kill' ? one.kill : one)),
  }
}

/** Raw records of /dev/kmsg as the watcher reads them. @param text one character per byte */
export function readKmsg(text: string, pageSizeKb?: number): Reading {
  const parser = new OomParser()
  const record = new RawRecord()
  const bytes = Buffer.from(text, 'latin1')
  const outcomes: OomOutcome[] = []
  // The device gives whole records: a last line without its newline is none.
  const end = bytes.lastIndexOf(10) + 1
  for (let at = 0; at < end; at = record.textEnd + 1) {
    if (record.read(bytes, at, end)) outcomes.push(...parser.pushRaw(record))
  }
  outcomes.push(...parser.end())
  return {
    kills: outcomes.flatMap(one =>
      one.type === 'kill' ? [oomKillFacts(one, { pageSizeKb })] : []
    ),
    outcomes,
  }
}

/** A value that was not to be had from the text is `null`. */
export type Stated = Readonly<Record<string, unknown>> & {
  readonly pid: number
  readonly top_tasks?: ReadonlyArray<{ name: string; pid: number; rss_kb: number | null }> | null
}

/** `pid field: stated, read` of everything in which a reading differs from what is stated. */
export function differences(
  stated: readonly Stated[],
  read: readonly OomKillFacts[],
  fields: readonly string[]
): string[] {
  const found: string[] = []
  const left = [...read]
  for (const kill of stated) {
    const at = left.findIndex(facts => facts.pid === kill.pid)
    const [facts] = at === -1 ? [] : left.splice(at, 1)
    if (facts === undefined) {
      found.push(`${kill.pid} kill: stated, not read`)
      continue
    }
    for (const field of fields) {
      const want = comparable(field, kill[field])
      const got = comparable(field, (facts as unknown as Record<string, unknown>)[field])
      if (want !== got) found.push(`${kill.pid} ${field}: ${want}, ${got}`)
    }
  }
  for (const facts of left) found.push(`${facts.pid} kill: not stated, read`)
  return found
}

function comparable(field: string, value: unknown): string {
  if (value === undefined || value === null) return 'absent'
  // The kernel prints no line for a kill that is none of a group.
  if (field === 'oom_group' && value === false) return 'absent'
  if (field !== 'top_tasks') return JSON.stringify(value)
  const tasks = value as NonNullable<Stated['top_tasks']>
  // Where the text has no table the corpus has an empty list.
  if (tasks.length === 0) return 'absent'
  return JSON.stringify(tasks.map(({ pid, name, rss_kb }) => [pid, name, rss_kb]))
}

/** Dumps that people published: INDEX.md there says what is what. */
export const CORPUS = join(process.cwd(), 'test', 'corpus')

/** Names of the dumps in a folder, without their endings. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => name.slice(0, -'.json'.length))
    .sort()
}
