/** What an idle table costs, in a namespace where nobody else starts processes; run by table.test.ts. */

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import Fastify from 'fastify'
import { ProcessTable } from '../../plugin/processes/table.ts'

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Of three seconds: two each 200 ms, as where memory is short. */
const A_FEW_READS = 60

/**
 * Files and folders that the table opens or reads. The process's own count of reads (proc(5), io) has those of
 * Node's threads in it, which wake each other by them.
 */
let reads = 0
for (const name of [
  'open',
  'openSync',
  'read',
  'readSync',
  'readFile',
  'readFileSync',
  'readdirSync',
]) {
  const original = Reflect.get(fs, name) as (...args: unknown[]) => unknown
  Reflect.set(fs, name, (...args: unknown[]) => {
    reads++
    return Reflect.apply(original, fs, args)
  })
}
syncBuiltinESMExports()

const children = Array.from({ length: 500 }, () => spawn('sleep', ['1000'], { stdio: 'ignore' }))
await sleep(1000)
const table = new ProcessTable(Fastify().log)
table.start()
// They are known, were looked at twice, and what that left behind is collected: soon, or on a busy machine, where
// each of a thousand reads waits for its turn, later.
await sleep(5000)
for (let rounds = 0, last = -1; rounds < 20 && reads - last > A_FEW_READS; rounds++) {
  last = reads
  await sleep(3000)
}
global.gc?.()
const before = process.cpuUsage()
const readsBefore = reads
const from = performance.now()
await sleep(10_000)
const { user, system } = process.cpuUsage(before)
const share = (user + system) / 1000 / (performance.now() - from)
console.log(JSON.stringify({ share, reads: reads - readsBefore, processes: table.size }))
for (const child of children) child.kill('SIGKILL')
process.exit()
