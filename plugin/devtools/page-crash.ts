/** The `page_crashed` event: which page, by what it died, and only what is certain of it. */

import type { PageCrashCause, PageCrashedData } from '../../generated/types.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import { PAGE_CRASHED } from '../events/types.ts'
import { type AddressDetail, cutAddress, cutTitle } from './address.ts'
import { signalName } from './signals.ts'
import type { Target } from './targets.ts'
import { copied } from './text.ts'

/** What `Target.targetCrashed` says. */
export interface CrashReport {
  readonly targetId: string
  /** `crashed`, `killed`, `oom`, `abnormal` ... */
  readonly status: string
  /** The signal's number; of an exit, its status. */
  readonly errorCode: number
}

export interface PageCrash {
  readonly report: CrashReport
  readonly target: Target
  /** Unix microseconds. */
  readonly ts: number
  readonly pid: number | undefined
  readonly oomKillSeq: number | undefined
  readonly faultSeq?: number | undefined
}

export function crashReportOf(params: unknown): CrashReport | undefined {
  const { targetId, status, errorCode } = (params ?? {}) as Record<string, unknown>
  if (typeof targetId !== 'string') return undefined
  return {
    targetId,
    status: typeof status === 'string' ? copied(status, 64) : '',
    errorCode: Number.isSafeInteger(errorCode) ? (errorCode as number) : 0,
  }
}

/** The signal that ended it; an exit has a status in the same place. */
export function signalOf({ status, errorCode }: CrashReport): string | undefined {
  return status === 'abnormal' ? undefined : signalName(errorCode)
}

export function pageCrashedEvent(crash: PageCrash, detail: AddressDetail): TelemetryEventInput {
  const { report, target, ts, pid, oomKillSeq, faultSeq } = crash
  const data: PageCrashedData = {
    target_id: target.id,
    target_type: target.type,
    url: cutAddress(target.url, detail),
    title: cutTitle(target.title, target.url, detail),
    status: report.status === '' ? undefined : report.status,
    signal: signalOf(report),
    pid,
    role: 'renderer',
    cause: oomKillSeq === undefined ? crashCauseOf(report) : 'oom_kill',
    oom_kill_seq: oomKillSeq,
    process_crashed_seq: faultSeq,
  }
  return {
    ts,
    type: PAGE_CRASHED,
    category: 'page',
    source: { kind: 'cdp', event: 'Target.targetCrashed' },
    data,
  }
}

function crashCauseOf({ status }: CrashReport): PageCrashCause | undefined {
  return status === 'crashed' ? 'crash' : status === 'killed' ? 'killed' : undefined
}
