/**
 * The parser over a storm: 1,000 dumps of 200 tasks each between ordinary lines, as raw /dev/kmsg
 * records. The peer reads the same file in the same run: go-kmsg-parser v2.0.0 and cadvisor v0.60.6,
 * the newest, which pins it; they read neither the tasks nor the memory lines. (go-kmsg-parser v3.0.0
 * is tagged, but the module proxy has not got it and cadvisor does not use it. It parses a record as v2
 * does, and reads from a device only.)
 *
 * Both read the file five times in one process. The last pass is the figure of a watcher, which lives
 * for weeks; the first, in which V8 still compiles, is printed beside it.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, figure, median } from './figures.ts'

const DUMPS = 1000
const TASKS = 200
const ORDINARY = 200
const RUNS = 5

export async function storm(log: (line: string) => void): Promise<Figure[]> {
  if (spawnSync('go', ['version']).status !== 0) {
    log('storm: left out: there is no go to build the peer with')
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-storm-'))
  try {
    const file = join(folder, 'storm.kmsg')
    await writeStorm(file)
    const peer = join(folder, 'peer')
    execFileSync('go', ['build', '-o', peer, '.'], {
      cwd: 'bench/peers/oomparser',
      stdio: 'inherit',
    })
    const reader = fileURLToPath(new URL('./storm-reader.js', import.meta.url))
    const ours: Run[] = []
    const theirs: Run[] = []
    for (let run = 0; run < RUNS; run++) {
      ours.push(
        JSON.parse(
          execFileSync(process.execPath, ['--expose-gc', reader, file], { encoding: 'utf8' })
        )
      )
      theirs.push(JSON.parse(execFileSync(peer, [file], { encoding: 'utf8' })))
    }
    const rate = (runs: Run[], of: 'first' | 'seconds' | 'cpu'): number =>
      median(runs.map(run => run.records / run[of])) / 1e6
    log(
      `storm: ${ours[0]!.records} records, ${ours[0]!.kills} kills; the peer saw ${theirs[0]!.kills}`
    )
    const name = 'go-kmsg-parser v2.0.0 + cadvisor v0.60.6 oomparser'
    return [
      figure('parse-storm', 'M records/s', rate(ours, 'seconds'), rate(theirs, 'seconds'), name),
      figure('parse-storm, CPU time', 'M records/s', rate(ours, 'cpu'), rate(theirs, 'cpu'), name),
      figure(
        'parse-storm, first pass',
        'M records/s',
        rate(ours, 'first'),
        rate(theirs, 'first'),
        name
      ),
      figure(
        'parse-storm, memory above an idle process',
        'MB',
        median(ours.map(run => run.megabytes!)),
        20,
        'the bound of 20 MB'
      ),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Run {
  readonly records: number
  readonly kills: number
  /** The last pass. */
  readonly seconds: number
  /** The last pass' processor time, of all threads; what else runs on the machine hardly changes it. */
  readonly cpu: number
  readonly first: number
  readonly megabytes?: number
}

async function writeStorm(path: string): Promise<void> {
  const out = createWriteStream(path)
  let seq = 0
  let us = 1_000_000
  const put = (level: number, text: string): string => {
    us += 37
    return `${level},${seq++},${us},-;${text}
`
  }
  for (let dump = 0; dump < DUMPS; dump++) {
    let text = ''
    for (let i = 0; i < ORDINARY; i++)
      text += put(6, `usb 1-1.${i % 7}: new high-speed USB device number ${i} using xhci_hcd`)
    const pid = 10_000 + dump
    text += put(
      4,
      `chrome invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300`
    )
    text += put(4, `CPU: 1 UID: 1000 PID: ${pid} Comm: chrome Not tainted 6.12.0 #1`)
    text += put(4, 'Call Trace:')
    for (let i = 0; i < 24; i++) text += put(4, ` ? handle_mm_fault+0x${i}d2/0x4b0`)
    text += put(4, 'Mem-Info:')
    text += put(
      4,
      'active_anon:392832 inactive_anon:182 isolated_anon:0\\x0a active_file:68130 inactive_file:151527 isolated_file:0\\x0a unevictable:2701 dirty:0 writeback:7\\x0a slab_reclaimable:51418 slab_unreclaimable:116300\\x0a mapped:45825 shmem:735 pagetables:2540\\x0a free:4352 free_pcp:73 free_cma:0'
    )
    text += put(
      4,
      'Node 0 DMA32 free:17408kB boost:0kB min:44600kB low:55752kB high:66904kB present:2080640kB managed:2001000kB'
    )
    text += put(4, 'Node 0 DMA32: 352*4kB (UME) 2000*8kB (UM) 0*16kB = 17408kB')
    text += put(4, '524288 pages RAM')
    text += put(6, 'Tasks state (memory values in pages):')
    text += put(
      6,
      '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name'
    )
    for (let i = 0; i < TASKS; i++) {
      const rss = (i * 7919) % 5000
      text += put(
        6,
        `[${String(pid + i).padStart(7)}]  1000 ${pid + i}   ${800_000 + i}   ${String(rss).padStart(6)}   ${String(rss).padStart(6)}        0         0   1228800        0           300 chrome`
      )
    }
    text += put(
      6,
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=chrome,pid=${pid},uid=1000`
    )
    text += put(
      3,
      `Out of memory: Killed process ${pid} (chrome) total-vm:3200000kB, anon-rss:1800000kB, file-rss:20kB, shmem-rss:4kB, UID:1000 pgtables:1200kB oom_score_adj:300`
    )
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}
