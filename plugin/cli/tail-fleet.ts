/** `sysmon tail --s2`: the events of a fleet, from where a sink delivers them to. */

import type { EventEnvelope } from '../../generated/types.ts'
import { loadFollow, type SinkName } from '../sinks/registry.ts'
import { SinkError } from '../sinks/sink.ts'
import { printable } from '../units.ts'
import { ConnectionTrouble } from './connection-trouble.ts'
import { eventText, terminal } from './event-line.ts'
import { parseTime } from './time-argument.ts'
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
  const trouble = new ConnectionTrouble()
  try {
    const follow = await loadFollow(sink)
    if (follow === undefined) throw new UsageError(`${sink} cannot be read from`)
    return await follow(process.env, {
      prefix,
      since,
      onRecord({ stream, body }) {
        trouble.clear()
        process.stdout.write(`${json ? jsonLine(stream, body) : line(stream, body)}\n`)
      },
      onTrouble: message => trouble.report(message),
    })
  } catch (error) {
    if (!(error instanceof SinkError)) throw error
    if (error.fault === 'misconfigured') throw new UsageError(error.message)
    process.stderr.write(`sysmon tail: ${error.message}\n`)
    return 1
  }
}

function line(stream: string, body: Uint8Array): string {
  const text = Buffer.from(body).toString()
  try {
    return `${printable(stream)}  ${eventText(JSON.parse(text) as EventEnvelope, terminal())}`
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
