/** `sysmon tail --s2`: the events of a fleet, from where a sink delivers them to. */

import type { EventEnvelope } from '../../generated/types.ts'
import { loadFollow, type SinkName } from '../sinks/registry.ts'
import { SinkError } from '../sinks/sink.ts'
import { printable } from '../units.ts'
import { eventText } from './event-line.ts'
import { UsageError } from './usage.ts'

export interface FleetArguments {
  readonly sink: SinkName
  readonly prefix: string | undefined
  readonly since: string | undefined
  /** From the oldest record on. */
  readonly replay: boolean
  readonly json: boolean
}

/** @returns the exit status, where the other side refuses */
export async function tailFleet(args: FleetArguments): Promise<number> {
  const { sink, prefix, json } = args
  const since =
    args.since === undefined ? (args.replay ? 0 : undefined) : parseTime(args.since, Date.now())
  try {
    const follow = await loadFollow(sink)
    if (follow === undefined) throw new UsageError(`${sink} cannot be read from`)
    return await follow(process.env, {
      prefix,
      since,
      onRecord({ stream, body }) {
        process.stdout.write(`${json ? jsonLine(stream, body) : line(stream, body)}\n`)
      },
      onTrouble(message) {
        process.stderr.write(`sysmon tail: ${message}; trying again\n`)
      },
    })
  } catch (error) {
    if (!(error instanceof SinkError)) throw error
    if (error.fault === 'misconfigured') throw new UsageError(error.message)
    process.stderr.write(`sysmon tail: ${error.message}\n`)
    return 1
  }
}

/** An ISO time, Unix seconds, or how long ago: `90s`, `15m`, `2h`, `7d`. @returns Unix ms */
export function parseTime(text: string, now: number): number {
  const ago = /^(\d+)(s|m|h|d)$/.exec(text)
  if (ago !== null) {
    const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[ago[2] as 's' | 'm' | 'h' | 'd']
    return now - Number(ago[1]) * unit * 1000
  }
  const time = /^\d{9,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isFinite(time)) return time
  throw new UsageError(
    `--since ${text} is no time: write 2026-11-24T08:00:00Z, or 90s, 15m, 2h, 7d for how long ago`
  )
}

function line(stream: string, body: Uint8Array): string {
  const text = Buffer.from(body).toString()
  try {
    return `${printable(stream)}  ${eventText(JSON.parse(text) as EventEnvelope, process.stdout.columns)}`
  } catch {
    return `${printable(stream)}  (no event)  ${printable(text.slice(0, 200))}`
  }
}

/** The envelope, with the stream's name in front. */
function jsonLine(stream: string, body: Uint8Array): string {
  const text = Buffer.from(body).toString()
  const name = JSON.stringify(stream)
  return text.startsWith('{"seq":')
    ? `{"stream":${name},${text.slice(1)}`
    : JSON.stringify({ stream, body: text })
}
