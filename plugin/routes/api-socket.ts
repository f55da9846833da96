/**
 * The supervisor's own way in: the Unix socket `api.sock` in the state folder. Who may open it is a
 * matter of its mode and of the folder's, and that is the proof: what comes this way is the
 * supervisor's word, and no token is asked for. It takes events and answers nothing else.
 */

import { chmodSync, closeSync, lstatSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { markAsSupervisor } from './peer.ts'

const NAME = 'api.sock'
const ROUTE = '/telemetry/events'
/** Its owner, and the group that the state folder is shared with. */
const SOCKET_MODE = 0o660
/** What fits into the address of a Unix socket: unix(7). */
const MAX_PATH_BYTES = 107
/** A request from its first byte to its last. */
const REQUEST_TIMEOUT_MS = 30_000
/** Connections that are kept without a request; as Fastify's own. */
const KEEP_ALIVE_MS = 72_000

/** @param stateDir held by this process: nobody else makes the socket in it */
export function openApiSocket(scope: FastifyInstance, stateDir: string): void {
  let server: Server | undefined
  scope.addHook('onReady', async () => {
    try {
      server = listen(scope, stateDir)
    } catch (error) {
      scope.log.warn(
        { err: error, path: join(stateDir, NAME) },
        'the socket for the supervisor cannot be opened: what its listener posts counts as posted by anybody'
      )
    }
  })
  scope.addHook('preClose', async () => {
    if (server === undefined) return
    rmSync(join(stateDir, NAME), { force: true })
    const closed = new Promise(resolve => server?.close(resolve))
    // Those that are just being answered still are.
    server.closeIdleConnections()
    const timer = setTimeout(() => server?.closeAllConnections(), 1000)
    await closed
    clearTimeout(timer)
  })
}

/** @throws a system error, or one that says what is in the way */
function listen(scope: FastifyInstance, stateDir: string): Server {
  const path = join(stateDir, NAME)
  // One that a killed process left is replaced; nothing else is.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false) {
    throw new Error(`${path} is in the way and is no socket: remove it, and start again`)
  }
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      const url = scope.prefix + ROUTE
      if (request.method !== 'POST' || (request.url !== ROUTE && request.url !== url)) {
        const message = `this socket is for POST ${ROUTE} only`
        response.writeHead(404, { 'content-type': 'application/json; charset=utf-8' })
        response.end(JSON.stringify({ message }))
        return
      }
      request.url = url
      scope.routing(request, response)
    }
  )
  server.on('connection', markAsSupervisor)
  bind(server, path, stateDir)
  // The application's own server keeps the process alive, and where there is none nothing need.
  return server.unref()
}

/**
 * In a folder that is closed to all others until it has its mode: nobody connects before. All of it
 * happens at once; `exclusive`, because in a worker of a cluster the primary process would listen.
 */
function bind(server: Server, path: string, stateDir: string): void {
  const closed = mkdtempSync(join(stateDir, '.api-'))
  const isShort = Buffer.byteLength(join(closed, NAME)) <= MAX_PATH_BYTES
  const fd = isShort ? undefined : openSync(closed, 'r')
  try {
    let error: Error | undefined
    server.once('error', cause => {
      error = cause
    })
    const address = fd === undefined ? join(closed, NAME) : `/proc/self/fd/${fd}/${NAME}`
    server.listen({ path: address, exclusive: true })
    if (!server.listening) throw error ?? new Error(`cannot listen on ${address}`)
    chmodSync(join(closed, NAME), SOCKET_MODE)
    renameSync(join(closed, NAME), path)
  } catch (error) {
    server.close()
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
    rmSync(closed, { recursive: true, force: true })
  }
}
