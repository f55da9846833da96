/**
 * Machines of a simulated fleet, many in one process: each has an event stream and the real sink, and
 * publishes at random moments. Told what to do by its arguments; prints one line of JSON at the end.
 */

import { parseArgs } from 'node:util'
import { pino } from 'pino'
import type { PublishedEvent } from '../plugin/events/envelope.ts'
import { SinkRunner } from '../plugin/sinks/runner.ts'
import { resolveS2, s2OptionsFromEnv } from '../plugin/sinks/s2/s2-config.ts'
import { S2Sink } from '../plugin/sinks/s2/s2-sink.ts'
import type { Delivery } from '../plugin/sinks/sink.ts'
import { EventStream } from '../plugin/stream/stream.ts'

export interface MachinesReport {
  readonly published: number
  readonly delivered: number
  readonly appends: number
  readonly failures: number
  readonly missed: number
  /** Milliseconds from publication to the acknowledgement by S2, of at most 20,000 events. */
  readonly lags: readonly number[]
  /** Of one core, while events were published. */
  readonly cpu: number
  readonly rssMib: number
}

const MAX_LAGS = 20_000
/** As large as the kill of a renderer in a memory control group. */
const DATA = {
  process_name: 'chromium',
  pid: 8014,
  rss_kb: 566_708,
  constraint: 'memcg',
  top_tasks: [{ pid: 8014, name: 'chromium', rss_kb: 566_708 }],
  trigger_process_name: 'chromium',
  trigger_pid: 8014,
  total_vm_kb: 1_468_148,
  oom_score_adj: 300,
  uid: 1000,
  oom_memcg: '/browsers/session-4711',
  task_memcg: '/browsers/session-4711',
  memcg_limit_kb: 614_400,
  memcg_usage_kb: 614_400,
}

class CountingSink extends S2Sink {
  appends = 0
  readonly lags: number[]

  constructor(lags: number[], ...args: ConstructorParameters<typeof S2Sink>) {
    super(...args)
    this.lags = lags
  }

  override async deliver(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery> {
    const delivery = await super.deliver(batch, signal)
    this.appends++
    const now = Date.now()
    for (const { ts } of batch) if (this.lags.length < MAX_LAGS) this.lags.push(now - ts / 1000)
    return delivery
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      first: { type: 'string', default: '0' },
      count: { type: 'string', default: '1' },
      /** Events a second of each machine. */
      rate: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '10' },
    },
  })
  const [first, count, rate, seconds] = [
    values.first,
    values.count,
    values.rate,
    values.seconds,
  ].map(Number) as [number, number, number, number]
  const log = pino({ level: process.env.LOG_LEVEL ?? 'error' }, process.stderr)
  const lags: number[] = []
  const machines = Array.from({ length: count }, (_, index) => {
    const name = `fleet/${String(first + index).padStart(6, '0')}`
    const options = s2OptionsFromEnv({ ...process.env, S2_STREAM: name })
    const sink = new CountingSink(lags, resolveS2(options, process.env), log)
    const stream = new EventStream({ capacity: 1000, maxBytes: 1 << 20 })
    const runner = new SinkRunner({ sink, stream, log, onMissed() {}, onRejected() {} })
    return { sink, stream, runner }
  })
  // A fleet does not start in one moment either.
  for (const [index, { runner }] of machines.entries()) {
    runner.start()
    if (index % 20 === 19) await new Promise(resolve => setTimeout(resolve, 100))
  }
  while (machines.some(({ runner }) => runner.health.state !== 'delivering')) {
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  process.send?.('ready')
  await new Promise(resolve => process.once('message', resolve))

  lags.length = 0
  const before = process.cpuUsage()
  const started = performance.now()
  let published = 0
  const publish = ({ stream }: (typeof machines)[number]) => {
    published++
    stream.publish({
      ts: Date.now() * 1000,
      type: 'system_oom_kill',
      category: 'system',
      source: {
        kind: 'local_process',
        event: 'linux.oom_kill',
        metadata: { n: String(published) },
      },
      data: DATA,
    })
  }
  const perMs = (count * rate) / 1000
  let due = 0
  while (performance.now() - started < seconds * 1000) {
    await new Promise(resolve => setTimeout(resolve, 2))
    for (due = Math.floor((performance.now() - started) * perMs); published < due; ) {
      publish(machines[Math.floor(Math.random() * machines.length)]!)
    }
  }
  const { user, system } = process.cpuUsage(before)
  const elapsedUs = (performance.now() - started) * 1000
  await Promise.all(machines.map(({ runner }) => runner.close(30_000)))
  const health = machines.map(({ runner }) => runner.health)
  const report: MachinesReport = {
    published,
    delivered: health.reduce((sum, { delivered }) => sum + delivered, 0),
    appends: machines.reduce((sum, { sink }) => sum + sink.appends, 0),
    failures: health.reduce((sum, { failures }) => sum + failures, 0),
    missed: health.reduce((sum, { missed }) => sum + missed, 0),
    lags,
    cpu: (user + system) / elapsedUs,
    rssMib: process.memoryUsage.rss() / 2 ** 20,
  }
  process.send?.(report, () => process.disconnect())
}

await main()
