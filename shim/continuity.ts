/**
 * What was lost between two notifications of one pool, and what came twice. Pure.
 *
 * supervisord numbers what it puts into a pool's buffer (`poolserial`, from 0) and throws away the
 * oldest when the buffer is full, so that a gap in the numbers is a loss. A notification that was
 * not answered before its listener died is sent again with its numbers. `serial` counts the events
 * of the whole supervisord process and goes on when SIGHUP makes it start over with new pools;
 * `poolserial` does not. (supervisor/process.py `_acceptEvent`, supervisor/supervisord.py `main`)
 */

import type { Notification } from './protocol.ts'

/** The newest notification whose crash, if it is about one, is in the spool. */
export interface ListenerPosition {
  /** Which run of supervisord. */
  readonly instance: string
  readonly pool: string
  readonly serial: string
  readonly poolSerial: number
  /** Whether supervisord has announced its shutdown or reload: the next shim's pool is a new one. */
  readonly stopping: boolean
}

export type Continuity =
  | { readonly kind: 'next' }
  | { readonly kind: 'repeated' }
  /** `lost` is undefined when a loss is possible but cannot be told. */
  | { readonly kind: 'gap'; readonly lost: number | undefined }

const NEXT: Continuity = { kind: 'next' }

/** @param last `undefined`: none was ever recorded; `unknown`: there may be a record, but not to be had */
export function compare(
  last: ListenerPosition | 'unknown' | undefined,
  now: Pick<ListenerPosition, 'instance' | 'pool'> & Pick<Notification, 'serial' | 'poolSerial'>
): Continuity {
  if (now.poolSerial === undefined) return NEXT
  if (last === 'unknown') return now.poolSerial === 0 ? NEXT : { kind: 'gap', lost: undefined }
  if (last?.instance !== now.instance || last.pool !== now.pool) return countFrom(0, now.poolSerial)
  if (now.serial !== undefined && last.serial === now.serial) return { kind: 'repeated' }
  // A number that goes back is that of a pool made anew, by SIGHUP or `supervisorctl update`.
  return now.poolSerial <= last.poolSerial
    ? countFrom(0, now.poolSerial)
    : countFrom(last.poolSerial + 1, now.poolSerial)
}

function countFrom(expected: number, found: number): Continuity {
  return found === expected ? NEXT : { kind: 'gap', lost: found - expected }
}
