/** The event types this project defines, and what the server decides for them. */

import type { EventCategory } from '../../generated/types.ts'

export const SYSTEM_OOM_KILL = 'system_oom_kill'
export const SERVICE_CRASHED = 'service_crashed'
export const TELEMETRY_GAP = 'telemetry_gap'

const KNOWN: Readonly<Record<string, EventCategory>> = {
  [SYSTEM_OOM_KILL]: 'system',
  [SERVICE_CRASHED]: 'system',
  [TELEMETRY_GAP]: 'monitor',
}

/** The category of a known type; undefined for a caller's own type. */
export function categoryOfType(type: string): EventCategory | undefined {
  return Object.hasOwn(KNOWN, type) ? KNOWN[type] : undefined
}

/** In the contract's order. */
export const CATEGORIES: readonly EventCategory[] = [
  'console',
  'network',
  'page',
  'interaction',
  'control',
  'connection',
  'system',
  'screenshot',
  'captcha',
  'monitor',
  'platform',
]

/** Categories that are captured whatever the configuration says. */
export const ALWAYS_CAPTURED: readonly EventCategory[] = ['system', 'monitor']

export function isCategory(value: unknown): value is EventCategory {
  return (CATEGORIES as readonly unknown[]).includes(value)
}

/**
 * What makes two deliveries the same event, or undefined for events without such a key. A kill is
 * identified for ever by its boot and the sequence number of its kill line; a crash by the
 * supervisor's run and the serial of its notification.
 */
export function idempotencyKey(
  type: string,
  metadata: Readonly<Record<string, string>> | undefined
): string | undefined {
  if (metadata === undefined) return undefined
  const [scope, number] =
    type === SYSTEM_OOM_KILL
      ? [metadata.boot_id, metadata.kmsg_seq]
      : type === SERVICE_CRASHED || type === TELEMETRY_GAP
        ? [metadata.supervisor_instance, metadata.supervisor_serial]
        : []
  return scope === undefined || number === undefined
    ? undefined
    : JSON.stringify([type, scope, number])
}
