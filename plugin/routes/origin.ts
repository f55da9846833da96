/**
 * Who may ask, as far as browsers tell: programs, pages of this server, and pages of the origins that
 * are allowed. Held against every request, whatever its method: a page may send simple requests to any
 * server, and though it cannot read the answers, it could write events and hold streams open.
 *
 * https://fetch.spec.whatwg.org/#http-cors-protocol, https://www.w3.org/TR/fetch-metadata/
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ForeignOriginError, ForeignSiteError, FramedError, quoted } from '../errors.ts'
import type { SysmonOptions } from '../types.ts'
import { checkRequest } from './check-request.ts'
import { addToHeader } from './headers.ts'
import { nameOf, OwnNames, portOf } from './host-name.ts'

/** `Sec-Fetch-Dest` of what shows an answer inside of a page. */
const FRAMES = ['iframe', 'frame', 'embed', 'object', 'fencedframe']
/** What a page of an allowed origin may read of our answers, beside the body. */
const EXPOSED = ['x-has-more', 'x-next-offset', 'x-incomplete', 'retry-after']

export function guardOrigin(
  scope: FastifyInstance,
  { allowedHosts = [], allowedOrigins = [] }: Pick<SysmonOptions, 'allowedHosts' | 'allowedOrigins'>
): void {
  const origins = new Set(allowedOrigins)
  const names = new OwnNames(allowedHosts)
  const check = (request: FastifyRequest, reply: FastifyReply): void => {
    const { origin } = request.headers
    const isAllowed = origin !== undefined && origins.has(origin)
    closeToPages(reply, isAllowed)
    if (origins.size > 0) addToHeader(reply, 'vary', ['origin'])
    names.refuseForeign(request)
    refuseFrame(request)
    if (isAllowed) openTo(origin, request, reply)
    else refuseForeignPage(request)
  }
  scope.addHook('onRequest', checkRequest(check))
}

/** No page shows an answer, or takes it for a script or a picture. */
function closeToPages(reply: FastifyReply, isAllowed: boolean): void {
  reply.header('x-content-type-options', 'nosniff')
  reply.header('cross-origin-resource-policy', isAllowed ? 'cross-origin' : 'same-origin')
  addToHeader(reply, 'content-security-policy', ["frame-ancestors 'none'"])
}

/**
 * A page of an allowed origin asks before it posts JSON, and reads answers only with leave. For our own
 * paths only: @fastify/cors would answer for every path of the host, and cannot be beside the host's own.
 */
function openTo(origin: string, { method, headers }: FastifyRequest, reply: FastifyReply): void {
  reply.header('access-control-allow-origin', origin)
  addToHeader(reply, 'access-control-expose-headers', EXPOSED)
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return
  reply
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH')
    .header('access-control-allow-headers', 'authorization, content-type, last-event-id')
    .header('access-control-max-age', '600')
  if (headers['access-control-request-private-network'] === 'true') {
    reply.header('access-control-allow-private-network', 'true')
  }
}

/** @throws {FramedError} */
function refuseFrame({ headers }: FastifyRequest): void {
  if (headers['sec-fetch-dest'] === undefined) return
  const dest = String(headers['sec-fetch-dest']).toLowerCase()
  if (dest.split(/\s*,\s*/).some(one => FRAMES.includes(one))) throw new FramedError(quoted(dest))
}

/** @throws {ForeignOriginError | ForeignSiteError} */
function refuseForeignPage({ headers }: FastifyRequest): void {
  const { origin } = headers
  const host = headers.host ?? headers[':authority']
  if (origin !== undefined && !isOwnOrigin(origin, host)) {
    throw new ForeignOriginError(quoted(origin))
  }
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return
  throw new ForeignSiteError(quoted(String(site)))
}

/**
 * Whether a page is one that this server itself gave, by the name it was asked by (which is one of its
 * own: host-name.ts). Its scheme may be that of a proxy before us.
 */
function isOwnOrigin(origin: string, host: string | string[] | undefined): boolean {
  if (typeof host !== 'string' || !URL.canParse(origin)) return false
  const { protocol, hostname, port } = new URL(origin)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  const usualPort = protocol === 'https:' ? '443' : '80'
  return nameOf(hostname) === nameOf(host) && (port || usualPort) === (portOf(host) ?? usualPort)
}
