/** The tests of properties, run from other seeds than the fixed one of `npm test`. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TESTS = fileURLToPath(new URL('..', import.meta.url))

/** Every test file that has properties, compiled. */
export function propertyFiles(): string[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.js'))
    .map(name => join(TESTS, name))
    .filter(path => readFileSync(path, 'utf8').includes('support/fast-check.js'))
    .sort()
}

/** @returns what the file's tests printed where one failed; undefined where all held */
export async function runProperties(file: string, seed: number): Promise<string | undefined> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', file], {
    env: { ...process.env, SYSMON_SEED: String(seed) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0 ? undefined : output
}
