/**
 * `npm run bench:sink-memory -- --events 10000 --bytes 1000`: how much memory `sysmon serve` takes
 * beyond its start while S2 is away and events pass, and while it catches up. A real `s2 lite`.
 */

import { readFileSync } from 'node:fs'
import { Agent, get, request } from 'node:http'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Health } from '../generated/types.ts'
import { S2Lite } from '../test/sinks/s2-lite.ts'
import { findRealPart } from '../test/support/real-parts.ts'
import { startServer } from '../test/support/server.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    /** Of an event's JSON, with its envelope. */
    bytes: { type: 'string', default: '430,1000,4000' },
    /** Milliseconds between two events, while S2 is away. */
    pause: { type: 'string', default: '0' },
  },
})
const LANES = 8
const SAMPLE_MS = 20
/** What a crash of this bench has beside its padding. */
const BARE_BYTES = 298

const agent = new Agent({ keepAlive: true, maxSockets: LANES })

function post(url: string, serial: number, padding: string): Promise<void> {
  const metadata = { supervisor_instance: 'bench', supervisor_serial: String(serial), padding }
  const body = JSON.stringify({
    type: 'service_crashed',
    source: { kind: 'local_process', event: 'service.crashed', metadata },
    data: { service_name: 'chromium', phase: 'running', pid: serial + 1 },
  })
  const headers = { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers }
    const sent = request(`${url}/telemetry/events`, options, answer => {
      answer.resume().on('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new Error(`answered ${answer.statusCode}`))
      })
    })
    sent.on('error', reject).end(body)
  })
}

async function isDelivered(url: string): Promise<boolean> {
  const health = await new Promise<Health>((resolve, reject) => {
    get(`${url}/healthz`, { agent }, answer => resolve(json(answer) as Promise<Health>)).on(
      'error',
      reject
    )
  })
  const sink = health.sinks?.[0]
  return sink?.state === 'delivering' && sink.lag_events === 0
}

/** @returns megabytes of VmRSS at the start, and beyond it when S2 came back, at most, in the end */
async function measure(command: string, events: number, bytes: number, pauseMs: number) {
  const cleanups: Array<() => unknown> = []
  const t = { after: (cleanup?: unknown) => void cleanups.unshift(cleanup as () => unknown) }
  try {
    const lite = await S2Lite.start(t, command)
    const env = { ...lite.env(), S2_STREAM: 'bench', SYSMON_KMSG_PATH: '/nonexistent' }
    const { url, process: server } = await startServer(t, env)
    const resident = () => {
      const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
      return (Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) * 1024) / 1e6
    }
    const start = resident()
    let most = start
    const sampling = setInterval(() => {
      most = Math.max(most, resident())
    }, SAMPLE_MS)
    cleanups.unshift(() => clearInterval(sampling))
    const padding = 'x'.repeat(Math.max(0, bytes - BARE_BYTES))
    const postAll = async (from: number, to: number, pause: number) => {
      const lane = async (first: number) => {
        for (let serial = first; serial < to; serial += LANES) {
          await post(url, serial, padding)
          if (pause > 0) await sleep(pause * LANES)
        }
      }
      await Promise.all(Array.from({ length: LANES }, (_, index) => lane(from + index)))
    }
    const caughtUp = async () => {
      while (!(await isDelivered(url))) await sleep(50)
    }
    await postAll(0, events / 10, 0)
    await caughtUp()
    await lite.kill()
    await postAll(events / 10, events, pauseMs)
    const away = resident()
    await lite.boot()
    await caughtUp()
    const delivered = (await lite.envelopes('bench')).length
    if (delivered < events) throw new Error(`${delivered} of ${events} events are in S2`)
    return { start, away: away - start, most: most - start, end: resident() - start }
  } finally {
    for (const cleanup of cleanups) await cleanup()
  }
}

const command = findRealPart('s2')
if (command === undefined) {
  console.log('left out: no s2 command; npm run real-parts builds it')
} else {
  for (const bytes of values.bytes.split(',').map(Number)) {
    const figures = await measure(command, Number(values.events), bytes, Number(values.pause))
    const [start, away, most, end] = Object.values(figures).map(each => each.toFixed(1))
    console.log(
      `${process.version}, ${values.events} crashes of ${bytes} bytes: ${start} MB at the start; beyond that ${away} when S2 comes back, ${most} at most, ${end} when all is delivered`
    )
  }
}
agent.destroy()
