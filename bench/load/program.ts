/** A program that is measured: a process of its own, that prints where it listens and what it has to say. */

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a host application imports. */
export const PLUGIN = new URL('../../bundle/index.js', import.meta.url).href
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export class Program {
  readonly #child: ChildProcess
  readonly #exit: Promise<void>
  readonly #lines: AsyncIterator<string>

  /** @param source an ES module. Its argument, JSON, is in `process.argv[1]` */
  constructor(source: string, argument: unknown)
  constructor(source: string | undefined, argument: unknown, file?: string)
  constructor(source: string | undefined, argument: unknown, file?: string) {
    const what = source === undefined ? [file!] : ['--input-type=module', '-e', source]
    const args = [...what, JSON.stringify(argument ?? null)]
    this.#child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#exit = new Promise(resolve => this.#child.once('exit', () => resolve()))
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]()
  }

  /** A module of its own file. Its argument, JSON, is in `process.argv[2]` */
  static ofFile(path: string, argument: unknown): Program {
    return new Program(undefined, argument, path)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** What it prints next, as JSON. */
  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('the measured program ended')
    return JSON.parse(value) as T
  }

  /** Tells it a line, and waits for its answer. */
  async ask<T>(line: unknown): Promise<T> {
    this.#child.stdin!.write(`${JSON.stringify(line)}\n`)
    return await this.next<T>()
  }

  /** Milliseconds of processor time, of all its threads: proc(5). */
  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }
}
