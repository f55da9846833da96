/**
 * What a notification of supervisord means to the telemetry API. Pure.
 *
 * Payloads: http://supervisord.org/events.html#event-types and `get_extra_values` in
 * supervisor/events.py. Meaning: http://supervisord.org/subprocess.html#process-states.
 */

import type { ServiceCrashedData } from '../generated/types.ts'
import { type Notification, parseTokens } from './protocol.ts'

export type Meaning =
  | { readonly kind: 'crash'; readonly crash: ServiceCrashedData }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'nothing'; readonly reason: string }

/** @param isStopping whether supervisord has said that it is shutting down or reloading */
export function interpret(notification: Notification, isStopping: boolean): Meaning {
  switch (notification.eventName) {
    case 'PROCESS_STATE_EXITED':
      return exited(notification)
    case 'PROCESS_STATE_BACKOFF':
      return startFailed(notification)
    case 'PROCESS_STATE_FATAL':
      // At shutdown every service that waits for its next start attempt is given up, too.
      return isStopping ? nothing('given up by the shutdown') : gaveUp(notification)
    case 'SUPERVISOR_STATE_CHANGE_STOPPING':
      return { kind: 'stopping' }
    default:
      return nothing('no event about a crash')
  }
}

/** It had reached its healthy state, and ended without having been asked to. */
function exited({ payload }: Notification): Meaning {
  const tokens = parseTokens(payload)
  if (tokens.get('expected') === '1') return nothing('an exit that was expected')
  return crash({ ...service(tokens), phase: 'running', pid: positive(tokens.get('pid')) })
}

/** It ended before `startsecs` had passed, and is started again. */
function startFailed({ payload }: Notification): Meaning {
  const tokens = parseTokens(payload)
  const failedStarts = positive(tokens.get('tries'))
  return crash({
    ...service(tokens),
    phase: 'startup',
    // The first start is no restart.
    restart_attempt: failedStarts === undefined ? undefined : failedStarts - 1,
  })
}

function gaveUp({ payload }: Notification): Meaning {
  return crash({ ...service(parseTokens(payload)), phase: 'gave_up' })
}

function service(
  tokens: Map<string, string>
): Pick<ServiceCrashedData, 'service_name' | 'group_name'> {
  return {
    service_name: tokens.get('processname') ?? '',
    group_name: tokens.get('groupname') || undefined,
  }
}

function crash(data: ServiceCrashedData): Meaning {
  if (data.service_name === '') return nothing('the payload names no service')
  return { kind: 'crash', crash: data }
}

function nothing(reason: string): Meaning {
  return { kind: 'nothing', reason }
}

function positive(digits: string | undefined): number | undefined {
  return digits !== undefined && /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined
}
