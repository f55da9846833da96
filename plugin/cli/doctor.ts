/** `sysmon doctor`: what keeps telemetry from being told, and how to mend it. */

import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'
import type { EventEnvelope, Health, OomKillData } from '../../generated/types.ts'
import { causeKill } from '../doctor/cause-kill.ts'
import type { Finding } from '../doctor/finding.ts'
import { machineFindings } from '../doctor/machine.ts'
import { serverFindings } from '../doctor/server.ts'
import { SYSTEM_OOM_KILL } from '../events/types.ts'
import { columns, wrap } from '../explain/wrap.ts'
import { OPTIONS } from '../options.ts'
import type { Frame } from '../sse-parser.ts'
import { printable } from '../units.ts'
import { optionsFromEnv } from './environment.ts'
import { eventText, terminal } from './event-line.ts'
import { describe, frames, getJson, serverUrl } from './server-client.ts'
import { parseOptions } from './usage.ts'

const HELP = `Usage: sysmon doctor [--url URL] [--kill] [--json]

Looks for what keeps kills and crashes from being told: at the kernel log, the
kernel's count of kills, process ids, the running server, its journal, the
supervisor's listener, the browser, the sinks. Each line is ok, warn (something is
not seen) or fail (the main job is not done), with what to do.

Run it as the user, and in the container, of the server.

Options:
  --url URL   the server (KERNEL_IMAGES_API_BASE_URL, or http://127.0.0.1:PORT, 10001)
  --kill      then let the kernel kill one process, in a memory control group of
              its own, and follow the event to here; as root
  --json      print {"status", "findings"} as JSON
  -h, --help  this text

SYSMON_READ_TOKEN or SYSMON_TOKEN (or ..._FILE) is the token that a server asks
for.

Exit status: 0 when nothing failed, 1 when something did, 2 for wrong usage.
`

/** How long the event of a kill is waited for. */
const EVENT_MS = 10_000
const STATUS_COLUMN = 6
const CHECK_COLUMN = 14
const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const

export async function doctorCommand(args: string[]): Promise<number> {
  const { values } = parseOptions({
    args,
    options: {
      url: { type: 'string' },
      kill: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const isJson = values.json === true
  const findings: Finding[] = []
  const add = (finding: Finding): void => {
    findings.push(finding)
    if (!isJson) process.stdout.write(`${shown(finding)}\n`)
  }
  const url = serverUrl(values.url)
  const { kmsgPath = OPTIONS.kmsgPath.default as string } = optionsFromEnv({
    SYSMON_KMSG_PATH: process.env.SYSMON_KMSG_PATH,
  })
  for (const finding of machineFindings(kmsgPath)) add(finding)
  const { findings: told, seq } = await askServer(url)
  for (const finding of told) add(finding)
  if (values.kill === true && seq !== undefined) {
    const { finding, envelope } = await followKill(url, seq)
    add(finding)
    if (!isJson && envelope !== undefined) {
      process.stdout.write(`\n${eventText(envelope, terminal())}\n`)
    }
  }
  const status = worst(findings)
  if (isJson) process.stdout.write(`${JSON.stringify({ status, findings })}\n`)
  return status === 'fail' ? 1 : 0
}

function worst(findings: readonly Finding[]): Finding['status'] {
  for (const status of ['fail', 'warn'] as const) {
    if (findings.some(finding => finding.status === status)) return status
  }
  return 'ok'
}

/** @returns with what it found the number of the newest event; none where no such server answers */
async function askServer(url: string): Promise<{ findings: Finding[]; seq?: number }> {
  try {
    const { status, body } = await getJson(new URL(`${url}/healthz`))
    const health = body as Partial<Health>
    if ((status === 200 || status === 503) && health.kmsg && health.stream && health.journal) {
      return { findings: serverFindings(url, health as Health), seq: health.stream.seq }
    }
    const mend =
      status === 401
        ? 'set SYSMON_READ_TOKEN or SYSMON_TOKEN to one that may read'
        : 'name a sysmon server with --url, and the path prefix of its routes'
    return noServer(`${url}/healthz answered ${status}`, mend)
  } catch (error) {
    const mend = 'start it (sysmon serve), or name it with --url'
    return noServer(`no server answers at ${url}: ${describe(error)}`, mend)
  }
}

function noServer(says: string, mend: string): { findings: Finding[] } {
  return { findings: [{ check: 'server', status: 'fail', says, mend }] }
}

/** From the kill to the event at a client. @param seq of the last event before it */
async function followKill(
  url: string,
  seq: number
): Promise<{ finding: Finding; envelope?: EventEnvelope }> {
  const check = 'a real kill'
  const group = `/sysmon-doctor-${process.pid}`
  const stream = frames(new URL(`${url}/telemetry/stream?type=${SYSTEM_OOM_KILL}`), String(seq))
  const over = new AbortController()
  try {
    const arriving = eventOf(group, stream)
    // Looked at below.
    arriving.catch(() => undefined)
    const killedAt = await causeKill(group)
    const timeout = sleep(EVENT_MS, undefined, { signal: over.signal })
    const envelope = await Promise.race([arriving, timeout])
    if (envelope !== undefined) {
      const ms = Math.max(0, Date.now() - killedAt)
      const says = `its event was here ${ms} ms after its parent heard of it`
      return { finding: { check, status: 'ok', says }, envelope }
    }
    const says = `the kernel killed a process of ${group}, and no event came in ${EVENT_MS / 1000} s`
    return { finding: { check, status: 'fail', says, mend: 'what failed above' } }
  } catch (error) {
    const says = describe(error)
    return {
      finding: { check, status: 'fail', says, mend: 'run it as root, where the server runs' },
    }
  } finally {
    over.abort()
    // It may be waiting for a frame that never comes.
    stream.return(undefined).catch(() => undefined)
  }
}

async function eventOf(
  group: string,
  stream: AsyncGenerator<Frame>
): Promise<EventEnvelope | undefined> {
  for await (const { data } of stream) {
    if (data === undefined) continue
    const envelope = JSON.parse(data) as EventEnvelope
    const { task_memcg: task, oom_memcg: limit } = envelope.event.data as OomKillData
    // A container's group is not the kernel's root.
    if (task?.endsWith(group) === true || limit?.endsWith(group) === true) return envelope
  }
  return undefined
}

function shown({ check, status, says, mend }: Finding): string {
  const { width: wide, isColoured } = terminal()
  const label = isColoured ? styleText(COLOURS[status], status, { validateStream: false }) : status
  const indent = STATUS_COLUMN + Math.max(CHECK_COLUMN, columns(check) + 2)
  const width = wide === undefined ? undefined : wide - indent
  const texts = mend === undefined ? [says] : [says, `mend: ${mend}`]
  const lines = texts.flatMap(text => wrap(printable(text), width))
  const head = label + ' '.repeat(STATUS_COLUMN - status.length) + check.padEnd(CHECK_COLUMN - 2)
  return lines
    .map((line, at) => (at === 0 ? `${head}  ${line}` : ' '.repeat(indent) + line))
    .join('\n')
}
