/**
 * Which run of supervisord this is. Together with the serial of a notification it names the
 * notification for ever, so that one delivered twice is one event.
 *
 * The serials start over with the process, and only with it (SIGHUP keeps them), so the run is the
 * process: its pid and start time (proc_pid_stat(5), fields 1 and 22), within a pid namespace,
 * within a boot.
 */

import { fs } from './built-ins.ts'

/**
 * @param proc where the proc file system is
 * @throws when it cannot be read there
 */
export function supervisorInstance(proc = '/proc'): string {
  const boot = fs.readFileSync(`${proc}/sys/kernel/random/boot_id`, 'utf8').trim()
  const namespace = /\d+/.exec(fs.readlinkSync(`${proc}/self/ns/pid`))?.[0]
  const pid = supervisorPid(proc)
  const { startTime } = readStat(`${proc}/${pid}/stat`)
  return `${boot}/${namespace}/${pid}/${startTime}`
}

/**
 * supervisord makes each child the leader of a process group of its own. The leader of this group is
 * therefore supervisord's child, even when a wrapper script stands between it and this process.
 *
 * @throws when it cannot be read there
 */
export function supervisorPid(proc = '/proc'): string {
  const { group, parent } = readStat(`${proc}/self/stat`)
  try {
    return readStat(`${proc}/${group}/stat`).parent
  } catch {
    return parent // The leader has gone, or is outside this pid namespace.
  }
}

/**
 * Of supervisord's child that this process is, or that has started it.
 *
 * @throws when it cannot be read there
 */
export function ownChildPid(proc = '/proc'): string {
  return readStat(`${proc}/self/stat`).group
}

/** Whether there is such a process, and it is no zombie. Never throws. */
export function isChildOf(pid: number, parentPid: string, proc = '/proc'): boolean {
  try {
    const { parent, state } = readStat(`${proc}/${pid}/stat`)
    return parent === parentPid && state !== 'Z'
  } catch {
    return false
  }
}

type Stat = Record<'state' | 'parent' | 'group' | 'startTime', string>

function readStat(path: string): Stat {
  const stat = fs.readFileSync(path, 'utf8')
  // Field 2, the command's name, is in brackets and may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group] = fields
  const startTime = fields[19]
  if (!state || parent === undefined || group === undefined || startTime === undefined) {
    throw new Error(`${path} has ${fields.length + 2} fields, fewer than proc_pid_stat(5) says`)
  }
  return { state, parent, group, startTime }
}
