/** `sysmon tail`: follows a running server and prints its events for a person. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { EventEnvelope } from '../../generated/types.ts'
import { Backoff } from '../backoff.ts'
import { ConnectionTrouble } from './connection-trouble.ts'
import { eventText, terminal } from './event-line.ts'
import { describe, frames, getJson, serverUrl } from './server-client.ts'
import { parseTime } from './time-argument.ts'
import { parseOptions, UsageError } from './usage.ts'

const HELP = `Usage: sysmon tail [--url URL] [--replay] [--since TIME] [--type TYPES]
                   [--category CATEGORIES] [--json]
       sysmon tail --s2 [--prefix PREFIX] [--since TIME] [--replay] [--json]

Follows a running server and prints its events, one a line, and under a kill its
cause, the evidence and what to do next, in local time. Connects again when the server restarts,
without missing what it retains.

SYSMON_READ_TOKEN or SYSMON_TOKEN (or ..._FILE) is the token that a server asks
for.

With --s2: the events of all machines that deliver to S2, as S2_BASIN,
S2_ACCESS_TOKEN and S2's endpoint variables say. What is there already comes
in the order of time, then what comes, as it comes. New machines are found.

Options:
  --url URL   the server (KERNEL_IMAGES_API_BASE_URL, or http://127.0.0.1:PORT, 10001)
  --replay    begin with the oldest event that the server retains
  --type T, --category C
              only events of these, separated by commas
  --s2        read from S2
  --prefix P  only streams whose names begin with P (S2_STREAM up to its first
              placeholder, else sysmon/)
  --since T   begin at a time, 2026-11-24T08:00:00Z, or so long ago: 90s, 15m, 2h
  --json      print the envelopes as JSON lines; with --s2 each with its stream
  -h, --help  this text

Colours are used on a terminal only, and not where NO_COLOR is set.
`

/** The wait before it connects again. */
const RECONNECT = { firstMs: 250, lastMs: 5000 }
export async function tailCommand(args: string[]): Promise<number> {
  const { values } = parseOptions({
    args,
    options: {
      url: { type: 'string' },
      replay: { type: 'boolean' },
      s2: { type: 'boolean' },
      prefix: { type: 'string' },
      since: { type: 'string' },
      type: { type: 'string' },
      category: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (values.s2 === true) {
    for (const name of ['url', 'type', 'category'] as const) {
      if (values[name] !== undefined) throw new UsageError(`--${name} and --s2 exclude each other`)
    }
    const { prefix, since, replay = false, json = false } = values
    const { tailFleet } = await import('./tail-fleet.ts')
    return await tailFleet({ sink: 's2', prefix, since, replay, json })
  }
  if (values.prefix !== undefined) throw new UsageError('--prefix needs --s2')
  const since = values.since === undefined ? undefined : parseTime(values.since, Date.now())
  const url = new URL(`${serverUrl(values.url)}/telemetry/stream`)
  if (values.replay === true || since !== undefined) url.searchParams.set('replay', 'all')
  for (const name of ['type', 'category'] as const) {
    const list = values[name]
    if (list !== undefined) url.searchParams.set(name, list)
  }

  let lastId = ''
  let last: EventEnvelope | undefined
  const backoff = new Backoff(RECONNECT)
  const trouble = new ConnectionTrouble()
  for (;;) {
    let isOpen = false
    let isAnswered = false
    try {
      for await (const frame of frames(url, lastId)) {
        if (!isOpen) {
          isOpen = true
          if (last === undefined || !(await isNumberedAnew(url, last))) continue
          process.stderr.write('sysmon tail: the server numbers anew: all that it retains\n')
          url.searchParams.set('replay', 'all')
          lastId = ''
          last = undefined
          isAnswered = true
          break
        }
        backoff.reset()
        trouble.clear()
        isAnswered = true
        if (frame.id !== undefined) lastId = frame.id
        if (frame.comment?.startsWith('telemetry_gap') === true) {
          process.stderr.write(`sysmon tail: missed events: ${frame.comment}\n`)
        }
        if (frame.data === undefined) continue
        const envelope = JSON.parse(frame.data) as EventEnvelope
        last = envelope
        if (since !== undefined && envelope.event.ts < since * 1000) continue
        const line = values.json === true ? frame.data : eventText(envelope, terminal())
        process.stdout.write(`${line}\n`)
      }
      // It restarts: whether it stays away is seen in a moment.
      if (!isAnswered) trouble.report('the server ended the stream')
    } catch (error) {
      if (error instanceof UsageError) throw error
      trouble.report(`${url.origin}: ${describe(error)}`)
    }
    await sleep(backoff.next())
  }
}

/**
 * Whether this is another run of a server without a state folder. Its stream begins with its oldest event if it had
 * given fewer numbers than were seen when the stream was opened; else the event that has the number of the last one
 * shows it. Asked while the stream is open: before, the server could pass that number in between.
 */
async function isNumberedAnew(stream: URL, { seq, event }: EventEnvelope): Promise<boolean> {
  const page = new URL(stream.href.replace(/\/stream\?.*$|\/stream$/, '/events'))
  page.search = `?format=json&limit=1&offset=${seq}`
  let answer: Awaited<ReturnType<typeof getJson>>
  try {
    answer = await getJson(page)
  } catch (error) {
    // Something else answers there now: what the stream gets of it says so.
    if (error instanceof SyntaxError) return false
    throw error
  }
  const there = answer.status === 200 ? (answer.body as EventEnvelope[])[0] : undefined
  if (there?.seq !== seq) return false
  return there.event.ts !== event.ts || there.event.type !== event.type
}
