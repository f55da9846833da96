/**
 * A client that takes the event stream from its oldest event on, out of memory (8,192 events of 500 bytes)
 * and out of a full journal, beside a file of the same bytes that `http` sends: bytes a second, and the time
 * to the first of them.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Figure, paired, spreadOf } from './figures.ts'
import { PLUGIN, Program } from './load/program.ts'

const ROUNDS = 7
const RING_EVENTS = 8192
const DATA = 'x'.repeat(320)
const JOURNAL_BYTES = 64 * 1024 * 1024
/** Before each, so that the garbage of the one before is no part of the next one's first frame. */
const SETTLE_MS = 200
/** Of them a journal of that size holds the youngest. */
const JOURNAL_EVENTS = 160_000

const OURS = `
import Fastify from 'fastify'
import sysmon from ${JSON.stringify(PLUGIN)}
const { events, data, category, ...options } = JSON.parse(process.argv[1])
const app = Fastify({ forceCloseConnections: true })
await app.register(sysmon, { kmsgPath: false, ...options })
await app.listen({ port: 0, host: '127.0.0.1' })
const source = { kind: 'local_process' }
for (let i = 0; i < events; i++) {
  app.sysmon.publish({ type: 'note', category, source, data })
  if (i % 500 === 499) await new Promise(resolve => setImmediate(resolve))
}
console.log(app.server.address().port)
`

const FILE = `
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  createReadStream(JSON.parse(process.argv[1])).pipe(response)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

interface Taken {
  readonly bytes: number
  readonly firstMs: number
  readonly mbPerSecond: number
}

export async function replay(log: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-replay-'))
  try {
    const ring = { events: RING_EVENTS, data: DATA, category: 'page', stateDir: false }
    const disk = {
      events: JOURNAL_EVENTS,
      data: DATA,
      category: 'system',
      stateDir: join(folder, 'state'),
      journalBytes: JOURNAL_BYTES,
    }
    return [
      ...(await beside('replay', ring, folder, log)),
      ...(await beside('replay, journal', disk, folder, log)),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function beside(
  name: string,
  argument: object,
  folder: string,
  log: (line: string) => void
): Promise<Figure[]> {
  const ours = new Program(OURS, argument)
  let peer: Program | undefined
  try {
    const port = await ours.next<number>()
    // The stream does not end: what is there is taken until nothing comes any more.
    const whole = await wholeOf(port)
    const file = join(folder, 'frames')
    writeFileSync(file, whole)
    peer = new Program(FILE, file)
    const peerPort = await peer.next<number>()
    const taken: [Taken[], Taken[]] = [[], []]
    for (let round = -2; round < ROUNDS; round++) {
      for (const [at, one] of [port, peerPort].entries()) {
        await sleep(SETTLE_MS)
        const result = await take(one, whole.length)
        if (round >= 0) taken[at]!.push(result)
      }
    }
    const [own, theirs] = [numbersOf(taken[0]), numbersOf(taken[1])]
    const events = countOf(whole)
    log(`${name}: ${events} events, ${(whole.length / 1e6).toFixed(1)} MB`)
    log(`${name}: first frame after ${spreadOf(own.firsts, 1)} ms`)
    return [
      paired(name, 'MB/s', own.rates, theirs.rates, 'the same bytes as a file, by http'),
      paired(`${name}, first frame`, 'ms', own.firsts, theirs.firsts, 'the file'),
    ]
  } finally {
    await ours.stop()
    await peer?.stop()
  }
}

interface Numbers {
  readonly rates: readonly number[]
  readonly firsts: readonly number[]
}

function numbersOf(taken: readonly Taken[]): Numbers {
  return {
    rates: taken.map(({ mbPerSecond }) => mbPerSecond),
    firsts: taken.map(({ firstMs }) => firstMs),
  }
}

function countOf(frames: Buffer): number {
  // The first stands at the very beginning.
  let count = frames.indexOf('id: ') === 0 ? 1 : 0
  for (let at = frames.indexOf('\nid: '); at !== -1; at = frames.indexOf('\nid: ', at + 1)) count++
  return count
}

const PATH = '/telemetry/stream?replay=all'
const QUIET_MS = 3000

function wholeOf(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const request = get({ port, host: '127.0.0.1', path: PATH }, answer => {
      const finish = (): void => {
        request.destroy()
        resolve(Buffer.concat(chunks))
      }
      let timer = setTimeout(finish, QUIET_MS)
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        clearTimeout(timer)
        timer = setTimeout(finish, QUIET_MS)
      })
      answer.on('error', () => {})
    })
    request.on('error', reject)
  })
}

/** The first bytes of the head do not count: what is measured is the first of the body. */
function take(port: number, bytes: number): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const before = performance.now()
    let firstMs: number | undefined
    let length = 0
    const request = get({ port, host: '127.0.0.1', path: PATH, agent: false }, answer => {
      answer.on('data', (chunk: Buffer) => {
        const now = performance.now()
        firstMs ??= now - before
        length += chunk.length
        if (length < bytes) return
        request.destroy()
        resolve({ bytes: length, firstMs, mbPerSecond: length / 1000 / (now - before) })
      })
      answer.on('error', () => {})
    })
    request.on('error', error => {
      if (length < bytes) reject(error)
    })
  })
}
