/**
 * The shim against two minimal eventlisteners that post the same body, one in Python in the manner
 * of superlance, one in Go: from the kill of a service to the SSE client, memory, and start.
 *
 * One supervisord runs all three and a service that is killed. In each round one listener runs, the
 * others are stopped. The peers neither keep an event nor ask what ended the service.
 */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServiceCrashedData } from '../generated/types.ts'
import { notification, PATH, SHIM, temporaryFolder } from '../test/shim/shim-process.ts'
import {
  debianSupervisor,
  pypiSupervisor,
  type Supervisord,
  startSupervisord,
} from '../test/shim/supervisord.ts'
import { startServer } from '../test/support/server.ts'
import { SseClient } from '../test/support/sse-client.ts'
import { type Figure, figure, median } from './figures.ts'
import { privateKib } from './private-memory.ts'

const PEERS = fileURLToPath(new URL('../../bench/peers/', import.meta.url))
const SHIM_NAME = 'supervisord-shim'
const ROUNDS = 6
const KILLS = 50
const STARTS = 10
const CRASHES = 300

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
const monotonicUs = (): number => Number(process.hrtime.bigint()) / 1000

/** @returns no figures, with the reason printed, where there is no supervisord */
export async function shim(log: (line: string) => void): Promise<Figure[]> {
  const debian = debianSupervisor()
  const installation = typeof debian === 'string' ? pypiSupervisor() : debian
  if (typeof installation === 'string') {
    log(`shim: left out: ${installation}`)
    return []
  }
  const cleanups: (() => unknown)[] = []
  const t = { after: (cleanup?: unknown) => void cleanups.push(cleanup as () => unknown) }
  try {
    const peers = findPeers(temporaryFolder(t), log)
    const api = await startServer(t, { SYSMON_KMSG_PATH: '/nonexistent' })
    const stream = await SseClient.open(`${api.url}/telemetry/events`)
    cleanups.push(() => stream.close())
    const supervisord = await startSupervisord(t, installation, {
      apiUrl: api.url,
      configure: shipped => [shipped, ...peers.map(listener)].join('\n'),
      services: { victim: 'command=sleep 1000\nstartsecs=0\nautorestart=true' },
    })
    const names = [SHIM_NAME, ...peers.map(({ name }) => name)]
    const { latencies, own, memory } = await measure(supervisord, stream, names)
    const starts = await startTimes(peers, api.url)
    const alone = await memoryOfNode()
    const busy = await memoryAfterCrashes(api.url)

    return peers
      .flatMap(({ name }) => [
        compare('crash-latency, from the kill on', 'ms', latencies, name),
        compare('crash-latency', 'ms', own, name),
        compare('shim, memory', 'KiB', memory, name),
        compare('shim, start to READY', 'ms', starts, name),
      ])
      .concat(
        compare("shim, start to READY, beside Node's own", 'ms', starts, 'node'),
        figure(`shim, memory after ${CRASHES} crashes`, 'KiB', busy, alone, 'idle node -e')
      )
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup()
  }
}

function compare(
  what: string,
  unit: string,
  values: ReadonlyMap<string, number[]>,
  peer: string
): Figure {
  const [ours, theirs] = [SHIM_NAME, peer].map(name => median(values.get(name) ?? []))
  return figure(what, unit, ours!, theirs!, peer)
}

interface Peer {
  readonly name: string
  readonly command: string[]
}

function findPeers(folder: string, log: (line: string) => void): Peer[] {
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim()
  const peers: Peer[] = [{ name: 'python', command: [python, join(PEERS, 'listener.py')] }]
  try {
    const binary = join(folder, 'listener')
    execFileSync('go', ['build', '-o', binary, join(PEERS, 'listener.go')], { stdio: 'pipe' })
    peers.push({ name: 'go', command: [binary] })
  } catch (error) {
    log(`shim: the peer in Go is left out: ${(error as Error).message.split('\n')[0]}`)
  }
  return peers
}

function listener({ name, command }: Peer): string {
  return `[eventlistener:${name}]
command=${command.join(' ')}
events=PROCESS_STATE_EXITED
buffer_size=1024
startsecs=0
autorestart=true`
}

async function measure(supervisord: Supervisord, stream: SseClient, names: readonly string[]) {
  const latencies = new Map<string, number[]>(names.map(name => [name, []]))
  const own = new Map<string, number[]>(names.map(name => [name, []]))
  const memory = new Map<string, number[]>(names.map(name => [name, []]))
  for (const name of names) await supervisord.call('stopProcess', name)
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      await supervisord.call('startProcess', name)
      await sleep(1000) // What supervisord has kept for it meanwhile.
      for (let kill = 0; kill < KILLS; kill++) {
        const latency = await killAndWait(supervisord, stream)
        latencies.get(name)!.push(latency.whole)
        own.get(name)!.push(latency.own)
      }
      memory.get(name)!.push(privateKib(supervisord.pidOf(name)))
      await supervisord.call('stopProcess', name)
    }
  }
  return { latencies, own, memory }
}

/**
 * @returns milliseconds, from the kill and from the listener's notification on. supervisord takes up
 *   to 50 before it notifies (CHATTER), so the first varies by ten between runs
 */
async function killAndWait(supervisord: Supervisord, stream: SseClient) {
  const pid = supervisord.pidOf('victim')
  const killedAt = monotonicUs()
  process.kill(pid, 'SIGKILL')
  const { atUs, envelope } = await stream.find(
    ({ event }) => (event.data as ServiceCrashedData).pid === pid,
    'the crash'
  )
  await supervisord.until(() => supervisord.pidOf('victim') !== pid, 'the next process')
  await sleep(Math.random() * 50)
  const toWallClock = Date.now() * 1000 - monotonicUs()
  return { whole: (atUs - killedAt) / 1000, own: (atUs + toWallClock - envelope.event.ts) / 1000 }
}

/** Milliseconds from `spawn` to the first byte of standard output. */
async function startTimes(peers: readonly Peer[], apiUrl: string) {
  const flags = /^flags='(.+)'$/m.exec(readFileSync(SHIM, 'utf8'))![1]!.split(' ')
  const hello = ['-e', 'process.stdout.write("x")']
  const commands: Peer[] = [
    { name: SHIM_NAME, command: [SHIM] },
    { name: 'node', command: [process.execPath, ...flags, ...hello] },
    ...peers,
  ]
  const times = new Map<string, number[]>(commands.map(({ name }) => [name, []]))
  const cleanups: (() => unknown)[] = []
  const folder = temporaryFolder({ after: cleanup => void cleanups.push(cleanup as () => unknown) })
  for (let start = 0; start < STARTS; start++) {
    for (const { name, command } of commands) {
      const before = monotonicUs()
      const child = spawn(command[0]!, command.slice(1), {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: { PATH, KERNEL_IMAGES_API_BASE_URL: apiUrl, SYSMON_STATE_DIR: folder },
      })
      await once(child.stdout, 'data')
      times.get(name)!.push((monotonicUs() - before) / 1000)
      child.stdin.end()
      await once(child, 'exit')
    }
  }
  for (const cleanup of cleanups) await cleanup()
  return times
}

/** Without supervisord, so that crashes come as fast as they are answered; then idle, as it nearly always is. */
async function memoryAfterCrashes(apiUrl: string): Promise<number> {
  const cleanups: (() => unknown)[] = []
  const folder = temporaryFolder({ after: cleanup => void cleanups.push(cleanup as () => unknown) })
  const child = spawn(SHIM, [], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH, KERNEL_IMAGES_API_BASE_URL: apiUrl, SYSMON_STATE_DIR: folder },
  })
  await once(child.stdout, 'data')
  for (let serial = 0; serial < CRASHES; serial++) {
    const payload = `processname:victim groupname:victim from_state:RUNNING expected:0 pid:${serial + 1}`
    child.stdin.write(notification({ serial, poolserial: serial }, payload))
    await once(child.stdout, 'data')
  }
  await sleep(3000)
  const kib = privateKib(child.pid!)
  child.stdin.end()
  await once(child, 'exit')
  for (const cleanup of cleanups) await cleanup()
  return kib
}

async function memoryOfNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'])
  await sleep(1500)
  const kib = privateKib(child.pid!)
  child.kill()
  return kib
}
