/** What `fastify.sysmon` offers. */

import type { FastifyBaseLogger } from 'fastify'
import { InvalidEventError } from './errors.ts'
import { refuse, toEvent } from './events/check.ts'
import { readEnvelope } from './events/envelope.ts'
import { type JsonCopy, jsonCopy } from './events/json-copy.ts'
import { healthOf } from './health.ts'
import type { Pipeline } from './pipeline.ts'
import type { EventStream } from './stream/stream.ts'
import type { EventEnvelope, EventOf, SubscribeOptions, Sysmon } from './types.ts'

/** Events handed to an in-process subscriber in one go, in bytes. */
const SUBSCRIBER_BYTES = 256 * 1024

export function createSysmon(pipeline: Pipeline, log: FastifyBaseLogger): Sysmon {
  const { stream, publisher } = pipeline
  return {
    publish(event) {
      const refusal = refuse(event, true)
      if (refusal !== undefined) {
        const { message, detail } = refusal
        throw new InvalidEventError(detail === undefined ? message : `${message}: ${detail}`)
      }
      // What the caller changes later does not change what was published.
      let data: JsonCopy
      try {
        data = jsonCopy(event.data)
      } catch (error) {
        throw new InvalidEventError(`data cannot be written as JSON: ${(error as Error).message}`)
      }
      const envelope = publisher.publishEnvelope(toEvent(event, data), 'server')
      return envelope as EventEnvelope | undefined
    },
    subscribe: (listener, subscription = {}) => subscribe(stream, log, listener, subscription),
    health: () => healthOf(pipeline),
  }
}

function subscribe<Type extends string>(
  stream: EventStream,
  log: FastifyBaseLogger,
  listener: (envelope: EventEnvelope<EventOf<Type>>) => void,
  { from = 'now', categories, types, onMissed }: SubscribeOptions<Type>
): () => void {
  let isOpen = true
  // One subscriber's fault is not the others', nor the process's: async listeners may reject, too.
  const guarded = (call: () => unknown): void => {
    const report = (error: unknown) =>
      log.error({ err: error }, 'a subscriber of the event stream threw')
    try {
      Promise.resolve(call()).catch(report)
    } catch (error) {
      report(error)
    }
  }
  const drain = (): void => {
    while (isOpen) {
      const { events, missed } = reader.read(SUBSCRIBER_BYTES, true)
      if (missed > 0) guarded(() => onMissed?.(missed))
      if (events.length === 0) return
      for (const event of events) {
        if (isOpen) guarded(() => listener(readEnvelope(event) as EventEnvelope<EventOf<Type>>))
      }
    }
  }
  const reader = stream.subscribe(
    from,
    {
      categories: categories && new Set(categories),
      types: types && new Set(types),
    },
    drain
  )
  if (from !== 'now') setImmediate(drain)
  return () => {
    isOpen = false
    reader.close()
  }
}
