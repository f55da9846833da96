/**
 * `npm run bench:fleet -- --machines 1000 --minutes 10 --rate 0.5 [--json]`: a simulated fleet that delivers
 * to one `s2 lite` on this machine. Beside it, records of some of the streams are read as they come.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBasin } from '../plugin/sinks/s2/s2-client.ts'
import { resolveS2, s2OptionsFromEnv } from '../plugin/sinks/s2/s2-config.ts'
import { followFleet } from '../plugin/sinks/s2/s2-fleet.ts'
import { S2Lite } from '../test/sinks/s2-lite.ts'
import { findRealPart } from '../test/support/real-parts.ts'
import { quantile } from './figures.ts'
import type { MachinesReport } from './fleet-machines.ts'

const MACHINES = fileURLToPath(new URL('./fleet-machines.js', import.meta.url))
const PROCESSES = 2
/** Jiffies a second in /proc. */
const HZ = 100

const { values } = parseArgs({
  options: {
    machines: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '1' },
    rate: { type: 'string', default: '0.5' },
    json: { type: 'boolean', default: false },
  },
})
const machines = Number(values.machines)
const seconds = Number(values.minutes) * 60

/** With `--json`, the last line that is printed. */
export interface FleetRun {
  readonly published: number
  readonly delivered: number
  /** Milliseconds from an event to its acknowledgement, the median. */
  readonly ackMs: number
  /** Of one core, of all publishers. */
  readonly publishersCpu: number
}

const cleanups: (() => unknown)[] = []
const t = { after: (cleanup?: unknown) => void cleanups.push(cleanup as () => unknown) }
const command = findRealPart('s2')
if (command === undefined) {
  console.log('left out: no s2 command; npm run real-parts builds it')
  process.exit(0)
}
const lite = await S2Lite.start(t, command)
Object.assign(process.env, lite.env(), { S2_STREAM: 'any' })
try {
  const share = Math.ceil(machines / PROCESSES)
  const firsts = Array.from({ length: PROCESSES }, (_, index) => index * share).filter(
    first => first < machines
  )
  const started = performance.now()
  const children = firsts.map(first => {
    const count = Math.min(share, machines - first)
    const args = ['--first', first, '--count', count, '--rate', values.rate, '--seconds', seconds]
    const child = fork(MACHINES, args.map(String))
    cleanups.push(() => child.kill('SIGKILL'))
    return child
  })
  await Promise.all(children.map(child => once(child, 'message')))
  console.log(
    `${machines} machines in ${children.length} processes: connected, each with its stream, in ${((performance.now() - started) / 1000).toFixed(1)} s`
  )

  const readable: number[] = []
  const target = resolveS2(s2OptionsFromEnv(process.env), process.env)
  const basin = openBasin(await import('@s2-dev/streamstore'), target)
  // The first ten: fleet/000000 to fleet/000009.
  followFleet(basin, {
    prefix: 'fleet/00000',
    since: undefined,
    onRecord({ body }) {
      const { event } = JSON.parse(Buffer.from(body).toString()) as { event: { ts: number } }
      readable.push(Date.now() - event.ts / 1000)
    },
    onTrouble: console.error,
  }).catch(console.error)
  await new Promise(resolve => setTimeout(resolve, 2000))

  const cpuBefore = cpuSeconds(lite.pid)
  const reports = children.map(child => once(child, 'message') as Promise<[MachinesReport]>)
  const running = performance.now()
  for (const child of children) child.send('go')
  const sums = (await Promise.all(reports)).map(([report]) => report)
  const took = (performance.now() - running) / 1000
  const cpu = (cpuSeconds(lite.pid) - cpuBefore) / took

  const lags = sums.flatMap(({ lags }) => lags)
  const total = (key: 'published' | 'delivered' | 'appends' | 'failures' | 'missed') =>
    sums.reduce((sum, report) => sum + report[key], 0)
  const ms = (values: readonly number[], share: number) =>
    `${quantile(values, share).toFixed(0)} ms`
  console.log(`published            ${total('published')} in ${seconds} s`)
  console.log(`delivered            ${total('delivered')}, missed ${total('missed')}`)
  console.log(`throughput           ${(total('delivered') / took).toFixed(0)} events/s`)
  console.log(`appends              ${total('appends')}, ${(total('appends') / took).toFixed(0)}/s`)
  console.log(`failed attempts      ${total('failures')}`)
  console.log(
    `event to ack         p50 ${ms(lags, 0.5)}, p99 ${ms(lags, 0.99)}, max ${ms(lags, 1)}`
  )
  console.log(
    `event to readable    p50 ${ms(readable, 0.5)}, p99 ${ms(readable, 0.99)} (${readable.length} events; linger 20 ms)`
  )
  console.log(
    `CPU                  s2 lite ${percent(cpu)}, publishers ${sums.map(({ cpu }) => percent(cpu)).join(' and ')} of a core`
  )
  console.log(
    `memory               s2 lite ${residentMib(lite.pid).toFixed(0)} MiB, publishers ${sums.map(({ rssMib }) => rssMib.toFixed(0)).join(' and ')} MiB`
  )
  if (values.json) {
    const [published, delivered] = [total('published'), total('delivered')]
    const publishersCpu = sums.reduce((sum, report) => sum + report.cpu, 0)
    const run: FleetRun = { published, delivered, ackMs: quantile(lags, 0.5), publishersCpu }
    console.log(JSON.stringify(run))
  }
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup()
}
process.exit(0)

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

/** User and system time so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / HZ
}

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}
