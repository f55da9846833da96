// Publishes an event by openapi-fetch, reads the page and the stream, and prints what it read.

import createClient from 'openapi-fetch'
import type { components, paths } from './client'

type Schemas = components['schemas']

function isOomKill(event: Schemas['TelemetryEvent']): event is Schemas['SystemOomKillEvent'] {
  return event.type === 'system_oom_kill'
}

function kill({ seq, event }: Schemas['EventEnvelope']) {
  const { process_name: name, rss_kb, mem_free_kb } = (isOomKill(event) && event.data) || {}
  return { seq, type: event.type, name, rss_kb, mem_free_kb }
}

// Of an operation that answers with a page or with a stream, the page.
const api = createClient<paths, 'application/json'>({ baseUrl: process.argv[2] ?? '' })
const leave = new AbortController()
const { data: stream } = await api.GET('/telemetry/stream', {
  parseAs: 'stream',
  signal: leave.signal,
})

const data: Schemas['OomKillData'] = {
  process_name: 'chrome',
  pid: 2871,
  rss_kb: 1351104,
  mem_free_kb: 0,
}
const published = await api.POST('/telemetry/events', { body: { type: 'system_oom_kill', data } })
const refused = await api.POST('/telemetry/events', { body: { type: '' } })
const page = await api.GET('/telemetry/events', { params: { query: { limit: 10 } } })
const whole = await api.GET('/telemetry/events', { params: { query: { format: 'json' } } })
if (published.data === undefined || page.data === undefined || !stream) throw new Error('no data')

let text = ''
for await (const bytes of stream) {
  text += new TextDecoder().decode(bytes as Uint8Array)
  if (text.endsWith('\n\n')) break
}
const streamed: Schemas['EventEnvelope'] = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '')
const health = await api.GET('/healthz')

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
