/** Sends events to S2 at a steady rate, by the sink or by the SDK alone; prints how it went. */

import { pino } from 'pino'
import { SinkRunner } from '../plugin/sinks/runner.ts'
import { openBasin } from '../plugin/sinks/s2/s2-client.ts'
import { resolveS2, s2OptionsFromEnv } from '../plugin/sinks/s2/s2-config.ts'
import { S2Sink } from '../plugin/sinks/s2/s2-sink.ts'
import { EventStream } from '../plugin/stream/stream.ts'

export interface SenderReport {
  readonly perSecond: number
  /** Microseconds of processor time an event. */
  readonly cpuUs: number
}

const RATE = 3000
const EVENTS = 12_000
/** Those of the sink. */
const BATCH_EVENTS = 100
const TICK_MS = 5

const { kind, stream: name } = JSON.parse(process.argv[2]!) as {
  kind: 'sink' | 'sdk'
  stream: string
}
const target = resolveS2(s2OptionsFromEnv({ ...process.env, S2_STREAM: name }), process.env)
const data = { text: 'x'.repeat(300) }
const source = { kind: 'local_process' } as const

const sender = kind === 'sink' ? await openSink() : await openSdk()
const before = process.cpuUsage()
const began = performance.now()
for (let sent = 0; sent < EVENTS; ) {
  const due = Math.min(EVENTS, Math.floor(((performance.now() - began) * RATE) / 1000))
  for (; sent < due; sent++) sender.send()
  await new Promise(resolve => setTimeout(resolve, TICK_MS))
}
await sender.end()
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(before)
const report: SenderReport = { perSecond: EVENTS / seconds, cpuUs: (user + system) / EVENTS }
console.log(JSON.stringify(report))

interface Sender {
  readonly send: () => void
  readonly end: () => Promise<void>
}

async function openSink(): Promise<Sender> {
  const log = pino({ level: 'error' }, process.stderr)
  const stream = new EventStream({ capacity: EVENTS, maxBytes: 64 << 20 })
  const sink = new S2Sink(target, log)
  const runner = new SinkRunner({ sink, stream, log, onMissed() {}, onRejected() {} })
  runner.start()
  while (runner.health.state !== 'delivering') await new Promise(done => setTimeout(done, 10))
  return {
    send() {
      stream.publish({ ts: Date.now() * 1000, type: 'note', category: 'system', source, data })
    },
    async end() {
      while (runner.health.delivered < EVENTS) await new Promise(done => setTimeout(done, 2))
    },
  }
}

async function openSdk(): Promise<Sender> {
  const sdk = await import('@s2-dev/streamstore')
  const basin = openBasin(sdk, target)
  await basin.streams.create({ stream: name })
  const stream = basin.stream(name)
  let seq = 0
  const waiting: ReturnType<typeof sdk.AppendRecord.string>[] = []
  let isEnding = false
  const sending = (async () => {
    while (!isEnding || waiting.length > 0) {
      const records = waiting.splice(0, BATCH_EVENTS)
      if (records.length === 0) await new Promise(done => setTimeout(done, 2))
      else await stream.append(sdk.AppendInput.create(records))
    }
  })()
  return {
    send() {
      const ts = Date.now() * 1000
      const event = { ts, type: 'note', category: 'system', source, data }
      const headers: [string, string][] = [
        ['type', 'note'],
        ['category', 'system'],
        ['seq', String(++seq)],
        ['origin', 'bench'],
      ]
      const timestamp = Date.now()
      const body = JSON.stringify({ seq, event })
      waiting.push(sdk.AppendRecord.string({ body, headers, timestamp }))
    },
    async end() {
      isEnding = true
      await sending
    },
  }
}
