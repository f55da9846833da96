/**
 * One server for one state folder: a Unix socket in the folder, which a server listens on as long as
 * it lives. The kernel closes it with the process, whatever ends that, and whether somebody listens is
 * told by a connection, also between containers that share the folder but neither pids nor networks.
 */

import { closeSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const NAME = 'lock'
/** Attempts to take over from a server that is gone, or is just going. */
const ATTEMPTS = 20
/** Milliseconds between them. */
const PAUSE = 50
/** Milliseconds after which a lock that was taken is not removed as a stale one any more. */
const SETTLE = 10

export interface Lock {
  release(): Promise<void>
}

/**
 * @returns undefined when another server has the folder
 * @throws a system error when no lock can be made in it
 */
export async function lockFolder(folder: string): Promise<Lock | undefined> {
  // A socket's path may be 107 bytes long at most (unix(7)); through /proc any folder's is short.
  const fd = openSync(folder, 'r')
  try {
    const own = `${NAME}.${process.pid}.${Math.random().toString(36).slice(2, 8)}`
    const server = await listen(`/proc/self/fd/${fd}/${own}`)
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        // A link is made by one server only, and only where there is none.
        if (linked(join(folder, own), join(folder, NAME))) {
          // Another one that saw the stale lock too may just be removing this one in its place.
          await pause(SETTLE)
          if (isSame(join(folder, own), join(folder, NAME))) {
            return { release: () => close(server, folder) }
          }
        }
        if (await isAlive(`/proc/self/fd/${fd}/${NAME}`)) await pause(PAUSE)
        else removeStale(folder, own)
      }
    } finally {
      rmSync(join(folder, own), { force: true })
    }
    server.close()
    return undefined
  } finally {
    closeSync(fd)
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isSame(a: string, b: string): boolean {
  return statSync(a).ino === statSync(b, { throwIfNoEntry: false })?.ino
}

/** Renamed first: of two servers that find the same stale lock, one gets it, and the other none. */
function removeStale(folder: string, own: string): void {
  const stale = join(folder, `${own}.stale`)
  try {
    renameSync(join(folder, NAME), stale)
  } catch {
    return
  }
  rmSync(stale, { force: true })
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => socket.destroy())
    server.once('error', reject)
    server.listen(path, () => {
      server.unref()
      resolve(server)
    })
  })
}

function isAlive(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    const settle = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => settle(true))
    // A full backlog (EAGAIN) is a sign of life; nobody there, or no socket there, is none.
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      settle(code !== 'ECONNREFUSED' && code !== 'ENOENT')
    )
  })
}

function close(server: Server, folder: string): Promise<void> {
  rmSync(join(folder, NAME), { force: true })
  return new Promise(resolve => server.close(() => resolve()))
}
