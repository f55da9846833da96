/**
 * From the browser's word that a page crashed, as a bare DevTools client hears it, to `page_crashed` at an
 * SSE client: of pages that grow until the kernel kills them, so that the kill is found, too.
 */

import type { PageCrashedData } from '../generated/types.ts'
import { Chromium, servePages, sleep, whyNoChromium } from '../test/support/chromium.ts'
import { memoryGroup, whyNoOomKills } from '../test/support/oom.ts'
import { startServer } from '../test/support/server.ts'
import { SseClient } from '../test/support/sse-client.ts'
import { type Figure, figure, quantile } from './figures.ts'

const KILLS = 15
const LIMIT_KIB = 700 * 1024
const FIND_MS = 60_000
const BOUND_MS = 50
const PAGES = {
  '/hungry': () =>
    `<script>
      const kept = []
      const grow = () => kept.length < 150 && kept.push(new Uint8Array(8 << 20).fill(1))
      setTimeout(() => setInterval(grow, 5), 1500)
    </script>`,
}

/** @returns no figures, with the reason printed, where no such kills can be made */
export async function pageCrash(log: (line: string) => void): Promise<Figure[]> {
  const reason = whyNoChromium() ?? whyNoOomKills()
  if (reason !== undefined) {
    log(`page-crash-latency: left out: ${reason}`)
    return []
  }
  const cleanups: Array<() => unknown> = []
  const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
  try {
    const port = await servePages(t, PAGES)
    const group = memoryGroup(t, 'sysmon-bench-page', LIMIT_KIB)
    const inGroup = ['sh', '-c', `echo $$ > ${group.procs} && exec "$@"`, 'sh']
    const browser = await Chromium.start(t, [], 0, inGroup)
    const server = await startServer(t, { SYSMON_DEVTOOLS_URL: browser.url })
    const client = await SseClient.open(`${server.url}/telemetry/events`)
    t.after(() => client.close())
    const told = await browser.watchCrashes(t)
    const ms: number[] = []
    let named = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const { targetId } = await browser.open(`http://127.0.0.1:${port}/hungry`)
      const { envelope, atUs } = await client.find(
        ({ event }) => (event.data as PageCrashedData).target_id === targetId,
        'the crash',
        FIND_MS
      )
      // Each of the two may hear it first.
      while (!told.has(targetId)) await sleep(1)
      ms.push((atUs - told.get(targetId)!) / 1000)
      if ((envelope.event.data as PageCrashedData).oom_kill_seq !== undefined) named++
    }
    log(`page-crash-latency: ${ms.length} kills, of which ${named} are named by the event`)
    const bound = `the bound of ${BOUND_MS} ms`
    return [
      figure('page-crash-latency', 'ms', quantile(ms, 0.5), BOUND_MS, bound),
      figure('page-crash-latency, longest', 'ms', quantile(ms, 1), BOUND_MS, bound),
    ]
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}
