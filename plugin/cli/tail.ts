/** `sysmon tail`: follows a running server and prints its events for a person. */

import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventEnvelope } from '../../generated/types.ts'
import { Backoff } from '../backoff.ts'
import { eventText } from './event-line.ts'
import { parseOptions, secretVariable, UsageError } from './usage.ts'

const HELP = `Usage: sysmon tail [--url URL] [--replay] [--json]
       sysmon tail --s2 [--prefix PREFIX] [--since TIME] [--replay] [--json]

Follows a running server and prints its events, one a line, and under a kill its
cause, the evidence and what to do next. Connects again when the server restarts,
without missing what it retains.

SYSMON_READ_TOKEN or SYSMON_TOKEN (or ..._FILE) is the token that a server asks
for.

With --s2: the events of all machines that deliver to S2, as S2_BASIN,
S2_ACCESS_TOKEN and S2's endpoint variables say. What is there already comes
in the order of time, then what comes, as it comes. New machines are found.

Options:
  --url URL   the server (http://127.0.0.1:10001, or KERNEL_IMAGES_API_BASE_URL)
  --replay    begin with the oldest event that the server retains
  --s2        read from S2
  --prefix P  only streams whose names begin with P (S2_STREAM up to its first
              placeholder, else sysmon/)
  --since T   begin at a time, 2026-11-24T08:00:00Z, or so long ago: 90s, 15m, 2h
  --json      print the envelopes as JSON lines; with --s2 each with its stream
  -h, --help  this text
`

/** The wait before it connects again. */
const RECONNECT = { firstMs: 250, lastMs: 5000 }
/** The server's headers must be there after this long, in ms. */
const ANSWER_MS = 10_000
/** Idle time of the connection before the kernel asks the other side, in ms; it asks ten times, each second. */
const KEEP_ALIVE_MS = 15_000

export async function tailCommand(args: string[]): Promise<number> {
  const { values } = parseOptions({
    args,
    options: {
      url: { type: 'string' },
      replay: { type: 'boolean' },
      s2: { type: 'boolean' },
      prefix: { type: 'string' },
      since: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (values.s2 === true) {
    if (values.url !== undefined) throw new UsageError('--url and --s2 exclude each other')
    const { prefix, since, replay = false, json = false } = values
    const { tailFleet } = await import('./tail-fleet.ts')
    return await tailFleet({ sink: 's2', prefix, since, replay, json })
  }
  if (values.prefix !== undefined || values.since !== undefined) {
    throw new UsageError('--prefix and --since need --s2')
  }
  const base = values.url ?? process.env.KERNEL_IMAGES_API_BASE_URL ?? 'http://127.0.0.1:10001'
  if (!URL.canParse(base) || !/^https?:/.test(base)) {
    throw new UsageError(`"${base}" is no http URL such as http://127.0.0.1:10001`)
  }
  const url = new URL(`${base.replace(/\/+$/, '')}/telemetry/stream`)
  if (values.replay === true) url.searchParams.set('replay', 'all')

  let lastId = ''
  const backoff = new Backoff(RECONNECT)
  for (;;) {
    try {
      for await (const frame of frames(url, lastId)) {
        backoff.reset()
        if (frame.id !== undefined) lastId = frame.id
        if (frame.comment?.startsWith('telemetry_gap') === true) {
          process.stderr.write(`sysmon tail: missed events: ${frame.comment}\n`)
        }
        if (frame.data === undefined) continue
        const line =
          values.json === true
            ? frame.data
            : eventText(JSON.parse(frame.data) as EventEnvelope, process.stdout.columns)
        process.stdout.write(`${line}\n`)
      }
      process.stderr.write('sysmon tail: the server ended the stream; connecting again\n')
    } catch (error) {
      if (error instanceof UsageError) throw error
      // Where a name has several addresses and none answers, only the code says so.
      const { message, code } = error as NodeJS.ErrnoException
      process.stderr.write(`sysmon tail: ${url.origin}: ${message || code}; trying again\n`)
    }
    await sleep(backoff.next())
  }
}

interface Frame {
  id?: string
  data?: string
  comment?: string
}

async function* frames(url: URL, lastId: string): AsyncGenerator<Frame> {
  const headers: Record<string, string> = { accept: 'text/event-stream' }
  if (lastId !== '') headers['last-event-id'] = lastId
  const token = secretVariable('SYSMON_READ_TOKEN') ?? secretVariable('SYSMON_TOKEN')
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  const response = await open(url, headers)
  const { statusCode, headers: answered } = response
  if (statusCode !== 200) response.destroy()
  if (statusCode === 503) throw new Error('the server has no stream to spare')
  if (statusCode === 401) {
    throw new UsageError(
      `${url.origin} asks for a token: set SYSMON_READ_TOKEN or SYSMON_TOKEN to one that may read`
    )
  }
  if (answered.location !== undefined) {
    const there = new URL(answered.location, url).href.replace(/\/telemetry\/stream.*/, '')
    throw new UsageError(`${url.origin} answered that it is at ${there}: give that as --url`)
  }
  if (statusCode !== 200) {
    throw new UsageError(`${url} answered ${statusCode}: is this a sysmon server?`)
  }
  response.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of response) {
      text += chunk as string
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) yield parseFrame(block)
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    throw new Error(`the stream broke off (${code ?? message})`)
  }
}

/**
 * The response as soon as its headers are there. Not by fetch(): the first one of a process waits for
 * ever when the server closes the connection while undici still compiles its parser (Node 20).
 */
function open(url: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http
    const request = get(url, { headers, agent: false }, response => {
      clearTimeout(timer)
      resolve(response)
    })
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer in ${ANSWER_MS / 1000} s`)),
      ANSWER_MS
    )
    // A machine that is gone without a word is noticed after some 25 s.
    request.on('socket', socket => socket.setKeepAlive(true, KEEP_ALIVE_MS))
    request.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

function parseFrame(block: string): Frame {
  const frame: Frame = {}
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) frame.id = line.slice(4)
    else if (line.startsWith('data: ')) frame.data = line.slice(6)
    else if (line.startsWith(':')) frame.comment = line.slice(1).trim()
  }
  return frame
}
