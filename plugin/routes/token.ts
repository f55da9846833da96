/**
 * Bearer tokens (https://www.rfc-editor.org/rfc/rfc6750): one for each thing that can be done, or one
 * for all. What no token guards is for this machine alone, unless `insecure` says otherwise.
 */

import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { TokenError, UnguardedError } from '../errors.ts'
import { isLoopback } from '../loopback.ts'
import type { ResolvedOptions } from '../options.ts'
import { checkRequest } from './check-request.ts'
import { isFromSupervisor, isOfThisMachine } from './peer.ts'

/** What a token gives a right to, and what it is called in a sentence. */
export const RIGHTS = { read: 'reading', post: 'posting', configure: 'configuring' } as const
export type Right = keyof typeof RIGHTS

/**
 * What a route's `config.access` says, where its method does not: `health` is for this machine without a
 * token (its own checks have none) and for others as `read`; `open` is for all.
 */
export type Access = Right | 'health' | 'open'

export type TokenOptions = Pick<
  ResolvedOptions,
  'token' | 'readToken' | 'postToken' | 'configureToken' | 'insecure'
>

/** The rights that anybody has who can connect. */
export function unguardedRights(options: Partial<TokenOptions>): Right[] {
  const tokens = tokensOf(options)
  return (Object.keys(RIGHTS) as Right[]).filter(right => tokens[right] === undefined)
}

export function guardToken(scope: FastifyInstance, options: TokenOptions): void {
  const tokens = tokensOf(options)
  const digests = Object.fromEntries(
    Object.entries(tokens).map(([right, token]) => [right, token && digest(token)])
  ) as Record<Right, Buffer | undefined>
  const check = (request: FastifyRequest, reply: FastifyReply): void => {
    const access = accessOf(request)
    if (access === 'open' || isFromSupervisor(request)) return
    if (access === 'health' && isOfThisMachine(request)) return
    const right = access === 'health' ? 'read' : access
    const expected = digests[right]
    if (expected !== undefined) checkToken(request, reply, right, expected)
    else if (!options.insecure && !isOfThisMachine(request)) {
      throw new UnguardedError(RIGHTS[right], optionOf(right), variableOf(right))
    }
  }
  scope.addHook('onRequest', checkRequest(check))
  if (!options.insecure) sayWhoIsRefused(scope, unguardedRights(options))
}

function tokensOf(options: Partial<TokenOptions>): Record<Right, string | undefined> {
  const { token, readToken = token, postToken = token, configureToken = token } = options
  return { read: readToken, post: postToken, configure: configureToken }
}

function accessOf({ method, routeOptions }: FastifyRequest): Access {
  const { access } = routeOptions.config as { access?: Access }
  if (access !== undefined) return access
  if (method === 'GET' || method === 'HEAD') return 'read'
  return method === 'POST' ? 'post' : 'configure'
}

/** @throws {TokenError} */
function checkToken(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  right: Right,
  expected: Buffer
): void {
  const given = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (given !== undefined && timingSafeEqual(digest(given), expected)) return
  const error = headers.authorization === undefined ? '' : ', error="invalid_token"'
  reply.header('www-authenticate', `Bearer realm="fastify-sysmon"${error}`)
  throw new TokenError(RIGHTS[right])
}

/** Of equal length whatever was sent, and told apart in a time that says nothing of it. */
function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

/** Where the application listens for others than this machine, they will ask why they get nothing. */
function sayWhoIsRefused(scope: FastifyInstance, unguarded: readonly Right[]): void {
  if (unguarded.length === 0) return
  scope.addHook('onListen', async () => {
    const addresses = scope.addresses().flatMap(at => (typeof at === 'string' ? [] : at.address))
    const address = addresses.find(one => !isLoopback(one))
    if (address === undefined) return
    const rights = unguarded.map(right => RIGHTS[right]).join(', ')
    scope.log.warn(
      { address },
      `${rights}: for this machine only, because no token is asked for. Set the option "token" (SYSMON_TOKEN), or say "insecure" (SYSMON_INSECURE)`
    )
  })
}

function optionOf(right: Right): string {
  return `${right}Token`
}

function variableOf(right: Right): string {
  return `SYSMON_${right.toUpperCase()}_TOKEN`
}
