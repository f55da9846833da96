/** What ended a process, as the browser tells it. */

import { constants } from 'node:os'

const NAMES = new Map<number, string>()
for (const [name, number] of Object.entries(constants.signals)) {
  // Of two names of one number the first is the usual one: SIGABRT, not SIGIOT.
  if (!NAMES.has(number)) NAMES.set(number, name)
}

export function signalName(number: number): string | undefined {
  return NAMES.get(number)
}

/** By which a person or a supervisor asks a process to end. */
const ASKING: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP'])

export function isAskedToEnd(signal: string | undefined): boolean {
  return signal !== undefined && ASKING.has(signal)
}
