/** What a dump costs by the number of its tasks: its records parsed and its event made, as the watcher does it. */

import { RawRecord } from '../../plugin/kmsg/record.ts'
import { oomKillFacts } from '../../plugin/oom/event.ts'
import { OomParser } from '../../plugin/oom/parser.ts'
import { median } from '../figures.ts'
import type { Growth, Point } from './log-plot.ts'

const TASKS = [10, 100, 1000, 10_000, 100_000]
/** Of each; as many tasks in all, at least. */
const LEAST_RUNS = 9
const TASKS_IN_ALL = 200_000

export function byTasks(): Growth[] {
  const points = TASKS.map((x): Point => {
    const dump = dumpOf(x)
    const ms: number[] = []
    for (let run = 0; run < Math.max(LEAST_RUNS, TASKS_IN_ALL / x); run++) {
      const before = performance.now()
      read(dump, x)
      ms.push(performance.now() - before)
    }
    return { x, y: median(ms) }
  })
  return [{ name: 'tasks', of: 'tasks in a dump', cost: 'ms until its event is made', points }]
}

function read(dump: Buffer, tasks: number): void {
  const parser = new OomParser()
  const record = new RawRecord()
  let pid = 0
  for (let at = 0; at < dump.length; at = record.textEnd + 1) {
    record.read(dump, at, dump.length)
    for (const outcome of parser.pushRaw(record)) {
      if (outcome.type === 'kill') pid = oomKillFacts(outcome).pid
    }
  }
  for (const outcome of parser.end()) if (outcome.type === 'kill') pid = oomKillFacts(outcome).pid
  if (pid !== tasks) throw new Error(`no kill was read of a dump of ${tasks} tasks`)
}

/** Kills the last of its tasks. */
function dumpOf(tasks: number): Buffer {
  let seq = 0
  const put = (text: string) => `4,${seq},${1_000_000 + seq++ * 37},-;${text}\n`
  const head = [
    'chrome invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300',
    'CPU: 1 UID: 1000 PID: 1 Comm: chrome Not tainted 6.12.0 #1',
    'Mem-Info:',
    'Node 0 DMA32 free:17408kB boost:0kB min:44600kB low:55752kB high:66904kB present:2080640kB managed:2001000kB',
    '524288 pages RAM',
    'Tasks state (memory values in pages):',
    '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
  ]
  const rows = Array.from({ length: tasks }, (_, i) => {
    const rss = String((i * 7919) % 5000).padStart(6)
    return `[${String(i + 1).padStart(7)}]  1000 ${i + 1}   ${800_000 + i}   ${rss}   ${rss}        0         0   1228800        0           300 chrome`
  })
  const kill = [
    `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=chrome,pid=${tasks},uid=1000`,
    `Out of memory: Killed process ${tasks} (chrome) total-vm:3200000kB, anon-rss:1800000kB, file-rss:20kB, shmem-rss:4kB, UID:1000 pgtables:1200kB oom_score_adj:300`,
  ]
  return Buffer.from([...head, ...rows, ...kill].map(put).join(''))
}
