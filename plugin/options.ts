/**
 * The plugin's options, a row each: a JSON Schema with the default, the bounds, what a value must be
 * (`title`, where type and bounds do not say it) and what it is for. From this come the validation, the
 * defaults, and the variables of `sysmon serve` with their help. Their types are in types.ts.
 */

import { CATEGORIES } from './events/types.ts'
import type { OptionSchema } from './option-schema.ts'
import { SINK_OPTIONS, type SinkName, type SinkOptions } from './sinks/registry.ts'
import type { SysmonOptions } from './types.ts'

const MIB = 1024 * 1024
const DAY_MS = 24 * 3600 * 1000
/** The longest time a timer can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1
const HOST = '^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$'
/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const TOKEN = '^[A-Za-z0-9._~+/-]+=*$'
const HTTP_URL = '^https?://[^/\\s?#@]+/?$'
const ORIGIN = '^[a-z][a-z0-9+.-]*://[^/\\s]+$'

export const OPTIONS = {
  prefix: {
    type: 'string',
    title: 'a string such as "/sysmon"',
    description: 'path prefix of all routes',
  },
  logLevel: {
    type: 'string',
    title: "a level of the host's logger",
    description: "level of the plugin's and its routes' log lines",
  },
  hideRoutes: flag("the routes are left out of the host's own OpenAPI document"),

  kmsgPath: pathOrFalse('/dev/kmsg', 'the kernel log device; false watches none'),
  scope: {
    type: 'string',
    enum: ['machine', 'container'],
    default: 'machine',
    description:
      'whose kills are published: machine all that the kernel logs, container those of this container',
  },
  kmsgHistory: flag('a first start publishes also the kills that the kernel logged before it'),

  kmsgCrashes: {
    type: 'boolean',
    default: true,
    description: 'publish process_crashed for each fault that the kernel logs',
  },
  memoryPressure: {
    type: 'boolean',
    default: false,
    description: 'publish memory_pressure when memory becomes short',
  },
  memoryPressureFull: integer(
    10,
    1,
    100,
    'percent of the time in which all processes wait for memory, from which on it is short'
  ),
  memoryPressureFor: integer(2000, 0, 600_000, 'milliseconds for which that must be so'),
  processes: {
    type: 'boolean',
    default: true,
    description: 'keep a table of the processes, so that a kill tells who it was beyond its name',
  },

  stateDir: pathOrFalse(
    false,
    'folder for what outlives the process: events, the place in the kernel log'
  ),
  journalBytes: integer(
    64 * MIB,
    MIB,
    2 ** 40,
    'bytes of events on disk, and a quarter as many again of trusted ones'
  ),
  journalAge: integer(
    30 * DAY_MS,
    1000,
    Number.MAX_SAFE_INTEGER,
    'milliseconds after which events on disk are removed'
  ),
  journalCategories: list(
    { enum: CATEGORIES },
    `an array of ${CATEGORIES.join(', ')}`,
    'categories on disk beside system and monitor'
  ),
  journalSync: {
    type: 'string',
    enum: ['always', 'interval', 'never'],
    default: 'interval',
    description:
      'when events are synced to the disk: always before they are acknowledged, interval within 100 ms, never when the kernel likes',
  },
  ringEvents: integer(8192, 1, 2 ** 24, 'events retained in memory'),
  ringBytes: integer(
    32 * MIB,
    1,
    2 ** 40,
    'bytes of events retained in memory; of those on disk 1 MiB'
  ),

  bodyLimit: integer(4 * MIB, 1, 2 ** 29, 'largest request body in bytes'),
  maxStreams: integer(256, 1, 2 ** 20, 'event streams open at a time'),
  maxStreamsPerPeer: integer(
    undefined,
    1,
    2 ** 20,
    'event streams from one peer address, of IPv6 one /64 (three quarters of all)'
  ),
  reservedStreams: integer(
    undefined,
    0,
    2 ** 20,
    'event streams kept for clients that are no browsers (a quarter of all)'
  ),
  streamBuffer: integer(MIB, 1024, 2 ** 30, 'bytes that wait at most for one slow stream'),
  streamBufferTotal: integer(
    64 * MIB,
    2 ** 16,
    2 ** 40,
    'bytes that wait at most for all slow streams'
  ),
  keepAlive: integer(
    15_000,
    10,
    MAX_TIMER_MS,
    'silence in milliseconds after which a stream gets a comment'
  ),
  closeTimeout: integer(
    1000,
    0,
    MAX_TIMER_MS,
    'milliseconds that streams get for their last events when the application closes'
  ),
  allowedHosts: list(
    { type: 'string', pattern: HOST },
    'an array of names such as "telemetry.example.com", without scheme and port',
    'names by which the server may be asked, beside its addresses and localhost'
  ),
  allowedOrigins: list(
    { type: 'string', pattern: ORIGIN },
    'an array of origins such as "https://example.com"',
    'origins whose web pages may ask'
  ),
  token: secret('bearer token that every request needs'),
  readToken: secret('token for reading, in place of that'),
  postToken: secret('token for posting events, in place of that'),
  configureToken: secret('token for changing what is captured, in place of that'),
  insecure: flag('also the network may do what no token is asked for'),

  ui: flag('the page for people at /telemetry/ui, and POST /telemetry/explain'),

  devtools: {
    anyOf: [{ const: false }, { type: 'string', pattern: HTTP_URL }],
    default: false,
    title: 'a URL such as "http://127.0.0.1:9222" or false',
    description:
      'the DevTools of the browser whose crashed pages are published; false watches none',
  },
  devtoolsUrls: {
    type: 'string',
    enum: ['full', 'path', 'origin', 'none'],
    default: 'path',
    description:
      "how much of a page's address is told: full, path (without user, query and fragment), origin, none",
  },

  ...SINK_OPTIONS,
  sinkTimeout: integer(
    700,
    0,
    MAX_TIMER_MS,
    'milliseconds that sinks get for the last events when the application closes'
  ),
  metrics: {
    anyOf: [{ type: 'boolean' }, { type: 'object' }],
    default: false,
    title: 'true, false or { registry } with a Registry of prom-client',
    description: 'metrics for Prometheus at GET /metrics, by the package prom-client',
  },
  docs: flag('the API as a page for people at GET /telemetry/docs'),
} satisfies Record<keyof SysmonOptions, OptionSchema>

/** Their defaults depend on others, or on the host. */
type Derived =
  | 'prefix'
  | 'logLevel'
  | 'maxStreamsPerPeer'
  | 'reservedStreams'
  | 'token'
  | 'readToken'
  | 'postToken'
  | 'configureToken'

export type ResolvedOptions = Required<Omit<SysmonOptions, Derived | SinkName>> &
  Pick<SysmonOptions, Derived> &
  SinkOptions

function integer<Default extends number | undefined>(
  value: Default,
  minimum: number,
  maximum: number,
  description: string
) {
  return { type: 'integer', default: value, minimum, maximum, description } as const
}

function flag(description: string): OptionSchema {
  return { type: 'boolean', default: false, description }
}

function secret(description: string) {
  const title = 'a token such as "openssl rand -hex 32" makes: letters, digits, and -._~+/'
  return { type: 'string', pattern: TOKEN, writeOnly: true, title, description } as const
}

function pathOrFalse(value: string | false, description: string): OptionSchema {
  const anyOf: OptionSchema['anyOf'] = [{ const: false }, { type: 'string', minLength: 1 }]
  return { anyOf, default: value, title: 'a path or false', description }
}

function list(items: OptionSchema, title: string, description: string): OptionSchema {
  return { type: 'array', items, default: [], title, description }
}
