/** The shim as a process without supervisord, for what is said byte by byte; its API is a recorder. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { PublishEventRequest, ServiceCrashedData } from '../../generated/types.ts'
import { waitFor } from '../support/wait.ts'

export const SHIM = fileURLToPath(new URL('../../../shim/supervisord-shim', import.meta.url))

/** The launcher finds Node by PATH: the one that runs this test. */
export const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)

export type Posted = PublishEventRequest & { data: ServiceCrashedData & Record<string, unknown> }

/** A notification as supervisord writes it. */
export function notification(
  header: Partial<Record<'serial' | 'poolserial', number> & { eventname: string }>,
  payload: string
): string {
  const { serial = 1, poolserial = 0, eventname = 'PROCESS_STATE_EXITED' } = header
  const length = [...payload].length
  return `ver:3.0 server:supervisor serial:${serial} pool:shim poolserial:${poolserial} eventname:${eventname} len:${length}\n${payload}`
}

export function temporaryFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-shim-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export type Answer = (response: ServerResponse, body: Posted, headers: IncomingHttpHeaders) => void

/** Takes what is posted, and answers 200 or what it is told to. */
/**
 * @param where a port, or the path of a Unix socket
 * @param tls its certificate and key, for HTTPS
 */
export async function startRecorder(
  t: TestContext,
  answer: Answer = r => r.end('{}'),
  where: number | string = 0,
  tls?: Pick<https.ServerOptions, 'key' | 'cert'>
) {
  const posted: Posted[] = []
  const record: RequestListener = (request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      posted.push(JSON.parse(text))
      answer(response, JSON.parse(text), request.headers)
    })
  }
  const server = tls === undefined ? createServer(record) : https.createServer(tls, record)
  if (typeof where === 'number') server.listen(where, '127.0.0.1')
  else server.listen(where)
  await once(server, 'listening')
  const stop = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  t.after(() => server.listening && stop())
  const scheme = tls === undefined ? 'http' : 'https'
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, posted, stop }
}

export interface Shim {
  readonly process: ChildProcess
  readonly stateDir: string
  /** The exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>
  write(bytes: string): void
  end(bytes: string): void
  kill(signal: NodeJS.Signals): void
  said(): string
  log(): string
  posted(): Posted[]
  until(isTrue: () => boolean, what: string): Promise<void>
}

export async function startShim(
  t: TestContext,
  options: {
    api?: 'up' | 'slow' | 'down' | Answer
    stateDir?: string
    env?: Record<string, string>
  } = {}
): Promise<Shim> {
  const { api = 'up', stateDir = temporaryFolder(t), env = {} } = options
  const slow: Answer = response => setTimeout(() => response.end('{}'), 300)
  const answer = typeof api === 'function' ? api : api === 'slow' ? slow : undefined
  const recorder = await startRecorder(t, answer)
  const child = spawn(SHIM, [], {
    env: {
      PATH,
      KERNEL_IMAGES_API_BASE_URL: api === 'down' ? 'http://127.0.0.1:1' : recorder.url,
      SYSMON_STATE_DIR: stateDir,
      ...env,
    },
  })
  let said = ''
  let log = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    log += text
  })
  child.stdin.on('error', () => {}) // It may end before it has read all.
  const closed = once(child, 'close')
  t.after(async () => {
    child.kill('SIGKILL')
    await closed
  })
  return {
    process: child,
    stateDir,
    ended: closed.then(([code, signal]) => code ?? signal),
    write: bytes => child.stdin.write(bytes),
    end: bytes => child.stdin.end(bytes),
    kill: signal => child.kill(signal),
    said: () => said,
    log: () => log,
    posted: () => recorder.posted,
    until: (isTrue, what) => waitFor(isTrue, what, () => `it said ${said}, and logged ${log}`),
  }
}
