/**
 * `npm run soak:page -- --minutes 60 --rate 50`: the page, open in a real Chromium while events come: by how
 * much its heap grows after garbage was collected, how many nodes it has, and how long an event takes to be
 * a card. Fails beyond what the project promises.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { whyNoChromium } from '../test/support/chromium.ts'
import { postJson } from '../test/support/post-json.ts'
import { startServer } from '../test/support/server.ts'
import { quantile } from './figures.ts'

/** Of the heap, beyond what it has when the page is first live. */
const MAX_GROWTH_MB = 20
/** From before the event is posted until its card is in the document; of 19 in 20. */
const MAX_LATENCY_MS = 200
const MINUTE_MS = 60_000
const SAMPLE_MS = MINUTE_MS
const LATENCY_MS = 5000
/** After which a card counts as never drawn: others pushed it out of the list before. */
const NEVER_MS = 10_000

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    /** Events a second. */
    rate: { type: 'string', default: '50' },
  },
})
const missing = whyNoChromium()
if (missing !== undefined) {
  console.log(`left out: ${missing}`)
  process.exit(0)
}

interface Sample {
  readonly heapMb: number
  readonly nodes: number
  readonly listeners: number
}

const cleanups: Array<() => unknown> = []
const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
try {
  const server = await startServer(t, { SYSMON_KMSG_PATH: 'off', LOG_LEVEL: 'info' })
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  cleanups.unshift(() => browser.close())
  const page = await browser.newPage()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  await page.goto(`${server.url}/telemetry/ui`)
  await page.locator('#state[data-state=live]').waitFor()
  console.log(
    `Chromium ${browser.version()}, Node ${process.version}: ${values.rate} events/s for ${values.minutes} minutes`
  )
  const first = await sample(devtools)
  console.log(words('at the start', first))
  const samples: Sample[] = []
  const tooks: number[] = []
  const began = Date.now()
  const until = began + Number(values.minutes) * MINUTE_MS
  let sent = 0
  const posting = (async () => {
    while (Date.now() < until) {
      // As many as are due by now: what a slow answer delays is made up for.
      const due = ((Date.now() - began) / 1000) * Number(values.rate)
      while (sent < due) await post(server.url, eventOf(sent++))
      await sleep(5)
    }
  })()
  const timing = (async () => {
    while (Date.now() < until) {
      await sleep(LATENCY_MS)
      tooks.push(await timeCard(page, server.url, tooks.length))
    }
  })()
  const sampling = (async () => {
    while (Date.now() + SAMPLE_MS <= until) {
      await sleep(SAMPLE_MS)
      samples.push(await sample(devtools))
      console.log(
        words(`${Math.round((Date.now() - began) / MINUTE_MS)} min, ${sent} sent`, samples.at(-1)!)
      )
    }
  })()
  await Promise.all([posting, timing, sampling])
  samples.push(await sample(devtools))
  const growth = Math.max(...samples.map(({ heapMb }) => heapMb)) - first.heapMb
  const nodes = Math.max(...samples.map(one => one.nodes))
  const latency = (share: number) => quantile(tooks, share)
  console.log(words(`in the end, ${sent} sent`, samples.at(-1)!))
  console.log(`heap grew by         ${growth.toFixed(1)} MB at most (promised: ${MAX_GROWTH_MB})`)
  console.log(`nodes                ${nodes} at most`)
  console.log(
    `event to card        p50 ${latency(0.5)} ms, p95 ${latency(0.95)} ms, max ${latency(1)} ms (${tooks.length} kills; promised: ${MAX_LATENCY_MS})`
  )
  if (growth >= MAX_GROWTH_MB || latency(0.95) >= MAX_LATENCY_MS) process.exitCode = 1
} finally {
  for (const cleanup of cleanups) await cleanup()
}

async function sample(devtools: CDPSession): Promise<Sample> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const of = (name: string) => metrics.find(one => one.name === name)?.value ?? Number.NaN
  return {
    heapMb: of('JSHeapUsedSize') / 1e6,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
  }
}

function words(when: string, { heapMb, nodes, listeners }: Sample): string {
  return `${when.padEnd(20)} heap ${heapMb.toFixed(1)} MB, ${nodes} nodes, ${listeners} listeners`
}

/** One kill, and from its posting until its card is there. Both clocks are this machine's. */
async function timeCard(page: Page, url: string, index: number): Promise<number> {
  const name = `timed ${index}`
  await page.evaluate(`void (window.timed = new Promise(resolve => {
    setTimeout(() => resolve(Infinity), ${NEVER_MS})
    const has = () => Array.from(document.querySelectorAll('article.kill h3')).some(one => one.textContent.startsWith(${JSON.stringify(`${name} `)}))
    const observer = new MutationObserver(() => {
      if (!has()) return
      observer.disconnect()
      resolve(Date.now())
    })
    observer.observe(document.body, { childList: true, subtree: true })
  }))`)
  const at = Date.now()
  await post(url, killOf(name, index))
  return ((await page.evaluate('window.timed')) as number) - at
}

/** A machine that is busy with other things may be slow to answer: that is no fault of the page. */
async function post(url: string, event: object): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { status, text } = await postJson(`${url}/telemetry/events`, event)
      if (status === 200) return
      console.error(`answered ${status}: ${text}`)
      if (status === 400) process.exit(1)
    } catch (error) {
      console.error(String(error))
    }
    if (attempt === 10) throw new Error('no event is taken')
  }
}

/** In each fifty: two kills, two crashes, a page, pressure; the rest is what a console says. */
function eventOf(index: number): object {
  switch (index % 50) {
    case 0:
    case 25:
      return killOf(`worker-${index % 7}`, index)
    case 10:
    case 35:
      return {
        type: 'service_crashed',
        data: { service_name: `service-${index % 12}`, phase: 'running', pid: 1000 + index },
      }
    case 15:
      return {
        type: 'page_crashed',
        data: { title: `Page ${index}`, url: `https://shop.example/${index}`, cause: 'oom_kill' },
      }
    case 20:
      return {
        type: 'memory_pressure',
        data: { reason: 'pressure', some_avg10: index % 100, full_avg10: index % 40 },
      }
    default:
      return { type: 'note', category: 'console', data: { index, text: 'x'.repeat(200) } }
  }
}

function killOf(name: string, index: number): object {
  const tasks = Array.from({ length: 5 }, (_, rank) => ({
    pid: (index + 1) * 10 + rank,
    name: rank === 0 ? name : `process-${rank}`,
    rss_kb: 200_000 - 30_000 * rank,
  }))
  return {
    type: 'system_oom_kill',
    source: { kind: 'local_process', event: 'linux.oom_kill' },
    data: {
      process_name: name,
      pid: (index + 1) * 10,
      rss_kb: 200_000,
      constraint: 'memcg',
      oom_memcg: '/docker/3f2a91c7',
      memcg_limit_kb: 524_288,
      memcg_usage_kb: 524_288,
      top_tasks: tasks,
    },
  }
}
