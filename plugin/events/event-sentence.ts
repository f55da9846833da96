/** What an event says to a person, and whose word that is. */

import type { EventEnvelope } from '../../generated/types.ts'
import { sentenceOf } from './types.ts'

/** Anyone may post events of our types: read by a person, they must not pass for the kernel's. */
const POSTED = ' (posted over HTTP)'

/** In one line; undefined for a caller's own type, and for what has no data. */
export function eventSentence({ type, data, source }: EventEnvelope['event']): string | undefined {
  if (data === null || data === undefined) return undefined
  const sentence = sentenceOf(type, data)
  if (sentence === undefined) return undefined
  // Servers that named no reporter yet did not know.
  return source.metadata?.reporter === 'http' ? sentence + POSTED : sentence
}
