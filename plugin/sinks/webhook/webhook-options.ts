/** The webhook's options: what each must be, and the variable that says it for `sysmon serve`. */

import type { OptionSchema } from '../../option-schema.ts'
import type { WebhookOptions } from '../../types.ts'

/** As https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md has it. */
const SECRET = '^(?:whsec_)?[A-Za-z0-9+/]{16,}={0,2}$'

const WEBHOOK_OPTIONS = {
  url: {
    type: 'string',
    pattern: '^https?://[^\\s/?#@]+(?:[/?][^\\s#]*)?$',
    // Who knows Slack's may post.
    writeOnly: true,
    title: 'an http(s) URL without user and fragment',
  },
  secret: {
    type: 'string',
    pattern: SECRET,
    writeOnly: true,
    title: 'base64 of at least 12 bytes, with or without whsec_ before it',
  },
  format: { type: 'string', enum: ['event', 'slack'], default: 'event' },
  types: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    title: 'an array of event types such as "system_oom_kill"',
  },
} satisfies Record<keyof WebhookOptions, OptionSchema>

export const WEBHOOK_SCHEMA: OptionSchema = {
  type: 'object',
  properties: WEBHOOK_OPTIONS,
  required: ['url'],
  additionalProperties: false,
}

/** An empty one is as good as none. */
export const WEBHOOK_VARIABLES: Readonly<Record<keyof WebhookOptions, string>> = {
  url: 'SYSMON_WEBHOOK_URL',
  secret: 'SYSMON_WEBHOOK_SECRET',
  format: 'SYSMON_WEBHOOK_FORMAT',
  types: 'SYSMON_WEBHOOK_TYPES',
}
