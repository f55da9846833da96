/** S2's options: what each must be, and the variable that says it for `sysmon serve` and `sysmon tail`. */

import type { OptionSchema } from '../../option-schema.ts'
import type { S2Options } from '../../types.ts'

export const DEFAULT_STREAM = 'sysmon/{hostname}/{boot_id}'
export const DEFAULT_LINGER_MS = 20
const MAX_LINGER_MS = 60_000
/** A host, or an http(s) URL. */
const ENDPOINT = '^(?:https?://)?(?:\\[[0-9A-Fa-f:.]+\\]|[^\\s/?#:]+)(?::\\d{1,5})?(?:/\\S*)?$'

const S2_OPTIONS = {
  accessToken: {
    type: 'string',
    pattern: '^[\\x21-\\x7e]+$',
    writeOnly: true,
    title: 'an access token, without spaces',
  },
  basin: {
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9-]{6,46}[a-z0-9]$',
    title: 'a name of 8 to 48 lower-case letters, digits and hyphens, no hyphen at either end',
  },
  stream: {
    type: 'string',
    pattern: '^(?:[^{}\\0]|\\{(?:hostname|boot_id|machine_id)\\})+$',
    title: 'a name, in which {hostname}, {boot_id} and {machine_id} are replaced and no others',
    default: DEFAULT_STREAM,
  },
  linger: { type: 'integer', minimum: 0, maximum: MAX_LINGER_MS, default: DEFAULT_LINGER_MS },
  accountEndpoint: { type: 'string', pattern: ENDPOINT, title: 'a host or an http(s) URL' },
  basinEndpoint: { type: 'string', pattern: ENDPOINT, title: 'a host or an http(s) URL' },
} satisfies Record<keyof S2Options, OptionSchema>

export const S2_SCHEMA: OptionSchema = {
  type: 'object',
  properties: S2_OPTIONS,
  required: ['accessToken', 'basin'],
  additionalProperties: false,
}

/** An empty one is as good as none. */
export const S2_VARIABLES: Readonly<Record<keyof S2Options, string>> = {
  accessToken: 'S2_ACCESS_TOKEN',
  basin: 'S2_BASIN',
  stream: 'S2_STREAM',
  linger: 'S2_LINGER_MS',
  accountEndpoint: 'S2_ACCOUNT_ENDPOINT',
  basinEndpoint: 'S2_BASIN_ENDPOINT',
}
