/**
 * The sink that runs a program for each event, one at a time, in order: the envelope is on its standard
 * input, and what it says in one line in a variable. As earlyoom's `-N`.
 *
 * An event is delivered when the program ends with status 0. Else it is run again, {@link ATTEMPTS} times in
 * all; then the event is given up, and that is told.
 */

import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import type { EventEnvelope } from '../../../generated/types.ts'
import type { PublishedEvent } from '../../events/envelope.ts'
import { eventSentence } from '../../events/event-sentence.ts'
import { ALWAYS_CAPTURED } from '../../events/types.ts'
import type { EventFilter } from '../../stream/event-reader.ts'
import { printable } from '../../units.ts'
import { type Delivery, type Sink, SinkError, type SinkLimits } from '../sink.ts'

const ATTEMPTS = 5
/** Of what the program prints about its failure. */
const MAX_SAID_LENGTH = 300
/** Of the sentence: the kernel takes no variable of more than 128 KiB (MAX_ARG_STRLEN). */
const MAX_SENTENCE_LENGTH = 2000
/** What of the server's environment the program gets: the rest may hold secrets. */
const PASSED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const

export class CommandSink implements Sink {
  readonly name = 'command'
  readonly limits: SinkLimits = {
    maxBytes: 1024 * 1024,
    maxEvents: 1,
    lingerMs: 0,
    timeoutMs: 30_000,
  }
  readonly filter: EventFilter = { categories: new Set(ALWAYS_CAPTURED) }
  readonly state = undefined
  readonly #path: string
  #failed: { readonly seq: number; times: number } | undefined

  constructor(path: string) {
    this.#path = path
  }

  async load(): Promise<void> {}

  async connect(): Promise<void> {
    try {
      accessSync(this.#path, constants.X_OK)
    } catch (error) {
      throw cannotRun(this.#path, error as Error)
    }
  }

  async deliver([event]: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery> {
    const failure = await run(this.#path, event!, signal)
    if (failure === undefined) return {}
    const { seq } = event!
    if (this.#failed?.seq !== seq) this.#failed = { seq, times: 0 }
    const isLast = ++this.#failed.times >= ATTEMPTS
    throw new SinkError(isLast ? 'rejected' : 'retry', `${this.#path} ${failure}`)
  }

  close(): void {}
}

/**
 * @returns what went wrong, in words behind the program's name; undefined where it ended well
 * @throws {SinkError} where it cannot be run
 */
function run(
  path: string,
  event: PublishedEvent,
  signal: AbortSignal
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    // A group of its own: what it started is ended with it.
    const child = spawn(path, {
      env: environment(event),
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    })
    let said = ''
    const end = (failure: string | undefined): void => {
      signal.removeEventListener('abort', kill)
      resolve(failure)
    }
    const kill = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {}
      child.stderr.destroy()
    }
    signal.addEventListener('abort', kill, { once: true })
    child.on('error', error => {
      signal.removeEventListener('abort', kill)
      reject(cannotRun(path, error))
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < MAX_SAID_LENGTH) said += chunk.toString('utf8')
    })
    // Who does not read it is not told so.
    child.stdin.on('error', () => {})
    child.stdin.end(event.json)
    child.on('exit', (status, killedBy) => {
      if (status === 0) return end(undefined)
      const how = killedBy === null ? `ended with status ${status}` : `was ended by ${killedBy}`
      const words = printable(said.trim().slice(0, MAX_SAID_LENGTH))
      end(words === '' ? how : `${how}: ${words}`)
    })
  })
}

/** Nothing is wrong with the event: it waits until a person has put the program there. */
function cannotRun(path: string, error: Error): SinkError {
  const what = `${path} cannot be run: ${error.message}`
  return new SinkError('refused', what, { cause: error, reconnect: true })
}

function environment({ seq, type, json }: PublishedEvent): Record<string, string> {
  const { event } = JSON.parse(json.toString()) as EventEnvelope
  const passed = PASSED.flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(passed),
    SYSMON_SEQ: String(seq),
    SYSMON_TYPE: printable(type),
    SYSMON_SENTENCE: eventSentence(event)?.slice(0, MAX_SENTENCE_LENGTH) ?? '',
  }
}
