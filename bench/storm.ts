/**
 * The parser over a storm, 1,000 dumps of 200 tasks each between ordinary lines, as raw /dev/kmsg
 * records; and over 10 million ordinary records, two million read five times. The peer reads the same file in the same run: go-kmsg-parser v2.0.0 and cadvisor v0.60.6,
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
import { type Figure, figure, median, paired } from './figures.ts'

const DUMPS = 1000
const TASKS = 200
const ORDINARY = 200
const RUNS = 5
const QUIET_RECORDS = 2_000_000
const QUIET_RUNS = 3
const PEER = 'go-kmsg-parser v2.0.0 + cadvisor v0.60.6 oomparser'

export async function storm(log: (line: string) => void): Promise<Figure[]> {
  return await besidePeer(log, async (folder, peer) => {
    const file = join(folder, 'storm.kmsg')
    await writeStorm(file)
    const { ours, theirs } = readInTurn(file, peer, RUNS)
    log(
      `storm: ${ours[0]!.records} records, ${ours[0]!.kills} kills; the peer saw ${theirs[0]!.kills}`
    )
    return [
      ...ratesOf('parse-storm', ours, theirs),
      figure(
        'parse-storm, memory above an idle process',
        'MB',
        median(ours.map(run => run.megabytes!)),
        20,
        'the bound of 20 MB'
      ),
    ]
  })
}

export async function quiet(log: (line: string) => void): Promise<Figure[]> {
  return await besidePeer(log, async (folder, peer) => {
    const file = join(folder, 'quiet.kmsg')
    await writeQuiet(file)
    const { ours, theirs } = readInTurn(file, peer, QUIET_RUNS)
    log(
      `quiet: ${ours[0]!.records} records five times; kills: ${ours[0]!.kills}, the peer ${theirs[0]!.kills}`
    )
    return ratesOf('parse-quiet', ours, theirs)
  })
}

/** @param measure gets a folder for its file, and the peer's program */
async function besidePeer(
  log: (line: string) => void,
  measure: (folder: string, peer: string) => Promise<Figure[]>
): Promise<Figure[]> {
  if (spawnSync('go', ['version']).status !== 0) {
    log('storm: left out: there is no go to build the peer with')
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-storm-'))
  try {
    const peer = join(folder, 'peer')
    execFileSync('go', ['build', '-o', peer, '.'], {
      cwd: 'bench/peers/oomparser',
      stdio: 'inherit',
    })
    return await measure(folder, peer)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readInTurn(file: string, peer: string, runs: number): { ours: Run[]; theirs: Run[] } {
  const reader = fileURLToPath(new URL('./storm-reader.js', import.meta.url))
  const ours: Run[] = []
  const theirs: Run[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(
      JSON.parse(
        execFileSync(process.execPath, ['--expose-gc', reader, file], { encoding: 'utf8' })
      )
    )
    theirs.push(JSON.parse(execFileSync(peer, [file], { encoding: 'utf8' })))
  }
  return { ours, theirs }
}

function ratesOf(name: string, ours: readonly Run[], theirs: readonly Run[]): Figure[] {
  const rates = (runs: readonly Run[], of: 'first' | 'seconds' | 'cpu'): number[] =>
    runs.map(run => run.records / run[of] / 1e6)
  const row = (what: string, of: 'first' | 'seconds' | 'cpu'): Figure =>
    paired(`${name}${what}`, 'M records/s', rates(ours, of), rates(theirs, of), PEER)
  return [row('', 'seconds'), row(', CPU time', 'cpu'), row(', first pass', 'first')]
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

/** What a kernel prints while nothing is wrong: of eight kinds, none about memory. */
async function writeQuiet(path: string): Promise<void> {
  const kinds: ReadonlyArray<(i: number) => string> = [
    i => `usb 1-1.${i % 7}: new high-speed USB device number ${i % 128} using xhci_hcd`,
    i => `IPv6: ADDRCONF(NETDEV_CHANGE): veth${i % 4096}: link becomes ready`,
    i => `docker0: port ${i % 64}(veth${i % 4096}) entered forwarding state`,
    i => `audit: type=1400 audit(1764000000.${i % 1000}:${i}): apparmor="DENIED" operation="open"`,
    i => `EXT4-fs (sda${i % 9}): mounted filesystem with ordered data mode. Quota mode: none.`,
    i => `nvme nvme0: I/O ${i % 1024} QID ${i % 8} timeout, completion polled`,
    i => `systemd[1]: Started session-${i}.scope - Session ${i} of User ubuntu.`,
    i => `[UFW BLOCK] IN=eth0 OUT= SRC=10.0.${i % 256}.7 DST=10.0.0.2 LEN=40 TTL=241 PROTO=TCP`,
  ]
  const out = createWriteStream(path)
  let text = ''
  for (let i = 0; i < QUIET_RECORDS; i++) {
    text += `6,${i},${1_000_000 + i * 37},-;${kinds[i % kinds.length]!(i)}\n`
    if (text.length < 1 << 20) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'finish')
}
