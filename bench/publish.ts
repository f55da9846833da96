/**
 * What `fastify.sysmon.publish` takes, in processor time: events of some 600 bytes, without a journal and
 * with one. Its peer is what no publisher can do without: the event written as JSON and read back, which
 * is what the caller gets.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, paired, spreadOf } from './figures.ts'
import { PLUGIN, Program } from './load/program.ts'

const ROUNDS = 9
const EVENTS = 20_000
/** Published in one turn of the event loop. */
const A_TURN = 50

const PUBLISHER = `
import Fastify from 'fastify'
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
const { plugin, options, events, aTurn } = JSON.parse(process.argv[1])
const app = Fastify()
let publish = event => JSON.parse(JSON.stringify({ seq: 1, event }))
if (plugin !== undefined) {
  await app.register((await import(plugin)).default, { kmsgPath: false, ...options })
  await app.ready()
  publish = event => app.sysmon.publish(event)
}
const text = 'x'.repeat(380)
console.log('"ready"')
for await (const _ of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage()
  for (let i = 0; i < events; i++) {
    publish({
      type: 'note',
      category: 'system',
      source: { kind: 'local_process', event: 'bench', metadata: { host: 'machine', run: 'a' } },
      data: { text, count: i, list: [1, 2, 3], at: { line: 1, column: 2 } },
    })
    if (i % aTurn === 0) await turn()
  }
  const { user, system } = process.cpuUsage(before)
  console.log((user + system) / events)
}
`

export async function publish(log: (line: string) => void): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sysmon-bench-'))
  const programs: Program[] = []
  const start = async (plugin: string | undefined, options: object) => {
    const program = new Program(PUBLISHER, { plugin, options, events: EVENTS, aTurn: A_TURN })
    programs.push(program)
    await program.next()
    return { program, us: [] as number[] }
  }
  try {
    const memory = await start(PLUGIN, { stateDir: false })
    const disk = await start(PLUGIN, { stateDir: join(folder, 'state') })
    const peer = await start(undefined, {})
    for (let round = -2; round < ROUNDS; round++) {
      for (const { program, us } of [memory, disk, peer]) {
        const took = await program.ask<number>('go')
        if (round >= 0) us.push(took)
      }
    }
    log(`publish: ${spreadOf(memory.us, 1)} us, journaled ${spreadOf(disk.us, 1)} us`)
    const name = 'JSON written and read back'
    return [
      paired('publish', 'us', memory.us, peer.us, name),
      paired('publish-journaled', 'us', disk.us, peer.us, name),
    ]
  } finally {
    await Promise.all(programs.map(program => program.stop()))
    rmSync(folder, { recursive: true })
  }
}
