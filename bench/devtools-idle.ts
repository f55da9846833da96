/**
 * What it costs to watch a browser that does nothing: processor time and memory of the server with and
 * without it, each in a process of its own. `npm run build && node dist/bench/devtools-idle.js`
 */

import { readFileSync } from 'node:fs'
import { Chromium, sleep } from '../test/support/chromium.ts'
import { startServer } from '../test/support/server.ts'

const SETTLE_MS = 20_000
const MEASURE_MS = 30_000

const after: Array<() => unknown> = []
const t = { after: (then: () => unknown) => void after.unshift(then) }

/** Nanoseconds on a processor. */
const cpuNs = (pid: number) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0])
const rssKb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])

try {
  const browser = await Chromium.start(t)
  for (let i = 0; i < 5; i++) await browser.open(`data:text/html,<title>${i}</title>`)
  const servers = [
    ['with', await startServer(t, { SYSMON_DEVTOOLS_URL: browser.url })],
    ['without', await startServer(t)],
  ] as const
  await sleep(SETTLE_MS)
  const before = servers.map(([, { process }]) => cpuNs(process.pid!))
  await sleep(MEASURE_MS)
  servers.forEach(([name, { process }], i) => {
    const share = (cpuNs(process.pid!) - before[i]!) / 1e6 / MEASURE_MS
    console.log(`${name}: ${(share * 100).toFixed(3)} % of a core, ${rssKb(process.pid!)} KiB`)
  })
} finally {
  for (const then of after) await then()
}
process.exit()
