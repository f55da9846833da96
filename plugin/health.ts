/** What `GET /healthz` answers: is the main job done, and how is each part of it? */

import type { Health, JournalHealth, KmsgHealth, SpoolHealth } from '../generated/types.ts'
import type { Pipeline } from './pipeline.ts'
import { spoolHealth } from './state/spool-health.ts'

export function healthOf({
  stream,
  publisher,
  watcher,
  devtools,
  journal,
  sinks,
  stateDir,
  stateError,
  spoolProgress,
}: Pipeline): Health {
  const seen = stateDir === undefined ? undefined : spoolHealth(stateDir)
  const spool = seen === undefined ? undefined : spoolProgress.look(seen)
  const kmsg = watcher?.health ?? { state: 'disabled', path: '', lost: 0, restarts: 0, stalls: 0 }
  const kept = journal?.health ?? { state: 'off', error: stateError }
  const reasons = [reasonOfKmsg(kmsg), reasonOfJournal(kept), reasonOfSpool(spool)].filter(
    reason => reason !== undefined
  )
  return {
    status: reasons.length === 0 ? 'ok' : 'degraded',
    reasons: reasons.length === 0 ? undefined : reasons,
    kmsg,
    stream: {
      seq: stream.seq,
      oldest_seq: stream.oldestSeq,
      retained: stream.retained,
      retained_bytes: stream.retainedBytes,
      readers: stream.readers,
      published: publisher.counts,
    },
    journal: kept,
    spool,
    devtools: devtools?.health,
    sinks: sinks.health,
  }
}

function reasonOfKmsg({ state, error }: KmsgHealth): string | undefined {
  if (state === 'watching' || state === 'disabled') return undefined
  return `OOM kills are not seen: ${error ?? `the reader of the kernel log is ${state}`}`
}

function reasonOfJournal({ error }: JournalHealth): string | undefined {
  if (error === undefined) return undefined
  const code = /^[A-Z]+\b/.exec(error)?.[0] ?? ''
  const mend = Object.hasOwn(DISK_MENDS, code) ? `: ${DISK_MENDS[code]}` : ''
  return `events are kept in memory only, and end with the server: ${error}${mend}`
}

/** What a system error of the disk asks for; others say it themselves. */
const DISK_MENDS: Readonly<Record<string, string>> = {
  ENOSPC: 'free space there',
  EDQUOT: 'free space there, or raise the quota',
  EROFS: 'mount it writable',
}

function reasonOfSpool(spool: SpoolHealth | undefined): string | undefined {
  if (spool?.delivery_error !== undefined) {
    return `crashes of services wait in the spool: ${spool.delivery_error}`
  }
  return spool?.stuck_since === undefined
    ? undefined
    : 'crashes of services wait in the spool, and no listener gives them to this server: start it, or set its KERNEL_IMAGES_API_BASE_URL to where this server listens'
}
