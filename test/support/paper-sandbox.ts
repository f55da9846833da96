/** Where the commands of a paper run: a copy of the project, with ports and folders of its own. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { postJson } from './post-json.ts'
import { findRealPart } from './real-parts.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { PATIENCE_MS } from './wait.ts'

/** What runs until it is stopped: started beside the rest, and stopped after the last block of its file. */
const ENDLESS = /^(?:curl -N|sysmon tail|npm ci && npm start$)/
/** From a clean copy to an answer: npm ci, and the compiler, on a busy machine. */
const START_MS = 240_000

/** The slowest block installs the package with all it needs. */
const BLOCK_MS = 180_000

const s2 = findRealPart('s2')

/** For the blocks of one file. */
export class Sandbox {
  readonly #copy: string
  readonly #folder: string
  readonly #ports: { readonly api: number; readonly s2: number }
  readonly #running: Array<{ readonly name: string; readonly process: ChildProcess; log: string }> =
    []
  readonly output: string[] = []

  private constructor(copy: string, folder: string, ports: { api: number; s2: number }) {
    this.#copy = copy
    this.#folder = folder
    this.#ports = ports
    mkdirSync(join(folder, 'prefix/lib'), { recursive: true })
    // As if the package were installed on the machine.
    mkdirSync(join(folder, 'bin'))
    symlinkSync(resolve(copy, 'dist/plugin/cli/sysmon.js'), join(folder, 'bin/sysmon'))
    // An answer that is an error ends curl with an exit status, and its head is printed.
    writeFileSync(join(folder, '.curlrc'), 'fail\ninclude\n')
  }

  static async open(t: TestContext, copy: string): Promise<Sandbox> {
    const ports = { api: await freePort(10001), s2: await freePort(8080) }
    const sandbox = new Sandbox(copy, temporaryFolder(t, 'sysmon-papers-'), ports)
    t.after(() => sandbox.close())
    return sandbox
  }

  get #environment(): NodeJS.ProcessEnv {
    // What npm and the test runner tell their children is not what a terminal has.
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|NODE_(?:TEST|OPTIONS|CHANNEL))/.test(name)
    )
    const own = ['prefix/bin', 'bin'].map(name => join(this.#folder, name))
    const path = [dirname(process.execPath), ...own, process.env.PATH]
    if (s2 !== undefined) path.unshift(dirname(s2))
    return {
      ...Object.fromEntries(kept),
      PATH: path.join(delimiter),
      CURL_HOME: this.#folder,
      PORT: String(this.#ports.api),
      SYSMON_STATE_DIR: join(this.#folder, 'state'),
      npm_config_prefix: join(this.#folder, 'prefix'),
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
    }
  }

  /** As it stands, but for ports that are taken on this machine. */
  #here(text: string): string {
    return text
      .replaceAll('10001', String(this.#ports.api))
      .replaceAll('8080', String(this.#ports.s2))
      .replaceAll('/tmp/s2', join(this.#folder, 's2'))
  }

  #start(script: string): { process: ChildProcess; log: string } {
    const log = join(this.#folder, `log-${this.#running.length}`)
    const fd = openSync(log, 'w')
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: this.#copy,
      env: this.#environment,
      stdio: ['ignore', fd, fd],
      detached: true,
    })
    closeSync(fd)
    this.#running.push({ name: script, process: child, log })
    return { process: child, log }
  }

  async run(text: string): Promise<void> {
    const lines = text.split('\n')
    const endless = lines.filter(line => ENDLESS.test(line))
    const script = lines.filter(line => !ENDLESS.test(line)).join('\n')
    if (script !== '') {
      const { process: child, log } = this.#start(this.#here(script))
      const deadline = setTimeout(() => this.#kill(child), BLOCK_MS)
      const [code] = await once(child, 'exit')
      clearTimeout(deadline)
      const printed = readFileSync(log, 'utf8')
      assert.equal(code, 0, `exit status ${code} of\n${script}\n${printed}`)
      this.output.push(printed)
    }
    // With what the block has exported before.
    const exports = lines.filter(line => line.startsWith('export ')).join('\n')
    for (const line of endless) this.#start(this.#here(`${exports}\n${line}`))
    if (/npm start/.test(text)) await this.#untilItAnswers()
  }

  /** Where a block of the file starts no server, one is there before its first. */
  async ensureServer(): Promise<void> {
    if (await this.#isAnswering()) return
    this.#start('node dist/plugin/cli/sysmon.js serve')
    await this.#untilItAnswers()
  }

  async #untilItAnswers(): Promise<void> {
    const deadline = Date.now() + START_MS
    while (!(await this.#isAnswering())) {
      const ended = this.#running.filter(({ process: { exitCode } }) => (exitCode ?? 0) !== 0)
      if (Date.now() > deadline || ended.length > 0) {
        throw new Error(`the server does not answer:\n${this.logs()}`)
      }
      await pause(100)
    }
    // Something to see for whoever follows.
    await this.publish('from the test of the papers')
  }

  #isAnswering(): Promise<boolean> {
    return new Promise(resolve => {
      get(`http://127.0.0.1:${this.#ports.api}/healthz`, response => {
        response.resume()
        resolve(true)
      }).on('error', () => resolve(false))
    })
  }

  /** A crash, so that who follows crashes only is shown it too. */
  async publish(text: string): Promise<void> {
    const event = { type: 'service_crashed', data: { service_name: text, phase: 'gave_up' } }
    const url = `http://127.0.0.1:${this.#ports.api}/telemetry/events`
    assert.equal((await postJson(url, event)).status, 200)
  }

  /** What follows the stream does so still, and shows what is published. */
  async checkEndless(): Promise<void> {
    const followers = this.#running.filter(({ name }) => /curl -N|sysmon tail/.test(name))
    if (followers.length === 0) return
    const text = `the last event of ${this.#ports.api}`
    await this.publish(text)
    for (const { name, process: child, log } of followers) {
      const deadline = Date.now() + PATIENCE_MS
      while (!readFileSync(log, 'utf8').includes(text)) {
        assert.ok(Date.now() < deadline, `${name}\ndid not show "${text}":\n${readFileSync(log)}`)
        await pause(50)
      }
      assert.equal(child.exitCode, null, `${name} has ended`)
      this.output.push(readFileSync(log, 'utf8'))
    }
  }

  logs(): string {
    return this.#running
      .map(({ name, log }) => `$ ${name}\n${readFileSync(log, 'utf8').slice(-4000)}`)
      .join('\n')
  }

  async close(): Promise<void> {
    for (const { process: child } of this.#running) this.#kill(child)
    while (await this.#isAnswering()) await pause(50)
  }

  /** With its whole group: what it has left in the background too. */
  #kill(child: ChildProcess): void {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // None of it is left.
    }
  }
}
