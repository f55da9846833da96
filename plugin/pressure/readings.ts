/**
 * What the kernel says of short memory: the share of time in which all who could work waited for it
 * (https://docs.kernel.org/accounting/psi.html), and how often a control group ran into its limits
 * (`memory.events`, https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files; of version 1
 * `memory.failcnt`). Pure.
 */

export interface Pressure {
  /** Percent of the last ten seconds in which at least one process waited for memory. */
  readonly someAvg10: number
  /** In which all did. */
  readonly fullAvg10: number
}

export interface GroupEvents {
  /** How often the group was held back at `memory.high`. */
  readonly high: number
  /** How often it came to its limit. */
  readonly max: number
}

/** For how long processes have waited for memory, since the boot, or since the group was made. */
export interface MemoryStall {
  readonly someSeconds: number
  readonly fullSeconds: number
}

/** Of a container its own control group; and the machine. */
export const STALL_FILES = {
  group: '/sys/fs/cgroup/memory.pressure',
  machine: '/proc/pressure/memory',
} as const

/** @returns undefined for what is no such file */
export function parseStall(text: string): MemoryStall | undefined {
  const some = /^some .* total=(\d+)$/m.exec(text)?.[1]
  const full = /^full .* total=(\d+)$/m.exec(text)?.[1]
  if (some === undefined) return undefined
  return { someSeconds: Number(some) / 1e6, fullSeconds: Number(full ?? 0) / 1e6 }
}

/** @returns undefined for what is no such file */
export function parsePressure(text: string): Pressure | undefined {
  const some = /^some avg10=(\d+\.\d+) /m.exec(text)?.[1]
  const full = /^full avg10=(\d+\.\d+) /m.exec(text)?.[1]
  if (some === undefined) return undefined
  return { someAvg10: Number(some), fullAvg10: Number(full ?? 0) }
}

export function parseGroupEvents(text: string): GroupEvents | undefined {
  if (/^\d+\s*$/.test(text)) return { high: 0, max: Number(text) }
  const high = /^high (\d+)$/m.exec(text)?.[1]
  const max = /^max (\d+)$/m.exec(text)?.[1]
  return high === undefined && max === undefined
    ? undefined
    : { high: Number(high ?? 0), max: Number(max ?? 0) }
}
