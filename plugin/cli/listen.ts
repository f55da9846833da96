/** Where `sysmon serve` listens, by `HOST` and `PORT`: an address, or `unix:/path/of/a/socket`. */

import { lookup } from 'node:dns/promises'
import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { isLoopback } from '../loopback.ts'
import { RIGHTS, unguardedRights } from '../routes/token.ts'
import type { SysmonOptions } from '../types.ts'
import { UsageError } from './usage.ts'

export type ListenAt = { readonly path: string } | { readonly host: string; readonly port: number }

/** The socket's: its owner and its group. */
const SOCKET_MODE = 0o660
/** Nothing that is made from now on is for others; without it the socket would be, for a moment. */
const UMASK = 0o007
/** What fits into the address of a Unix socket: unix(7). */
const MAX_PATH_BYTES = 107

/** @throws {UsageError} */
export function listenAt(host: string, port: number): ListenAt {
  const [, path] = /^unix:(?:\/\/)?(.*)$/.exec(host) ?? []
  if (path === undefined) return { host: host.replace(/^\[(.*)\]$/, '$1'), port }
  if (!path.startsWith('/')) {
    throw new UsageError(
      `the environment variable HOST must be an address or a socket such as unix:/run/sysmon.sock, not "${host}"`
    )
  }
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new UsageError(
      `the environment variable HOST names a socket whose path is longer than ${MAX_PATH_BYTES} bytes: use a shorter one`
    )
  }
  return { path }
}

/**
 * Whoever can connect can do what no token is asked for.
 *
 * @throws {UsageError}
 */
export async function refuseUnguarded(at: ListenAt, options: SysmonOptions): Promise<void> {
  if ('path' in at || options.insecure === true) return
  const unguarded = unguardedRights(options)
  if (unguarded.length === 0 || (await isLoopbackName(at.host))) return
  const isNone = unguarded.length === 3
  const what = isNone ? '' : ` for ${unguarded.map(right => RIGHTS[right]).join(' and ')}`
  const variables = unguarded.map(right => `SYSMON_${right.toUpperCase()}_TOKEN`).join(' and ')
  throw new UsageError(
    `with HOST=${at.host} the network gets in, and no token is asked for${what}: set ${isNone ? 'SYSMON_TOKEN, or SYSMON_TOKEN_FILE' : variables} (openssl rand -hex 32 makes one), leave HOST at 127.0.0.1 or unix:/path/of/a/socket, or say SYSMON_INSECURE=true`
  )
}

/** @returns the address, as Fastify says it, or the socket's path */
export async function listen(app: FastifyInstance, at: ListenAt): Promise<string> {
  if (!('path' in at)) return await app.listen(at)
  await removeStale(at.path)
  process.umask(UMASK)
  await app.listen(at)
  chmodSync(at.path, SOCKET_MODE)
  return at.path
}

/** @throws a system error, or one that says what is in the way */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) {
    throw new Error(`${path} is there and is no socket: remove it, or name another one in HOST`)
  }
  if (await isListenedOn(path)) {
    throw new Error(`somebody listens on ${path}: stop that, or name another one in HOST`)
  }
  rmSync(path, { force: true })
}

/** @throws a system error where that cannot be found out */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false)
      // A full queue is a sign of life.
      else if (error.code === 'EAGAIN') resolve(true)
      else reject(error)
    })
  })
}

async function isLoopbackName(host: string): Promise<boolean> {
  try {
    const addresses = await lookup(host, { all: true })
    return addresses.every(({ address }) => isLoopback(address))
  } catch {
    // Then it cannot be listened on either, which says why.
    return true
  }
}
