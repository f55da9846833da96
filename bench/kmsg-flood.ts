/**
 * The kernel log written as fast as it goes for ten seconds, with real kills in it: how much of it each
 * reader gets. The server, `dmesg --follow`, a reader with go-kmsg-parser and `dd` have a flood each, one
 * after the other, so that none takes the processor from another. The server must tell what it lost; what
 * it kept is what it does not call lost (`syscr` in its /proc/PID/io agrees), the peers' lines are counted.
 */

import {
  type ChildProcess,
  execFileSync,
  type StdioOptions,
  spawn,
  spawnSync,
} from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '../generated/types.ts'
import {
  type MemoryGroup,
  memoryGroup,
  oomKill,
  openKernelLog,
  readKernelLog,
  whyNoOomKills,
} from '../test/support/oom.ts'
import { startServer } from '../test/support/server.ts'
import { SseClient } from '../test/support/sse-client.ts'
import { type Figure, figure } from './figures.ts'

const FLOOD_MS = 10_000
const KILLS = 15
const SETTLE_MS = 3000
/** What a peer says of its troubles must not stop it. */
const OUTPUT: StdioOptions = ['ignore', 'pipe', 'ignore']
/** Whether processes may write as fast as they like. */
const LIMIT = '/proc/sys/kernel/printk_devkmsg'

const WRITER = `
import { openSync, writeSync } from 'node:fs'
const fd = openSync('/dev/kmsg', 'w')
const end = performance.now() + ${FLOOD_MS}
for (let i = 0; performance.now() < end; i++) {
  writeSync(fd, '<6>sysmon flood ' + i + ' of a driver that tells of every packet it has dropped\\n')
}
`

/** Takes what ends things, as a test does. */
type Ends = Pick<TestContext, 'after'>

interface Reader {
  readonly name: string
  /** @returns what tells, of the records between two numbers, how many it got, and how many kills */
  readonly open: (t: Ends) => Promise<(from: number, to: number) => Promise<Got>>
}

interface Got {
  readonly records: number
  readonly kills: number
}

interface Result extends Got {
  readonly name: string
  readonly kept: number
}

export async function flood(log: (line: string) => void): Promise<Figure[]> {
  const reason = whyNoOomKills()
  if (reason !== undefined) {
    log(`kmsg-flood: left out: ${reason}`)
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-flood-'))
  const limit = readFileSync(LIMIT, 'utf8').trim()
  try {
    writeFileSync(LIMIT, 'on\n')
    const readers = [server(log), dmesg, dd]
    if (spawnSync('go', ['version']).status === 0) {
      const program = join(folder, 'reader')
      execFileSync('go', ['build', '-o', program, './reader'], {
        cwd: 'bench/peers/oomparser',
        stdio: 'inherit',
      })
      readers.push(goReader(program))
    }
    const results: Result[] = []
    for (const reader of readers) results.push(await measure(reader, log))
    const [ours, ...peers] = results
    return peers.flatMap(peer => [
      figure('kmsg-flood', '% of records kept', ours!.kept, peer.kept, peer.name),
      figure('kmsg-flood, kills', `of ${KILLS} kills kept`, ours!.kills, peer.kills, peer.name),
    ])
  } finally {
    writeFileSync(LIMIT, `${limit}\n`)
    rmSync(folder, { recursive: true })
  }
}

async function measure({ name, open }: Reader, log: (line: string) => void): Promise<Result> {
  const cleanups: Array<() => unknown> = []
  const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
  try {
    const group = memoryGroup(t, 'sysmon-flood', 16 * 1024)
    const got = await open(t)
    await sleep(500)
    const from = mark('begin')
    const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const written = new Promise(resolve => writer.once('exit', resolve))
    await kills(t, group)
    await written
    const to = mark('end')
    await sleep(SETTLE_MS)
    const { records, kills: found } = await got(from, to)
    const all = to - from
    log(`kmsg-flood: ${name}: ${records} of ${all} records, ${found} of ${KILLS} kills`)
    return { name, records, kills: found, kept: (records / all) * 100 }
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

/** The kernel prints no more than ten dumps in five seconds. */
async function kills(t: Ends, group: MemoryGroup): Promise<void> {
  const pause = FLOOD_MS / (KILLS + 2)
  for (let i = 0; i < KILLS; i++) {
    await sleep(pause)
    await oomKill(t, group, 'flooded')
  }
}

/** @returns the kernel's number of a record of our own */
function mark(what: string): number {
  const kernelLog = openKernelLog()
  readKernelLog(kernelLog)
  const fd = openSync('/dev/kmsg', 'w')
  const text = `sysmon flood ${what} ${process.hrtime.bigint()}`
  try {
    // Without its newline a record may go on, and is shown to nobody yet.
    writeSync(fd, `<6>${text}\n`)
    const record = readKernelLog(kernelLog).find(one => one.includes(text))
    return Number(record?.split(',')[1])
  } finally {
    closeSync(fd)
    closeSync(kernelLog)
  }
}

function server(log: (line: string) => void): Reader {
  return {
    name: 'sysmon serve',
    async open(t) {
      const { url } = await startServer(t)
      const client = await SseClient.open(`${url}/telemetry/stream`)
      const health = async () => ((await (await fetch(`${url}/healthz`)).json()) as Health).kmsg
      return async (from, to) => {
        const deadline = Date.now() + 30_000
        let kmsg = await health()
        while ((kmsg.last_seq ?? 0) < to && Date.now() < deadline) {
          await sleep(100)
          kmsg = await health()
        }
        let killed = 0
        let told = 0
        for (const { envelope } of client.events) {
          const { type, data } = envelope.event
          if (type === 'system_oom_kill') killed++
          if (type === 'telemetry_gap') told += (data as { lost?: number }).lost ?? 0
        }
        log(`kmsg-flood: sysmon serve tells of ${told} lost in events, of ${kmsg.lost} in /healthz`)
        return { records: to - from - kmsg.lost, kills: killed }
      }
    },
  }
}

const dmesg: Reader = {
  name: 'dmesg --follow',
  async open(t) {
    return countLines(t, spawn('dmesg', ['--follow-new', '--raw'], { stdio: OUTPUT }), line => ({
      // It tells no numbers.
      seq: undefined,
      isRecord: line.startsWith('<'),
      isKill: line.includes('Killed process '),
    }))
  },
}

/** It goes on where it is told that records were overwritten. */
const dd: Reader = {
  name: 'dd',
  async open(t) {
    const args = ['if=/dev/kmsg', 'bs=8k', 'conv=noerror']
    const child = spawn('dd', args, { stdio: OUTPUT })
    return countLines(t, child, line => ({
      seq: Number(/^\d+,(\d+),/.exec(line)?.[1]),
      isRecord: /^\d+,\d+,/.test(line),
      isKill: line.includes('Killed process '),
    }))
  },
}

function goReader(program: string): Reader {
  return {
    name: 'go-kmsg-parser v2.0.0, opened again where it ends',
    async open(t) {
      return countLines(t, spawn(program, { stdio: OUTPUT }), line => {
        const [seq, kill] = line.split(' ')
        return { seq: Number(seq), isRecord: true, isKill: kill === '1' }
      })
    },
  }
}

interface Line {
  /** Absent: it tells no numbers, and all that it gives out counts. */
  readonly seq: number | undefined
  readonly isRecord: boolean
  readonly isKill: boolean
}

/** Counted afterwards: counting takes no time from reading. */
function countLines(
  t: Ends,
  child: ChildProcess,
  read: (line: string) => Line
): (from: number, to: number) => Promise<Got> {
  const chunks: Buffer[] = []
  child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise(resolve => child.once('exit', resolve))
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return async (from, to) => {
    let records = 0
    let kills = 0
    for (const line of Buffer.concat(chunks).toString('latin1').split('\n')) {
      const { seq, isRecord, isKill } = read(line)
      if (!isRecord || (seq !== undefined && !(seq > from && seq <= to))) continue
      records++
      if (isKill) kills++
    }
    return { records: Math.min(records, to - from), kills }
  }
}
