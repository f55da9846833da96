/** What the table knows of a pid that is given to three processes, one after the other; run by table.test.ts. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import Fastify from 'fastify'
import { ProcessTable } from '../../plugin/processes/table.ts'
import { sleep, waitFor } from '../support/wait.ts'

const now = performance.now.bind(performance)
let laterMs = 0
performance.now = () => now() + laterMs

const table = new ProcessTable(Fastify().log)
const first = spawn('sleep', ['1000'])
const pid = first.pid!
const known = (): string | undefined => table.find(pid)?.name

/** Starts a process with that pid, in a namespace where nobody else starts any. */
async function startAgain(command: string, ...args: string[]): Promise<ChildProcess> {
  // https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
  writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
  const child = spawn(command, args)
  if (child.pid === pid) return child
  // A thread of Node came between.
  await end(child)
  return startAgain(command, ...args)
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

table.start()
await waitFor(() => table.find(pid)?.executable !== undefined, 'the first')
// So that the next one has another time of start: a tick is 10 ms.
await sleep(50)
// It has seen all that was started, threads too: until there is more, it does not see who is dead.
table.start()
await end(first)
const second = await startAgain('tail', '-f', '/dev/null')
laterMs = 2000
table.start()
const unnoticed = known()
await end(second)
spawnSync('true')
table.start()
const third = await startAgain('cat')
table.start()
console.log(JSON.stringify({ unnoticed, noticed: known() }))
await end(third)
process.exit()
