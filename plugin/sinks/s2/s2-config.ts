/** Where events go in S2: the options, the names they must have, and the stream's name by template. */

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { SinkError } from '../sink.ts'

export interface S2Options {
  /** An access token that may append to and read the stream, and create it. */
  readonly accessToken: string
  readonly basin: string
  /**
   * The stream's name, in which `{hostname}`, `{boot_id}` and `{machine_id}` are replaced. Default:
   * `sysmon/{hostname}/{boot_id}`.
   */
  readonly stream?: string
  /** Milliseconds that an event waits at most for others to share its append. Default: 20. */
  readonly linger?: number
  /** Default: S2's own, or `S2_ACCOUNT_ENDPOINT`. */
  readonly accountEndpoint?: string
  /** May contain `{basin}`. Default: S2's own, or `S2_BASIN_ENDPOINT`. */
  readonly basinEndpoint?: string
}

export interface S2Target {
  readonly accessToken: string
  readonly basin: string
  readonly stream: string
  readonly lingerMs: number
  readonly endpoints: { readonly account?: string; readonly basin?: string }
}

export const DEFAULT_STREAM = 'sysmon/{hostname}/{boot_id}'
const DEFAULT_LINGER = 20
const MAX_LINGER = 60_000
/** S2's rule for the names of basins. */
const BASIN = /^[a-z0-9][a-z0-9-]{6,46}[a-z0-9]$/
const MAX_STREAM_BYTES = 512

/** S2's options by its own variables; undefined where neither basin nor stream is named. */
export function s2OptionsFromEnv(env: NodeJS.ProcessEnv): S2Options | undefined {
  const { S2_ACCESS_TOKEN, S2_BASIN, S2_STREAM, S2_LINGER_MS } = env
  if (!S2_BASIN && !S2_STREAM) return undefined
  return {
    accessToken: S2_ACCESS_TOKEN ?? '',
    basin: S2_BASIN ?? '',
    ...(S2_STREAM ? { stream: S2_STREAM } : {}),
    ...(S2_LINGER_MS ? { linger: Number(S2_LINGER_MS) } : {}),
  }
}

/**
 * @param env for the endpoints that the options do not name
 * @throws {SinkError} that names the option and the variable
 */
export function resolveS2(options: S2Options, env: NodeJS.ProcessEnv): S2Target {
  const { accessToken, basin, stream = DEFAULT_STREAM, linger = DEFAULT_LINGER } = options
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
  if (!Number.isSafeInteger(linger) || linger < 0 || linger > MAX_LINGER) {
    throw misconfigured('S2_LINGER_MS', 'linger', `must be an integer from 0 to ${MAX_LINGER}`)
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
    endpoints: {
      ...(account ? { account } : {}),
      ...(basinEndpoint ? { basin: basinEndpoint } : {}),
    },
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
