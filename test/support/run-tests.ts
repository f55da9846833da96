/**
 * `npm test`: all files of tests, in two lanes side by side. The second lane is shown when the first has
 * ended. Further arguments are expressions: a file that one of them matches is left out.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'

/**
 * What makes the kernel kill or writes to its log, two at once would disturb one another: these are one lane, one
 * file after the other. So are those whose servers or browsers see what the others do.
 */
const OF_THE_KERNEL = /\/support\/(?:kernel-log|oom)\.js\b/
const OF_THE_MACHINE = /^(?:devtools|kmsg|processes|watch)\/|^e2e\/(?:npm-start|papers|serve)/
/** After this a file of tests has failed. */
const FILE_TIMEOUT_MS = 1_800_000

const TESTS = fileURLToPath(new URL('..', import.meta.url))

const leftOut = process.argv.slice(2).map(pattern => new RegExp(pattern))
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.js') && !leftOut.some(pattern => pattern.test(name)))
  .sort()
const [ofMachine, ofCode] = [true, false].map(isWanted =>
  files.filter(name => isOfMachine(name) === isWanted)
)

const first = startLane(ofCode!, 2, 'inherit')
const second = startLane(ofMachine!, 1, 'pipe')
// Read at once, as its process would wait for a pipe that is full; shown later.
const held = second.stdout!.pipe(new PassThrough({ highWaterMark: 2 ** 30 }))
const ends = [once(first, 'exit'), once(second, 'exit')]
await ends[0]
held.pipe(process.stdout)
for (const end of ends) {
  const [status] = await end
  if (status !== 0) process.exitCode = 1
}

function isOfMachine(name: string): boolean {
  return OF_THE_MACHINE.test(name) || OF_THE_KERNEL.test(readFileSync(join(TESTS, name), 'utf8'))
}

function startLane(
  names: readonly string[],
  atOnce: number,
  stdout: 'inherit' | 'pipe'
): ChildProcess {
  // Without a name it would look for files by itself.
  if (names.length === 0) throw new Error('no file of tests is left')
  const options = ['--test', `--test-concurrency=${atOnce}`, `--test-timeout=${FILE_TIMEOUT_MS}`]
  const paths = names.map(name => join(TESTS, name))
  return spawn(process.execPath, [...options, '--test-reporter=spec', ...paths], {
    stdio: ['ignore', stdout, 'inherit'],
  })
}
