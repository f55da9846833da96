/** Where events go in S2: the options, the names they must have, and the stream's name by template. */

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { S2Options } from '../../types.ts'
import { SinkError } from '../sink.ts'

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

export const DEFAULT_STREAM = 'sysmon/{hostname}/{boot_id}'
const DEFAULT_LINGER_MS = 20
const MAX_LINGER_MS = 60_000
/** S2's rule for the names of basins. */
const BASIN = /^[a-z0-9][a-z0-9-]{6,46}[a-z0-9]$/
const MAX_STREAM_BYTES = 512

/** Whether the environment asks for S2 at all. */
export function isS2Configured({ S2_BASIN, S2_STREAM }: NodeJS.ProcessEnv): boolean {
  return Boolean(S2_BASIN) || Boolean(S2_STREAM)
}

/** S2's options by its own variables. */
export function s2OptionsFromEnv(env: NodeJS.ProcessEnv): S2Options {
  const { S2_ACCESS_TOKEN, S2_BASIN, S2_STREAM, S2_LINGER_MS } = env
  return {
    accessToken: S2_ACCESS_TOKEN ?? '',
    basin: S2_BASIN ?? '',
    stream: S2_STREAM || undefined,
    linger: S2_LINGER_MS ? Number(S2_LINGER_MS) : undefined,
  }
}

/**
 * @param env for the endpoints that the options do not name
 * @throws {SinkError} that names the option and the variable
 */
export function resolveS2(options: S2Options, env: NodeJS.ProcessEnv): S2Target {
  const { accessToken, basin, stream = DEFAULT_STREAM, linger = DEFAULT_LINGER_MS } = options
  if (typeof accessToken !== 'string' || accessToken === '') {
    throw misconfigured('S2_ACCESS_TOKEN', 'accessToken', 'is not set: give it an access token')
  }
  if (/[^\x21-\x7e]/.test(accessToken)) {
    throw misconfigured('S2_ACCESS_TOKEN', 'accessToken', 'holds characters that no token has')
  }
  if (typeof basin !== 'string' || !BASIN.test(basin)) {
    const rule = 'a name of 8 to 48 lower-case letters, digits and hyphens, no hyphen at either end'
    throw misconfigured('S2_BASIN', 'basin', `must be ${rule}, not ${JSON.stringify(basin)}`)
  }
  if (!Number.isSafeInteger(linger) || linger < 0 || linger > MAX_LINGER_MS) {
    throw misconfigured('S2_LINGER_MS', 'linger', `must be an integer from 0 to ${MAX_LINGER_MS}`)
  }
  const account = options.accountEndpoint ?? env.S2_ACCOUNT_ENDPOINT
  const basinEndpoint = options.basinEndpoint ?? env.S2_BASIN_ENDPOINT
  checkEndpoint('S2_ACCOUNT_ENDPOINT', 'accountEndpoint', account)
  checkEndpoint('S2_BASIN_ENDPOINT', 'basinEndpoint', basinEndpoint)
  return {
    accessToken,
    basin,
    stream: streamName(stream),
    lingerMs: linger,
    endpoints: { account: account || undefined, basin: basinEndpoint || undefined },
  }
}

/** The template with this machine's names in it. @throws {SinkError} */
export function streamName(template: string): string {
  const name = template.replace(/\{([^{}]*)\}/g, (_, key: string) => {
    const fact = Object.hasOwn(FACTS, key) ? FACTS[key] : undefined
    if (fact === undefined) {
      const known = Object.keys(FACTS).map(name => `{${name}}`)
      throw misconfigured('S2_STREAM', 'stream', `has {${key}}: it may have ${known.join(', ')}`)
    }
    try {
      return fact()
    } catch (error) {
      throw misconfigured('S2_STREAM', 'stream', `has {${key}}: ${(error as Error).message}`)
    }
  })
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > MAX_STREAM_BYTES || name.includes('\0')) {
    throw misconfigured('S2_STREAM', 'stream', `must give 1 to ${MAX_STREAM_BYTES} bytes`)
  }
  return name
}

const FACTS: Readonly<Record<string, () => string>> = {
  hostname,
  boot_id: () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  machine_id: () => readFileSync('/etc/machine-id', 'utf8').trim(),
}

function checkEndpoint(variable: string, option: string, value: string | undefined): void {
  if (!value) return
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`
  const url = withScheme.replaceAll('{basin}', 'basin')
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return
  throw misconfigured(variable, option, `must be a host or an http(s) URL, not "${value}"`)
}

function misconfigured(variable: string, option: string, what: string): SinkError {
  return new SinkError('misconfigured', `${variable} (option s2.${option}) ${what}`)
}
