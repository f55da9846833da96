/** Where an event stream begins: `Last-Event-ID`, its forms as a parameter, and `replay`. */

import { BadRequestError } from '../errors.ts'
import type { StartAt } from '../stream/stream.ts'

export interface StartQuery {
  readonly replay?: string
  /** As the header, for clients that cannot send one. */
  readonly lastEventId?: string
  readonly last_event_id?: string
}

/**
 * An id beats `replay`; 0 means from now.
 *
 * @throws {BadRequestError} for an id that is no number: from now would be silence on what was missed
 */
export function startOf(header: string | string[] | undefined, query: StartQuery): StartAt {
  const given = typeof header === 'string' ? header : ''
  const id = given || query.lastEventId || query.last_event_id || ''
  if (id === '') return query.replay === 'all' ? 'oldest' : 'now'
  if (!/^\d+$/.test(id)) {
    throw new BadRequestError(
      `Last-Event-ID must be the id of an event, a number, not "${id.slice(0, 32)}"`
    )
  }
  const seq = Number(id)
  return seq > 0 ? { after: seq } : 'now'
}
