/**
 * One kill diagnosed for nobody, while nothing happens: the code is compiled when it is first called,
 * which takes longer than all the rest of a kill's way to its readers.
 */

import { oomKillFacts } from '../oom/event.ts'
import { OomParser } from '../oom/parser.ts'
import { boundedDiagnosis } from './bounded.ts'
import { diagnose } from './diagnosis.ts'

const HEAD = [
  'warm-up invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
  'CPU: 0 UID: 0 PID: 2 Comm: warm-up Not tainted 6.1.0 #1',
]
const MACHINE = [
  'Mem-Info:',
  'active_anon:1000 inactive_anon:900 isolated_anon:0\n active_file:0 inactive_file:0 isolated_file:0\n unevictable:0 dirty:0 writeback:0\n slab_reclaimable:10 slab_unreclaimable:20\n mapped:0 shmem:900 pagetables:4\n free:10 free_pcp:0 free_cma:0',
  'Node 0 active_anon:4000kB inactive_anon:3600kB all_unreclaimable? no',
  'Node 0 Normal free:40kB boost:0kB min:60kB low:70kB high:80kB present:8192kB managed:8000kB',
  'lowmem_reserve[]: 0 0 0 0',
  'Node 0 Normal: 2*4kB (U) 1*8kB (U) = 16kB',
  'Free swap  = 0kB',
  'Total swap = 100kB',
  '2048 pages RAM',
  '48 pages reserved',
]
const GROUP = [
  'memory: usage 8192kB, limit 8192kB, failcnt 9',
  'swap: usage 0kB, limit 0kB, failcnt 0',
  'Memory cgroup stats for /system.slice/warm-up.service:',
  'anon 4096',
  'shmem 8000000',
]
const TABLE = [
  'Tasks state (memory values in pages):',
  '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
  '[      1]     0     1     9000      900    40960        0             0 warm-up',
  '[      2]     0     2   900000      950    40960       10           100 warm-up',
]
const PATH = '/system.slice/warm-up.service'
const FIGURES =
  'total-vm:3600000kB, anon-rss:3800kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:40kB oom_score_adj:100'
const KILLS = [
  [
    ...HEAD,
    ...MACHINE,
    ...TABLE,
    `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=${PATH},task=warm-up,pid=2,uid=0`,
    `Out of memory: Killed process 2 (warm-up) ${FIGURES}`,
  ],
  [
    ...HEAD,
    ...GROUP,
    ...TABLE,
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${PATH},task_memcg=${PATH},task=warm-up,pid=2,uid=0`,
    `Memory cgroup out of memory: Killed process 2 (warm-up) ${FIGURES}`,
  ],
]

/** @returns the diagnoses, which nobody needs */
export function warmUpDiagnosis(): readonly unknown[] {
  return KILLS.map(lines => {
    const parser = new OomParser()
    lines.forEach((text, seq) => {
      parser.push({ seq, timestampUs: seq, facility: 0, level: 4, caller: '', text })
    })
    return parser
      .end()
      .map(kill =>
        kill.type === 'kill' ? boundedDiagnosis(diagnose(kill, oomKillFacts(kill))) : undefined
      )
  })
}
