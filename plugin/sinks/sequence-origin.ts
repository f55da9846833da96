/**
 * Whose sequence numbers a sink delivers: without it the other side cannot tell the event 7 of one run of
 * numbers, or of one machine, from that of another, nor know an event that comes again.
 */

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

interface OriginState {
  readonly origin: string
}

/** Made once for each run of sequence numbers, and kept in the sink's cursor file. */
export class SequenceOrigin {
  #name: string | undefined

  /** For the cursor file; undefined before {@link resume}, so that what is in the file is not lost. */
  get state(): OriginState | undefined {
    return this.#name === undefined ? undefined : { origin: this.#name }
  }

  /** @param saved what the cursor file has, if there is one */
  resume(saved: unknown): void {
    this.#name ??= originIn(saved) ?? `${hostname()}.${randomBytes(6).toString('base64url')}`
  }

  /** `machine.K3Jx9a_Q`; after {@link resume} */
  get name(): string {
    return this.#name!
  }
}

function originIn(saved: unknown): string | undefined {
  const { origin } = (saved ?? {}) as Partial<OriginState>
  return typeof origin === 'string' ? origin : undefined
}
