/**
 * From notification to acknowledgement: what crashed goes into the spool, then supervisord is
 * answered. Whatever a notification holds, it is answered, because one that is not comes back for
 * ever, and supervisord sends no other.
 */

import type { PublishEventRequest, ServiceCrashedData } from '../generated/types.ts'
import { compare, type ListenerPosition } from './continuity.ts'
import type { Delivery } from './delivery.ts'
import type { EndLookup } from './end-lookup.ts'
import type { ExitOnFatal } from './exit-on-fatal.ts'
import { interpret } from './interpret.ts'
import type { ListenerPositionFile } from './listener-position.ts'
import type { Log } from './own-log.ts'
import {
  ACKNOWLEDGED,
  type MalformedHeader,
  type Notification,
  NotificationDecoder,
  READY,
} from './protocol.ts'
import { crashRequest, gapRequest } from './requests.ts'
import type { Spool } from './spool.ts'

export interface ListenerParts {
  /** The run of supervisord. */
  readonly instance: string
  /** To supervisord. Throws when it is gone. */
  readonly say: (text: string) => void
  readonly spool: Spool
  readonly delivery: Delivery
  readonly positions: ListenerPositionFile
  readonly ends: EndLookup
  readonly exitOnFatal: Pick<ExitOnFatal, 'gaveUp'>
  readonly log: Log
}

/** Without a byte for so long, the rest of an unreadable notification has come in. */
const QUIET_MS = 100

export class Listener {
  readonly #parts: ListenerParts
  readonly #decoder = new NotificationDecoder()
  #position: ListenerPosition | 'unknown' | undefined
  #isStopping = false
  #isFinishing = false
  /** Settles when what has come in is answered. */
  #handled = Promise.resolve()
  #quiet: NodeJS.Timeout | undefined

  constructor(parts: ListenerParts) {
    this.#parts = parts
    // Where nothing can be kept, nothing tells what the shim before this one has read.
    const last = parts.spool.isWritable ? parts.positions.read() : 'unknown'
    this.#position = typeof last === 'object' && last.stopping ? undefined : last
  }

  /** Tells supervisord to begin. */
  start(): void {
    this.#parts.say(READY)
    this.#parts.delivery.wake()
  }

  /** Takes what supervisord writes. */
  receive(chunk: Uint8Array): void {
    const now = Date.now() * 1000
    for (const decoded of this.#decoder.push(chunk)) {
      if ('malformed' in decoded) this.#refuse(decoded)
      else this.#handled = this.#handled.then(() => this.#answer(decoded, now))
    }
    if (!this.#decoder.isLost) return
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => {
      this.#decoder.resynchronise()
      this.#acknowledge()
    }, QUIET_MS)
  }

  /** Answers what has come in and asks for no more. */
  async finish(): Promise<void> {
    this.#isFinishing = true
    await this.#handled
  }

  #refuse({ malformed, header }: MalformedHeader): void {
    this.#parts.log.error(
      { err: malformed, header: header.toString('latin1') },
      'a notification of supervisord cannot be read and is passed over'
    )
    if (!this.#decoder.isLost) this.#handled = this.#handled.then(() => this.#acknowledge())
  }

  /** @param now when it came in, in Unix microseconds */
  async #answer(notification: Notification, now: number): Promise<void> {
    try {
      await this.#handle(notification, now)
    } catch (error) {
      this.#parts.log.error(
        { err: (error as Error).stack, notification },
        'a notification of supervisord could not be handled and is passed over'
      )
    }
    this.#acknowledge()
  }

  async #handle(notification: Notification, now: number): Promise<void> {
    const { instance, log } = this.#parts
    const { serial, pool = '', poolSerial } = notification
    log.trace({ notification }, 'notification')
    const continuity = compare(this.#position, { instance, pool, serial, poolSerial })
    if (continuity.kind === 'repeated') {
      log.debug({ serial }, 'sent again, and in the spool already')
      return
    }
    const reports =
      continuity.kind === 'gap' ? [this.#gapReport(notification, continuity.lost, now)] : []
    const crash = await this.#crashOf(notification)
    if (crash !== undefined) reports.push(crashRequest(crash, { instance, serial }, now))
    const position =
      serial === undefined || poolSerial === undefined
        ? undefined
        : { instance, pool, serial, poolSerial, stopping: this.#isStopping }
    await this.#spool(reports, position)
    if (crash?.phase === 'gave_up') {
      this.#parts.exitOnFatal.gaveUp(crash.service_name, crash.group_name)
    }
  }

  async #crashOf(notification: Notification): Promise<ServiceCrashedData | undefined> {
    const { log, ends } = this.#parts
    const { eventName, payload } = notification
    const meaning = interpret(notification, this.#isStopping)
    if (meaning.kind === 'nothing') {
      log.debug({ eventName, payload, reason: meaning.reason }, 'not reported')
      return undefined
    }
    if (meaning.kind === 'stopping') {
      this.#isStopping = true
      log.info({}, 'supervisord is shutting down or reloading')
      return undefined
    }
    const data = { ...meaning.crash, ...(await ends.find(meaning.crash)) }
    log.info({ crash: data }, 'a service crashed')
    return data
  }

  #gapReport({ serial }: Notification, lost: number | undefined, now: number): PublishEventRequest {
    const { instance, log } = this.#parts
    log.error({ lost }, 'supervisord has thrown notifications away: raise buffer_size')
    const reason =
      lost === undefined
        ? 'reports may have been lost: there is no record of which ones were read before'
        : 'reports of the process manager were thrown away before they were read: its buffer was full'
    return gapRequest({ lost, reason, to: now }, { instance, serial }, now)
  }

  /**
   * The delivery need not wait for the disk; supervisord must. What can be delivered is first said to be read: the
   * next shim would report it again, and perhaps know another cause of it.
   */
  async #spool(
    reports: readonly PublishEventRequest[],
    position: ListenerPosition | undefined
  ): Promise<void> {
    const { spool, delivery } = this.#parts
    const areSafe = reports.map(report => spool.append(report))
    // What is in memory alone goes with this process: until it is answered, supervisord sends it again.
    const isRecorded = !spool.hasUnwritten
    if (isRecorded) this.#record(position)
    if (reports.length > 0) delivery.wake()
    await Promise.all(areSafe)
    if (!isRecorded) this.#record(position)
  }

  #record(position: ListenerPosition | undefined): void {
    if (position === undefined) return
    this.#position = position
    this.#parts.positions.write(position)
  }

  #acknowledge(): void {
    // One write: supervisord then hears both or none.
    this.#parts.say(this.#isFinishing ? ACKNOWLEDGED : ACKNOWLEDGED + READY)
  }
}
