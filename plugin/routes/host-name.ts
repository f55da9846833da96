/**
 * `Host`: which names this server answers to. Any web page can let a name of its own point to this
 * machine, and is then, for the browser, a page of this server (DNS rebinding). No page can have an
 * address or `localhost` for its name; other names have to be configured.
 */

import { isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { ForeignHostError, quoted } from '../errors.ts'
import { isFromBrowser, isOnUnixSocket } from './peer.ts'

/** The names that requests may ask for. */
export class OwnNames {
  readonly #allowed: ReadonlySet<string>
  /** Found to be one of them last: clients ask for the same again and again. */
  #known: string | undefined

  /** @param allowed beside addresses and `localhost` */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed.map(name => name.toLowerCase()))
  }

  /** @throws {ForeignHostError} */
  refuseForeign(request: FastifyRequest): void {
    // No page can connect to a Unix socket, and clients call it what they like; a proxy before it may
    // pass on what a page sent.
    if (isOnUnixSocket(request) && !isFromBrowser(request)) return
    for (const authority of authoritiesOf(request)) {
      if (authority === this.#known) continue
      const name = nameOf(authority)
      const isOwn =
        name !== undefined && (isIP(name) !== 0 || name === 'localhost' || this.#allowed.has(name))
      if (!isOwn) throw new ForeignHostError(quoted(authority))
      this.#known = authority
    }
  }
}

/**
 * By HTTP/1.1 in `Host`, by HTTP/2 in `:authority`, and in the target itself where that is a whole URL.
 * None in HTTP/1.0, which no browser sends.
 */
function authoritiesOf({ headers, raw }: FastifyRequest): string[] {
  const authorities: string[] = []
  // Node keeps the first of several, which is not whom another server would take it for.
  const hosts = hostsOf(raw.rawHeaders)
  if (hosts.length > 1) authorities.push(hosts.join(', '))
  if (headers.host !== undefined) authorities.push(headers.host)
  const authority = headers[':authority']
  if (typeof authority === 'string') authorities.push(authority)
  // Of a path alone, which is what nearly all ask for, nothing need be looked for.
  if (raw.url?.startsWith('/') === true) return authorities
  const inTarget = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(raw.url ?? '')?.[1]
  return inTarget === undefined ? authorities : [...authorities, inTarget]
}

/** The values of all headers `Host`. @param rawHeaders names and values in turn */
function hostsOf(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[at + 1]!)
  }
  return hosts
}

/** @returns lower case, without brackets, port and the dot of the root; undefined for what is no name */
export function nameOf(authority: string): string | undefined {
  const [, v6, name] = /^(?:\[([^[\]]+)\]|([^:[\]/@\s]+))(?::\d*)?$/.exec(authority) ?? []
  if (v6 !== undefined) return isIPv6(v6) ? v6.toLowerCase() : undefined
  return name?.toLowerCase().replace(/\.$/, '')
}

/** @returns undefined where none is named */
export function portOf(authority: string): string | undefined {
  return /:(\d+)$/.exec(authority)?.[1]
}
