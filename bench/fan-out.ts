/**
 * Events of 600 bytes to many clients of the event stream: the plugin beside fastify-sse-v2, the fastest of
 * the plugins for it, and beside the floor, one shared Buffer written to each client in each turn of the
 * event loop. The servers run one after the other in each round, each with as many events as it sends in
 * about the same time.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { npmTools } from '../test/support/npm-tools.ts'
import { type Figure, paired, spreadOf } from './figures.ts'
import { PLUGIN, Program } from './load/program.ts'
import type { SseLoad } from './load/sse-load.ts'

const ROUNDS = 7
const BYTES = 600
const MARK = '~'
const PEER = 'fastify-sse-v2@4.2.2'
const LOAD = fileURLToPath(new URL('./load/sse-load.js', import.meta.url))
const SERVERS = readFileSync(new URL('../../bench/peers/sse-servers.mjs', import.meta.url), 'utf8')

interface Kind {
  readonly kind: 'plugin' | 'fastify-sse-v2' | 'floor'
  /** What it imports. */
  readonly plugin?: string
  /** Deliveries of a round. */
  readonly deliveries: number
}

interface Load {
  readonly clients: number
  readonly stalled?: number
  /** Events published in one turn of the event loop. */
  readonly aTurn: number
  readonly query?: string
}

const LOADS: readonly Load[] = [
  { clients: 100, aTurn: 50 },
  { clients: 1000, aTurn: 50 },
  { clients: 100, aTurn: 1 },
]
/** A delivery takes so many times longer where each is a write of its own. */
const ALONE_TIMES = 12

const OURS: Kind = { kind: 'plugin', plugin: PLUGIN, deliveries: 1_500_000 }
const FLOOR: Kind = { kind: 'floor', deliveries: 2_000_000 }

export async function fanOut(log: (line: string) => void): Promise<Figure[]> {
  const tools = npmTools([PEER])
  const figures: Figure[] = []
  for (const load of LOADS) {
    const { clients, aTurn } = load
    const runs = [new Run(OURS, load), new Run(FLOOR, load)]
    if ('folder' in tools && aTurn > 1) {
      const plugin = `${pathToFileURL(tools.folder).href}/node_modules/fastify-sse-v2/lib/index.js`
      runs.push(new Run({ kind: 'fastify-sse-v2', plugin, deliveries: 150_000 }, load))
    } else if ('skip' in tools) {
      log(`fan-out: ${PEER} is left out: ${tools.skip}`)
    }
    await inTurn(runs)
    const [ours, floor, peer] = runs
    for (const { kind, rates } of runs) {
      log(
        `fan-out: ${clients} clients, ${aTurn} a turn, ${kind.kind}: ${spreadOf(rates)} deliveries/s`
      )
    }
    const name = [
      'fan-out',
      clients !== 100 && `${clients} clients`,
      aTurn === 1 && 'one event a turn',
    ]
      .filter(Boolean)
      .join(', ')
    if (peer !== undefined) {
      figures.push(paired(name, 'deliveries/s', ours!.rates, peer.rates, 'fastify-sse-v2'))
    }
    figures.push(
      paired(`${name}, floor`, 'deliveries/s', ours!.rates, floor!.rates, 'one shared Buffer'),
      paired(`${name}, floor, CPU`, 'us', ours!.cpuUs, floor!.cpuUs, 'one shared Buffer')
    )
  }
  return figures
}

export async function fanOutStalled(log: (line: string) => void): Promise<Figure[]> {
  const load = { clients: 90, aTurn: 50 }
  const without = new Run(OURS, load)
  const stalled = new Run(OURS, { ...load, stalled: 10 })
  // Each client has a filter of its own.
  const filtered = new Run(OURS, {
    ...load,
    query: '?type=note,other.{client}&category=page,system',
  })
  await inTurn([without, stalled, filtered])
  log(`fan-out-stalled: ${spreadOf(stalled.rates)} deliveries/s`)
  return [
    paired('fan-out-stalled', 'deliveries/s', stalled.rates, without.rates, 'none stalled'),
    paired(
      'fan-out-stalled, filters',
      'deliveries/s',
      filtered.rates,
      without.rates,
      'without filters'
    ),
  ]
}

/** Rounds of all, one after the other; the first compiles what is measured in the others. */
async function inTurn(runs: readonly Run[]): Promise<void> {
  try {
    for (const run of runs) await run.open()
    for (let round = -1; round < ROUNDS; round++) {
      for (const run of runs) await run.measure(round >= 0)
    }
  } finally {
    for (const run of runs) await run.close()
  }
}

class Run {
  readonly kind: Kind
  readonly #load: Load
  readonly #server: Program
  #clients: Program | undefined
  #delivered = 0
  readonly rates: number[] = []
  /** Microseconds of the server's processor time, a delivery. */
  readonly cpuUs: number[] = []

  constructor(kind: Kind, load: Load) {
    this.kind = kind
    this.#load = load
    this.#server = new Program(SERVERS, {
      kind: kind.kind,
      plugin: kind.plugin,
      bytes: BYTES,
      aTurn: load.aTurn,
    })
  }

  async open(): Promise<void> {
    const { clients, stalled = 0, query = '' } = this.#load
    const port = await this.#server.next<number>()
    const load: SseLoad = { port, path: `/telemetry/stream${query}`, clients, stalled, mark: MARK }
    this.#clients = Program.ofFile(LOAD, load)
    await this.#clients.next()
  }

  async measure(isCounted: boolean): Promise<void> {
    const { clients, aTurn } = this.#load
    const deliveries = this.kind.deliveries / (aTurn === 1 ? ALONE_TIMES : 1)
    const events = Math.ceil(deliveries / clients)
    this.#delivered += events * clients
    const done = this.#clients!.ask<number>(this.#delivered)
    const cpuUs = await this.#server.ask<number>(events)
    const ms = await done
    if (!isCounted) return
    this.rates.push((events * clients * 1000) / ms)
    this.cpuUs.push(cpuUs / (events * clients))
  }

  async close(): Promise<void> {
    await this.#clients?.stop()
    await this.#server.stop()
  }
}
