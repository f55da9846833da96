/** The real server, `sysmon serve`, in a process of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PATIENCE_MS, waitFor } from './wait.ts'

export const SYSMON = fileURLToPath(new URL('../../plugin/cli/sysmon.js', import.meta.url))

export interface Server {
  readonly url: string
  readonly process: ChildProcess
  /** All it printed so far, standard output and error. */
  readonly output: () => string
  /** Waits for what its log is to say: an answer about the same may be here before its line. */
  readonly said: (what: RegExp) => Promise<void>
  /** Sends a signal and waits for the end. @returns the exit status, or the signal that ended it */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | string>
}

/** Starts a server on a free port, with a state folder of its own, and waits until it listens; killed after the test. */
export async function startServer(
  t: Pick<TestContext, 'after'>,
  env: Record<string, string> = {},
  options: { uid?: number; gid?: number; node?: readonly string[] } = {}
): Promise<Server> {
  const { node = [], ...ids } = options
  const stateDir = mkdtempSync(join(tmpdir(), 'sysmon-state-'))
  if (ids.uid !== undefined) chownSync(stateDir, ids.uid, ids.gid ?? ids.uid)
  const child = spawn(process.execPath, [...node, SYSMON, 'serve'], {
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      SYSMON_STATE_DIR: stateDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...ids,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    output += text
  })
  // With all that it printed.
  const ended = once(child, 'close')
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
    rmSync(stateDir, { recursive: true })
  })
  const deadline = Date.now() + PATIENCE_MS
  let url: string | undefined
  while (url === undefined) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`the server did not start:\n${output}`)
    }
    await new Promise(resolve => setTimeout(resolve, 10))
    url = /Server listening at ((?:http:\/)?\/[^"]+)/.exec(output)?.[1]
  }
  return {
    url,
    process: child,
    output: () => output,
    said: what =>
      waitFor(
        () => what.test(output),
        `${what} in the log`,
        () => output
      ),
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const [code, name] = (await ended) as [number | null, string | null]
      return code ?? name ?? 'unknown'
    },
  }
}
