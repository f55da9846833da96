/** What an idle table costs, in a namespace where nobody else starts processes; run by table.test.ts. */

import { spawn } from 'node:child_process'
import Fastify from 'fastify'
import { ProcessTable } from '../../plugin/processes/table.ts'

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

const children = Array.from({ length: 500 }, () => spawn('sleep', ['1000'], { stdio: 'ignore' }))
await sleep(1000)
const table = new ProcessTable(Fastify().log)
table.start()
// They are known, were looked at twice, and what that left behind is collected.
await sleep(16_000)
global.gc?.()
const before = process.cpuUsage()
const from = performance.now()
await sleep(10_000)
const { user, system } = process.cpuUsage(before)
const share = (user + system) / 1000 / (performance.now() - from)
console.log(JSON.stringify({ share, processes: table.size }))
for (const child of children) child.kill('SIGKILL')
process.exit()
