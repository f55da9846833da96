/**
 * What the journal costs: the rate at which the real server takes posted events with it and without,
 * and how much later it listens with 64 MB of events on disk. Its peer is itself without a journal.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { sealEnvelope } from '../plugin/events/envelope.ts'
import { ALWAYS_CAPTURED } from '../plugin/events/types.ts'
import { Journal } from '../plugin/journal/journal.ts'
import { type Figure, figure, median } from './figures.ts'

const RUNS = 5
const POSTS = 10_000
const CONNECTIONS = 16
const STARTS = 7
const FULL_BYTES = 64 * 1024 * 1024

/** Without a command of its own for it: the plugin in the smallest application there is. */
const SERVER = `
import Fastify from 'fastify'
import { sysmonPlugin } from ${JSON.stringify(new URL('../plugin/index.js', import.meta.url).href)}
const app = Fastify()
const options = JSON.parse(process.argv[1])
await app.register(sysmonPlugin, { kmsgPath: false, ...options })
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
`

interface Server {
  readonly url: string
  /** Milliseconds from the start of the process until it listened. */
  readonly startMs: number
  stop(): Promise<void>
}

function start(options: object): Promise<Server> {
  return new Promise((resolve, reject) => {
    const before = performance.now()
    const args = ['--input-type=module', '-e', SERVER, JSON.stringify(options)]
    const child: ChildProcess = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = new Promise<void>(done => child.once('exit', () => done()))
    exit.then(() => reject(new Error('the server did not start')))
    child.stdout!.once('data', (line: Buffer) =>
      resolve({
        url: line.toString().trim(),
        startMs: performance.now() - before,
        stop() {
          child.kill('SIGKILL')
          return exit
        },
      })
    )
  })
}

/** Events a second. */
async function rate(options: object, category: string): Promise<number> {
  const server = await start(options)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const body = JSON.stringify({ type: 'note', category, data: { text: 'x'.repeat(300) } })
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length }
      const sent = request(
        `${server.url}/telemetry/events`,
        { method: 'POST', agent, headers },
        answer => answer.resume().once('end', resolve)
      )
      sent.once('error', reject)
      sent.end(body)
    })
  const many = async (count: number) => {
    let left = count
    const one = async () => {
      while (left-- > 0) await post()
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, one))
  }
  await many(POSTS / 5)
  const before = performance.now()
  await many(POSTS)
  const seconds = (performance.now() - before) / 1000
  agent.destroy()
  await server.stop()
  return POSTS / seconds
}

/** A journal of so many bytes, in a new state folder. @returns how many events it has */
export async function fillJournal(stateDir: string, bytes: number): Promise<number> {
  mkdirSync(stateDir)
  const app = Fastify()
  const journal = new Journal(
    {
      folder: join(stateDir, 'journal'),
      bootId: '',
      categories: new Set(ALWAYS_CAPTURED),
      maxBytes: 2 * bytes,
      maxAge: Number.MAX_SAFE_INTEGER,
      sync: 'never',
    },
    app.log,
    () => {}
  )
  journal.open({ events: 1, bytes: 1 })
  let count = 0
  const source = { kind: 'local_process' } as const
  while (journal.health.bytes! < bytes) {
    for (let i = 0; i < 100; i++) {
      const data = { text: 'x'.repeat(400) }
      journal.append(
        sealEnvelope(++count, { ts: count, type: 'note', category: 'system', source, data })
      )
    }
  }
  await journal.close()
  return count
}

export async function journal(log: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-journal-'))
  try {
    const figures: Figure[] = []
    for (const [category, sync] of [
      ['system', 'interval'],
      ['system', 'always'],
      ['page', 'interval'],
    ] as const) {
      const ours: number[] = []
      const peer: number[] = []
      for (let run = 0; run < RUNS; run++) {
        const stateDir = mkdtempSync(join(folder, 'state-'))
        ours.push(await rate({ stateDir, journalSync: sync }, category))
        peer.push(await rate({ stateDir: false }, category))
      }
      figures.push(
        figure(
          `journal, ingest of ${category} events, ${sync}`,
          'events/s',
          median(ours),
          median(peer),
          'no journal'
        )
      )
    }
    const full = join(folder, 'full')
    log(`journal: ${await fillJournal(full, FULL_BYTES)} events in a full one`)
    const withFull: number[] = []
    const withEmpty: number[] = []
    for (let run = 0; run < STARTS; run++) {
      for (const [stateDir, times] of [
        [full, withFull],
        [mkdtempSync(join(folder, 'empty-')), withEmpty],
      ] as const) {
        const server = await start({ stateDir })
        times.push(server.startMs)
        await server.stop()
      }
    }
    figures.push(
      figure(
        'journal, start with a full one',
        'ms',
        median(withFull),
        median(withEmpty),
        'an empty one'
      )
    )
    return figures
  } finally {
    rmSync(folder, { recursive: true })
  }
}
