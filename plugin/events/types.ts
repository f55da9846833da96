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

/** Keys of `source.metadata` that together name an event for ever, by its type. */
const IDENTITIES: Readonly<Record<string, ReadonlyArray<readonly string[]>>> = {
  // The boot, and the record of the kill line.
  [SYSTEM_OOM_KILL]: [['boot_id', 'kmsg_seq']],
  // The supervisor's run, and its number of the notification.
  [SERVICE_CRASHED]: [['supervisor_instance', 'supervisor_serial']],
  [TELEMETRY_GAP]: [
    ['supervisor_instance', 'supervisor_serial'],
    // The first record after the gap.
    ['boot_id', 'kmsg_seq'],
    // What a counter of kills stood at: the machine's, or that of a control group.
    ['boot_id', 'cgroup', 'oom_kill'],
    ['boot_id', 'oom_kill'],
    // Which events of the journal are missing.
    ['journal'],
  ],
}

/** Whether events of the type may have an {@link idempotencyKey}. */
export function hasIdentity(type: string): boolean {
  return Object.hasOwn(IDENTITIES, type)
}

/**
 * What makes two deliveries the same event; undefined for events without such a key.
 */
export function idempotencyKey(
  type: string,
  metadata: Readonly<Record<string, string>> | undefined
): string | undefined {
  if (metadata === undefined || !hasIdentity(type)) return undefined
  const names = IDENTITIES[type]!.find(all => all.every(name => Object.hasOwn(metadata, name)))
  if (names === undefined) return undefined
  const parts = [type]
  for (const name of names) parts.push(name, metadata[name]!)
  return JSON.stringify(parts)
}
