/** What /healthz says, as metrics: a row each. */

import type { Health, SinkHealth, SinkState } from '../../generated/types.ts'
import type { ScrapedMetric, Value } from './scraped-metric.ts'

export interface ServerState {
  readonly health: Health
  /** Events that were gone before some reader had come to them. */
  readonly missedByReaders: number
  /** Open event streams by HTTP. */
  readonly sseStreams: number
  readonly maxSseStreams: number
}

type Read = ScrapedMetric<ServerState>['read']

export const SINK_STATES = [
  'connecting',
  'delivering',
  'retrying',
  'refused',
  'misconfigured',
  'stopped',
  'closed',
] as const satisfies readonly SinkState[]

export const HEALTH_METRICS: ReadonlyArray<ScrapedMetric<ServerState>> = [
  gauge(
    'sysmon_healthy',
    '1 while /healthz is ok, 0 while it is degraded.',
    ({ health }) => +(health.status === 'ok')
  ),

  gauge('sysmon_kmsg_watching', '1 while the kernel log is watched, 0 while it cannot be.', kmsg =>
    ofKmsg(kmsg, ({ state }) => +(state === 'watching'))
  ),
  gauge(
    'sysmon_kmsg_last_record_timestamp_seconds',
    'When the newest record of the kernel log was received.',
    state => ofKmsg(state, ({ last_record_at }) => seconds(last_record_at))
  ),
  gauge('sysmon_kmsg_last_record_sequence', "The kernel's number of that record.", state =>
    ofKmsg(state, ({ last_seq }) => last_seq)
  ),
  counter(
    'sysmon_kmsg_records_lost_total',
    'Records that the kernel overwrote before they were read.',
    state => ofKmsg(state, ({ lost }) => lost)
  ),
  counter(
    'sysmon_kmsg_kills_missed_total',
    'Kills that the kernel counted and its log did not show.',
    state => ofKmsg(state, ({ kills }) => kills?.missed)
  ),
  counter(
    'sysmon_kmsg_restarts_total',
    'Times at which the kernel log had to be opened again.',
    state => ofKmsg(state, ({ restarts }) => restarts)
  ),
  counter(
    'sysmon_kmsg_stalls_total',
    'How many of these were because the reader had stalled.',
    state => ofKmsg(state, ({ stalls }) => stalls)
  ),

  counter(
    'sysmon_events_published_total',
    'Events published, by whose word they are.',
    ({ health }) =>
      Object.entries(health.stream.published).map(([reporter, count]) => [{ reporter }, count]),
    ['reporter']
  ),
  gauge(
    'sysmon_stream_last_sequence',
    'The newest sequence number given to an event.',
    ({ health }) => health.stream.seq
  ),
  gauge(
    'sysmon_stream_retained_events',
    'Events in memory.',
    ({ health }) => health.stream.retained
  ),
  gauge(
    'sysmon_stream_retained_bytes',
    'Bytes of them.',
    ({ health }) => health.stream.retained_bytes
  ),
  gauge(
    'sysmon_stream_readers',
    'Readers of the stream: SSE clients, subscribers in process, sinks.',
    ({ health }) => health.stream.readers
  ),
  counter(
    'sysmon_stream_missed_events_total',
    'Events that were gone before some reader had come to them, summed over the readers.',
    ({ missedByReaders }) => missedByReaders
  ),
  gauge('sysmon_sse_streams', 'Open event streams (SSE).', ({ sseStreams }) => sseStreams),
  gauge(
    'sysmon_sse_streams_limit',
    'How many may be open (the option maxStreams).',
    ({ maxSseStreams }) => maxSseStreams
  ),

  gauge(
    'sysmon_journal_writable',
    '1 while events get onto the disk, 0 while they do not. None where no state folder is wanted.',
    ({ health: { journal } }) =>
      journal.state === 'off' && journal.error === undefined
        ? undefined
        : +(journal.state === 'writing')
  ),
  gauge('sysmon_journal_events', 'Events on disk.', ({ health }) => health.journal.events),
  gauge('sysmon_journal_bytes', 'Bytes of them.', ({ health }) => health.journal.bytes),
  gauge(
    'sysmon_journal_unwritten_events',
    'Events that wait in memory to be written.',
    ({ health }) => health.journal.unwritten
  ),

  gauge(
    'sysmon_spool_waiting_events',
    'What the shim has written down and this server has not been given yet.',
    ({ health }) => health.spool?.waiting
  ),
  gauge(
    'sysmon_spool_oldest_timestamp_seconds',
    'When the oldest of it happened. None while nothing waits.',
    ({ health }) => seconds(health.spool?.oldest_at)
  ),

  gauge(
    'sysmon_devtools_watching',
    "1 while the browser's DevTools are watched, 0 while they are not reached.",
    ({ health: { devtools } }) => devtools && +(devtools.state === 'watching')
  ),
  gauge(
    'sysmon_devtools_pages',
    'Pages, and frames of other sites, of the browser.',
    ({ health }) => health.devtools?.pages
  ),

  gauge(
    'sysmon_sink_state',
    '1 for the state that a sink is in, 0 for the others.',
    ({ health }) =>
      (health.sinks ?? []).flatMap(({ name, state }) =>
        SINK_STATES.map(one => [{ sink: name, state: one }, +(one === state)] as const)
      ),
    ['sink', 'state']
  ),
  gauge(
    'sysmon_sink_lag_events',
    'Events that a sink has not delivered yet.',
    ofSinks(({ lag_events }) => lag_events),
    ['sink']
  ),
  gauge(
    'sysmon_sink_lag_seconds',
    'How long ago the oldest of them happened.',
    ofSinks(({ lag_ms }) => lag_ms / 1000),
    ['sink']
  ),
  counter(
    'sysmon_sink_delivered_events_total',
    'Events that a sink delivered.',
    ofSinks(({ delivered }) => delivered),
    ['sink']
  ),
  counter(
    'sysmon_sink_failures_total',
    'Attempts of a sink that failed.',
    ofSinks(({ failures }) => failures),
    ['sink']
  ),
  counter(
    'sysmon_sink_missed_events_total',
    'Events that were no longer retained when a sink came to them.',
    ofSinks(({ missed }) => missed),
    ['sink']
  ),
  counter(
    'sysmon_sink_rejected_events_total',
    'Events that the other side of a sink refused for good.',
    ofSinks(({ rejected }) => rejected),
    ['sink']
  ),
]

function gauge(
  name: string,
  help: string,
  read: Read,
  labels: readonly string[] = []
): ScrapedMetric<ServerState> {
  return { name, help, kind: 'gauge', labels, read }
}

function counter(
  name: string,
  help: string,
  read: Read,
  labels: readonly string[] = []
): ScrapedMetric<ServerState> {
  return { name, help, kind: 'counter', labels, read }
}

/** Nothing where no kernel log is wanted. */
function ofKmsg({ health }: ServerState, read: (kmsg: Health['kmsg']) => Value): Value {
  return health.kmsg.state === 'disabled' ? undefined : read(health.kmsg)
}

function ofSinks(read: (sink: SinkHealth) => number): Read {
  return ({ health }) => (health.sinks ?? []).map(sink => [{ sink: sink.name }, read(sink)])
}

function seconds(microseconds: number | undefined): Value {
  return microseconds === undefined ? undefined : microseconds / 1e6
}
