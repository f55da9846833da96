/**
 * The real S2 server, `s2 lite`, as a process with its data on disk: killed, stopped and started
 * again by the tests, and read back with S2's own command line.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { EventEnvelope } from '../../generated/types.ts'
import { freePort } from '../support/free-port.ts'
import { findRealPart } from '../support/real-parts.ts'
import { PATIENCE_MS } from '../support/wait.ts'

export const BASIN = 'sysmon-test'
export const TOKEN = 'ignored'

/** A record as S2's command line prints it (`--format json`). */
export interface S2Record {
  readonly seq_num: number
  readonly timestamp: number
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly body: string
}

/** The path of the `s2` command; where there is none the test is skipped, and says why. */
export function needS2(t: Pick<TestContext, 'skip'>): string | undefined {
  const found = findRealPart('s2')
  if (found === undefined) {
    t.skip('no s2 command: build it with npm run real-parts, or cargo install --locked s2-cli')
  }
  return found
}

export class S2Lite {
  readonly port: number
  readonly #command: string
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(command: string, folder: string, port: number) {
    this.#command = command
    this.#folder = folder
    this.port = port
  }

  /** Starts a server with one basin; killed and removed after the test. */
  static async start(t: Pick<TestContext, 'after'>, command: string): Promise<S2Lite> {
    const folder = mkdtempSync(join(tmpdir(), 'sysmon-s2-'))
    const lite = new S2Lite(command, folder, await freePort())
    t.after(async () => {
      await lite.kill()
      rmSync(folder, { recursive: true, force: true })
    })
    writeFileSync(join(folder, 'init.json'), JSON.stringify({ basins: [{ name: BASIN }] }))
    await lite.boot()
    return lite
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** For the SDK and for S2's command line. @param url of a proxy before the server */
  env(url = this.url): Record<string, string> {
    return {
      S2_ACCESS_TOKEN: TOKEN,
      S2_BASIN: BASIN,
      S2_ACCOUNT_ENDPOINT: url,
      S2_BASIN_ENDPOINT: url,
    }
  }

  get pid(): number {
    return this.#process!.pid!
  }

  /** @param isTls with a certificate that it makes itself, at `https://127.0.0.1` */
  async boot(isTls = false): Promise<void> {
    const args = ['lite', '--local-root', join(this.#folder, 'data'), '--port', String(this.port)]
    const child = spawn(
      this.#command,
      [
        ...args,
        ...['--init-file', join(this.#folder, 'init.json'), '--no-dashboard'],
        ...(isTls ? ['--tls-self'] : []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, RUST_LOG: 'error' } }
    )
    this.#process = child
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', text => {
      errors = (errors + text).slice(-4000)
    })
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`s2 lite did not start:\n${errors}`)
      }
      if (await this.#isUp(isTls)) return
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  #isUp(isTls: boolean): Promise<boolean> {
    const { get } = isTls ? https : http
    const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${this.port}/health`
    return new Promise(resolve => {
      const check = get(url, { rejectUnauthorized: false, timeout: 2000 }, answer => {
        answer.resume()
        resolve(answer.statusCode === 200)
      })
      check.on('error', () => resolve(false))
      check.on('timeout', () => check.destroy(new Error('no answer in 2 s')))
    })
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async restart(): Promise<void> {
    await this.kill()
    await this.boot()
  }

  /** All records of a stream, read with S2's own command line. */
  async read(stream: string): Promise<S2Record[]> {
    const uri = `s2://${BASIN}/${stream}`
    const tail = /^(\d+)/.exec(await this.run(['check-tail', uri]))?.[1] ?? '0'
    if (tail === '0') return []
    // Without a count the command goes on for ever.
    const output = await this.run(['read', uri, '-s', '0', '-n', tail, '--format', 'json'])
    return output
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as S2Record)
  }

  async run(args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.#command, args, {
      env: { ...process.env, ...this.env() },
      maxBuffer: 1 << 28,
      timeout: 60_000,
    })
    return stdout
  }

  async envelopes(stream: string): Promise<EventEnvelope[]> {
    return (await this.read(stream)).map(({ body }) => JSON.parse(body) as EventEnvelope)
  }
}
