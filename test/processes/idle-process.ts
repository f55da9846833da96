/** What an idle table costs, in a namespace where nobody else starts processes; run by table.test.ts. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { ProcessTable } from '../../plugin/processes/table.ts'

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Calls that read, of this process so far: proc(5). */
function readCalls(): number {
  return Number(/^syscr: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))![1])
}

const children = Array.from({ length: 500 }, () => spawn('sleep', ['1000'], { stdio: 'ignore' }))
await sleep(1000)
const table = new ProcessTable(Fastify().log)
table.start()
// They are known, were looked at twice, and what that left behind is collected.
await sleep(16_000)
global.gc?.()
const before = process.cpuUsage()
const readsBefore = readCalls()
const from = performance.now()
await sleep(10_000)
const { user, system } = process.cpuUsage(before)
const share = (user + system) / 1000 / (performance.now() - from)
const reads = readCalls() - readsBefore
console.log(JSON.stringify({ share, reads, processes: table.size }))
for (const child of children) child.kill('SIGKILL')
process.exit()
