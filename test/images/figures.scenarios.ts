/**
 * What the telemetry costs, measured against the same image without it (the stage `browser`): size,
 * memory, and when it is ready. Sizes and memory have limits; times are printed only.
 */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, type TestContext, test } from 'node:test'
import { sleep, waitFor } from '../support/wait.ts'
import { buildImage, imageSize } from './support/build.ts'
import { isAnswering, startContainer } from './support/container.ts'
import { whyNoImages } from './support/engine.ts'
import type { ContainerProcess } from './support/processes.ts'
import { printedTable } from './support/table.ts'

const MAX_SIZE_MB = 120
const MAX_MEMORY_MB = 90
const MAX_PRIVATE_MB = 45
const MAX_HEADLESS_MB = 700
const CPU_MS = 30_000
const RUNS = 5

const table = printedTable('What API and shim cost in the headless image')
const skip = whyNoImages() ?? false

/** They and the API's child, which rings at a record of the kernel log. */
function isTelemetry({ args }: ContainerProcess): boolean {
  return args[0] === 'dd' || args.some(arg => arg.includes('fastify-sysmon'))
}

describe('API and shim', { skip }, () => {
  let image = ''
  before(() => {
    image = buildImage('headless')
  })

  test('size', () => {
    const without = imageSize(buildImage('headless', 'browser'))
    const added = (imageSize(image) - without) / 1e6
    assert.ok(added <= MAX_SIZE_MB, `${added} MB`)
    assert.ok(imageSize(image) / 1e6 < MAX_HEADLESS_MB, `${imageSize(image) / 1e6} MB`)
    table.row('headless', `${(imageSize(image) / 1e6).toFixed(0)} MB`)
    table.row('size', `${added.toFixed(1)} MB beside ${(without / 1e6).toFixed(0)} MB`)
  })

  test('memory', async t => {
    const parts = await idleTelemetry(t, image)
    const total = parts.reduce((sum, one) => sum + one.pssKb * 1024, 0) / 1e6
    assert.ok(total <= MAX_MEMORY_MB, `${total} MB`)
    const each = parts.map(one => `${one.args[0]} ${((one.pssKb * 1024) / 1e6).toFixed(1)}`)
    const own = parts.reduce((sum, one) => sum + one.privateKb * 1024, 0) / 1e6
    assert.ok(own <= MAX_PRIVATE_MB, `${own} MB of their own`)
    const before = parts.map(({ cpuMs }) => cpuMs)
    await sleep(CPU_MS)
    const spent = parts.reduce((sum, { cpuMs }, at) => sum + cpuMs - before[at]!, 0)
    table.row('memory (private)', `${own.toFixed(1)} MB`)
    table.row('idle', `${((spent / CPU_MS) * 100).toFixed(2)} % of a core`)
    table.row('memory (PSS)', `${total.toFixed(1)} MB: ${each.join(', ')}`)
  })

  test('ready', async t => {
    const times = { shim: [] as number[], api: [] as number[], chromium: [] as number[] }
    for (let run = 0; run < RUNS; run++) {
      const container = await startContainer(t, image, { immediately: true })
      const start = startedAt(container.processes().find(one => one.pid === 1)!)
      await waitFor(() => isAnswering(`${container.api}/healthz`), 'the API')
      times.api.push(Date.now() - start)
      await waitFor(() => isAnswering(`${container.devtools}/json/version`), 'DevTools')
      times.chromium.push(Date.now() - start)
      const line = await container.sh(
        `grep '"listening"' /var/log/supervisord/supervisord-shim.log`
      )
      times.shim.push(JSON.parse(line).time - start)
      await container.sh('kill 1')
    }
    for (const [name, all] of Object.entries(times)) {
      all.sort((a, b) => a - b)
      const [median, worst] = [all[(RUNS - 1) / 2]!, all[RUNS - 1]!]
      table.row(
        `${name} ready`,
        `${median} ms after the container's start, worst of ${RUNS} ${worst} ms`
      )
    }
  })
})

/**
 * API and shim with a client, when Chromium has been up for some seconds. Events take memory, to a
 * bound: where others on this machine cause kills in number, it is looked at another time.
 */
async function idleTelemetry(t: TestContext, image: string): Promise<ContainerProcess[]> {
  for (let tries = 1; ; tries++) {
    const container = await startContainer(t, image)
    const events = await container.events(t)
    await container.browser()
    await sleep(5000)
    const parts = container.processes().filter(isTelemetry)
    assert.equal(parts.length, 3, parts.map(one => one.args.join(' ')).join('\n'))
    if (events.events.length < 10 || tries === 10) return parts
    await container.sh('kill 1')
  }
}

/** Unix milliseconds: proc_pid_stat(5), field 22 in ticks of 10 ms since boot, and proc_stat(5) btime. */
function startedAt({ hostPid }: ContainerProcess): number {
  const stat = readFileSync(`/proc/${hostPid}/stat`, 'utf8')
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
  return Date.now() - uptime * 1000 + ticks * 10
}
