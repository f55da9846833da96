/**
 * The generators of clients that need Go or Python, each in a folder of the user's cache
 * (`~/.cache/fastify-sysmon`) that is named by what is in it: another version is another folder. They are
 * installed with the real parts, by `npm run real-parts`; tests only look for them, and skip with the reason.
 */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fastify-sysmon')

/** A folder with what was asked for, or why there is none. */
export type Found = { readonly folder: string } | { readonly skip: string }

const OAPI_CODEGEN = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'
const PYTHON_PACKAGES = [
  'openapi-python-client==0.29.1',
  'datamodel-code-generator==0.89.0',
  'pydantic==2.14.4',
]

/** @returns a folder with `oapi-codegen` */
export function goTools(mayInstall = false): Found {
  return made(
    'go',
    [OAPI_CODEGEN],
    folder => run('go', ['install', OAPI_CODEGEN], folder, { GOBIN: folder }),
    mayInstall
  )
}

/** @returns a folder with Python's `bin`: `python`, `openapi-python-client`, `datamodel-codegen` */
export function pythonTools(mayInstall = false): Found {
  const build = (folder: string): string | undefined =>
    run('python3', ['-m', 'venv', '.'], folder) ??
    run('bin/python', ['-m', 'pip', 'install', '--quiet', ...PYTHON_PACKAGES], folder)
  return made('python', PYTHON_PACKAGES, build, mayInstall)
}

/** @returns whether all are there now */
export function installClientTools(): boolean {
  const missing = [goTools(true), pythonTools(true)].filter(found => 'skip' in found)
  for (const { skip } of missing) console.error(`no generators of clients: ${skip}`)
  return missing.length === 0
}

/** @param build fills the folder. @returns why it could not */
function made(
  kind: string,
  content: readonly string[],
  build: (folder: string) => string | undefined,
  mayInstall: boolean
): Found {
  const key = createHash('sha256').update(content.join('\n')).digest('hex').slice(0, 12)
  // Where it stays: Python's programs name their interpreter by its path.
  const folder = join(CACHE, `clients-${kind}-${key}`)
  const done = join(folder, '.done')
  if (existsSync(done)) return { folder }
  if (!mayInstall) return { skip: `run npm run real-parts, which installs ${content.join(', ')}` }
  console.log(`installing ${content.join(', ')}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const reason = build(folder)
  if (reason !== undefined) return { skip: reason }
  writeFileSync(done, '')
  return { folder }
}

/** @returns why it failed */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {}
): string | undefined {
  const { error, status, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  if (error !== undefined) return `${command} is not there: ${error.message}`
  return status === 0 ? undefined : `${command} ${args[0]} failed: ${stderr.trim().slice(-500)}`
}
