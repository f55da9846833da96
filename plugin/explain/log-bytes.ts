/**
 * A log that is in memory, explained without holding up what else the process does: in slices of the event
 * loop's time, and no more of it than a reader takes.
 */

import { setImmediate as turn } from 'node:timers/promises'
import { jsonOutput } from './json-output.ts'
import { formatOf, HEAD_BYTES } from './log/file-type.ts'
import { LineSplitter } from './log/line-splitter.ts'
import { LogExplainer } from './log-explainer.ts'
import { nothingFound } from './nothing-found.ts'

export interface ExplainedLog {
  /** Kills found. */
  readonly kills: number
  /** Lines of the kernel read. */
  readonly records: number
  /** As `sysmon explain --json --all` prints them, a line each. */
  readonly found: readonly object[]
  /** So many were found, or so many lines read, that the rest of the log was not. */
  readonly is_cut?: true | undefined
  /** Where nothing was found. */
  readonly message?: string | undefined
}

/** A log that cannot be read, and what to do instead. */
export class NoLogError extends Error {}

/** Of each, the answer has some KB. */
const MAX_FOUND = 256
/** The longest work is that of short lines: some microseconds each. */
const MAX_LINES = 50_000
const CHUNK_BYTES = 4096
/** Then all else has a turn. */
const SLICE_MS = 10

/** @throws {NoLogError} for what is no text */
export async function explainBytes(bytes: Buffer): Promise<ExplainedLog> {
  const log = textOf(bytes)
  const found: object[] = []
  const output = jsonOutput(true, item => {
    if (found.length < MAX_FOUND || isSummary(item)) found.push(item)
  })
  const explainer = new LogExplainer(output.onExplained, output.bystander)
  let lines = 0
  const splitter = new LineSplitter(line => {
    if (lines++ < MAX_LINES) explainer.push(line)
  })
  let isCut = false
  let since = performance.now()
  for (let at = 0; at < log.length && !isCut; at += CHUNK_BYTES) {
    splitter.push(log.subarray(at, at + CHUNK_BYTES))
    isCut = found.length >= MAX_FOUND || lines > MAX_LINES
    if (performance.now() - since < SLICE_MS) continue
    await turn()
    since = performance.now()
  }
  if (!isCut) splitter.end()
  explainer.end()
  output.end()
  return {
    kills: output.kills,
    records: explainer.records,
    found,
    is_cut: isCut ? true : undefined,
    message: output.isSilent ? nothingFound(explainer) : undefined,
  }
}

function isSummary(item: object): boolean {
  return (item as { type?: unknown }).type === 'oom_summary'
}

/** UTF-16 as UTF-8, all else as it is. */
function textOf(bytes: Buffer): Buffer {
  const { packing, isJournal, encoding, noLog } = formatOf(bytes.subarray(0, HEAD_BYTES))
  if (noLog !== undefined) throw new NoLogError(`this is ${noLog}`)
  if (packing !== undefined) throw new NoLogError(`this is packed (${packing}): unpack it first`)
  if (isJournal === true) {
    throw new NoLogError('this is a journal of systemd: give what journalctl -k prints of it')
  }
  return encoding === undefined ? bytes : Buffer.from(new TextDecoder(encoding).decode(bytes))
}
