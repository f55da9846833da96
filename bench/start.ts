/**
 * What a start costs, and what is held when nothing happens: `sysmon serve`, and a host application with the
 * plugin, each beside a Fastify application with a log and one route. Rounds of all, one after the other.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Figure, figure, median } from './figures.ts'
import { privateKibOfAll } from './private-memory.ts'

const ROUNDS = 11
/** After it listens: what a start leaves behind is collected, and timers have run. */
const IDLE_MS = 3000
const SYSMON = fileURLToPath(new URL('../plugin/cli/sysmon.js', import.meta.url))
/** As `npm start` has them; for all. */
const ALLOCATOR = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' }

const bare = (plugin: string) => `
  import Fastify from 'fastify'
  const app = Fastify({ logger: true })
  app.get('/', () => 'x')
  ${plugin}
  await app.listen({ port: 0, host: '127.0.0.1' })
`
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'bare Fastify': ['--input-type=module', '-e', bare('')],
  'with the plugin': [
    '--input-type=module',
    '-e',
    bare("await app.register((await import('fastify-sysmon')).default, { kmsgPath: false })"),
  ],
  'sysmon serve': [SYSMON, 'serve'],
}

interface Sample {
  /** From the process's start until it listens. */
  readonly ms: number
  readonly cpuMs: number
  readonly kib: number
}

export async function start(log: (line: string) => void): Promise<Figure[]> {
  const samples = new Map(Object.keys(PROGRAMS).map(name => [name, [] as Sample[]]))
  // The first round fills caches.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, args] of Object.entries(PROGRAMS)) {
      const sample = await measure(args)
      if (round > 0) samples.get(name)!.push(sample)
    }
  }
  const of = (name: string, field: keyof Sample) => {
    const values = samples.get(name)!.map(sample => sample[field])
    log(
      `start: ${name} ${field}: ${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}, p50 ${median(values).toFixed(0)}`
    )
    return median(values)
  }
  const peer = 'bare Fastify'
  const [ms, cpuMs, kib] = (['ms', 'cpuMs', 'kib'] as const).map(field => of(peer, field))
  return ['sysmon serve', 'with the plugin'].flatMap(name => [
    figure(rowOf('start', name), 'ms', of(name, 'ms'), ms!, peer),
    figure(`${rowOf('start', name)}, CPU time`, 'ms', of(name, 'cpuMs'), cpuMs!, peer),
    figure(rowOf('memory', name), 'KiB', of(name, 'kib'), kib!, peer),
  ])
}

function rowOf(what: string, program: string): string {
  return program === 'sysmon serve' ? what : `${what}, ${program}`
}

async function measure(args: readonly string[]): Promise<Sample> {
  const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-bench-'))
  const state = args.includes('serve') ? { SYSMON_STATE_DIR: stateDir } : {}
  const began = performance.now()
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...ALLOCATOR, PORT: '0', LOG_LEVEL: 'info', ...state },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.once('exit', status => reject(new Error(`ended with ${status}: ${output}`)))
      child.stdout.setEncoding('utf8').on('data', text => {
        output += text
        if (output.includes('Server listening')) resolve()
      })
    })
    const ms = performance.now() - began
    const cpuMs = cpuMsOf(child.pid!)
    await sleep(IDLE_MS)
    return { ms, cpuMs, kib: privateKibOfAll(child.pid!) }
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** User and system time, in ticks of 10 ms: proc(5). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
