/**
 * What a sink is: something outside this machine that takes events in batches. The runner
 * (runner.ts) does the rest: where it stands in the stream, when it tries again, what it tells.
 */

import type { PublishedEvent } from '../events/envelope.ts'
import { installLine } from '../package-info.ts'
import type { ArchivedEvent, ArchiveRange } from '../stream/archive.ts'
import type { EventFilter } from '../stream/event-reader.ts'

export interface SinkLimits {
  /** Bytes of serialised events in a batch; a single larger event is a batch of its own. */
  readonly maxBytes: number
  readonly maxEvents: number
  /** Milliseconds that an event waits at most for others to share its batch. */
  readonly lingerMs: number
  /** Milliseconds after which an attempt that has no answer is given up. */
  readonly timeoutMs: number
}

export interface Delivery {
  /**
   * Events of the batch that the other side refused for good while it took the others: they are not
   * sent again. Where it refuses the batch as a whole, that is a {@link SinkError} `rejected`.
   */
  readonly rejected?: number
  /** Why, in the other side's words. */
  readonly reason?: string
}

export interface Sink {
  /** Names it in /healthz and in the log, and its file in the state folder. */
  readonly name: string
  readonly limits: SinkLimits
  /** Of the events those that it delivers; absent: all. */
  readonly filter?: EventFilter
  /** What the sink wants back from the cursor file after a restart; any JSON. */
  readonly state: unknown
  /**
   * Loads the library it delivers by, before the server is ready: later, what is loaded first is
   * loaded on a machine that runs out of memory. {@link connect} does it where this failed.
   *
   * @throws {SinkError} where it is not installed
   */
  load(): Promise<void>
  /**
   * Makes ready for {@link deliver}: before the first batch, and after an error that asks for it.
   * Its state is saved before the first batch is sent.
   *
   * @param saved the state of an earlier run over the same sequence numbers, if any
   */
  connect(saved: unknown, signal: AbortSignal): Promise<void>
  /**
   * Resolves when the other side holds every event of the batch. After a failure it is called again
   * with the same batch.
   */
  deliver(batch: readonly PublishedEvent[], signal: AbortSignal): Promise<Delivery>
  /**
   * Events that the other side has and this machine no longer holds, oldest first; absent where it
   * cannot be asked.
   *
   * @param delivered the last event delivered
   * @throws {SinkError} where it cannot be asked now
   */
  readBack?(
    delivered: number,
    range: ArchiveRange,
    signal: AbortSignal
  ): AsyncIterable<ArchivedEvent>
  close(): void
}

/**
 * - `rejected`: something in the batch is wrong, or there is too much of it, and will not be taken
 *   later. Only {@link Sink.deliver} says so, when none of the batch was taken: it is called again with
 *   a part of it, until what is wrong stands alone. That is given up, counted and told.
 * - `retry`: something that passes: the network, an overloaded server.
 * - `refused`: a person must mend something there (a token, a name): tried again, but slowly.
 * - `misconfigured`: a person must mend something here, and start again.
 * - `stopped`: delivering would do harm, until a person has looked.
 */
export type SinkFault = 'rejected' | 'retry' | 'refused' | 'misconfigured' | 'stopped'

export interface SinkErrorOptions {
  /** Milliseconds after which the other side asks to be tried again. */
  readonly afterMs?: number | undefined
  /** Whether {@link Sink.connect} must come before the next batch. */
  readonly reconnect?: boolean
  readonly cause?: unknown
}

export class SinkError extends Error {
  readonly fault: SinkFault
  readonly afterMs: number | undefined
  readonly reconnect: boolean

  constructor(fault: SinkFault, message: string, options: SinkErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.fault = fault
    this.afterMs = options.afterMs
    this.reconnect = options.reconnect ?? false
  }
}

/** Anything thrown, as a fault of the sink; what is not known passes. */
export function asSinkError(error: unknown): SinkError {
  if (error instanceof SinkError) return error
  return new SinkError('retry', error instanceof Error ? error.message : String(error), {
    cause: error,
  })
}

/**
 * Imports what is installed only where it is used.
 *
 * @param packages what `load` imports
 * @throws {SinkError} that says how to install them
 */
export async function importOptional<T>(
  packages: readonly string[],
  load: () => Promise<T>
): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new SinkError(
      'misconfigured',
      `packages that it delivers by are not installed: ${installLine(packages)}`,
      { cause: error }
    )
  }
}
