/** A message as a program that keeps logs gives it, with what it says beside it. */

export interface Entry {
  /** One character per byte; may hold line breaks. */
  readonly text: string
  /** Unix microseconds. */
  readonly wallUs: number | undefined
  /** Which program wrote it, where that is said. */
  readonly isKernel: boolean
}

/** Names of what journald and syslog call the sender. */
export function isKernels(transport: unknown, identifier: unknown): boolean {
  if (transport === undefined && identifier === undefined) return true
  return transport === 'kernel' || identifier === 'kernel'
}

/** From seconds to nanoseconds since 1970: which, its size tells. */
function epochUs(value: number): number | undefined {
  for (const [least, perUs] of [
    [1e17, 1e3],
    [1e14, 1],
    [1e11, 1e-3],
    [1e8, 1e-6],
  ] as const) {
    if (value >= least && value < least * 1e3) return Math.floor(value / perUs)
  }
  return undefined
}

export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return epochUs(value)
  if (typeof value !== 'string') return undefined
  if (/^\d{9,19}(?:\.\d+)?$/.test(value)) return epochUs(Number(value))
  const ms = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms * 1000
}
