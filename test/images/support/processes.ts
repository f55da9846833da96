/** The processes of a container, found on this machine by their control group. */

import { readdirSync, readFileSync } from 'node:fs'

export interface ContainerProcess {
  /** In the container. */
  readonly pid: number
  /** On this machine: the one the kernel log has. */
  readonly hostPid: number
  readonly comm: string
  readonly args: readonly string[]
  /** Lines of /proc/PID/status: `Uid`, `CapEff`, `NoNewPrivs`. */
  status(field: string): string
  readonly oomScoreAdj: number
  /** Private and a share of what is shared, in KiB. */
  readonly pssKb: number
  /** What would be free without it and is in no file (of the program, such as node's), in KiB. */
  readonly privateKb: number
  /** How long it has computed since its start, in ms. */
  readonly cpuMs: number
  /** How often its threads have waited for something since their start. */
  readonly wakes: number
}

export function processesOf(containerId: string): ContainerProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        return readProcess(`/proc/${name}`, containerId)
      } catch {
        return [] // It ended meanwhile.
      }
    })
}

function readProcess(folder: string, containerId: string): ContainerProcess[] {
  const read = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8')
  if (!read('cgroup').includes(containerId)) return []
  const lines = new Map(
    read('status')
      .split('\n')
      .map(line => line.split(':\t') as [string, string])
  )
  const pids = lines.get('NSpid')?.split('\t').map(Number) ?? []
  // conmon, podman's own, is in the group of its container but not in its namespace.
  if (pids.length < 2) return []
  return [
    {
      hostPid: pids[0]!,
      // Not the last: Chromium's sandboxes have namespaces of their own, in which a first process is 1 too.
      pid: pids[1]!,
      comm: lines.get('Name') ?? '',
      args: read('cmdline').split('\0').slice(0, -1),
      status: field => lines.get(field) ?? '',
      oomScoreAdj: Number(read('oom_score_adj')),
      get pssKb() {
        return Number(/^Pss:\s+(\d+)/m.exec(read('smaps_rollup'))?.[1])
      },
      get privateKb() {
        const lines = read('smaps_rollup').matchAll(/^Private_Dirty:\s+(\d+)/gm)
        return [...lines].reduce((sum, line) => sum + Number(line[1]), 0)
      },
      get cpuMs() {
        // In nanoseconds, exactly: the clock ticks of /proc/PID/stat take a part for a whole.
        return readdirSync(`${folder}/task`)
          .map(task => Number(read(`task/${task}/schedstat`).split(' ')[0]) / 1e6)
          .reduce((sum, ms) => sum + ms, 0)
      },
      get wakes() {
        return readdirSync(`${folder}/task`)
          .map(task => /^voluntary_ctxt_switches:\s+(\d+)/m.exec(read(`task/${task}/status`))?.[1])
          .reduce((sum, count) => sum + Number(count), 0)
      },
    },
  ]
}
