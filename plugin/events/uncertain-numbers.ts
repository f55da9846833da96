/**
 * Sequence numbers of which nobody knows whether an event had them: a process that was killed had
 * reserved them for events that are not kept on disk. Each such range is named in the `telemetry_gap`
 * that tells of it, and so is known again after the next restart.
 */

import type { EventEnvelope } from '../../generated/types.ts'
import type { PublishedEvent } from './envelope.ts'
import { reporterOf } from './reporter.ts'
import { TELEMETRY_GAP } from './types.ts'

/** Both ends are in it. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** The key of `source.metadata` under which a range stands, as `from-to`. */
const METADATA_KEY = 'uncertain_seq'

export class UncertainNumbers {
  /** In order, without an overlap. */
  #ranges: NumberRange[] = []

  add(range: NumberRange): void {
    const apart = (other: NumberRange) => other.to < range.from - 1 || other.from > range.to + 1
    const joined = this.#ranges.filter(other => !apart(other))
    const from = Math.min(range.from, ...joined.map(other => other.from))
    const to = Math.max(range.to, ...joined.map(other => other.to))
    this.#ranges = [...this.#ranges.filter(apart), { from, to }].sort((a, b) => a.from - b.from)
  }

  /** Takes the range that an event names, if it names one. */
  learn(event: PublishedEvent): void {
    if (event.type !== TELEMETRY_GAP) return
    const { source } = (JSON.parse(event.json.toString()) as EventEnvelope).event
    // Whoever may post could hide a loss by naming its numbers here.
    if (reporterOf(source.metadata) !== 'server') return
    const match = /^(\d{1,16})-(\d{1,16})$/.exec(source.metadata?.[METADATA_KEY] ?? '')
    if (match !== null) this.add({ from: Number(match[1]), to: Number(match[2]) })
  }

  /** How many of the numbers `from` to `to` are uncertain. */
  countIn(from: number, to: number): number {
    let count = 0
    for (const range of this.#ranges) {
      count += Math.max(0, Math.min(to, range.to) - Math.max(from, range.from) + 1)
    }
    return count
  }
}

export function uncertainMetadata(range: NumberRange | undefined): Record<string, string> {
  return range === undefined ? {} : { [METADATA_KEY]: `${range.from}-${range.to}` }
}
