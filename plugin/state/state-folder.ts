/** The folder in which the server keeps what outlives it: opened, and locked against a second server. */

import { closeSync, constants, openSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import { lockDescriptor } from './lock.ts'
import { makeFolder } from './make-folder.ts'
import { checkedFolder } from './open-file.ts'

export interface StateFolder {
  readonly path: string
  /** Lets the next server have it. */
  release(): void
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
  try {
    const fd = open(path)
    try {
      await lock(fd, path)
    } catch (error) {
      closeSync(fd)
      throw error
    }
    return { path, release: () => closeSync(fd) }
  } catch (cause) {
    const { message } = cause as Error
    log.error({ stateDir: path }, `events are kept in memory only: ${message}`)
    return { error: message }
  }
}

/** @throws an error that says what to mend */
function open(path: string): number {
  return checkedFolder(openAny(path), path)
}

function openAny(path: string): number {
  if (process.platform === 'win32') {
    throw new Error('a state folder needs locks and owners of files as Unix has them: leave it out')
  }
  try {
    makeFolder(path)
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(
      code === 'EEXIST' || code === 'ENOTDIR'
        ? `${path} is not a folder: name another one in SYSMON_STATE_DIR`
        : `${message}: name a folder that this user can write in SYSMON_STATE_DIR`
    )
  }
}

/** @throws an error that says what to mend */
async function lock(fd: number, path: string): Promise<void> {
  let isLocked: boolean
  try {
    isLocked = await lockDescriptor(fd)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(
      code === 'ENOENT'
        ? `there is no command flock, which keeps a second server out of ${path}: install util-linux or busybox, and start again`
        : `${path} cannot be locked against a second server (${message}): name a folder on a file system that has locks in SYSMON_STATE_DIR, and start again`
    )
  }
  if (!isLocked) {
    throw new Error(
      `another server uses ${path}: give each its own SYSMON_STATE_DIR (of the workers of a cluster, one), and start this one again`
    )
  }
}
