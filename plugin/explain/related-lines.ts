/**
 * Lines around the kills of a log that are no part of a dump: killers other than the kernel's, what
 * else died, a panic, and programs that tell of a kill whose own lines the log need not hold.
 *
 * Sources: systemd, src/oom/oomd-util.c, src/core/unit.c; earlyoom, kill.c; nohang; oomd; AOSP,
 * system/memory/lmkd/lmkd.cpp and drivers/staging/android/lowmemorykiller.c; kubernetes,
 * pkg/kubelet/eviction, pkg/kubelet/oom; Talos, internal/app/machined/pkg/controllers/runtime/oom.go;
 * containerd, runtime events; Slurm, task/cgroup and jobacct_gather.
 */

export type RelatedLine =
  /** Killed by a program in user space, or by a driver, and not by the kernel's OOM killer. */
  | { readonly type: 'other_killer'; readonly killer: OtherKiller; readonly text: string }
  /** Somebody tells of a kill by the kernel. */
  | { readonly type: 'told'; readonly by: string; readonly text: string }
  /** A program that ended itself for want of memory: its own limit, or an allocation refused. */
  | { readonly type: 'gave_up'; readonly by: string; readonly text: string }
  | { readonly type: 'panic'; readonly text: string }
  /** Its memory was taken back: it was killed, whether or not the log has its kill line. */
  | { readonly type: 'reaped'; readonly pid: number; readonly comm: string }
  /** What systemd says of a unit that lost its process. */
  | { readonly type: 'unit'; readonly text: string }

export type OtherKiller =
  | 'systemd-oomd'
  | 'earlyoom'
  | 'nohang'
  | 'oomd'
  | 'lmkd'
  | 'lowmemorykiller'
  | 'the kubelet'
  | 'Talos'
  | 'Slurm'

/** Nearly no line of a log passes this. */
export const ANY =
  /oom|OOM|[Kk]ill|SIGTERM|SIGKILL|low memory|[Ee]vict|low on resource|OutOfMemory|out of memory|code=killed|memory limit|bad_alloc/

const OTHER_KILLERS: ReadonlyArray<readonly [OtherKiller, RegExp]> = [
  ['systemd-oomd', /Killed \/\S{1,4096} due to (?:memory|swap) .*/],
  ['systemd-oomd', /\S{1,256}: systemd-oomd killed .*/],
  [
    'earlyoom',
    /(?:low memory! at or below SIG|sending SIG(?:TERM|KILL) to process \d+ (?:uid \d+ )?").*/,
  ],
  ['nohang', /\bnohang(?:-desktop)?\[\d+\]: .*\bSIG(?:TERM|KILL)\b.*/],
  ['oomd', /\boomd(?:\[\d+\])?: .*(?:[Oo]omd kill|Trying to kill|Killed).*/],
  ['lowmemorykiller', /\blowmemorykiller: (?:Killing|Kill|send sigkill).*/],
  ['lmkd', /\b(?:lmkd|lowmemorykiller)\b.*?\bKill(?:ing|ed)? '[^']*' \(\d+\).*/],
  [
    'the kubelet',
    /(?:[Ee]viction manager: |The node was low on resource: memory|Evicted.*memory).*/,
  ],
  ['Talos', /(?:Sending SIGKILL to cgroup|victim processes: |OOM controller).*/],
  ['Slurm', /(?:slurmstepd|slurmd).*[Ee]xceed(?:ed|s) (?:job |step )?memory limit.*/],
]

const TOLD: ReadonlyArray<readonly [by: string, pattern: RegExp]> = [
  ['systemd', /\S{1,256}: A process of this unit has been killed by the OOM killer\..*/],
  ['systemd', /\S{1,256}: Failed with result 'oom-kill'\..*/],
  ['containerd', /(?:TaskOOM|\/tasks\/oom)\b.*/],
  ['the kubelet', /(?:System OOM encountered|SystemOOM|OOMKilled|OOMKilling).*/],
  ['docker', /\bcontainer oom\b.*/],
  ['Slurm', /[Dd]etected \d+ oom[-_ ]kill event.*/],
]

const GAVE_UP: ReadonlyArray<readonly [by: string, pattern: RegExp]> = [
  ['Java', /java\.lang\.OutOfMemoryError.*/],
  ['Node', /FATAL ERROR: .*JavaScript heap out of memory.*/],
  ['Go', /fatal error: runtime: (?:cannot allocate memory|out of memory).*/],
  ['a C++ program', /terminate called after throwing an instance of 'std::bad_alloc'.*/],
]

const UNIT =
  /\S{1,256}\.(?:service|scope): (?:Main process exited, code=killed|A process of this unit has been killed|Failed with result 'oom-kill').*/

/** None of these programs writes longer ones; a pattern may look at every part of a line twice. */
const MAX_LINE_LENGTH = 4096

/** @param line as the log has it, with its prefix */
export function relatedLine(line: string): RelatedLine | undefined {
  if (line.length > MAX_LINE_LENGTH || !ANY.test(line)) return undefined
  for (const [killer, pattern] of OTHER_KILLERS) {
    const match = pattern.exec(line)
    if (match !== null) return { type: 'other_killer', killer, text: match[0] }
  }
  const unit = UNIT.exec(line)
  if (unit !== null) return { type: 'unit', text: unit[0] }
  for (const [by, pattern] of TOLD) {
    const match = pattern.exec(line)
    if (match !== null) return { type: 'told', by, text: match[0] }
  }
  for (const [by, pattern] of GAVE_UP) {
    const match = pattern.exec(line)
    if (match !== null) return { type: 'gave_up', by, text: match[0] }
  }
  return undefined
}

/** @param text of a record of the kernel */
export function relatedRecord(text: string): RelatedLine | undefined {
  if (text.startsWith('Kernel panic - ')) return { type: 'panic', text }
  const reaped = /^oom_reaper: reaped process (\d+) \((.*)\)/s.exec(text)
  return reaped === null ? undefined : { type: 'reaped', pid: Number(reaped[1]), comm: reaped[2]! }
}
