/** A real Prometheus scrapes the real server, by its token, with the configuration that the docs show. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse, stringify } from 'yaml'
import { freePort } from '../support/free-port.ts'
import { findRealPart } from '../support/real-parts.ts'
import { startServer } from '../support/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { PATIENCE_MS } from '../support/wait.ts'

const prometheus = findRealPart('prometheus')
const skip = prometheus === undefined ? 'there is no prometheus: npm run real-parts' : false

interface Answer {
  readonly data: { readonly result: { metric: Record<string, string>; value: [number, string] }[] }
}

/** @returns its address */
async function startPrometheus(t: TestContext, config: object): Promise<string> {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    prometheus!,
    ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`],
    { cwd: folder, stdio: 'ignore' }
  )
  const ended = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return `http://${address}`
}

/** Asks until there is an answer that will do. */
async function query(
  url: string,
  expression: string,
  isRight: (value: string) => boolean
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)
      last = await answer.json()
      const [first] = (last as Answer).data.result
      if (first !== undefined && isRight(first.value[1])) return
    } catch (error) {
      last = error
    }
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  assert.fail(`${expression}: ${JSON.stringify(last)}`)
}

test('Prometheus scrapes it, by the token for reading', { skip }, async t => {
  const server = await startServer(t, {
    SYSMON_METRICS: 'true',
    SYSMON_KMSG_PATH: 'false',
    SYSMON_READ_TOKEN: 'read-1',
  })
  const token = join(temporaryFolder(t), 'token')
  writeFileSync(token, 'read-1\n')
  const config = parse(readFileSync('deploy/prometheus/scrape.yml', 'utf8'))
  const [job] = config.scrape_configs
  job.authorization.credentials_file = token
  job.static_configs[0].targets = [new URL(server.url).host]
  const url = await startPrometheus(t, { global: { scrape_interval: '1s' }, ...config })
  await query(url, 'up{job="sysmon"}', value => value === '1')
  await query(url, 'sysmon_healthy', value => value === '1')
  await fetch(`${server.url}/telemetry/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'service_crashed',
      data: { service_name: 'chromium', phase: 'running' },
    }),
  })
  const crashes = 'sysmon_service_crashes_total{service="chromium",phase="running"}'
  await query(url, crashes, value => value === '1')
})
