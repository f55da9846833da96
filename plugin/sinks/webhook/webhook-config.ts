/** Where events are posted: by the option or the environment. */

import { optionChecker } from '../../option-schema.ts'
import { secretFromEnv } from '../../secret.ts'
import type { WebhookOptions } from '../../types.ts'
import { SinkError } from '../sink.ts'
import { WEBHOOK_SCHEMA, WEBHOOK_VARIABLES } from './webhook-options.ts'

const check = optionChecker(WEBHOOK_SCHEMA)

export function isWebhookConfigured(env: NodeJS.ProcessEnv): boolean {
  const { url } = WEBHOOK_VARIABLES
  return Boolean(env[url]) || Boolean(env[`${url}_FILE`])
}

/** Not checked yet. @throws {Error} for a file that cannot be read */
export function webhookOptionsFromEnv(env: NodeJS.ProcessEnv): WebhookOptions {
  const { url, secret, format, types } = WEBHOOK_VARIABLES
  const list = env[types]?.split(',').map(type => type.trim())
  return {
    url: secretFromEnv(url, env) ?? '',
    secret: secretFromEnv(secret, env),
    format: (env[format] || undefined) as WebhookOptions['format'],
    types: list?.filter(type => type !== ''),
  }
}

/** @throws {SinkError} that names the option and the variable */
export function checkWebhook(given: WebhookOptions): WebhookOptions {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const wrong = check(set)
  if (wrong === undefined) return set as unknown as WebhookOptions
  const variable = WEBHOOK_VARIABLES[wrong.path as keyof WebhookOptions] ?? 'SYSMON_WEBHOOK_URL'
  throw new SinkError('misconfigured', `${variable} (option webhook.${wrong.path}) ${wrong.what}`)
}
