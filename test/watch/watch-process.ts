/**
 * The watcher in a process of its own, which a test can stop, kill and start again: prints what it
 * finds, one line of JSON each. `node watch-process.js '{"stateDir": "...", "path": "/dev/kmsg"}'`
 */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { KmsgHealth } from '../../generated/types.ts'
import { readBootId } from '../../plugin/machine/boot-id.ts'
import type { KmsgGap } from '../../plugin/watch/kmsg-gaps.ts'
import { KmsgWatcher, type KmsgWatcherOptions } from '../../plugin/watch/watcher.ts'
import { PATIENCE_MS } from '../support/wait.ts'

export interface SeenKill {
  readonly pid: number
  readonly seq: number
  readonly ts: number
  readonly isReplayed: boolean
  readonly isPartial: boolean
  readonly trigger?: string
  readonly ramPages?: number
}

export interface Options extends Partial<KmsgWatcherOptions> {
  /** So many kills get onto the disk, those after them are in memory only. Default: all. */
  readonly written?: number
  /** It ends itself with -9 in the turn in which it began to watch: nothing was read yet. */
  readonly diesAtStart?: boolean
}

type Line = { kill: SeenKill } | { gap: KmsgGap } | { health: KmsgHealth }

const self = fileURLToPath(import.meta.url)
if (process.argv[1] === self) run(JSON.parse(process.argv[2]!) as Options)

function run({ written = Number.POSITIVE_INFINITY, diesAtStart, ...options }: Options): void {
  let events = 0
  let writtenSeq = written
  const print = (line: Line): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }
  const watcher = new KmsgWatcher(
    {
      path: '/dev/kmsg',
      bootId: readBootId(),
      stateDir: undefined,
      history: false,
      ...options,
    },
    pino({ level: 'warn' }, pino.destination(2)),
    {
      onKill({ victim, record, isPartial, dump }, ts, isReplayed) {
        print({
          kill: {
            pid: victim.pid,
            seq: record.seq,
            ts,
            isReplayed,
            isPartial,
            ...(dump.opener === undefined ? {} : { trigger: dump.opener.comm }),
            ...(dump.ramPages === undefined ? {} : { ramPages: dump.ramPages }),
          },
        })
        return ++events
      },
      onGap: gap => print({ gap }),
      writtenSeq: () => writtenSeq,
    }
  )
  watcher.start()
  if (diesAtStart === true) process.kill(process.pid, 'SIGKILL')
  print({ health: watcher.health })
  // Each line on standard input asks for the health, and may say that the disk has room again; its
  // end closes the watcher.
  createInterface({ input: process.stdin })
    .on('line', line => {
      if (line === 'written') writtenSeq = Number.POSITIVE_INFINITY
      print({ health: watcher.health })
    })
    .on('close', () => watcher.close())
}

export class WatchProcess {
  readonly kills: SeenKill[] = []
  readonly gaps: KmsgGap[] = []
  readonly child: ChildProcess
  /** What it logged. */
  log = ''
  #health: KmsgHealth | undefined

  private constructor(options: Options, around: readonly string[]) {
    const [command, ...args] = [...around, process.execPath, self, JSON.stringify(options)]
    const child = spawn(command!, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child = child
    createInterface({ input: child.stdout }).on('line', text => {
      const line = JSON.parse(text) as Line
      if ('kill' in line) this.kills.push(line.kill)
      else if ('gap' in line) this.gaps.push(line.gap)
      else this.#health = line.health
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      this.log += text
    })
    child.stdin.on('error', () => {})
  }

  /**
   * Resolves when it watches, or has tried to.
   *
   * @param around a command that runs another one, which is given as its last arguments
   */
  static async start(
    t: TestContext,
    options: Options,
    around: readonly string[] = []
  ): Promise<WatchProcess> {
    const watch = new WatchProcess(options, around)
    t.after(() => watch.kill())
    await watch.until(() => watch.#health !== undefined, 'the start')
    return watch
  }

  /** Begins to watch, and dies before it has read a record: resolves then. */
  static async dieAtStart(options: Options): Promise<void> {
    const watch = new WatchProcess({ ...options, diesAtStart: true }, [])
    await once(watch.child, 'close')
    assert.equal(watch.child.signalCode, 'SIGKILL', watch.log)
  }

  /** What was in memory only gets onto the disk. */
  async write(): Promise<void> {
    await this.health('written')
  }

  async health(line = ''): Promise<KmsgHealth> {
    this.#health = undefined
    this.child.stdin!.write(`${line}\n`)
    await this.until(() => this.#health !== undefined, 'its health')
    return this.#health!
  }

  /** kill -9, and waits until its last lines are read. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const closed = once(this.child, 'close')
    this.child.kill('SIGCONT')
    this.child.kill('SIGKILL')
    await closed
  }

  /** Ends it properly. */
  async close(): Promise<void> {
    const closed = once(this.child, 'close')
    this.child.stdin!.end()
    await closed
  }

  async until(isTrue: () => boolean, what: string): Promise<void> {
    for (let tries = 0; !isTrue(); tries++) {
      const { exitCode, signalCode } = this.child
      if (exitCode !== null || signalCode !== null || tries === PATIENCE_MS / 10) {
        throw new Error(`never came: ${what} (${exitCode ?? signalCode ?? 'alive'})\n${this.log}`)
      }
      await sleep(10)
    }
  }

  /** Waits for the kill of this process. */
  async untilKill(pid: number): Promise<SeenKill> {
    const find = () => this.kills.find(kill => kill.pid === pid)
    await this.until(() => find() !== undefined, `the kill of ${pid}`)
    return find()!
  }
}
