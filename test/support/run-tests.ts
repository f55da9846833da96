/**
 * `npm test`: all files of tests, in two lanes side by side, each one file after the other. The second lane is
 * shown when the first has ended. Further arguments are expressions: a file that one of them matches is left out.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'

/**
 * Tests of these make the kernel kill, write to its log, fill memory, kill browsers or run supervisors: two of
 * them at once would disturb one another, so they are one lane. Of `e2e` some do not; these two are so long
 * that the lanes take about equally long with them in the other one.
 */
const OF_THE_MACHINE =
  /^(?:cli|crashes|devtools|e2e(?!\/(?:fastify-cli|schemathesis)\.)|kmsg|pressure|processes|shim|watch)\//
/** After this a file of tests has failed. */
const FILE_TIMEOUT_MS = 1_800_000

const TESTS = fileURLToPath(new URL('..', import.meta.url))

const leftOut = process.argv.slice(2).map(pattern => new RegExp(pattern))
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.js') && !leftOut.some(pattern => pattern.test(name)))
  .sort()
const [ofMachine, ofCode] = [true, false].map(isWanted =>
  files.filter(name => OF_THE_MACHINE.test(name) === isWanted)
)

const first = startLane(ofCode!, 'inherit')
const second = startLane(ofMachine!, 'pipe')
// Read at once, as its process would wait for a pipe that is full; shown later.
const held = second.stdout!.pipe(new PassThrough({ highWaterMark: 2 ** 30 }))
const ends = [once(first, 'exit'), once(second, 'exit')]
await ends[0]
held.pipe(process.stdout)
for (const end of ends) {
  const [status] = await end
  if (status !== 0) process.exitCode = 1
}

function startLane(names: readonly string[], stdout: 'inherit' | 'pipe'): ChildProcess {
  // Without a name it would look for files by itself.
  if (names.length === 0) throw new Error('no file of tests is left')
  const options = ['--test', '--test-concurrency=1', `--test-timeout=${FILE_TIMEOUT_MS}`]
  const paths = names.map(name => join(TESTS, name))
  return spawn(process.execPath, [...options, '--test-reporter=spec', ...paths], {
    stdio: ['ignore', stdout, 'inherit'],
  })
}
