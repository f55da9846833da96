/** Who is at the other end of a request's connection. */

import type { Server, Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../loopback.ts'

const trusted = new WeakSet<Socket>()

/** What comes on this connection comes from the supervisor: api-socket.ts. */
export function markAsSupervisor(connection: Socket): void {
  trusted.add(connection)
}

/** Whether the request came from who may open the supervisor's socket. */
export function isFromSupervisor({ raw }: FastifyRequest): boolean {
  return trusted.has(raw.socket)
}

/** Whether the request came by a Unix socket: from a program on this machine that may open it. */
export function isOnUnixSocket({ raw }: FastifyRequest): boolean {
  // Of a connection that is just ending the address is not known either.
  const { remoteAddress, server } = raw.socket as Socket & { server?: Server }
  return remoteAddress === undefined && typeof server?.address() === 'string'
}

/** Whether the other end is on this machine: by the loopback, a Unix socket, or this machine's own address. */
export function isOfThisMachine(request: FastifyRequest): boolean {
  const { remoteAddress, localAddress } = request.raw.socket
  if (remoteAddress === undefined) return isOnUnixSocket(request)
  return isLoopback(remoteAddress) || remoteAddress === localAddress
}

/** Whether a browser sent it, as far as that shows: pages cannot leave all of these out. */
export function isFromBrowser({ headers }: FastifyRequest): boolean {
  return (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] !== undefined ||
    headers['sec-fetch-mode'] !== undefined ||
    headers['sec-fetch-dest'] !== undefined ||
    /^Mozilla\//.test(headers['user-agent'] ?? '')
  )
}
