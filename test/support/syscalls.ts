/** What a process asks of the kernel, in its order, as strace(1) sees it. */

import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { temporaryFolder } from './temporary-folder.ts'

export interface Syscall {
  readonly name: string
  /** Path of the file that its first argument is open on; '' where it is on none. */
  readonly path: string
  /** All of its arguments, as strace writes them. */
  readonly text: string
  readonly result: number
  /** Places in the trace: another call that begins after `end` began after this one returned. */
  readonly begin: number
  readonly end: number
}

/** @returns why no process can be traced here; undefined where one can */
export function whyNoTrace(): string | undefined {
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'strace is not installed' : `strace cannot trace here: ${message}`
  }
}

/** Runs a script of the tests' own to its end. @param calls names of those to be seen */
export async function trace(
  t: Pick<TestContext, 'after'>,
  calls: readonly string[],
  script: string,
  args: readonly string[]
): Promise<Syscall[]> {
  const output = join(temporaryFolder(t), 'trace')
  const options = ['-f', '-y', '-s', '256', '-e', `trace=${calls.join(',')}`, '-o', output]
  await promisify(execFile)('strace', [...options, process.execPath, script, ...args], {
    // Where libuv uses io_uring, a sync is no call of its own.
    env: { ...process.env, UV_USE_IO_URING: '0' },
    timeout: 60_000,
  })
  return parse(readFileSync(output, 'utf8').split('\n'))
}

/**
 *     4711 fdatasync(18</tmp/a>)                = 0
 *     4711 fdatasync(18</tmp/a> <unfinished ...>
 *     4711 <... fdatasync resumed>)             = 0
 */
function parse(lines: readonly string[]): Syscall[] {
  const calls: Syscall[] = []
  const open = new Map<string, Pick<Syscall, 'name' | 'path' | 'text' | 'begin'>>()
  for (const [at, line] of lines.entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const [, name, text = ''] = /^(\w+)\((.*)/.exec(rest) ?? []
    if (name !== undefined) {
      open.set(thread, { name, text, path: /^\d+<([^>]*)>/.exec(text)?.[1] ?? '', begin: at })
    }
    const call = open.get(thread)
    const result = / = (-?\d+)[^=]*$/.exec(rest)?.[1]
    if (call === undefined || result === undefined) continue
    open.delete(thread)
    calls.push({ ...call, result: Number(result), end: at })
  }
  return calls
}
