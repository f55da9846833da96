/**
 * What a journal costs by its size: from the start of the process until it listens, and the processor time of
 * `sysmon serve` while nothing happens.
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SYSMON } from '../../test/support/server.ts'
import { median } from '../figures.ts'
import { cpuMsOfAll } from '../idle.ts'
import { fillJournal } from '../journal.ts'
import type { Growth, Point } from './log-plot.ts'

const KIB = [64, 640, 6400, 64_000]
const STARTS = 7
/** What a start leaves behind is done then. */
const SETTLED_MS = 4000
const IDLE_S = 20

export async function byJournal(): Promise<Growth[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-growth-'))
  try {
    const starts: Point[] = []
    const idle: Point[] = []
    for (const x of KIB) {
      const stateDir = join(folder, String(x))
      await fillJournal(stateDir, x * 1024)
      const ms: number[] = []
      for (let start = 1; start <= STARTS; start++) {
        const isLast = start === STARTS
        const { listensMs, idleMs } = await run(stateDir, isLast)
        ms.push(listensMs)
        if (idleMs !== undefined) idle.push({ x, y: idleMs })
      }
      starts.push({ x, y: median(ms) })
    }
    const of = 'KiB of journal'
    return [
      { name: 'journal-start', of, cost: 'ms from the start until it listens', points: starts },
      { name: 'journal-idle', of, cost: 'ms of processor time a second, idle', points: idle },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function run(
  stateDir: string,
  waits: boolean
): Promise<{ listensMs: number; idleMs?: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [SYSMON, 'serve'], {
    env: { ...process.env, PORT: '0', SYSMON_STATE_DIR: stateDir, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('exit', status => reject(new Error(`sysmon serve ended with ${status}`)))
      let output = ''
      child.stdout.setEncoding('utf8').on('data', text => {
        output += text
        if (output.includes('Server listening')) resolve()
      })
    })
    const listensMs = performance.now() - began
    if (!waits) return { listensMs }
    await sleep(SETTLED_MS)
    const before = cpuMsOfAll(child.pid!)
    await sleep(IDLE_S * 1000)
    return { listensMs, idleMs: Math.max((cpuMsOfAll(child.pid!) - before) / IDLE_S, 0.01) }
  } finally {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise(resolve => child.once('exit', resolve))
    }
  }
}
