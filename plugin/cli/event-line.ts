/** An event as one line that a person understands; `sysmon tail` prints it. */

import type { EventEnvelope } from '../../generated/types.ts'
import { sentenceOf } from '../events/types.ts'
import { wallTime } from '../units.ts'

export function eventLine({ seq, event }: EventEnvelope): string {
  return `${wallTime(event.ts)}  #${seq}  ${event.type}  ${subject(event)}`
}

function subject({ type, category, data }: EventEnvelope['event']): string {
  if (data === null || data === undefined) return category
  return sentenceOf(type, data) ?? `${category}  ${JSON.stringify(data)}`
}
