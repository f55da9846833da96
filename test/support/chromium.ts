/** A real headless Chromium, and a DevTools client of the test's own that drives it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { waitFor } from './wait.ts'

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--site-per-process',
]

/** Why there is no browser, or undefined where there is one. */
export function whyNoChromium(): string | undefined {
  const { error } = spawnSync('chromium', ['--version'], { stdio: 'ignore' })
  return error === undefined ? undefined : 'no chromium here: apt-get install chromium'
}

type Json = Record<string, unknown>

export interface BrowserProcess {
  readonly type: string
  readonly id: number
}

export interface Tab {
  readonly targetId: string
  call(method: string, params?: Json): Promise<Json>
  /** Does not wait: of some addresses nothing comes back. */
  go(url: string): void
  /** Waits until it has loaded this: what it is told to do meanwhile may be dropped, a crash too. */
  loaded(url: string): Promise<void>
  evaluate(expression: string): void
}

export class Chromium {
  readonly process: ChildProcess
  readonly port: number
  readonly #socket: WebSocket
  readonly #answers = new Map<number, (answer: Json) => void>()
  #lastId = 0

  private constructor(process: ChildProcess, port: number, socket: WebSocket) {
    this.process = process
    this.port = port
    this.#socket = socket
    socket.on('message', data => {
      const { id, result } = JSON.parse(String(data)) as { id?: number; result?: Json }
      if (id === undefined) return
      this.#answers.get(id)?.(result ?? {})
      this.#answers.delete(id)
    })
    socket.on('error', () => {})
  }

  /** Killed after the test. @param port of its DevTools; default: a free one */
  static async start(
    t: Pick<TestContext, 'after'>,
    flags: readonly string[] = [],
    port = 0,
    command: readonly string[] = []
  ): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'sysmon-chromium-'))
    const [program, ...args] = [
      ...command,
      'chromium',
      ...FLAGS,
      `--user-data-dir=${profile}`,
      `--remote-debugging-port=${port}`,
      ...flags,
      'about:blank',
    ]
    const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    const ended = once(child, 'exit')
    t.after(async () => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {}
      await ended
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    })
    let output = ''
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', text => {
        output += text
        const found = /DevTools listening on (ws:\S+)/.exec(output)?.[1]
        if (found !== undefined) resolve(found)
      })
      child.once('exit', () => reject(new Error(`chromium ended: ${output}`)))
    })
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    t.after(() => socket.terminate())
    return new Chromium(child, Number(new URL(url).port), socket)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  call(method: string, params: Json = {}, sessionId?: string): Promise<Json> {
    const id = ++this.#lastId
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    return new Promise(resolve => this.#answers.set(id, resolve))
  }

  /** Opens a page and waits until it is loaded. */
  async open(url: string): Promise<Tab> {
    const { targetId } = await this.call('Target.createTarget', { url })
    return await this.attach(String(targetId))
  }

  async attach(targetId: string): Promise<Tab> {
    const attached = await this.call('Target.attachToTarget', { targetId, flatten: true })
    const sessionId = String(attached.sessionId)
    const call = (method: string, params?: Json) => this.call(method, params, sessionId)
    const loaded = `new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))`
    await call('Runtime.evaluate', { expression: loaded, awaitPromise: true })
    return {
      targetId,
      call,
      go: url => void call('Page.navigate', { url }),
      loaded: async url => {
        const expression = `document.readyState === 'complete' && location.href === ${JSON.stringify(url)}`
        await waitFor(async () => {
          const { result } = await call('Runtime.evaluate', { expression })
          return (result as Json | undefined)?.value === true
        }, url)
      },
      evaluate: expression => void call('Runtime.evaluate', { expression, userGesture: true }),
    }
  }

  /** When the browser told of each crash, as CLOCK_MONOTONIC in microseconds, by a connection of its own. */
  async watchCrashes(t: Pick<TestContext, 'after'>): Promise<ReadonlyMap<string, number>> {
    const told = new Map<string, number>()
    const socket = new WebSocket(this.#socket.url, { perMessageDeflate: false })
    t.after(() => socket.terminate())
    await once(socket, 'open')
    socket.on('message', data => {
      const { method, params } = JSON.parse(String(data))
      const [seconds, nanoseconds] = process.hrtime()
      if (method === 'Target.targetCrashed') {
        told.set(params.targetId, seconds * 1e6 + nanoseconds / 1e3)
      }
    })
    socket.send('{"id":1,"method":"Target.setDiscoverTargets","params":{"discover":true}}')
    return told
  }

  async processes(type?: RegExp): Promise<BrowserProcess[]> {
    const { processInfo } = await this.call('SystemInfo.getProcessInfo')
    const all = processInfo as BrowserProcess[]
    return type === undefined ? all : all.filter(one => type.test(one.type))
  }
}

/** Pages for the browser, on 127.0.0.1 and (another site) localhost. @returns the port */
export async function servePages(
  t: Pick<TestContext, 'after'>,
  pages: Readonly<Record<string, (port: number) => string>>
): Promise<number> {
  const answer: RequestListener = (request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    const page = pages[path]
    response.setHeader('content-type', 'text/html')
    response.end(page === undefined ? '<title>Page</title>' : page(port))
  }
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return port
}

export const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
