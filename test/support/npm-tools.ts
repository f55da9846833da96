/**
 * Packages that a test runs and the project does not depend on: installed from npm's registry into the
 * user's cache (`~/.cache/fastify-sysmon`), once for all clones. Without a registry and without the cache
 * the test is skipped, and says why.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'fastify-sysmon/npm-tools'
)
const INSTALL_TIMEOUT_MS = 180_000

/** @returns why it is not possible, where there is no registry to be asked */
export function npmInstall(folder: string, packages: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(
    'npm',
    [
      ...['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'],
      ...['--loglevel=error', ...packages],
    ],
    { cwd: folder, encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS }
  )
  if (status === 0) return undefined
  assert.match(
    `${stderr}${error ?? ''}`,
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED|ENETUNREACH/
  )
  return `npm's registry is not reached: ${error?.message ?? stderr.split('\n')[0]}`
}

/**
 * @param packages with their versions: `typescript@5.9.3`
 * @returns the folder that has them in its `node_modules`, or why there is none
 */
export function npmTools(packages: readonly string[]): { folder: string } | { skip: string } {
  const folder = join(CACHE, packages.join('+').replaceAll(/[^a-z0-9.@+-]/gi, '_'))
  if (existsSync(folder)) return { folder }
  mkdirSync(CACHE, { recursive: true })
  const unfinished = mkdtempSync(join(CACHE, '.installing-'))
  try {
    writeFileSync(join(unfinished, 'package.json'), '{"private":true}')
    const reason = npmInstall(unfinished, packages)
    if (reason !== undefined) return { skip: reason }
    // Another test may have been faster.
    if (!existsSync(folder)) renameSync(unfinished, folder)
    return { folder }
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}
