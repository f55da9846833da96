/**
 * Crashes posted over ten connections that are kept: the plugin in a Fastify application, without a
 * journal and with one, beside a Fastify application whose one route checks the same schema, numbers the
 * event and answers with it, and beside one that keeps it in SQLite. All servers run all the time; who is
 * posted to goes round.
 */

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { schemas } from '../generated/schemas.ts'
import { type Figure, paired, spreadOf } from './figures.ts'
import type { PostLoad } from './load/post-load.ts'
import { PLUGIN, Program } from './load/program.ts'
import { nativeTools } from './native-tools.ts'

const ROUNDS = 9
const POSTS = 10_000
const CONNECTIONS = 10
const SQLITE = 'better-sqlite3@12.11.1'
const SQLITE_BINARY = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'
const PEER = readFileSync(new URL('../../bench/peers/post.mjs', import.meta.url), 'utf8')
const LOAD = fileURLToPath(new URL('./load/post-load.js', import.meta.url))

const WITH_PLUGIN = `
import Fastify from 'fastify'
import sysmon from ${JSON.stringify(PLUGIN)}
const app = Fastify()
await app.register(sysmon, { kmsgPath: false, ...JSON.parse(process.argv[1]) })
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
`

interface Server {
  readonly name: string
  readonly program: Program
  readonly port: number
  /** Posts a second, of each round. */
  readonly rates: number[]
  /** Microseconds of its processor time a post, likewise. */
  readonly cpuUs: number[]
}

export async function ingest(log: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-bench-'))
  const servers: Server[] = []
  const start = async (name: string, source: string, argument: unknown) => {
    const program = new Program(source, argument)
    const port = await program.next<number>()
    const server: Server = { name, program, port, rates: [], cpuUs: [] }
    servers.push(server)
    return server
  }
  try {
    const memory = await start('memory only', WITH_PLUGIN, { stateDir: false })
    const bare = await start('bare Fastify, equal schema', PEER, { schemas })
    const disk = await start('journaled', WITH_PLUGIN, { stateDir: join(folder, 'state') })
    const tools = nativeTools([SQLITE], SQLITE_BINARY)
    if ('skip' in tools) log(`ingest: ${SQLITE} is left out: ${tools.skip}`)
    const sqlite =
      'folder' in tools
        ? await start('better-sqlite3 in WAL mode', PEER, {
            schemas,
            sqlite: { folder: tools.folder, file: join(folder, 'events.db') },
          })
        : undefined
    let serial = 0
    // The first rounds compile what is measured in the others.
    for (let round = -2; round < ROUNDS; round++) {
      for (const server of servers) await measure(server, serial, round >= 0)
      serial += 2 * POSTS
    }
    for (const { name, rates, cpuUs } of servers) {
      log(
        `ingest: ${name}: ${spreadOf(rates)} posts/s, ${spreadOf(cpuUs, 1)} us of processor time a post`
      )
    }
    const figures = [
      paired('ingest', 'posts/s', memory.rates, bare.rates, bare.name),
      paired('ingest: processor time', 'us', memory.cpuUs, bare.cpuUs, bare.name),
      paired('ingest-journaled', 'posts/s', disk.rates, bare.rates, bare.name),
      paired('ingest-journaled: processor time', 'us', disk.cpuUs, bare.cpuUs, bare.name),
    ]
    if (sqlite !== undefined) {
      figures.push(paired('ingest-journaled', 'posts/s', disk.rates, sqlite.rates, sqlite.name))
    }
    return figures
  } finally {
    await Promise.all(servers.map(({ program }) => program.stop()))
    rmSync(folder, { recursive: true })
  }
}

async function measure(server: Server, firstSerial: number, isCounted: boolean): Promise<void> {
  const load: PostLoad = {
    port: server.port,
    path: '/telemetry/events',
    connections: CONNECTIONS,
    posts: POSTS,
    firstSerial,
  }
  const cpuBefore = server.program.cpuMs
  const { stdout } = await promisify(execFile)(process.execPath, [LOAD, JSON.stringify(load)])
  const { ms } = JSON.parse(stdout) as { ms: number }
  const cpuMs = server.program.cpuMs - cpuBefore
  if (!isCounted) return
  server.rates.push((POSTS / ms) * 1000)
  // With those by which the client warms up.
  server.cpuUs.push((cpuMs * 1000) / (POSTS + 1000))
}
