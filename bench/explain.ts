/**
 * `sysmon explain` over a log of 500 MB, a third of it lines of the kernel, with one dump in it, beside
 * `grep -c`, which only asks each line for the words of a kill, in the C locale. (OOMAnalyser, which reads
 * such logs too, is neither on PyPI nor in npm's registry by that name.)
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SYSMON } from '../test/support/server.ts'
import { type Figure, paired, spreadOf } from './figures.ts'

const BYTES = 500e6
const ROUNDS = 3

export async function explain(log: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-explain-'))
  try {
    const file = join(folder, 'kern.log')
    await writeLog(file)
    const ours: number[] = []
    const grep: number[] = []
    for (let round = -1; round < ROUNDS; round++) {
      const own = timed(() => {
        const found = execFileSync(process.execPath, [SYSMON, 'explain', '--json', file], {
          encoding: 'utf8',
        })
        if (found.trim().split('\n').length !== 1) throw new Error(`not one kill:\n${found}`)
      })
      const env = { ...process.env, LC_ALL: 'C' }
      const peer = timed(() => {
        const { stdout } = spawnSync('grep', ['-c', 'Killed process', file], {
          encoding: 'utf8',
          env,
        })
        if (stdout.trim() !== '1') throw new Error(`grep: ${stdout}`)
      })
      // In the first the file comes into the page cache.
      if (round < 0) continue
      ours.push(own)
      grep.push(peer)
    }
    log(`explain: ${spreadOf(ours, 2)} s, grep ${spreadOf(grep, 2)} s`)
    return [paired('explain', 's', ours, grep, 'grep -c')]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function timed(run: () => void): number {
  const before = performance.now()
  run()
  return (performance.now() - before) / 1000
}

async function writeLog(path: string): Promise<void> {
  const out = createWriteStream(path)
  const kinds: ReadonlyArray<(i: number) => string> = [
    i => `sshd[${i % 32768}]: Connection closed by 10.0.${i % 256}.7 port ${i % 65536} [preauth]`,
    i => `kernel: [${stampOf(i)}] usb 1-1.${i % 7}: new high-speed USB device number ${i % 128}`,
    i => `CRON[${i % 32768}]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)`,
    i =>
      `kernel: [${stampOf(i)}] docker0: port ${i % 64}(veth${i % 4096}) entered forwarding state`,
    i => `nginx: 10.0.0.${i % 256} "GET /api/items/${i} HTTP/1.1" 200 ${i % 8192} "-" "curl/8.5.0"`,
    i => `systemd[1]: Started session-${i}.scope - Session ${i} of User ubuntu.`,
  ]
  let text = ''
  let bytes = 0
  let isDumped = false
  for (let i = 0; bytes < BYTES; i++) {
    const line = `${dateOf(i)} web-1 ${kinds[i % kinds.length]!(i)}\n`
    text += line
    bytes += line.length
    if (!isDumped && bytes > BYTES / 2) {
      isDumped = true
      for (const words of DUMP) text += `${dateOf(i)} web-1 kernel: [${stampOf(i)}] ${words}\n`
    }
    if (text.length < 1 << 20) continue
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  out.end(text)
  await once(out, 'finish')
}

function stampOf(i: number): string {
  return (1000 + i / 50).toFixed(6)
}

/** As syslog writes it, fifty lines a second. */
function dateOf(i: number): string {
  const date = new Date(Date.UTC(2026, 9, 12) + i * 20)
  return `Oct ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)}`
}

const DUMP = [
  'chrome invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=300',
  'CPU: 1 UID: 1000 PID: 4711 Comm: chrome Not tainted 6.12.0 #1',
  'Call Trace:',
  ' dump_header+0x4a/0x210',
  'Mem-Info:',
  'Node 0 DMA32 free:17408kB boost:0kB min:44600kB low:55752kB high:66904kB present:2080640kB managed:2001000kB',
  '524288 pages RAM',
  'Tasks state (memory values in pages):',
  '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
  '[   4711]  1000  4711   800000   450000   450000        0         0   1228800        0           300 chrome',
  'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/user.slice,task=chrome,pid=4711,uid=1000',
  'Out of memory: Killed process 4711 (chrome) total-vm:3200000kB, anon-rss:1800000kB, file-rss:20kB, shmem-rss:4kB, UID:1000 pgtables:1200kB oom_score_adj:300',
]
