/**
 * Frames that are written together, in one piece for all streams that are at the same place.
 *
 * Node writes each piece of an answer of unknown length as a chunk (RFC 9112, section 7.1): its length, the
 * bytes and a line end are four buffers, gathered anew for each client. Made once, a chunk goes to the
 * sockets as it is: half the processor time a delivery (`npm run bench -- --only fan-out`).
 */

import { ServerResponse } from 'node:http'
import { joinFrames, type PublishedEvent } from '../events/envelope.ts'

/** Larger ones are copied into a chunk for the second stream that takes them, and not for the first. */
const SMALL_BYTES = 16 * 1024
const LINE_END = Buffer.from('\r\n')
const writePlainly = ServerResponse.prototype.write

export class JoinedFrames {
  readonly #bytes: Buffer
  #chunk: Buffer | undefined
  #isTaken = false

  constructor(events: readonly PublishedEvent[]) {
    this.#bytes = events.length === 1 ? events[0]!.frame : joinFrames(events)
  }

  /** @param raw its head is sent @param onFlushed called when the system took them */
  writeTo(raw: ServerResponse, onFlushed: () => void): void {
    const { socket } = raw
    // Where another answer of the connection comes first, there is no socket yet. Who put another `write`
    // in the place of Node's, to compress perhaps, sees all that is written. A response that is corked, as
    // Node 26 leaves it for the rest of a turn, holds what was written before, which must not be overtaken.
    const isDirect = socket !== null && raw.chunkedEncoding && raw.writableCorked === 0
    if (!isDirect || raw.write !== writePlainly) {
      raw.write(this.#bytes, onFlushed)
      return
    }
    const isWorthACopy = this.#isTaken || this.#bytes.length <= SMALL_BYTES
    this.#isTaken = true
    if (isWorthACopy) socket.write(this.#asChunk(), onFlushed)
    else raw.write(this.#bytes, onFlushed)
  }

  #asChunk(): Buffer {
    this.#chunk ??= Buffer.concat([
      Buffer.from(`${this.#bytes.length.toString(16)}\r\n`, 'latin1'),
      this.#bytes,
      LINE_END,
    ])
    return this.#chunk
  }
}
