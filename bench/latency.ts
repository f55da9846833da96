/**
 * From the kernel's kill line to a reader: the SSE client of our server against `dmesg --follow`,
 * both reading the same records of real OOM kills in the same run.
 *
 * Both are timed by one process on one clock, from the stamp the kernel gave the kill line.
 */

import { execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openKernelLog, readKernelLog, whyNoOomKills } from '../test/support/oom.ts'
import { SYSMON } from '../test/support/server.ts'
import { SseClient } from '../test/support/sse-client.ts'
import { type Figure, figure, quantile } from './figures.ts'

const KILLS = 60
const GROUP = '/sys/fs/cgroup/memory/sysmon-bench'

const monotonicUs = (): number => Number(process.hrtime.bigint()) / 1000

/** @returns no figures, with the reason printed, where no kills can be made */
export async function latency(log: (line: string) => void): Promise<Figure[]> {
  const reason = whyNoOomKills()
  if (reason !== undefined) {
    log(`latency: left out: ${reason}`)
    return []
  }
  const server = spawn(process.execPath, [SYSMON, 'serve'], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const dmesg = spawn('dmesg', ['--follow-new', '--raw'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-bench-'))
  mkdirSync(GROUP, { recursive: true })
  try {
    let output = ''
    server.stdout.on('data', (text: Buffer) => {
      output += text
    })
    let url: string | undefined
    while (url === undefined) {
      await sleep(20)
      url = /Server listening at (http:\/\/[^"]+)/.exec(output)?.[1]
    }
    const client = await SseClient.open(`${url}/telemetry/events`)
    const seenByDmesg = new Map<number, number>()
    let rest = ''
    dmesg.stdout.on('data', (chunk: Buffer) => {
      const now = monotonicUs()
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const pid = /Killed process (\d+) \(/.exec(line)?.[1]
        if (pid !== undefined) seenByDmesg.set(Number(pid), now)
      }
    })
    await sleep(500)
    const kernelLog = openKernelLog()
    const distance = clockDistance(kernelLog)

    writeFileSync(join(GROUP, 'memory.limit_in_bytes'), String(16 * 1024 * 1024))
    const hog = join(folder, 'hog')
    symlinkSync(execFileSync('sh', ['-c', 'command -v tail'], { encoding: 'utf8' }).trim(), hog)
    const stamps = new Map<number, number>()
    for (let i = 0; i < KILLS; i++) {
      // Slower than the kernel's rate limit of ten dumps in five seconds.
      await sleep(520)
      const child = spawn('sh', ['-c', `echo $$ > ${GROUP}/cgroup.procs; exec ${hog} /dev/zero`], {
        stdio: 'ignore',
      })
      await new Promise(resolve => child.once('exit', resolve))
      await client.find(
        ({ event }) => (event.data as { pid?: number }).pid === child.pid,
        `kill ${i}`
      )
      for (const record of readKernelLog(kernelLog)) {
        const match = /^\d+,\d+,(\d+),.*Killed process (\d+) \(/.exec(record)
        if (match !== null) stamps.set(Number(match[2]), Number(match[1]))
      }
    }
    await sleep(100)
    const ours: number[] = []
    const theirs: number[] = []
    for (const { envelope, atUs } of client.events) {
      const { pid } = envelope.event.data as { pid: number }
      const stamp = stamps.get(pid)
      const peer = seenByDmesg.get(pid)
      if (stamp === undefined || peer === undefined) continue
      ours.push((atUs - distance - stamp) / 1000)
      theirs.push((peer - distance - stamp) / 1000)
    }
    log(`latency: ${ours.length} real kills`)
    return [
      figure('kill-latency', 'ms', quantile(ours, 0.5), quantile(theirs, 0.5), 'dmesg --follow'),
      figure(
        'kill-latency, p99',
        'ms',
        quantile(ours, 0.99),
        quantile(theirs, 0.99),
        'dmesg --follow'
      ),
    ]
  } finally {
    dmesg.kill()
    server.kill()
    await new Promise(resolve => server.once('exit', resolve))
    rmSync(folder, { recursive: true })
    rmdirSync(GROUP)
  }
}

/** CLOCK_MONOTONIC minus the clock of the kernel's stamps, in microseconds, by a record of our own. */
function clockDistance(kernelLog: number): number {
  readKernelLog(kernelLog)
  const fd = openSync('/dev/kmsg', 'w')
  const distances = Array.from({ length: 5 }, (_, i) => {
    const before = monotonicUs()
    writeSync(fd, `<7>sysmon bench ${process.pid} ${i}\n`)
    const after = monotonicUs()
    const record = readKernelLog(kernelLog).find(text =>
      text.includes(`sysmon bench ${process.pid} ${i}`)
    )
    return (before + after) / 2 - Number(record?.split(',')[2])
  })
  closeSync(fd)
  return quantile(distances, 0.5)
}
