/**
 * Ends supervisord, and with it its container, when it has given up a service that nothing works without
 * (EXIT_ON_FATAL): who starts the container can start it anew. Not before the API has the event about it.
 */

import { fs } from './built-ins.ts'
import type { Log } from './own-log.ts'
import type { SupervisorRpc } from './supervisor-rpc.ts'
import { uptime } from './uptime.ts'

/** An API that does not take the event by then is given it when it is back: it is on disk. */
const DELIVERY_TIMEOUT_MS = 10_000
const LOOK_EVERY_MS = 50
/** supervisord may have services to start before it answers; nothing waits. */
const ASK_TIMEOUT_MS = 10_000

export interface ExitOnFatalParts {
  /** Names of services, or of their groups. */
  readonly services: readonly string[]
  /** Its name is written into this file: supervisord itself ends with status 0 whatever ends it. */
  readonly noteFile?: string
  readonly spool: { readonly size: number }
  /** Asks supervisord to shut down. */
  readonly shutDown: () => void
  readonly log: Log
}

export class ExitOnFatal {
  readonly #parts: ExitOnFatalParts
  #isEnding = false

  constructor(parts: ExitOnFatalParts) {
    this.#parts = parts
  }

  /** Says which of the names no service has: nobody else would until it is missed. Never throws. */
  async check(readProcesses: SupervisorRpc['readProcesses']): Promise<void> {
    const { services, log } = this.#parts
    if (services.length === 0) return
    try {
      const processes = await readProcesses(ASK_TIMEOUT_MS)
      const known = new Set(processes.flatMap(({ name, group }) => [name, group]))
      const unknown = services.filter(service => !known.has(service))
      if (unknown.length === 0) return
      log.warn(
        { unknown },
        `EXIT_ON_FATAL: there is no service ${unknown.join(', ')}: there are ${[...known].sort().join(', ')}`
      )
    } catch (error) {
      const { message } = error as Error
      log.warn({ err: message }, 'the names of EXIT_ON_FATAL cannot be checked')
    }
  }

  /** The event about it is in the spool. */
  gaveUp(service: string, group: string | undefined): void {
    const { services } = this.#parts
    const isListed = services.includes(service) || (group !== undefined && services.includes(group))
    if (!isListed || this.#isEnding) return
    this.#isEnding = true
    this.#endAfterDelivery(service, uptime() + DELIVERY_TIMEOUT_MS)
  }

  #endAfterDelivery(service: string, deadline: number): void {
    const { spool, shutDown, log } = this.#parts
    const waiting = spool.size
    if (waiting > 0 && uptime() < deadline) {
      setTimeout(() => this.#endAfterDelivery(service, deadline), LOOK_EVERY_MS)
      return
    }
    log.error(
      { service, waiting },
      'a service of EXIT_ON_FATAL was given up: supervisord is told to shut down'
    )
    this.#note(service)
    try {
      shutDown()
    } catch (error) {
      log.error({ err: (error as Error).message }, 'supervisord cannot be told to shut down')
      this.#isEnding = false
    }
  }

  #note(service: string): void {
    const { noteFile, log } = this.#parts
    if (noteFile === undefined) return
    try {
      fs.writeFileSync(noteFile, `${service}\n`)
    } catch (error) {
      log.error({ err: (error as Error).message }, 'EXIT_ON_FATAL_FILE cannot be written')
    }
  }
}
