/**
 * Which kill of the kernel's took a page: the one of its renderer's pid where the browser and the kernel
 * number processes alike, else the only one that it can be. Where there is a doubt, none.
 */

import { RENDERER_SCORE_ADJ } from '../chromium.ts'
import { commandLine, seesKernelPids } from '../machine/pid-namespace.ts'
import type { RecentDeath, RecentDeaths } from '../stream/recent-deaths.ts'
import type { FindFault, FindKill } from './browser-watch.ts'

/** A renderer with gigabytes takes a while to die. */
const SAME_PID_US = 10_000_000
/** Where only the time tells. */
const ONLY_ONE_US = 2_000_000
/** The kernel's clock and the browser's message may be that far apart the other way round. */
const EARLIER_US = 200_000
/** How long the kernel log may be behind the browser. */
const WAIT_MS = 150

export function killOfPage(kills: RecentDeaths, sharesPids = hasKernelPids): FindKill {
  return async ({ ts, pid, browserPid }) => {
    // Of several that died in one moment nothing tells which was which.
    if (pid === undefined) return undefined
    const isShared = sharesPids(browserPid)
    const find = () => (isShared ? ofPid(kills, ts, pid) : onlyOne(kills, ts))
    let kill = find()
    if (kill === undefined) {
      await kills.next(WAIT_MS)
      kill = find()
    }
    return kill?.seq
  }
}

/** The fault that the kernel logged of a process of the browser, where both number processes alike. */
export function faultOf(crashes: RecentDeaths, sharesPids = hasKernelPids): FindFault {
  return ({ ts, pid, browserPid }) =>
    pid === undefined || !sharesPids(browserPid) ? undefined : ofPid(crashes, ts, pid)?.seq
}

function ofPid(kills: RecentDeaths, ts: number, pid: number): RecentDeath | undefined {
  return kills.ofPid(pid, ts - SAME_PID_US, ts + EARLIER_US)
}

function onlyOne(kills: RecentDeaths, ts: number): RecentDeath | undefined {
  const near = kills.between(ts - ONLY_ONE_US, ts + EARLIER_US)
  const [first, ...others] = near.filter(kill => (kill.oom_score_adj ?? 0) >= RENDERER_SCORE_ADJ)
  return others.length === 0 ? first : undefined
}

/** Whether the browser's pids are those that the kernel logs. */
function hasKernelPids(browserPid: number | undefined): boolean {
  if (browserPid === undefined || !seesKernelPids()) return false
  // Of another namespace, its number here is nobody's, or somebody else's.
  return / --remote-debugging-p(?:ort|ipe)\b/.test(commandLine(browserPid) ?? '')
}
