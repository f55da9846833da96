/** What `GET /healthz` answers: is the main job done, and how is each part of it? */

import type { Health } from '../generated/types.ts'
import type { Pipeline } from './pipeline.ts'
import { spoolHealth } from './state/spool-health.ts'

export function healthOf({
  stream,
  publisher,
  watcher,
  journal,
  sinks,
  stateDir,
  stateError,
}: Pipeline): Health {
  const spool = stateDir === undefined ? undefined : spoolHealth(stateDir)
  const kmsg = watcher?.health ?? { state: 'disabled', path: '', lost: 0, restarts: 0, stalls: 0 }
  const isWatching = kmsg.state === 'watching' || kmsg.state === 'disabled'
  const isGivenCrashes = spool?.delivery_error === undefined
  return {
    status: isWatching && isGivenCrashes ? 'ok' : 'degraded',
    kmsg,
    stream: {
      seq: stream.seq,
      oldest_seq: stream.oldestSeq,
      retained: stream.retained,
      retained_bytes: stream.retainedBytes,
      readers: stream.readers,
      published: publisher.counts,
    },
    journal: journal?.health ?? {
      state: 'off',
      error: stateError,
    },
    spool,
    sinks: sinks.health,
  }
}
