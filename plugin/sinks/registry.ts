/**
 * The sinks that there are, one row each. A new sink is a folder beside this file, which nothing else
 * imports, and a row here; its option is the one of the plugin that has its name.
 */

import type { FastifyBaseLogger } from 'fastify'
import type { OptionSchema } from '../option-schema.ts'
import type { S2Options, WebhookOptions } from '../types.ts'
import { CommandSink } from './command/command-sink.ts'
import type { FollowFleet } from './fleet.ts'
import { ConsoleSink } from './otlp/console-sink.ts'
import { isOtlpConfigured, isTurnedOff, readOtlpConfig } from './otlp/otlp-config.ts'
import { OTLP_PACKAGES, OtlpSink } from './otlp/otlp-sink.ts'
import { S2_PACKAGES } from './s2/s2-client.ts'
import { isS2Configured, resolveS2, s2OptionsFromEnv } from './s2/s2-config.ts'
import { S2_SCHEMA } from './s2/s2-options.ts'
import { S2Sink } from './s2/s2-sink.ts'
import { type Sink, SinkError } from './sink.ts'
import {
  checkWebhook,
  isWebhookConfigured,
  webhookOptionsFromEnv,
} from './webhook/webhook-config.ts'
import { WEBHOOK_SCHEMA } from './webhook/webhook-options.ts'
import { WebhookSink } from './webhook/webhook-sink.ts'

/** In the place of an option: the sink finds out by itself what its variables say. */
export const FROM_ENVIRONMENT = Symbol('from the environment')

/** The plugin's options of the sinks; false: not wanted. */
export interface SinkOptions {
  readonly s2: S2Options | typeof FROM_ENVIRONMENT | false
  readonly otlp: boolean
  readonly webhook: WebhookOptions | typeof FROM_ENVIRONMENT | false
  /** The path of a program. */
  readonly command: string | typeof FROM_ENVIRONMENT | false
}
export type SinkName = keyof SinkOptions

interface SinkKind<Option> {
  /** Its option. */
  readonly option: OptionSchema
  /** Whether it takes events of all categories, so that all are kept for it. */
  readonly takesAll: boolean
  /** What it delivers by: installed by who uses it, loaded when it is used. */
  readonly packages: readonly string[]
  /** Its variables, and what they are for, for `sysmon serve --help`. */
  readonly help: readonly [variables: string, text: string]
  /** Its option where the environment asks for it. */
  readonly configured: Exclude<Option, false>
  /** Whether the environment asks for it. */
  isConfigured(env: NodeJS.ProcessEnv): boolean
  /**
   * @returns undefined where the environment turns it off
   * @throws {SinkError} that names what is wrong with the option or the environment
   */
  create(
    option: Exclude<Option, false>,
    env: NodeJS.ProcessEnv,
    log: FastifyBaseLogger
  ): Sink | undefined
  /** What reads the events of many machines from where it delivers to. */
  readonly loadFollow?: () => Promise<FollowFleet>
}

const SINKS: { readonly [Name in SinkName]: SinkKind<SinkOptions[Name]> } = {
  s2: {
    option: {
      if: { const: false },
      else: S2_SCHEMA,
      default: false,
      title: 'false or { accessToken, basin }',
      description: 'deliver every event to a stream of S2',
    },
    takesAll: true,
    packages: S2_PACKAGES,
    help: [
      'S2_BASIN, S2_ACCESS_TOKEN, S2_STREAM',
      'deliver every event to a stream of S2 (not; the stream is sysmon/{hostname}/{boot_id})',
    ],
    configured: FROM_ENVIRONMENT,
    isConfigured: isS2Configured,
    create(option, env, log) {
      const options = option === FROM_ENVIRONMENT ? s2OptionsFromEnv(env) : option
      return new S2Sink(resolveS2(options, env), log)
    },
    loadFollow: async () => (await import('./s2/s2-tail.ts')).followS2,
  },
  otlp: {
    option: {
      type: 'boolean',
      default: false,
      description: 'deliver every event as an OTLP log, where OTEL_EXPORTER_OTLP_* say',
    },
    takesAll: true,
    packages: OTLP_PACKAGES,
    help: [
      'OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
      'deliver every event as an OTLP log (not); the other OTEL_ variables hold too, and OTEL_LOGS_EXPORTER=console prints them',
    ],
    configured: true,
    isConfigured: isOtlpConfigured,
    create(_, env) {
      if (isTurnedOff(env)) return undefined
      const config = readOtlpConfig(env)
      return config.exporter === 'console' ? new ConsoleSink() : new OtlpSink(config)
    },
  },
  webhook: {
    option: {
      if: { const: false },
      else: WEBHOOK_SCHEMA,
      default: false,
      title: 'false or { url, secret, format, types }',
      description: 'post events to a URL',
    },
    takesAll: false,
    packages: [],
    help: [
      'SYSMON_WEBHOOK_URL, SYSMON_WEBHOOK_SECRET, SYSMON_WEBHOOK_FORMAT, SYSMON_WEBHOOK_TYPES',
      'post system and monitor events, or these types, to a URL, signed; format event or slack (not). URL and secret also by ..._FILE',
    ],
    configured: FROM_ENVIRONMENT,
    isConfigured: isWebhookConfigured,
    create(option, env) {
      const options = option === FROM_ENVIRONMENT ? webhookOptionsFromEnv(env) : option
      return new WebhookSink(checkWebhook(options))
    },
  },
  command: {
    option: {
      anyOf: [{ const: false }, { type: 'string', pattern: '^/' }],
      default: false,
      title: 'an absolute path or false',
      description: 'run a program for each system and monitor event',
    },
    takesAll: false,
    packages: [],
    help: [
      'SYSMON_ON_EVENT',
      'program to run for each system and monitor event, with the event on its standard input (none)',
    ],
    configured: FROM_ENVIRONMENT,
    isConfigured: ({ SYSMON_ON_EVENT }) => Boolean(SYSMON_ON_EVENT),
    create(option, env) {
      const path = option === FROM_ENVIRONMENT ? (env.SYSMON_ON_EVENT ?? '') : option
      if (path.startsWith('/')) return new CommandSink(path)
      throw new SinkError(
        'misconfigured',
        `SYSMON_ON_EVENT must be an absolute path, not "${path}"`
      )
    },
  },
}

export const SINK_NAMES = Object.keys(SINKS) as readonly SinkName[]

/** Of the plugin's options those of the sinks. */
export const SINK_OPTIONS = {
  s2: SINKS.s2.option,
  otlp: SINKS.otlp.option,
  webhook: SINKS.webhook.option,
  command: SINKS.command.option,
} satisfies Record<SinkName, OptionSchema>

export const SINK_HELP = Object.values(SINKS).map(({ help }) => help)

/** Every package that some sink delivers by. */
export const SINK_PACKAGES = Object.values(SINKS).flatMap(({ packages }) => packages)

/** The plugin's options of the sinks as the environment has them. */
export function sinkOptionsFromEnv(env: NodeJS.ProcessEnv): SinkOptions {
  const options = SINK_NAMES.map(name => {
    const { configured, isConfigured } = SINKS[name]
    return [name, isConfigured(env) && configured]
  })
  return Object.fromEntries(options)
}

/** Whether a sink is asked for that takes events of all categories. */
export function takesAll(options: SinkOptions): boolean {
  return SINK_NAMES.some(name => options[name] !== false && SINKS[name].takesAll)
}

/** What makes each sink that is asked for. */
export function chosenSinks(
  options: SinkOptions,
  env: NodeJS.ProcessEnv,
  log: FastifyBaseLogger
): { name: SinkName; create: () => Sink | undefined }[] {
  const chosen = <Name extends SinkName>(name: Name) => {
    const kind: SinkKind<SinkOptions[Name]> = SINKS[name]
    const option = options[name]
    if (option === false) return []
    return [{ name, create: () => kind.create(option as Exclude<typeof option, false>, env, log) }]
  }
  return SINK_NAMES.flatMap(chosen)
}

/** @returns undefined for a sink whose other side cannot be read */
export async function loadFollow(name: SinkName): Promise<FollowFleet | undefined> {
  return await SINKS[name].loadFollow?.()
}
