/**
 * What it costs to watch a browser that does nothing, and to keep the table of processes: servers with and
 * without, in turn the same second, on a machine with 500 processes more.
 */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Chromium, sleep, whyNoChromium } from '../test/support/chromium.ts'
import { startServer } from '../test/support/server.ts'
import { type Figure, figure, median } from './figures.ts'
import { privateKib } from './private-memory.ts'

const SETTLE_MS = 20_000
const MEASURE_MS = 5000
const ROUNDS = 6
const PROCESSES = 500
const BOUND = { percent: 0.1, kib: 6 * 1024 }

/** @returns no figures, with the reason printed, where there is no Chromium */
export async function devtoolsIdle(log: (line: string) => void): Promise<Figure[]> {
  const reason = whyNoChromium()
  if (reason !== undefined) {
    log(`devtools-idle: left out: ${reason}`)
    return []
  }
  const cleanups: Array<() => unknown> = []
  const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
  try {
    const sleepers = Array.from({ length: PROCESSES }, () =>
      spawn('sleep', ['600'], { stdio: 'ignore' })
    )
    cleanups.unshift(() => {
      for (const sleeper of sleepers) sleeper.kill()
    })
    const browser = await Chromium.start(t)
    for (let i = 0; i < 5; i++) await browser.open(`data:text/html,<title>${i}</title>`)
    const pidOf = async (env: Record<string, string>) => (await startServer(t, env)).process.pid!
    const without = await pidOf({ SYSMON_PROCESSES: 'false' })
    const withTable = await pidOf({})
    const withBrowser = await pidOf({ SYSMON_PROCESSES: 'false', SYSMON_DEVTOOLS_URL: browser.url })
    const pids = [without, withTable, withBrowser]
    await sleep(SETTLE_MS)
    const rounds: number[][] = []
    for (let round = 0; round < ROUNDS; round++) {
      const before = pids.map(cpuNs)
      await sleep(MEASURE_MS)
      rounds.push(pids.map((pid, i) => ((cpuNs(pid) - before[i]!) / 1e6 / MEASURE_MS) * 100))
    }
    const more = (i: number) =>
      Math.max(0, median(rounds.map(round => round[i]!)) - median(rounds.map(round => round[0]!)))
    const kib = pids.map(privateKib)
    log(`devtools-idle: ${median(rounds.map(round => round[0]!)).toFixed(3)} % without either`)
    return [
      figure('devtools-idle', '%', more(2), BOUND.percent, 'the bound of 0.1 %'),
      figure('devtools-idle, memory', 'KiB', kib[2]! - kib[0]!, BOUND.kib, 'the bound of 6 MB'),
      figure('process-table-idle', '%', more(1), BOUND.percent, 'the bound of 0.1 %'),
    ]
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

/** Nanoseconds on a processor, of the thread that runs JavaScript. */
function cpuNs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])
}
