/** The folder in which the server keeps what outlives it: opened, and locked against a second server. */

import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { type Lock, lockFolder } from './lock.ts'

export interface StateFolder {
  readonly path: string
  release(): Promise<void>
}

/** Why nothing is kept in it. */
export interface NoStateFolder {
  readonly error: string
}

/** Makes the folder where there is none. Never throws: what fails is logged, once, and returned. */
export async function openStateFolder(
  path: string,
  log: FastifyBaseLogger
): Promise<StateFolder | NoStateFolder> {
  const refuse = (error: string): NoStateFolder => {
    log.error({ stateDir: path }, `events are kept in memory only: ${error}`)
    return { error }
  }
  try {
    makeFolder(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isNone = code === 'EEXIST' || code === 'ENOTDIR'
    return refuse(
      isNone
        ? `${path} is not a folder: name another one in SYSMON_STATE_DIR`
        : `${message}: name a folder that this user can write in SYSMON_STATE_DIR`
    )
  }
  let lock: Lock | undefined
  try {
    lock = await lockFolder(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'ENOENT') {
      return refuse(`${message}: name a folder that this user can write in SYSMON_STATE_DIR`)
    }
    // Full, read-only, or a file system without sockets: what is there can be read, and perhaps
    // written later.
    log.warn({ err: error, stateDir: path }, 'the state folder cannot be locked')
    return { path, release: async () => {} }
  }
  if (lock === undefined) {
    return refuse(
      `another server uses ${path}: give each its own SYSMON_STATE_DIR, and start this one again`
    )
  }
  return { path, release: () => lock.release() }
}

/**
 * With its parents. Not by `recursive`, which never returns where the system answers ENOENT although
 * the parent is there, as in /proc (seen on Node 20 to 26).
 *
 * @throws a system error
 */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: 0o700 })
  }
}
