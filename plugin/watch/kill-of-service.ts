/**
 * Which kill of the kernel's took the process of a service, of which its supervisor tells, too: the one of
 * its pid, around the time of the report. Where there is a doubt, none.
 */

import type { ServiceCrashedData } from '../../generated/types.ts'
import { RENDERER_SCORE_ADJ } from '../chromium.ts'
import type { TelemetryEventInput } from '../events/envelope.ts'
import { seesKernelPids } from '../machine/pid-namespace.ts'
import type { RecentDeaths } from '../stream/recent-deaths.ts'

/** A process with gigabytes takes a while to die, and its supervisor to notice. */
const BEFORE_US = 10_000_000
/** The kernel's clock and the supervisor's may be that far apart the other way round. */
const AFTER_US = 1_000_000
/** Where only name and time tell. */
const ONLY_ONE_US = 5_000_000

/** @returns the sequence number of its event */
export function killOfService(
  kills: RecentDeaths,
  { ts, data }: Pick<TelemetryEventInput, 'ts' | 'data'>,
  sharesPids = seesKernelPids,
  nameOf: (pid: number) => string | undefined = () => undefined
): number | undefined {
  const { signal } = data as ServiceCrashedData
  if (signal !== undefined && signal !== 'SIGKILL') return undefined
  if (sharesPids()) return deathOfService(kills, { ts, data }, sharesPids)
  const { pid } = data as ServiceCrashedData
  const name = pid === undefined || signal === undefined ? undefined : nameOf(pid)
  return name === undefined ? undefined : onlyOne(kills, ts, name)
}

/**
 * In a container, whose pids are not the kernel's: the only kill of its name, around the time of the
 * report. A renderer has the name of its browser, and is none of its supervisor's processes.
 */
function onlyOne(kills: RecentDeaths, ts: number, name: string): number | undefined {
  const [first, ...others] = kills
    .between(ts - ONLY_ONE_US, ts + AFTER_US)
    .filter(kill => kill.process_name === name)
  const isService = (first?.oom_score_adj ?? 0) < RENDERER_SCORE_ADJ
  return others.length === 0 && isService ? first?.seq : undefined
}

/** The death of its pid around the time of the report, of those that the kernel told. */
export function deathOfService(
  kills: RecentDeaths,
  { ts, data }: Pick<TelemetryEventInput, 'ts' | 'data'>,
  sharesPids = seesKernelPids
): number | undefined {
  const { pid } = data as ServiceCrashedData
  if (pid === undefined) return undefined
  // A container's pids are not the kernel's.
  if (!sharesPids()) return undefined
  return kills.ofPid(pid, ts - BEFORE_US, ts + AFTER_US)?.seq
}
