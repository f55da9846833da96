/**
 * The signature of Standard Webhooks, by which the receiver knows who posted:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */

import { createHmac } from 'node:crypto'

/** @param secret base64, with or without `whsec_` before it @param seconds Unix time */
export function signature(
  secret: string,
  id: string,
  seconds: number,
  body: Buffer | string
): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const hmac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body)
  return `v1,${hmac.digest('base64')}`
}
