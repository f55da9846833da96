/** Who a killed process was, and what the largest ones were for, by the table of processes. */

import type {
  OomKillData,
  OomVictim,
  ProcessCrashedData,
  ProcessRole,
} from '../../generated/types.ts'
import { describeGroup } from '../diagnosis/cgroup.ts'
import { withoutUndefined } from '../objects.ts'
import { podOf } from './pod.ts'
import type { KnownProcess, ProcessTable } from './table.ts'

type Facts = Pick<
  OomKillData,
  'process_name' | 'pid' | 'top_tasks' | 'task_memcg' | 'victim' | 'oom_score_adj'
>

/** How much later than its death a process may seem to have begun, in us: of its start /proc has hundredths. */
const AFTER_DEATH_US = 100_000

/**
 * @param ts when it was killed, in Unix microseconds
 * @param sharesPids whether the kernel's pids are those of /proc here. In a container they are not: then
 *   only what all processes of the name have in common is told
 */
export function identify<Kill extends Facts>(
  facts: Kill,
  ts: number,
  table: ProcessTable | undefined,
  sharesPids: boolean
): Kill {
  const find = finder(sharesPids ? table : undefined, ts)
  const known = find(facts.pid, facts.process_name)
  const common =
    table === undefined || sharesPids ? undefined : commonRole(table, facts.process_name)
  const victim: OomVictim = {
    ...facts.victim,
    container: containerOf(facts.task_memcg),
    pod: facts.task_memcg === undefined ? undefined : podOf(facts.task_memcg),
    ...(known === undefined || table === undefined ? common : ofProcess(known, table)),
  }
  const hasAny = Object.values(victim).some(value => value !== undefined)
  return {
    ...facts,
    victim: hasAny ? withoutUndefined<OomVictim>(victim) : undefined,
    top_tasks: facts.top_tasks?.map(task => {
      const role = find(task.pid, task.name)?.role
      return role === undefined
        ? task
        : { pid: task.pid, name: task.name, rss_kb: task.rss_kb, role }
    }),
  }
}

/** Who a crashed process was. @param ts when it crashed, in Unix microseconds */
export function identifyCrash(
  data: ProcessCrashedData,
  ts: number,
  table: ProcessTable | undefined,
  sharesPids: boolean
): ProcessCrashedData {
  const { pid, process_name: name } = data
  if (table === undefined || pid === undefined || name === undefined || !sharesPids) return data
  const known = finder(table, ts)(pid, name)
  if (known === undefined) return data
  const { role, executable } = known
  return { ...data, role, executable, service_name: table.serviceOf(known) }
}

function ofProcess(process: KnownProcess, table: ProcessTable): OomVictim {
  const { role, executable } = process
  return {
    ...(role === undefined ? {} : { role, inferred: undefined }),
    executable,
    service_name: table.serviceOf(process),
    started_at: table.startedAtUs(process),
  }
}

/** A pid may be another's by now: the name must be the same, and it must have been there by then. */
function finder(
  table: ProcessTable | undefined,
  ts: number
): (pid: number, name: string) => KnownProcess | undefined {
  if (table === undefined) return () => undefined
  const lastTick = table.ticksAt(ts + AFTER_DEATH_US)
  return (pid, name) => {
    const process = table.find(pid)
    return process?.name === name && process.startTicks <= lastTick ? process : undefined
  }
}

/** The role that all processes of a name have, where it is one. */
function commonRole(
  table: ProcessTable,
  name: string
): { role: ProcessRole; inferred: true } | undefined {
  const roles = new Set<ProcessRole | undefined>()
  for (const { role } of table.named(name)) roles.add(role)
  const [role] = roles
  return roles.size === 1 && role !== undefined ? { role, inferred: true } : undefined
}

/** The container, else the unit, of a control group. */
function containerOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  const { place, within } = describeGroup(path)
  const places = [place, ...within]
  const found =
    places.find(({ kind }) => kind === 'container' || kind === 'guest') ??
    places.find(({ kind }) => kind === 'service' || kind === 'scope')
  return found?.id
}
