/** What becomes of the kills and gaps that the watcher finds: events, and lines in the log. */

import type { FastifyBaseLogger } from 'fastify'
import type { OomDiagnosis, ProcessCrashedData } from '../../generated/types.ts'
import { crashData, crashEvent } from '../crashes/event.ts'
import { boundedDiagnosis } from '../diagnosis/bounded.ts'
import { diagnose } from '../diagnosis/diagnosis.ts'
import { type WithVictim, withInferredRoles } from '../diagnosis/roles.ts'
import { SYSTEM_OOM_KILL } from '../events/types.ts'
import {
  isOomKillData,
  type OomKillFacts,
  oomKillFacts,
  oomKillSource,
  unknownConstraint,
} from '../oom/event.ts'
import type { OomKill } from '../oom/parser.ts'
import type { EventStore } from '../stream/event-store.ts'
import type { Publisher } from '../stream/publisher.ts'
import type { KmsgHandlers } from './findings.ts'
import { kmsgGapEvent, suppressedCrashesGap } from './kmsg-gaps.ts'

/** A kill this long before another may have given it its memory, in microseconds. */
const JUST_BEFORE_US = 10_000_000

export interface KillPublisherOptions {
  readonly publisher: Publisher
  /** Where events are kept on disk; undefined: nowhere. */
  readonly store: Pick<EventStore, 'writtenSeq'> | undefined
  readonly log: FastifyBaseLogger
  readonly bootId: string | undefined
  /** Adds what is known of who they name. */
  readonly identify?:
    | ((facts: WithVictim<OomKillFacts>, ts: number) => WithVictim<OomKillFacts>)
    | undefined
  readonly identifyCrash?:
    | ((data: ProcessCrashedData, ts: number) => ProcessCrashedData)
    | undefined
  /** Whose kills are published. */
  readonly scope: 'machine' | 'container'
  /** Whether a kill was of this server's own container; undefined where that cannot be told. */
  readonly isOfContainer?:
    | ((facts: OomKillFacts, isReplayed: boolean) => boolean | undefined)
    | undefined
  /** Of this machine, in KiB; undefined where it is not known. */
  readonly pageSizeKb: number | undefined
}

export function killPublisher(options: KillPublisherOptions): KmsgHandlers {
  const { publisher, store, log, bootId } = options
  const describer = new KillDescriber(options)
  return {
    onKillHeld: (kill, ts) => describer.prepare(kill, ts),
    onKill(kill, ts, isReplayed) {
      const told = describer.describe(kill, ts)
      const isOurs =
        kill.record.facility === 0 ? options.isOfContainer?.(told, isReplayed) : undefined
      if (options.scope === 'container' && isOurs !== true) {
        log.debug({ kmsgSeq: kill.record.seq }, 'a kill outside this container is left out')
        return undefined
      }
      const known = isOurs === undefined ? told : { ...told, in_container: isOurs }
      const data = options.scope === 'container' ? withoutOthers(known) : known
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
    onCrash({ record, line, suppressed }, ts, isReplayed) {
      // Its line names no control group.
      if (options.scope === 'container') return
      if (line === undefined) {
        publisher.publish(
          kmsgGapEvent(suppressedCrashesGap(bootId, suppressed, record.seq, ts)),
          'kernel'
        )
        return
      }
      const known = crashData(line)
      const data = (record.facility === 0 ? options.identifyCrash?.(known, ts) : undefined) ?? known
      const event = publisher.publish(
        crashEvent(data, record, { ts, bootId, isReplayed }),
        'kernel'
      )
      setImmediate(() =>
        log.warn({ seq: event?.seq, ...data }, `crash: ${data.process_name} (${data.signal})`)
      )
    },
    onGap: gap => publisher.publish(kmsgGapEvent(gap), 'kernel'),
    writtenSeq: () => store?.writtenSeq ?? 0,
  }
}

type KillData = WithVictim<OomKillFacts> & { diagnosis?: OomDiagnosis | undefined }

/** The data of a kill's event: its facts, and what sysmon explain says of them. */
class KillDescriber {
  readonly #options: KillPublisherOptions
  #last:
    | { readonly ts: number; readonly name: string; readonly rssKb: number | undefined }
    | undefined
  #prepared: { readonly seq: number; readonly data: KillData } | undefined

  constructor(options: KillPublisherOptions) {
    this.#options = options
  }

  /** While a kill waits for the record after it. */
  prepare(kill: OomKill, ts: number): void {
    this.#prepared = { seq: kill.record.seq, data: this.#describe(kill, ts) }
  }

  describe(kill: OomKill, ts: number): KillData {
    const prepared = this.#prepared
    this.#prepared = undefined
    // Of the group, only the record after it told.
    const isReady = prepared?.seq === kill.record.seq && kill.groupPath === undefined
    const data = isReady ? prepared.data : this.#describe(kill, ts)
    this.#last = { ts, name: data.process_name, rssKb: data.rss_kb }
    return data
  }

  #describe(kill: OomKill, ts: number): KillData {
    const { pageSizeKb, log } = this.#options
    const facts = oomKillFacts(kill, { pageSizeKb })
    const last = this.#last
    const previous = last !== undefined && ts - last.ts <= JUST_BEFORE_US ? last : undefined
    try {
      const diagnosis = boundedDiagnosis(diagnose(kill, facts, { pageSizeKb, previous }))
      return { ...this.#identify(kill, facts, ts), diagnosis }
    } catch (error) {
      // A fault in the sentences must not cost the kill.
      const kmsgSeq = kill.record.seq
      log.error({ err: error, kmsgSeq }, 'a kill is published without its diagnosis')
      return facts
    }
  }

  #identify(kill: OomKill, facts: OomKillFacts, ts: number): WithVictim<OomKillFacts> {
    const inferred = withInferredRoles(facts, kill.dump)
    // Of what a program wrote into the log, no process here need know.
    const isKernels = kill.record.facility === 0
    return (isKernels ? this.#options.identify?.(inferred, ts) : undefined) ?? inferred
  }
}

/** A kill for want of the machine's memory lists its processes, of all containers. */
function withoutOthers(data: KillData): KillData {
  if (data.constraint === 'memcg') return data
  const { top_tasks, trigger_process_name, trigger_pid, diagnosis, ...rest } = data
  return rest
}

function warnOfUnknownConstraint(kill: OomKill, log: FastifyBaseLogger): void {
  const constraint = unknownConstraint(kill)
  if (constraint === undefined) return
  log.warn({ constraint }, 'the kernel names a constraint that is not known: left out of the event')
}
