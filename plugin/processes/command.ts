/**
 * What of a command line says what a process is for. The rest may hold secrets and is never kept. Pure.
 */

import type { ProcessRole } from '../../generated/types.ts'

export interface Command {
  /** What it was started as. */
  readonly executable: string | undefined
  readonly role: ProcessRole | undefined
}

const MAX_EXECUTABLE_CHARS = 256
const CHROMIUM_TYPES: Readonly<Record<string, ProcessRole>> = {
  renderer: 'renderer',
  'gpu-process': 'gpu',
  utility: 'utility',
  zygote: 'zygote',
}
const FIREFOX_TYPES: Readonly<Record<string, ProcessRole>> = {
  tab: 'renderer',
  gpu: 'gpu',
  socket: 'network',
  rdd: 'utility',
  utility: 'utility',
  forkserver: 'zygote',
}
const BROWSER =
  /^(?:chrom(?:e|ium)|google-chrome|headless_shell|chrome-headless-shell|msedge|brave|electron|firefox(?:-esr|-bin)?)$/

/**
 * @param line as /proc has it, one character per byte: arguments that end with NUL; of Chromium's
 *   processes one text with spaces
 */
export function readCommand(line: string): Command {
  const [first = ''] = line.split('\0', 1)
  // What rewrites its title need not have a path there.
  const [executable = ''] = first.split(' ', 1)
  const isExecutable = /^[\w./+@-]+$/.test(executable) && executable.length <= MAX_EXECUTABLE_CHARS
  return {
    executable: isExecutable ? executable : undefined,
    role: roleOf(line, executable.slice(executable.lastIndexOf('/') + 1)),
  }
}

function roleOf(line: string, name: string): ProcessRole | undefined {
  const type = /[\0 ]--type=([a-z-]+)/.exec(line)?.[1]
  if (type !== undefined) {
    const isNetwork = /[\0 ]--utility-sub-type=network\./.test(line)
    return isNetwork ? 'network' : CHROMIUM_TYPES[type]
  }
  if (/[\0 ]-contentproc[\0 ]/.test(line)) {
    const last = /[\0 ](\w+)[\0 ]*$/.exec(line)?.[1] ?? ''
    return FIREFOX_TYPES[last]
  }
  return BROWSER.test(name) ? 'browser' : undefined
}
