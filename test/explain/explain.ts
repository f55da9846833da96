/**
 * What `sysmon explain` makes of a log, of which it reads each line or passes quiet ones over: both must come to
 * the same, also with quiet lines around the log and between its lines.
 */

import assert from 'node:assert/strict'
import { LineSplitter } from '../../plugin/explain/log/line-splitter.ts'
import {
  type Explained,
  type ExplainedKill,
  LogExplainer,
} from '../../plugin/explain/log-explainer.ts'

/** Of another program, and of the kernel. */
const QUIET = [
  'Aug 12 03:54:03 my-host sshd[812]: Connection closed by 10.0.0.7 port 22 [preauth]',
  '[    4.900000] usb 1-1: new high-speed USB device number 4 using xhci_hcd',
  'Aug 12 03:54:03 my-host kernel: [    4.900001] eth0: Link is Up',
]
const CHUNKS = [300, Number.POSITIVE_INFINITY]

export function explain(lines: readonly string[]): Explained[] {
  assertSame(lines)
  if (lines.length > 1) {
    assertSame([...QUIET, ...lines, ...QUIET])
    assertSame(lines.flatMap((line, at) => [line, QUIET[at % QUIET.length]!]))
  }
  return read(lines).explained
}

export function killsIn(lines: readonly string[]): ExplainedKill[] {
  return explain(lines).filter(one => one.type === 'kill')
}

interface Read {
  readonly explained: Explained[]
  readonly counts: object
}

/** @param chunk in which the log comes, where quiet lines are to be passed over; else line by line */
function read(lines: readonly string[], chunk?: number): Read {
  const explained: Explained[] = []
  const explainer = new LogExplainer(one => explained.push(one), { isWaiting: () => false })
  const splitter = new LineSplitter(
    line => explainer.push(line),
    chunk === undefined ? undefined : (text, from) => explainer.passOver(text, from)
  )
  const log = Buffer.from(lines.map(line => `${line}\n`).join(''), 'latin1')
  const size = Math.min(chunk ?? log.length, log.length)
  for (let at = 0; at < log.length; at += size) splitter.push(log.subarray(at, at + size))
  splitter.end()
  explainer.end()
  const { records, events, failures } = explainer
  return { explained, counts: { records, events, failures } }
}

function assertSame(lines: readonly string[]): void {
  const each = read(lines)
  for (const chunk of CHUNKS) {
    const quick = read(lines, chunk)
    assert.deepEqual(quick.counts, each.counts)
    assert.deepEqual(quick.explained.map(toldOf), each.explained.map(toldOf))
  }
}

function toldOf(explained: Explained): object {
  const { type, record, context } = explained
  const told = { type, text: record.text, wallUs: record.wallUs, context }
  if (explained.type !== 'kill') return told
  const { event, time } = explained
  // Without a time in the log, it is that of the reading.
  return { ...told, time, event: time === 'unknown' ? { ...event, ts: 0 } : event }
}
