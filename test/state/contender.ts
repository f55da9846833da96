/**
 * A process that takes locks of a folder and keeps them until it is killed: says for each attempt
 * whether it has one. `node contender.js FOLDER ATTEMPTS PATIENCE_MS [child]`: with `child` it also
 * starts one of its own, which outlives it, and says its pid.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lockDescriptor } from '../../plugin/state/lock.ts'

interface Answer {
  readonly locked: boolean[]
  readonly childPid?: number
}

const self = fileURLToPath(import.meta.url)
if (process.argv[1] === self) await run(process.argv[2]!, process.argv.slice(3))

async function run(folder: string, [attempts, patienceMs, child]: string[]): Promise<void> {
  const locked = await Promise.all(
    Array.from({ length: Number(attempts) }, () =>
      lockDescriptor(openSync(folder, 'r'), Number(patienceMs))
    )
  )
  const answer: Answer = {
    locked,
    ...(child === undefined
      ? {}
      : { childPid: spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid! }),
  }
  console.log(JSON.stringify(answer))
  setInterval(() => {}, 1000)
}

export interface Contender extends Answer {
  readonly kill: () => Promise<void>
}

/** Resolves with what it got. */
export async function contend(
  t: Pick<TestContext, 'after'>,
  folder: string,
  { attempts = 1, patienceMs = 0, child = false } = {}
): Promise<Contender> {
  const args = [self, folder, String(attempts), String(patienceMs), ...(child ? ['child'] : [])]
  const contender = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(contender, 'exit')
  t.after(() => contender.kill('SIGKILL'))
  const [line] = (await once(createInterface(contender.stdout), 'line')) as [string]
  return {
    ...(JSON.parse(line) as Answer),
    async kill() {
      contender.kill('SIGKILL')
      await exit
    },
  }
}
