/**
 * What publishing costs the server, by events a second and by clients: processor time of a host application
 * with the plugin, whose events go to the journal and to SSE clients; and its memory, by clients. Every event
 * comes to every client, or the measurement does not end.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { PLUGIN, Program } from '../load/program.ts'
import type { SseLoad } from '../load/sse-load.ts'
import { privateKib } from '../private-memory.ts'
import type { Growth, Point } from './log-plot.ts'

const RATES = [10, 100, 1000, 10_000]
const CLIENTS = [1, 10, 100, 1000, 10_000]
/** To many clients. */
const EVENTS_PER_S = 10
const SECONDS = 8
const MARK = '~'
const BYTES = 600
const LOAD = fileURLToPath(new URL('../load/sse-load.js', import.meta.url))

/** Told how many events to publish a second; answers with the processor time of some seconds of it. */
const PUBLISHER = `
import Fastify from 'fastify'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
const { plugin, stateDir, bytes, mark, seconds } = JSON.parse(process.argv[1])
const app = Fastify({ forceCloseConnections: true })
await app.register((await import(plugin)).default, {
  kmsgPath: false, stateDir, maxStreams: 20_000, maxStreamsPerPeer: 20_000,
})
const data = mark + 'x'.repeat(bytes - 200)
const event = { type: 'note', category: 'system', source: { kind: 'local_process' }, data }
await app.listen({ port: 0, host: '127.0.0.1', backlog: 1024 })
console.log(app.server.address().port)
for await (const line of createInterface({ input: process.stdin })) {
  const rate = Number(line)
  const before = process.cpuUsage()
  const began = performance.now()
  let published = 0
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - began) / 1000) {
    for (const due = Math.min(rate * elapsed, rate * seconds); published < due; published++) app.sysmon.publish(event)
    await sleep(10)
  }
  for (; published < rate * seconds; published++) app.sysmon.publish(event)
  const { user, system } = process.cpuUsage(before)
  console.log((user + system) / 1000 / seconds)
}
`

interface Measured {
  /** Milliseconds of processor time in a second: without events, and with each rate. */
  readonly idle: number
  readonly busy: readonly number[]
  readonly kib: number
}

async function measure(clients: number, rates: readonly number[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-growth-'))
  const server = new Program(PUBLISHER, {
    plugin: PLUGIN,
    stateDir: join(folder, 'state'),
    bytes: BYTES,
    mark: MARK,
    seconds: SECONDS,
  })
  let load: Program | undefined
  try {
    const port = await server.next<number>()
    const options: SseLoad = { port, path: '/telemetry/stream', clients, stalled: 0, mark: MARK }
    load = Program.ofFile(LOAD, options)
    await load.next()
    const idle = await server.ask<number>(0)
    const busy: number[] = []
    let delivered = 0
    for (const rate of rates) {
      delivered += rate * SECONDS * clients
      const done = load.ask<number>(delivered)
      busy.push(await server.ask<number>(rate))
      await done
    }
    // What is garbage is collected some time after.
    await sleep(3000)
    return { idle, busy, kib: privateKib(server.pid) }
  } finally {
    await load?.stop()
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

export async function byRate(): Promise<Growth[]> {
  const { idle, busy } = await measure(1, RATES)
  const points = RATES.map((x, i): Point => ({ x, y: above(busy[i]!, idle) }))
  const cost = 'ms of processor time a second'
  return [{ name: 'events', of: 'events a second, to the journal and one client', cost, points }]
}

export async function byClients(log: (line: string) => void): Promise<Growth[]> {
  const cpu: Point[] = []
  const memory: Point[] = []
  for (const x of CLIENTS) {
    const { idle, busy, kib } = await measure(x, [EVENTS_PER_S])
    log(`growth: ${x} clients: ${kib} KiB, each event to each of them`)
    cpu.push({ x, y: above(busy[0]!, idle) })
    memory.push({ x, y: kib / 1024 })
  }
  return [
    {
      name: 'clients',
      of: `clients, of ${EVENTS_PER_S} events a second`,
      cost: 'ms of processor time a second',
      points: cpu,
    },
    { name: 'clients-memory', of: 'clients', cost: 'MiB of private memory', points: memory },
  ]
}

/** At least the tick of the clock. */
function above(busy: number, idle: number): number {
  return Math.max(busy - idle, 0.1)
}
