/** A real OpenTelemetry Collector that writes what it receives to a file, as JSON lines. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { findRealPart } from '../support/real-parts.ts'
import { PATIENCE_MS } from '../support/wait.ts'

/** The collector's path; where there is none the test is skipped, and says why. */
export function needCollector(t: Pick<TestContext, 'skip'>): string | undefined {
  const found = findRealPart('collector')
  if (found === undefined) {
    t.skip('no OpenTelemetry Collector: build it with npm run real-parts')
  }
  return found
}

export interface LogRecord {
  readonly timeUnixNano: string
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body?: unknown
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

export class Collector {
  readonly port: number
  readonly #command: string
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(command: string, folder: string, port: number) {
    this.#command = command
    this.#folder = folder
    this.port = port
  }

  static async start(t: Pick<TestContext, 'after'>, command: string): Promise<Collector> {
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-otlp-'))
    const collector = new Collector(command, folder, await freePort())
    t.after(async () => {
      await collector.stop('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    })
    await collector.boot()
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async boot(): Promise<void> {
    const config = join(this.#folder, 'config.yaml')
    writeFileSync(
      config,
      `receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${this.port}" } } } }
exporters: { file: { path: "${this.#logs}", append: true, flush_interval: 50ms } }
service:
  telemetry: { metrics: { level: none }, logs: { level: error } }
  pipelines: { logs: { receivers: [otlp], exporters: [file] } }
`
    )
    // What a killed collector has begun to write stays a line of its own.
    appendFileSync(this.#logs, '\n')
    const child = spawn(this.#command, [`--config=${config}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#process = child
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', text => {
      errors = (errors + text).slice(-4000)
    })
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the collector did not start:\n${errors}`)
      }
      const answer = await fetch(this.url, { signal: AbortSignal.timeout(2000) }).catch(
        () => undefined
      )
      if (answer !== undefined) return
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  /** All log records that it has written, in the order in which it received them. */
  records(): LogRecord[] {
    return readFileSync(this.#logs, 'utf8').split('\n').flatMap(recordsOf)
  }

  get #logs(): string {
    return join(this.#folder, 'logs.json')
  }
}

interface Attribute {
  readonly key: string
  readonly value: Record<string, unknown>
}
interface ExportedLogs {
  readonly resourceLogs: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeLogs: ReadonlyArray<{
      readonly logRecords: ReadonlyArray<
        Omit<LogRecord, 'attributes'> & { readonly attributes: readonly Attribute[] }
      >
    }>
  }>
}

/** Of a line of the file; one that is not written to its end holds none yet. */
function recordsOf(line: string): LogRecord[] {
  let resourceLogs: ExportedLogs['resourceLogs']
  try {
    resourceLogs = (JSON.parse(line) as ExportedLogs).resourceLogs
  } catch {
    return []
  }
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map(record => ({
        ...record,
        ...(record.body === undefined ? {} : { body: plain(record.body as Attribute['value']) }),
        attributes: plainAttributes(record.attributes),
        resource: plainAttributes(resource.attributes),
      }))
    )
  )
}

function plainAttributes(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]))
}

/** An AnyValue as OTLP's JSON has it, as plain JSON. */
function plain(value: Attribute['value']): unknown {
  const [[kind, inner] = []] = Object.entries(value)
  if (kind === 'intValue') return Number(inner)
  if (kind === 'kvlistValue') {
    return plainAttributes((inner as { values?: Attribute[] }).values ?? [])
  }
  if (kind === 'arrayValue') {
    return ((inner as { values?: Attribute['value'][] }).values ?? []).map(plain)
  }
  return kind === undefined ? null : inner
}
