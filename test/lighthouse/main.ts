/**
 * `npm run test:lighthouse`: the newest Lighthouse of npm on the pages that `sysmon serve` shows, with events in
 * them: at the size of a phone and of a desk, light and dark. Fails where accessibility or best practices
 * are under 100. Its reports are in `.cache/lighthouse`.
 */

import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { whyNoChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { npmTools } from '../support/npm-tools.ts'
import { postJson } from '../support/post-json.ts'
import { startServer } from '../support/server.ts'

const PAGES = ['/telemetry/ui', '/telemetry/ui#explain', '/telemetry/docs'] as const
const CATEGORIES = ['accessibility', 'best-practices'] as const
const ARTEFACTS = '.cache/lighthouse'
/** As `--blink-settings` takes it. */
const SCHEMES = { light: 1, dark: 0 } as const
const SIZES = { phone: [], desktop: ['--preset=desktop'] } as const
const KILL = {
  process_name: '<img src=x onerror=alert(1)>',
  pid: 4121,
  rss_kb: 50_000,
  constraint: 'memcg',
  oom_memcg: `/kubepods.slice/kubepods-burstable.slice/cri-containerd-${'3f2a91c7'.repeat(8)}.scope`,
  memcg_limit_kb: 65_536,
  memcg_usage_kb: 65_536,
  trigger_pid: 4122,
  top_tasks: [
    { pid: 4121, name: '<img src=x onerror=alert(1)>', rss_kb: 50_000 },
    { pid: 4122, name: 'sh', rss_kb: 2000 },
  ],
}
const EVENTS: readonly object[] = [
  { type: 'note', category: 'console', data: { text: 'x'.repeat(2000) } },
  { type: 'system_oom_kill', data: KILL },
  {
    type: 'service_crashed',
    data: { service_name: 'chromium', phase: 'running', pid: 4100, oom_kill_seq: 2 },
  },
  {
    type: 'page_crashed',
    data: { title: 'Shop', url: 'https://shop.example/', cause: 'oom_kill', oom_kill_seq: 2 },
  },
  { type: 'memory_pressure', data: { reason: 'pressure', some_avg10: 80, full_avg10: 40 } },
  { type: 'telemetry_gap', data: { source: 'kmsg', lost: 7, reason: 'overwritten' } },
]

/** As far as it is read here. */
interface Report {
  readonly lighthouseVersion: string
  readonly runtimeError?: { readonly message: string }
  readonly fullPageScreenshot: { readonly screenshot: { readonly data: string } }
  readonly categories: Readonly<
    Record<
      string,
      {
        readonly score: number | null
        readonly auditRefs: ReadonlyArray<{ readonly id: string; readonly weight: number }>
      }
    >
  >
  readonly audits: Readonly<
    Record<string, { readonly title: string; readonly score: number | null }>
  >
}

const missing = whyNoChromium()
if (missing !== undefined) throw new Error(missing)
const version = execFileSync('npm', ['view', 'lighthouse', 'version'], { encoding: 'utf8' }).trim()
// It needs a newer Node than this project does.
const tools = npmTools([`lighthouse@${version}`, `node-linux-${process.arch}@24`])
if ('skip' in tools) throw new Error(tools.skip)
const node = join(tools.folder, `node_modules/node-linux-${process.arch}/bin/node`)
const lighthouse = join(tools.folder, 'node_modules/lighthouse/cli/index.js')
mkdirSync(ARTEFACTS, { recursive: true })

const cleanups: Array<() => unknown> = []
const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
try {
  const { url } = await startServer(t, { SYSMON_KMSG_PATH: 'off' })
  for (const event of EVENTS) {
    const { status, text } = await postJson(`${url}/telemetry/events`, event)
    if (status !== 200) throw new Error(`answered ${status}: ${text}`)
  }
  for (const scheme of ['light', 'dark'] as const) {
    const port = await freePort()
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        `--remote-debugging-port=${port}`,
        `--blink-settings=preferredColorScheme=${SCHEMES[scheme]}`,
      ],
    })
    cleanups.unshift(() => browser.close())
    // What Lighthouse opens has the browser's own settings, as a context with none has.
    const page = await browser.newPage({ colorScheme: null })
    const isDark = await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches')
    if (isDark !== (scheme === 'dark')) throw new Error(`the browser is not ${scheme}`)
    await page.close()
    for (const [size, flags] of Object.entries(SIZES)) {
      for (const path of PAGES) await check(url + path, port, [size, scheme], flags)
    }
    await browser.close()
  }
} finally {
  for (const cleanup of cleanups) await cleanup()
}

async function check(
  address: string,
  port: number,
  [size, scheme]: readonly [string, string],
  flags: readonly string[]
): Promise<void> {
  const name = `${address.replace(/^.*telemetry\//, '').replace('#', '-')}-${size}-${scheme}`
  const file = resolve(ARTEFACTS, `${name}.json`)
  await promisify(execFile)(node, [
    lighthouse,
    address,
    `--port=${port}`,
    `--only-categories=${CATEGORIES.join()}`,
    '--output=json',
    `--output-path=${file}`,
    '--quiet',
    ...flags,
  ])
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  if (report.runtimeError !== undefined) throw new Error(report.runtimeError.message)
  writeScreenshot(report, name)
  const scores = CATEGORIES.map(category => {
    const { score, auditRefs } = report.categories[category]!
    if (score !== 1) {
      process.exitCode = 1
      for (const { id, weight } of auditRefs) {
        const audit = report.audits[id]!
        if (weight > 0 && audit.score !== null && audit.score < 1)
          console.log(`  ${id}: ${audit.title}`)
      }
    }
    return `${category} ${Math.round((score ?? 0) * 100)}`
  })
  console.log(`Lighthouse ${report.lighthouseVersion} ${name}: ${scores.join(', ')}`)
}

/** What it looked at, to be looked at. */
function writeScreenshot({ fullPageScreenshot }: Report, name: string): void {
  const { data } = fullPageScreenshot.screenshot
  writeFileSync(join(ARTEFACTS, `${name}.webp`), Buffer.from(data.split(',')[1]!, 'base64'))
}
