/** Dumps, and what is said of them. */

import assert from 'node:assert/strict'
import { type Diagnosis, diagnose } from '../../plugin/diagnosis/diagnosis.ts'
import {
  type Explained,
  type ExplainedKill,
  LogExplainer,
} from '../../plugin/explain/log-explainer.ts'
import {
  buildDump,
  type Dump,
  type DumpOptions,
  linesOf,
  recordsOf,
  toKmsg,
} from '../oom/dump-builder.ts'

export function explain(lines: readonly string[]): Explained[] {
  const explained: Explained[] = []
  const explainer = new LogExplainer(one => explained.push(one))
  for (const record of recordsOf(lines)) explainer.push(toKmsg(record).slice(0, -1))
  explainer.end()
  return explained
}

export function killIn(lines: readonly string[]): ExplainedKill {
  const kills = explain(lines).filter(one => one.type === 'kill')
  assert.equal(kills.length, 1)
  return kills[0]!
}

export function diagnosisOf(dump: Dump): Diagnosis {
  const { kill, event } = killIn(linesOf(dump))
  return diagnose(kill, event.data)
}

/** A dump with lines of its memory part replaced: those that begin with a key become its value. */
export function withMemory(
  options: DumpOptions,
  replace: Readonly<Record<string, string | null>>
): Dump {
  const dump = buildDump({ counters: 'records', ...options })
  const memory = dump.memory.flatMap(line => {
    const key = Object.keys(replace).find(prefix => line.startsWith(prefix))
    if (key === undefined) return [line]
    return replace[key] === null ? [] : [replace[key]!]
  })
  for (const [key, line] of Object.entries(replace)) {
    if (line !== null && !memory.includes(line)) throw new Error(`no line begins with ${key}`)
  }
  return { ...dump, memory }
}

export const whole = ({ cause, evidence, next }: Diagnosis): string =>
  [cause, ...evidence, ...next].join('\n')

export function says({ cause, evidence }: Diagnosis, ...patterns: readonly RegExp[]): void {
  for (const pattern of patterns) assert.match([cause, ...evidence].join('\n'), pattern)
}

export function isSilentOf(diagnosis: Diagnosis, ...patterns: readonly RegExp[]): void {
  for (const pattern of patterns) assert.doesNotMatch(whole(diagnosis), pattern)
}

/** An allocation of the kernel for itself: it can use no high memory. */
export const LOW_MEMORY =
  'node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'

export const SMALL = { comm: 'helper', pid: 4711, rssPages: 2500, totalVmPages: 9000 }
