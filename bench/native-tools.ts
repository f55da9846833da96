/** Packages with native code: their binaries are not in npm's registry, and are built from their source. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { npmTools } from '../test/support/npm-tools.ts'

/** Once for all clones; one core for some minutes. */
const BUILD_TIMEOUT_MS = 900_000

/** As `npmTools`. @param binary that is built, in the folder */
export function nativeTools(
  packages: readonly string[],
  binary: string
): { folder: string } | { skip: string } {
  const tools = npmTools(packages)
  if ('skip' in tools || existsSync(join(tools.folder, binary))) return tools
  // With the headers of the Node that runs: they are no package.
  const nodeDir = dirname(dirname(process.execPath))
  if (!existsSync(join(nodeDir, 'include/node/node.h'))) {
    return { skip: `no headers of Node in ${nodeDir}/include/node to build it with` }
  }
  const args = ['rebuild', '--build-from-source', `--nodedir=${nodeDir}`, '--loglevel=error']
  const { status, stderr, error } = spawnSync('npm', args, {
    cwd: tools.folder,
    encoding: 'utf8',
    timeout: BUILD_TIMEOUT_MS,
  })
  if (status === 0) return tools
  return { skip: `it cannot be built: ${`${error ?? stderr}`.trim().split('\n').at(-1)}` }
}
