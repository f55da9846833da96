/** An event as a person reads it; `sysmon tail` prints it. */

import type { EventEnvelope, OomKillData } from '../../generated/types.ts'
import { SYSTEM_OOM_KILL, sentenceOf } from '../events/types.ts'
import { labelled } from '../explain/wrap.ts'
import { printable, wallTime } from '../units.ts'

/**
 * The event's line, and under a kill why it was.
 *
 * @param width columns of the terminal; undefined where there is none
 */
export function eventText(envelope: EventEnvelope, width?: number): string {
  return [eventLine(envelope), ...diagnosisLines(envelope, width)].join('\n')
}

function diagnosisLines({ event }: EventEnvelope, width: number | undefined): string[] {
  if (event.type !== SYSTEM_OOM_KILL || event.data === null) return []
  const { diagnosis } = event.data as OomKillData
  if (diagnosis === undefined) return []
  return labelled(width, [
    ['cause', [printable(diagnosis.cause)]],
    ['evidence', diagnosis.evidence.map(printable)],
    ['next', [printable(diagnosis.next)]],
  ])
}

export function eventLine({ seq, event }: EventEnvelope): string {
  return `${wallTime(event.ts)}  #${seq}  ${event.type}  ${subject(event)}`
}

function subject({ type, category, data }: EventEnvelope['event']): string {
  if (data === null || data === undefined) return category
  return sentenceOf(type, data) ?? `${category}  ${JSON.stringify(data)}`
}
