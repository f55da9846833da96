/** What is posted of an event: the envelope as it is, or a text for a chat. */

import type { EventEnvelope, OomKillData } from '../../../generated/types.ts'
import type { PublishedEvent } from '../../events/envelope.ts'
import { eventSentence } from '../../events/event-sentence.ts'
import { SYSTEM_OOM_KILL } from '../../events/types.ts'
import { printable, wallTime } from '../../units.ts'

export type WebhookFormat = 'event' | 'slack'

/** Of a message; Slack cuts texts behind 40,000 characters, and a person reads no more than this. */
const MAX_TEXT_LENGTH = 3000

/** @param machine the name of this machine */
export function webhookBody(
  event: PublishedEvent,
  format: WebhookFormat,
  machine: string
): Buffer | string {
  if (format === 'event') return event.json
  const envelope = JSON.parse(event.json.toString()) as EventEnvelope
  return JSON.stringify({ text: slackText(envelope, machine) })
}

/** https://docs.slack.dev/messaging/formatting-message-text */
export function slackText({ seq, event }: EventEnvelope, machine: string): string {
  const { type, data, ts } = event
  const sentence = eventSentence(event) ?? (data === undefined ? '' : JSON.stringify(data))
  const lines = [`*${escaped(type)}* on ${escaped(machine)}: ${escaped(sentence)}`]
  if (type === SYSTEM_OOM_KILL && data !== null) {
    const { diagnosis } = data as OomKillData
    if (diagnosis !== undefined)
      lines.push(escaped(diagnosis.cause), `_${escaped(diagnosis.next)}_`)
  }
  lines.push(`${wallTime(ts)}, #${seq}`)
  return lines.join('\n').slice(0, MAX_TEXT_LENGTH)
}

/** A process may be called `<!channel>`, and a line of it may be anybody's. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, mark => `\u200b${mark}`)
}
