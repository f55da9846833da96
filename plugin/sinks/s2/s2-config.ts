/** Where events go in S2: by the options or the environment, with the stream's name by its template. */

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { optionChecker } from '../../option-schema.ts'
import type { S2Options } from '../../types.ts'
import { SinkError } from '../sink.ts'
import { DEFAULT_LINGER_MS, DEFAULT_STREAM, S2_SCHEMA, S2_VARIABLES } from './s2-options.ts'

export interface S2Target {
  readonly accessToken: string
  readonly basin: string
  readonly stream: string
  readonly lingerMs: number
  readonly endpoints: {
    readonly account: string | undefined
    readonly basin: string | undefined
  }
}

/** S2's rule. */
const MAX_STREAM_BYTES = 512

const check = optionChecker(S2_SCHEMA)

/** Whether the environment asks for S2 at all. */
export function isS2Configured({ S2_BASIN, S2_STREAM }: NodeJS.ProcessEnv): boolean {
  return Boolean(S2_BASIN) || Boolean(S2_STREAM)
}

/** S2's options by its own variables, not checked yet. */
export function s2OptionsFromEnv(env: NodeJS.ProcessEnv): S2Options {
  const given = Object.entries(S2_VARIABLES).flatMap(([option, variable]) => {
    const value = env[variable]
    if (!value) return []
    return [[option, option === 'linger' && /^\d+$/.test(value) ? Number(value) : value]]
  })
  return Object.fromEntries(given) as S2Options
}

/**
 * @param env for the endpoints that the options do not name
 * @throws {SinkError} that names the option and the variable
 */
export function resolveS2(given: S2Options, env: NodeJS.ProcessEnv): S2Target {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  const { accountEndpoint, basinEndpoint } = s2OptionsFromEnv(env)
  const options: S2Options = {
    ...(accountEndpoint === undefined ? {} : { accountEndpoint }),
    ...(basinEndpoint === undefined ? {} : { basinEndpoint }),
    ...(Object.fromEntries(set) as unknown as S2Options),
  }
  const wrong = check(options)
  if (wrong !== undefined) throw misconfigured(wrong.path as keyof S2Options, wrong.what)
  return {
    accessToken: options.accessToken,
    basin: options.basin,
    stream: streamName(options.stream ?? DEFAULT_STREAM),
    lingerMs: options.linger ?? DEFAULT_LINGER_MS,
    endpoints: { account: options.accountEndpoint, basin: options.basinEndpoint },
  }
}

/** The template with this machine's names in it. @throws {SinkError} */
function streamName(template: string): string {
  const name = template.replace(/\{([^{}]*)\}/g, (whole, key: string) => {
    try {
      return FACTS[key]?.() ?? whole
    } catch (error) {
      throw misconfigured('stream', `has {${key}}: ${(error as Error).message}`)
    }
  })
  const bytes = Buffer.byteLength(name)
  if (bytes > MAX_STREAM_BYTES) {
    throw misconfigured('stream', `must give at most ${MAX_STREAM_BYTES} bytes, not ${bytes}`)
  }
  return name
}

const FACTS: Readonly<Record<string, () => string>> = {
  hostname,
  boot_id: () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  machine_id: () => readFileSync('/etc/machine-id', 'utf8').trim(),
}

function misconfigured(option: keyof S2Options, what: string): SinkError {
  return new SinkError('misconfigured', `${S2_VARIABLES[option]} (option s2.${option}) ${what}`)
}
