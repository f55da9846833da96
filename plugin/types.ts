/**
 * What a host application's code names. Nothing is imported here but Fastify's and generated types, so that
 * a host compiles without the packages that sinks deliver by.
 */

import type { LogLevel } from 'fastify'
import type {
  BrowserEventType,
  EventCategory,
  CustomEvent as GeneratedCustomEvent,
  TelemetryEvent as GeneratedEvent,
  Health,
  PublishEventRequest,
} from '../generated/types.ts'

export type {
  BrowserEventType,
  EventCategory,
  EventSource,
  Health,
  MemoryPressureData,
  OomKillData,
  PageCrashedData,
  ProcessCrashedData,
  PublishEventRequest,
  ServiceCrashedData,
  TelemetryGapData,
} from '../generated/types.ts'

/** What `fastify.register(sysmonPlugin, options)` takes. */
export interface SysmonOptions {
  /** Path prefix of all routes, as for any Fastify plugin. Default: none. */
  readonly prefix?: string
  /** Log level of the routes and of the plugin's own lines. Default: the host's. */
  readonly logLevel?: LogLevel
  /** Leave the routes out of the OpenAPI document that `@fastify/swagger` writes for the host. Default: false. */
  readonly hideRoutes?: boolean
  /** The kernel log device, or false to watch none. Default: `/dev/kmsg`. */
  readonly kmsgPath?: string | false
  /**
   * Whose kills are published: `machine` all that the kernel logs, `container` those of this container
   * only, and no crashes of processes that cannot be told to be its. Default: `machine`.
   */
  readonly scope?: 'machine' | 'container'
  /**
   * Publish also the kills that the kernel logged in this boot before this process started, where no
   * earlier process has: without this, a first start begins with what comes then. Default: false.
   */
  readonly kmsgHistory?: boolean
  /**
   * Publish `process_crashed` for each process of which the kernel logs that a fault ended it.
   * Default: true.
   */
  readonly kmsgCrashes?: boolean
  /**
   * Publish `memory_pressure` when memory becomes short: once, not again before it was over, and at most once
   * a minute. Default: false.
   */
  readonly memoryPressure?: boolean
  /** Percent of the time in which all processes wait for memory, from which on it is short. Default: 10. */
  readonly memoryPressureFull?: number
  /** Milliseconds for which that must be so. Default: 2000. */
  readonly memoryPressureFor?: number
  /**
   * Keep a table of this machine's processes, by which a kill tells who was killed beyond its name: role,
   * executable, service, start. Of command lines only what names a role is kept. Default: true.
   */
  readonly processes?: boolean
  /**
   * Folder in which events and the place in the kernel log outlive the process, or false for none.
   * One server for each. Default: the environment variable `SYSMON_STATE_DIR`, else none.
   */
  readonly stateDir?: string | false
  /**
   * Bytes of events kept on disk; the oldest go, and that is reported. A quarter as many again are kept
   * of what the kernel and a proven supervisor say, which nobody who posts can push out. Default: 64 MiB.
   */
  readonly journalBytes?: number
  /** Age in milliseconds at which events on disk are removed. Default: 30 days. */
  readonly journalAge?: number
  /** Categories kept on disk beside `system` and `monitor`, which always are. Default: none. */
  readonly journalCategories?: readonly EventCategory[]
  /**
   * When events are synced to the disk, so that a power cut does not take them: `always` before they
   * are acknowledged, `interval` within 100 ms, `never` when the kernel likes. A killed process loses
   * none in any case. Default: `interval`.
   */
  readonly journalSync?: 'always' | 'interval' | 'never'
  /** Events kept in memory for readers that come late or read slowly. Default: 8192. */
  readonly ringEvents?: number
  /** Bytes of serialised events kept. Default: 32 MiB. */
  readonly ringBytes?: number
  /** Largest request body in bytes; larger ones are answered 413. Default: 4 MiB. */
  readonly bodyLimit?: number
  /** Event streams (SSE) open at a time; further ones are answered 503. Default: 256. */
  readonly maxStreams?: number
  /** Of these from one peer address (of IPv6, one /64). Default: three quarters of `maxStreams`. */
  readonly maxStreamsPerPeer?: number
  /** Of these kept for clients that are no browsers. Default: a quarter of `maxStreams`. */
  readonly reservedStreams?: number
  /** Bytes that wait at most for one slow stream; the rest waits in the ring. Default: 1 MiB. */
  readonly streamBuffer?: number
  /** Bytes that wait at most for all slow streams together. Default: 64 MiB. */
  readonly streamBufferTotal?: number
  /** Silence in milliseconds after which a stream gets a comment. Default: 15000. */
  readonly keepAlive?: number
  /** Milliseconds that `app.close()` gives open streams to take their last events. Default: 1000. */
  readonly closeTimeout?: number
  /**
   * Names, such as `telemetry.example.com`, by which this server may be asked, beside its IP addresses
   * and `localhost`: as in the `Host` header, without port. Default: none.
   */
  readonly allowedHosts?: readonly string[]
  /** Origins, such as `https://example.com`, whose pages may ask. Default: none but the server's own. */
  readonly allowedOrigins?: readonly string[]
  /** Bearer token that every request needs, but `/healthz` on this machine. Default: none. */
  readonly token?: string
  /** Token for reading, in place of `token`. */
  readonly readToken?: string
  /** Token for posting events, in place of `token`. */
  readonly postToken?: string
  /** Token for changing what is captured, in place of `token`. */
  readonly configureToken?: string
  /**
   * Let also the network do what no token is asked for, which is else for this machine only: by the
   * loopback or a Unix socket. Default: false.
   */
  readonly insecure?: boolean
  /**
   * Serve the page for people at `/telemetry/ui`, and `POST /telemetry/explain`, by which it explains a
   * pasted log. Default: false.
   */
  readonly ui?: boolean
  /**
   * Watch the browser whose DevTools answer at this URL, such as `http://127.0.0.1:9222`, and publish
   * `page_crashed` for each page that crashes; false watches none. Default: false.
   */
  readonly devtools?: string | false
  /**
   * How much of a page's address is told: all of it (`full`), without user, query and fragment
   * (`path`), its `origin`, or nothing (`none`). Default: `path`.
   */
  readonly devtoolsUrls?: 'full' | 'path' | 'origin' | 'none'
  /** Deliver every event to a stream of S2 (https://s2.dev). Default: false. */
  readonly s2?: S2Options | false
  /** Deliver every event as an OTLP log, where `OTEL_EXPORTER_OTLP_*` says. Default: false. */
  readonly otlp?: boolean
  /** Post events to a URL: to a pager, a chat, a program of one's own. Default: false. */
  readonly webhook?: WebhookOptions | false
  /** Path of a program to run for each `system` and `monitor` event. Default: false. */
  readonly command?: string | false
  /** Milliseconds that `app.close()` gives sinks to deliver the last events. Default: 700. */
  readonly sinkTimeout?: number
  /**
   * Metrics for Prometheus at `GET /metrics`, by prom-client, which the application installs: `true`, or the
   * application's own registry. Default: false.
   */
  readonly metrics?: boolean | MetricsOptions
  /** The API as a page for people at `GET /telemetry/docs`, from the OpenAPI document. Default: false. */
  readonly docs?: boolean
}

/** Where metrics are, beside the application's own. */
export interface MetricsOptions {
  /** A `Registry` of prom-client, such as its `register`. */
  readonly registry: MetricsRegistry
  /** Whether `GET /metrics` answers, with all that is in the registry. Default: true. */
  readonly route?: boolean | undefined
}

/** Of prom-client's `Registry` what is used here. */
export interface MetricsRegistry {
  readonly contentType: string
  metrics(): Promise<string>
  registerMetric(metric: never): void
  removeSingleMetric(name: string): void
}

/** Where events go in S2. */
export interface S2Options {
  /** An access token that may append to and read the stream, and create it. */
  readonly accessToken: string
  readonly basin: string
  /**
   * The stream's name, in which `{hostname}`, `{boot_id}` and `{machine_id}` are replaced. Default:
   * `sysmon/{hostname}/{boot_id}`.
   */
  readonly stream?: string | undefined
  /** Milliseconds that an event waits at most for others to share its append. Default: 20. */
  readonly linger?: number | undefined
  /** Default: S2's own, or `S2_ACCOUNT_ENDPOINT`. */
  readonly accountEndpoint?: string | undefined
  /** May contain `{basin}`. Default: S2's own, or `S2_BASIN_ENDPOINT`. */
  readonly basinEndpoint?: string | undefined
}

/** Where events are posted, one request for each. */
export interface WebhookOptions {
  /** An http(s) URL. It is in no log: Slack's is a secret. */
  readonly url: string
  /**
   * Signs each request as https://www.standardwebhooks.com has it: base64 of at least 12 bytes, with or
   * without `whsec_` before it. Default: no signature.
   */
  readonly secret?: string | undefined
  /** What is posted: the envelope, or `{"text"}` for Slack and its like. Default: `event`. */
  readonly format?: 'event' | 'slack' | undefined
  /** Types of events to post. Default: all of the categories `system` and `monitor`. */
  readonly types?: readonly string[] | undefined
}

/**
 * The data of types of the host's own, or of the browser's, which this API does not look into. A host names
 * its own, and events of theirs are then narrowed as those of this API are:
 *
 *     declare module 'fastify-sysmon/types' {
 *       interface CustomEventTypes { backup_finished: { duration_ms: number } }
 *     }
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to
export interface CustomEventTypes {}

/** An event of a type that the OpenAPI document does not define. */
export type CustomEvent<Type extends string = string, Data = unknown> = Omit<
  GeneratedCustomEvent,
  'type' | 'data'
> & { type: Type; data?: Data | null }

/** Of a union, those whose `type` is one string and not any. */
type Named<Event> = Event extends { type: infer Type }
  ? string extends Type
    ? never
    : Event
  : never

/** An event of a type that the OpenAPI document defines. */
export type KnownEvent = Named<GeneratedEvent>

type HostEventType = keyof CustomEventTypes & string

/** Any other type. A string that a union can be told apart by: a plain one would be every other, too. */
declare enum OtherEventType {
  opaque = 'any other type',
}

/**
 * An event: one that its `type` tells, or one of a type that nobody named. `event.type === 'system_oom_kill'`
 * gives `event.data` its type.
 */
export type TelemetryEvent =
  | KnownEvent
  | { [Type in HostEventType]: CustomEvent<Type, CustomEventTypes[Type]> }[HostEventType]
  | CustomEvent<Exclude<BrowserEventType, HostEventType | KnownEvent['type']>>
  | CustomEvent<OtherEventType>

/** An event with its place in the stream. */
export interface EventEnvelope<Event = TelemetryEvent> {
  seq: number
  event: Event
}

/** The events of some types; of any where a type is a `string` that is not known when it is compiled. */
export type EventOf<Type extends string> = string extends Type
  ? TelemetryEvent
  : Type extends KnownEvent['type']
    ? Extract<KnownEvent, { type: Type }>
    : Type extends HostEventType
      ? CustomEvent<Type, CustomEventTypes[Type]>
      : CustomEvent<Type>

/** What `fastify.sysmon` offers. */
export interface Sysmon {
  /**
   * Publishes an event of the host application's own.
   *
   * @returns its envelope, or undefined when its category is not captured
   * @throws {FST_SYSMON_INVALID_EVENT} for what `POST /telemetry/events` would answer with a 400
   */
  publish(event: PublishInput): EventEnvelope | undefined
  /**
   * Calls `listener` for every event, or for those of `options.types` and `options.categories`, in order, after
   * the turn of the event loop that published it.
   *
   * @returns a function that ends the subscription
   */
  subscribe<Type extends string = string>(
    listener: (envelope: EventEnvelope<EventOf<Type>>) => void,
    options?: SubscribeOptions<Type>
  ): () => void
  /** What `GET /healthz` answers. */
  health(): Health
}

/** As the body of `POST /telemetry/events`; `source.kind` may be `kernel_api` here too. */
export type PublishInput = Omit<PublishEventRequest, 'category'> & {
  /** Required for a type of the host's own; for others the server sets it. */
  category?: EventCategory | null
}

export interface SubscribeOptions<Type extends string = string> {
  /** Where to begin: with the next event (the default), at the oldest retained, or after a `seq`. */
  readonly from?: 'now' | 'oldest' | { readonly after: number }
  readonly categories?: readonly EventCategory[]
  readonly types?: readonly Type[]
  /** Told how many events the ring dropped before this subscriber came to them. */
  readonly onMissed?: (missed: number) => void
}
