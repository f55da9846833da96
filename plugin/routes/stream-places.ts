/**
 * How many event streams may be open, and whose: one peer does not take them all, and neither do
 * browsers, whose pages may be anybody's.
 */

import { isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { TooManyStreamsError } from '../errors.ts'
import type { ResolvedOptions } from '../options.ts'
import { isFromBrowser } from './peer.ts'

export type StreamLimits = Pick<
  ResolvedOptions,
  'maxStreams' | 'maxStreamsPerPeer' | 'reservedStreams'
>

export class StreamPlaces {
  readonly #max: number
  readonly #maxPerPeer: number
  readonly #maxBrowsers: number
  readonly #byPeer = new Map<string, number>()
  #taken = 0
  #browsers = 0

  constructor(limits: StreamLimits) {
    const { maxStreams, maxStreamsPerPeer, reservedStreams } = limits
    this.#max = maxStreams
    this.#maxPerPeer = maxStreamsPerPeer ?? Math.ceil((maxStreams * 3) / 4)
    this.#maxBrowsers = maxStreams - (reservedStreams ?? Math.floor(maxStreams / 4))
  }

  /**
   * @returns what gives the place back
   * @throws {TooManyStreamsError}
   */
  take(request: FastifyRequest): () => void {
    const peer = peerOf(request.ip)
    const isBrowser = isFromBrowser(request)
    const ofPeer = this.#byPeer.get(peer) ?? 0
    if (this.#taken >= this.#max) {
      throw new TooManyStreamsError(
        `all ${this.#max} event streams are taken`,
        'raise the option "maxStreams" (SYSMON_MAX_STREAMS)'
      )
    }
    if (ofPeer >= this.#maxPerPeer) {
      throw new TooManyStreamsError(
        `this address has ${ofPeer} event streams already`,
        'raise the option "maxStreamsPerPeer" (SYSMON_MAX_STREAMS_PER_PEER)'
      )
    }
    if (isBrowser && this.#browsers >= this.#maxBrowsers) {
      throw new TooManyStreamsError(
        `browsers have ${this.#browsers} event streams, and the rest is reserved for programs`,
        'lower the option "reservedStreams" (SYSMON_RESERVED_STREAMS)'
      )
    }
    this.#count(peer, isBrowser, 1)
    return () => this.#count(peer, isBrowser, -1)
  }

  #count(peer: string, isBrowser: boolean, change: 1 | -1): void {
    this.#taken += change
    if (isBrowser) this.#browsers += change
    const ofPeer = (this.#byPeer.get(peer) ?? 0) + change
    if (ofPeer === 0) this.#byPeer.delete(peer)
    else this.#byPeer.set(peer, ofPeer)
  }
}

/**
 * An IPv4 address, the first half of an IPv6 address (a machine has as many of the other half as it
 * likes), or nothing for all on Unix sockets.
 */
function peerOf(ip: string | undefined): string {
  const address = (ip ?? '').toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('%', 1)[0]!.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) groups.push('0', '0', '0', '0')
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')
}
