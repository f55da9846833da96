/** What becomes of the kills and gaps that the watcher finds: events, and lines in the log. */

import type { FastifyBaseLogger } from 'fastify'
import { SYSTEM_OOM_KILL } from '../events/types.ts'
import { isOomKillData, oomKillFacts, oomKillSource, unknownConstraint } from '../oom/event.ts'
import type { OomKill } from '../oom/parser.ts'
import type { EventStore } from '../stream/event-store.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { KmsgHandlers } from './findings.ts'
import { kmsgGapEvent } from './kmsg-gaps.ts'

export interface KillPublisherOptions {
  readonly publisher: Publisher
  /** Where events are kept on disk; undefined: nowhere. */
  readonly store: Pick<EventStore, 'writtenSeq'> | undefined
  readonly log: FastifyBaseLogger
  readonly bootId: string | undefined
  /** Of this machine, in KiB; undefined where it is not known. */
  readonly pageSizeKb: number | undefined
}

export function killPublisher(options: KillPublisherOptions): KmsgHandlers {
  const { publisher, store, log, bootId, pageSizeKb } = options
  return {
    onKill(kill, ts, isReplayed) {
      const data = oomKillFacts(kill, { pageSizeKb })
      if (!isOomKillData(data)) {
        const fields = { ...data, kmsgSeq: kill.record.seq }
        log.warn(fields, 'a kill line without figures is not published')
        return undefined
      }
      warnOfUnknownConstraint(kill, log)
      const source = oomKillSource(kill, { bootId, isRaw: true, isReplayed })
      const kind = { type: SYSTEM_OOM_KILL, category: 'system' } as const
      const event = publisher.publish({ ts, ...kind, source, data }, 'kernel')
      // After the readers, who were promised it at once: a log line may have to wait for a slow pipe.
      setImmediate(() =>
        log.warn({ seq: event?.seq, ...data }, `OOM kill: ${data.process_name} (${data.pid})`)
      )
      return event?.seq
    },
    onGap: gap => publisher.publish(kmsgGapEvent(gap), 'kernel'),
    writtenSeq: () => store?.writtenSeq ?? 0,
  }
}

function warnOfUnknownConstraint(kill: OomKill, log: FastifyBaseLogger): void {
  const constraint = unknownConstraint(kill)
  if (constraint === undefined) return
  log.warn({ constraint }, 'the kernel names a constraint that is not known: left out of the event')
}
