/**
 * What a kernel log says of its kills, read without the project's own parser: the kill lines, and the
 * structured line that stands before them.
 */

export interface LoggedKill {
  readonly kmsgSeq: string
  readonly pid: number
  readonly name: string
  readonly rssKb: number
  readonly totalVmKb: number
  readonly oomScoreAdj: number
  readonly constraint: string | undefined
}

const KILL =
  /^\d+,(\d+),[^;]*;.*Killed process (\d+) \((.*)\) total-vm:(\d+)kB, anon-rss:(\d+)kB, file-rss:(\d+)kB, shmem-rss:(\d+)kB.* oom_score_adj:(-?\d+)/
const STRUCTURED = /;oom-kill:constraint=CONSTRAINT_(\w+),/

/** @param records of /dev/kmsg @returns one for each process: a group's first victim has two lines */
export function loggedKills(records: readonly string[]): LoggedKill[] {
  const kills = new Map<number, LoggedKill>()
  let constraint: string | undefined
  for (const record of records) {
    constraint = STRUCTURED.exec(record)?.[1]?.toLowerCase() ?? constraint
    const match = KILL.exec(record)
    if (match === null) continue
    const [seq, pid, name, totalVm, anon, file, shmem, score] = match.slice(1) as string[]
    if (kills.has(Number(pid))) continue
    kills.set(Number(pid), {
      kmsgSeq: seq!,
      pid: Number(pid),
      name: name!,
      rssKb: Number(anon) + Number(file) + Number(shmem),
      totalVmKb: Number(totalVm),
      oomScoreAdj: Number(score),
      constraint,
    })
  }
  return [...kills.values()]
}
