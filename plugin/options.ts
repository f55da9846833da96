/** The plugin's options: what they mean, their defaults, and what is refused at registration. */

import type { LogLevel } from 'fastify'
import type { EventCategory } from '../generated/types.ts'
import { InvalidOptionError } from './errors.ts'
import { CATEGORIES, isCategory } from './events/types.ts'
import type { SyncPolicy } from './journal/journal.ts'
import type { S2Options } from './types.ts'

export interface SysmonOptions {
  /** Path prefix of all routes, as for any Fastify plugin. Default: none. */
  readonly prefix?: string
  /** Log level of the routes and of the plugin's own lines. Default: the host's. */
  readonly logLevel?: LogLevel
  /** The kernel log device, or false to watch none. Default: `/dev/kmsg`. */
  readonly kmsgPath?: string | false
  /**
   * Publish also the kills that the kernel logged in this boot before this process started, where no
   * earlier process has: without this, a first start begins with what comes then. Default: false.
   */
  readonly kmsgHistory?: boolean
  /**
   * Folder in which events and the place in the kernel log outlive the process, or false for none.
   * One server for each. Default: the environment variable `SYSMON_STATE_DIR`, else none.
   */
  readonly stateDir?: string | false
  /** Bytes of events kept on disk; the oldest go, and that is reported. Default: 64 MiB. */
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
  readonly journalSync?: SyncPolicy
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
  /** Deliver every event to a stream of S2 (https://s2.dev). Default: false. */
  readonly s2?: S2Options | false
  /** Deliver every event as an OTLP log, where `OTEL_EXPORTER_OTLP_*` says. Default: false. */
  readonly otlp?: boolean
  /** Milliseconds that `app.close()` gives sinks to deliver the last events. Default: 700. */
  readonly sinkTimeout?: number
}

/** Options without a default of their own. */
type Derived = 'prefix' | 'logLevel' | 'maxStreamsPerPeer' | 'reservedStreams'

export type ResolvedOptions = Required<Omit<SysmonOptions, Derived>> & Pick<SysmonOptions, Derived>

const DEFAULTS = {
  kmsgPath: '/dev/kmsg',
  kmsgHistory: false,
  stateDir: false,
  journalBytes: 64 * 1024 * 1024,
  journalAge: 30 * 24 * 3600 * 1000,
  journalCategories: [],
  journalSync: 'interval',
  ringEvents: 8192,
  ringBytes: 32 * 1024 * 1024,
  bodyLimit: 4 * 1024 * 1024,
  maxStreams: 256,
  maxStreamsPerPeer: undefined,
  reservedStreams: undefined,
  streamBuffer: 1024 * 1024,
  streamBufferTotal: 64 * 1024 * 1024,
  keepAlive: 15_000,
  closeTimeout: 1000,
  allowedHosts: [],
  allowedOrigins: [],
  s2: false,
  otlp: false,
  sinkTimeout: 700,
} satisfies Omit<ResolvedOptions, 'prefix' | 'logLevel'>

const SYNC_POLICIES: readonly SyncPolicy[] = ['always', 'interval', 'never']
/** The longest time a timer can be set to, in ms. */
const MAX_TIMER = 2 ** 31 - 1
const BOUNDS = {
  journalBytes: [2 ** 20, 2 ** 40],
  journalAge: [1000, Number.MAX_SAFE_INTEGER],
  ringEvents: [1, 2 ** 24],
  ringBytes: [1, 2 ** 40],
  bodyLimit: [1, 2 ** 29],
  maxStreams: [1, 2 ** 20],
  maxStreamsPerPeer: [1, 2 ** 20],
  reservedStreams: [0, 2 ** 20],
  streamBuffer: [1024, 2 ** 30],
  streamBufferTotal: [2 ** 16, 2 ** 40],
  keepAlive: [10, MAX_TIMER],
  closeTimeout: [0, MAX_TIMER],
  sinkTimeout: [0, MAX_TIMER],
} as const

/** @throws {InvalidOptionError} naming the option */
export function resolveOptions(given: SysmonOptions): ResolvedOptions {
  for (const name of Object.keys(given)) {
    if (name !== 'prefix' && name !== 'logLevel' && !Object.hasOwn(DEFAULTS, name)) {
      throw new InvalidOptionError(
        name,
        `is unknown; the options are prefix, logLevel, ${Object.keys(DEFAULTS).join(', ')}`
      )
    }
  }
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const stateDir = process.env.SYSMON_STATE_DIR || DEFAULTS.stateDir
  const options: ResolvedOptions = { ...DEFAULTS, stateDir, ...set }

  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = options[name as keyof typeof BOUNDS]
    if (value === undefined) continue
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw new InvalidOptionError(
        name,
        `must be an integer from ${least} to ${most}, not ${show(value)}`
      )
    }
  }
  const { prefix, kmsgPath, kmsgHistory, stateDir: folder, allowedHosts, allowedOrigins } = options
  if (prefix !== undefined && typeof prefix !== 'string') {
    throw new InvalidOptionError(
      'prefix',
      `must be a string such as "/sysmon", not ${show(prefix)}`
    )
  }
  if (kmsgPath !== false && (typeof kmsgPath !== 'string' || kmsgPath === '')) {
    throw new InvalidOptionError('kmsgPath', `must be a path or false, not ${show(kmsgPath)}`)
  }
  if (typeof kmsgHistory !== 'boolean') {
    throw new InvalidOptionError('kmsgHistory', `must be true or false, not ${show(kmsgHistory)}`)
  }
  if (folder !== false && (typeof folder !== 'string' || folder === '')) {
    throw new InvalidOptionError('stateDir', `must be a path or false, not ${show(folder)}`)
  }
  const { journalCategories, journalSync } = options
  if (!Array.isArray(journalCategories) || !journalCategories.every(isCategory)) {
    throw new InvalidOptionError(
      'journalCategories',
      `must be an array of ${CATEGORIES.join(', ')}, not ${show(journalCategories)}`
    )
  }
  if (!SYNC_POLICIES.includes(journalSync)) {
    throw new InvalidOptionError(
      'journalSync',
      `must be one of ${SYNC_POLICIES.join(', ')}, not ${show(journalSync)}`
    )
  }
  if (!Array.isArray(allowedHosts) || !allowedHosts.every(isHostName)) {
    throw new InvalidOptionError(
      'allowedHosts',
      `must be an array of names such as "telemetry.example.com", without scheme and port, not ${show(allowedHosts)}`
    )
  }
  if (!Array.isArray(allowedOrigins) || !allowedOrigins.every(isOrigin)) {
    throw new InvalidOptionError(
      'allowedOrigins',
      `must be an array of origins such as "https://example.com", not ${show(allowedOrigins)}`
    )
  }
  const { s2, otlp } = options
  if (s2 !== false && (typeof s2 !== 'object' || s2 === null)) {
    throw new InvalidOptionError('s2', `must be false or { accessToken, basin }, not ${show(s2)}`)
  }
  if (typeof otlp !== 'boolean') {
    throw new InvalidOptionError('otlp', `must be true or false, not ${show(otlp)}`)
  }
  return options
}

function isHostName(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/i.test(value)
}

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/.test(value)
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
