// Publishes an event by the client that hey-api generates, reads the page and the stream, and prints what it
// read.

import {
  type EventEnvelope,
  getHealth,
  type OomKillData,
  publishEvent,
  readEvents,
  type SystemOomKillEvent,
  streamEvents,
  type TelemetryEvent,
} from './client'
import { client } from './client/client.gen'

function isOomKill(event: TelemetryEvent): event is SystemOomKillEvent {
  return event.type === 'system_oom_kill'
}

function kill({ seq, event }: EventEnvelope) {
  const { process_name: name, rss_kb, mem_free_kb } = (isOomKill(event) && event.data) || {}
  return { seq, type: event.type, name, rss_kb, mem_free_kb }
}

client.setConfig({ baseUrl: process.argv[2] ?? '' })
const leave = new AbortController()
const { stream } = await streamEvents({ signal: leave.signal, query: { replay: 'all' } })

const data: OomKillData = { process_name: 'chrome', pid: 2871, rss_kb: 1351104, mem_free_kb: 0 }
const published = await publishEvent({ body: { type: 'system_oom_kill', data } })
const refused = await publishEvent({ body: { type: '' } })
const page = await readEvents({ query: { limit: 10 } })
const whole = await readEvents({ query: { format: 'json' } })
if (published.data === undefined || page.data === undefined) throw new Error('no data')

let streamed: EventEnvelope | undefined
for await (const envelope of stream) {
  // What is in a frame, and never the frame, as this reader gives it.
  if ('seq' in envelope) streamed = envelope
  break
}
if (streamed === undefined) throw new Error('no event')
const health = await getHealth()

console.log(
  JSON.stringify({
    published: kill(published.data),
    refused: refused.error?.message,
    page: page.data.map(kill),
    whole: whole.data?.length,
    streamed: kill(streamed),
    health: health.data?.status,
  })
)
leave.abort()
