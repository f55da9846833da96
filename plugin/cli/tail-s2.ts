/** `sysmon tail --s2`: the events of a fleet, from its S2 streams. */

import type { EventEnvelope } from '../../generated/types.ts'
import { DEFAULT_STREAM, resolveS2, s2OptionsFromEnv } from '../sinks/s2/s2-config.ts'
import { followFleet } from '../sinks/s2/s2-fleet.ts'
import { explain, openBasin } from '../sinks/s2/s2-sink.ts'
import { importOptional, SinkError } from '../sinks/sink.ts'
import { printable } from '../units.ts'
import { eventLine } from './event-line.ts'
import { UsageError } from './usage.ts'

export interface FleetArguments {
  readonly prefix: string | undefined
  readonly since: string | undefined
  /** From the oldest record on. */
  readonly replay: boolean
  readonly json: boolean
}

/** @returns the exit status, where S2 refuses */
export async function tailFleet(args: FleetArguments): Promise<number> {
  const { S2_STREAM = DEFAULT_STREAM } = process.env
  const prefix = args.prefix ?? S2_STREAM.split('{', 1)[0]!
  const since =
    args.since === undefined ? (args.replay ? 0 : undefined) : parseTime(args.since, Date.now())
  try {
    // Which streams are read does not depend on this machine's own names.
    const options = s2OptionsFromEnv({ ...process.env, S2_STREAM: 'any' })!
    const target = resolveS2(options, process.env)
    const sdk = await importOptional('@s2-dev/streamstore', () => import('@s2-dev/streamstore'))
    const basin = openBasin(sdk, target)
    try {
      return await followFleet(basin, {
        prefix,
        since,
        onRecord({ stream, body }) {
          process.stdout.write(`${args.json ? jsonLine(stream, body) : line(stream, body)}\n`)
        },
        onTrouble(message) {
          process.stderr.write(`sysmon tail: S2: ${message}; trying again\n`)
        },
      })
    } catch (error) {
      throw explain(error, target)
    }
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
    return `${printable(stream)}  ${eventLine(JSON.parse(text) as EventEnvelope)}`
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
