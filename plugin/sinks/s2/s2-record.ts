/**
 * An event as a record of S2 (https://s2.dev/docs/concepts#records): the body is the envelope as it
 * is; headers name what a reader filters and joins by without parsing it.
 *
 * | header     | value                                                                           |
 * | ---------- | ------------------------------------------------------------------------------- |
 * | `type`     | the event's type                                                                |
 * | `category` | its category                                                                    |
 * | `seq`      | its sequence number                                                             |
 * | `origin`   | whose sequence numbers those are: `<hostname>.<id>`; with `seq` the identity    |
 * | `key`      | the idempotency key of an event that has one                                    |
 */

import type { AppendRecord } from '@s2-dev/streamstore'
import type { EventEnvelope } from '../../../generated/types.ts'
import type { PublishedEvent } from '../../events/envelope.ts'
import { hasIdentity, idempotencyKey } from '../../events/types.ts'

/** A key that is longer is left out: it is in the body, and a record has its bound. */
const MAX_KEY_BYTES = 512

/**
 * Larger events go as bytes, because JSON within JSON may be twice as long. The SDK sends a batch as
 * JSON where all its records are strings, else as protobuf, for which it takes five times the memory:
 * 18 KB for a record of 430 bytes. Of large ones a batch has few.
 */
const MAX_STRING_BYTES = 16_384

type MakeRecord = typeof import('@s2-dev/streamstore').AppendRecord

export function toRecord(make: MakeRecord, event: PublishedEvent, origin: string): AppendRecord {
  const headers: [string, string][] = [
    // The one text from outside that no JSON.stringify has made well-formed: S2 refuses what is not.
    ['type', event.type.toWellFormed()],
    ['category', event.category],
    ['seq', String(event.seq)],
    ['origin', origin],
  ]
  const key = hasIdentity(event.type) ? keyOf(event) : undefined
  if (key !== undefined) headers.push(['key', key])
  // Unix ms. S2 moves it where it is older than the record before, or in the future.
  const timestamp = Math.floor(event.ts / 1000)
  const body = event.json
  return body.length > MAX_STRING_BYTES
    ? make.bytes({ body, headers, timestamp })
    : make.string({ body: body.toString(), headers, timestamp })
}

function keyOf({ type, json }: PublishedEvent): string | undefined {
  const { event } = JSON.parse(json.toString()) as EventEnvelope
  const key = idempotencyKey(type, event.source.metadata)
  return key === undefined || Buffer.byteLength(key) > MAX_KEY_BYTES ? undefined : key
}

export interface ReadFields {
  readonly body: Uint8Array
  readonly headers: ReadonlyArray<readonly [Uint8Array, Uint8Array]>
}

/** The value of a header of a record that was read. */
export function headerOf(record: ReadFields, name: string): string | undefined {
  for (const [key, value] of record.headers) {
    if (Buffer.from(key).toString() === name) return Buffer.from(value).toString()
  }
  return undefined
}

/**
 * What a record that was read is to an event that is to be delivered: the event itself, an earlier
 * one of ours (one that was delivered, and that this machine has no more), or another writer's.
 */
export function compareRecord(
  record: ReadFields,
  event: PublishedEvent,
  origin: string
): 'same' | 'earlier' | 'foreign' {
  if (headerOf(record, 'origin') !== origin) return 'foreign'
  if (event.json.equals(record.body)) return 'same'
  // A copy of this very machine, as a snapshot makes it, gives the same numbers to other events.
  return Number(headerOf(record, 'seq')) < event.seq ? 'earlier' : 'foreign'
}

/** S2's own records (fence, trim): one header without a name. Nobody's events. */
export function isCommand(record: ReadFields): boolean {
  return record.headers.length === 1 && record.headers[0]![0].length === 0
}
