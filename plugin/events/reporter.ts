/**
 * Who says that an event happened: `source.metadata.reporter`, set by the server and by nobody else.
 * Whoever can reach the API can post an event of any type; only this tells a kill that the kernel
 * logged from one that somebody posted.
 */

import type { EventSource } from '../../generated/types.ts'
import { PROCESS_CRASHED, TELEMETRY_GAP } from './types.ts'

/**
 * - `kernel`: the watcher, from the kernel log.
 * - `supervisor`: the shim, proven by the socket in the state folder.
 * - `devtools`: the browser, by its DevTools.
 * - `server`: this process: its own gaps, and the host application.
 * - `http`: anyone who posts.
 */
export type Reporter = 'kernel' | 'supervisor' | 'devtools' | 'server' | 'http'

type Metadata = Readonly<Record<string, string>> | undefined

/**
 * Spread first, it lets V8 copy the fields that follow. Node 20 makes an object that begins with another's as
 * a clone of it, and to give such a clone one more field takes half a microsecond, ten times as long.
 */
const NOTHING = {}

const TRUSTED: ReadonlySet<string> = new Set<Reporter>([
  'kernel',
  'supervisor',
  'devtools',
  'server',
])

/**
 * The source with its reporter; one that the producer claimed stays readable as `claimed_reporter`.
 *
 * @param sessionId of the browser session that the events of this server belong to
 */
export function reportedBy(
  source: EventSource,
  reporter: Reporter,
  sessionId?: string
): EventSource {
  const { kind, event } = source
  const metadata: Record<string, string> = { ...NOTHING, ...source.metadata, reporter }
  const claimed = source.metadata?.reporter
  if (claimed !== undefined && claimed !== reporter) metadata.claimed_reporter = claimed
  if (sessionId !== undefined) metadata.telemetry_session_id = sessionId
  return { kind, event, metadata }
}

/** Events of servers that named no reporter yet were open to anyone. */
export function reporterOf(metadata: Metadata): Reporter {
  const reporter = metadata?.reporter
  return reporter !== undefined && TRUSTED.has(reporter) ? (reporter as Reporter) : 'http'
}

/**
 * Whether an event is one that only the kernel, a proven supervisor or a gap of this server's own can
 * cause: nobody who posts, and no page, makes many of them. The journal keeps these under a bound of
 * their own. Faults are not among them: any user can let a process of his crash, as often as he likes.
 */
export function isTrusted(type: string, source: EventSource): boolean {
  const reporter = reporterOf(source.metadata)
  if (type === PROCESS_CRASHED) return false
  const isOwnGap = reporter === 'server' && type === TELEMETRY_GAP
  return reporter === 'kernel' || reporter === 'supervisor' || isOwnGap
}
