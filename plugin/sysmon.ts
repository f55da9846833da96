/** What `fastify.sysmon` offers, and the wiring behind it: watcher to publisher to stream. */

import type { FastifyBaseLogger } from 'fastify'
import type {
  EventCategory,
  EventEnvelope,
  EventSource,
  Health,
  PublishEventRequest,
} from '../generated/types.ts'
import { InvalidEventError } from './errors.ts'
import { readBootId } from './kmsg/boot.ts'
import type { KmsgGap } from './kmsg/gap.ts'
import { machinePageSizeKb } from './kmsg/page-size.ts'
import { KmsgWatcher } from './kmsg/watcher.ts'
import { isOomKillData, oomKillFacts, oomKillSource, unknownConstraint } from './oom/event.ts'
import type { OomKill } from './oom/parser.ts'
import type { ResolvedOptions } from './options.ts'
import { refuse, toEvent } from './routes/ingest.ts'
import type { PublishedEvent } from './stream/envelope.ts'
import { SYSTEM_OOM_KILL, TELEMETRY_GAP } from './stream/event-types.ts'
import { Publisher } from './stream/publisher.ts'
import { EventStream, type StartAt } from './stream/stream.ts'

/** As the body of `POST /telemetry/events`; `source.kind` may be `kernel_api` here too. */
export type PublishInput = PublishEventRequest

export interface SubscribeOptions {
  /** Where to begin: with the next event (the default), at the oldest retained, or after a `seq`. */
  readonly from?: StartAt
  readonly categories?: readonly EventCategory[]
  readonly types?: readonly string[]
  /** Told how many events the ring dropped before this subscriber came to them. */
  readonly onMissed?: (missed: number) => void
}

export interface Sysmon {
  /**
   * Publishes an event of the host application's own.
   *
   * @returns its envelope, or undefined when its category is not captured
   * @throws {FST_SYSMON_INVALID_EVENT} for what `POST /telemetry/events` would answer with a 400
   */
  publish(event: PublishInput): EventEnvelope | undefined
  /**
   * Calls `listener` for every event, in order, after the turn of the event loop that published it.
   *
   * @returns a function that ends the subscription
   */
  subscribe(listener: (envelope: EventEnvelope) => void, options?: SubscribeOptions): () => void
  /** What `GET /healthz` answers. */
  health(): Health
}

/** Events handed to an in-process subscriber in one go, in bytes. */
const SUBSCRIBER_BYTES = 256 * 1024

export function createSysmon(options: ResolvedOptions, log: FastifyBaseLogger) {
  const stream = new EventStream({ capacity: options.ringEvents, maxBytes: options.ringBytes })
  const publisher = new Publisher(stream)
  const bootId = readBootId()
  const pageSizeKb = machinePageSizeKb()

  const publishKill = (kill: OomKill, ts: number, isReplayed: boolean): void => {
    const data = oomKillFacts(kill, { pageSizeKb })
    if (!isOomKillData(data)) {
      log.warn(
        { ...data, kmsgSeq: kill.record.seq },
        'a kill line without figures is not published'
      )
      return
    }
    const constraint = unknownConstraint(kill)
    if (constraint !== undefined) {
      log.warn(
        { constraint },
        'the kernel names a constraint that is not known: left out of the event'
      )
    }
    const source: EventSource = oomKillSource(kill, { bootId, isRaw: true, isReplayed })
    const event = publisher.publish({ ts, type: SYSTEM_OOM_KILL, category: 'system', source, data })
    // After the readers, who were promised it at once: a log line may have to wait for a slow pipe.
    setImmediate(() =>
      log.warn({ seq: event?.seq, ...data }, `OOM kill: ${data.process_name} (${data.pid})`)
    )
  }
  const publishGap = ({ event, metadata, ...data }: KmsgGap): void => {
    publisher.publish({
      ts: data.to,
      type: TELEMETRY_GAP,
      category: 'monitor',
      source: {
        kind: 'local_process',
        event,
        ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      },
      data: { source: 'kmsg', ...data },
    })
  }
  const { kmsgPath: path, kmsgHistory: history } = options
  const watcher =
    path === false
      ? undefined
      : new KmsgWatcher({ path, bootId, stateDir: undefined, history }, log, {
          onKill: publishKill,
          onGap: publishGap,
        })

  const sysmon: Sysmon = {
    publish(event) {
      const refusal = refuse(event, true)
      if (refusal !== undefined) {
        const { message, detail } = refusal
        throw new InvalidEventError(detail === undefined ? message : `${message}: ${detail}`)
      }
      let data: string | undefined
      try {
        data = JSON.stringify(event.data)
      } catch (error) {
        throw new InvalidEventError(`data cannot be written as JSON: ${(error as Error).message}`)
      }
      // A copy, so that what the caller changes later does not change what was published.
      const copy = data === undefined ? undefined : JSON.parse(data)
      const published = publisher.publish(toEvent({ ...event, data: copy }))
      return published === undefined ? undefined : envelopeOf(published)
    },
    subscribe: (listener, subscription = {}) => subscribe(stream, log, listener, subscription),
    health: () => {
      const kmsg = watcher?.health ?? {
        state: 'disabled',
        path: '',
        lost: 0,
        restarts: 0,
        stalls: 0,
      }
      return {
        status: kmsg.state === 'watching' || kmsg.state === 'disabled' ? 'ok' : 'degraded',
        kmsg,
        stream: {
          seq: stream.seq,
          ...(stream.oldestSeq === undefined ? {} : { oldest_seq: stream.oldestSeq }),
          retained: stream.retained,
          retained_bytes: stream.retainedBytes,
          readers: stream.readers,
        },
      }
    },
  }
  return { sysmon, stream, publisher, watcher }
}

function subscribe(
  stream: EventStream,
  log: FastifyBaseLogger,
  listener: (envelope: EventEnvelope) => void,
  { from = 'now', categories, types, onMissed }: SubscribeOptions
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
        if (isOpen) guarded(() => listener(envelopeOf(event)))
      }
    }
  }
  const reader = stream.subscribe(
    from,
    {
      ...(categories === undefined ? {} : { categories: new Set(categories) }),
      ...(types === undefined ? {} : { types: new Set(types) }),
    },
    drain
  )
  if (from !== 'now') setImmediate(drain)
  return () => {
    isOpen = false
    reader.close()
  }
}

function envelopeOf(event: PublishedEvent): EventEnvelope {
  return JSON.parse(event.json.toString()) as EventEnvelope
}
