/**
 * Bodies on their way in: what all of them hold together has a bound, and none may take for ever. One
 * that announces much and sends it slowly is cheap for its sender; when the bound is passed, the
 * largest goes, so that small ones, such as kills and crashes are, always come through.
 */

import type { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import {
  BadRequestError,
  BodyTooLargeError,
  BodyTooSlowError,
  quoted,
  TooManyBodiesError,
} from '../errors.ts'
import { leftAsGarbage } from '../idle-memory.ts'

const MAX_HELD_BYTES = 32 * 1024 * 1024
/** From the first byte of a body to its last. */
const TIMEOUT_MS = 15_000
/** Larger ones take milliseconds to parse: one in each turn of the event loop. */
const LARGE_BYTES = 64 * 1024
const LEAST_BYTES = 4096
const EMPTY = Buffer.alloc(0)

export class BodyReader {
  /** In no order. Not a set: it would be made anew for each body that comes and goes, for the collector of garbage. */
  readonly #open: Body[] = []
  /** Begun in this turn of the event loop. */
  #begun: Body[] = []
  #held = 0
  #lastLarge: Promise<unknown> = Promise.resolve()
  readonly #onGrown = (more: number) => {
    this.#held += more
    while (this.#held > MAX_HELD_BYTES && this.#open.length > 0) this.#dropLargest()
  }

  /** As {@link receive}, for who waits. */
  read<T>(request: FastifyRequest, payload: Readable, use: (bytes: Buffer) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.receive(request, payload, use, (error, value) => {
        if (error === null) resolve(value as T)
        else reject(error)
      })
    })
  }

  /**
   * Without a promise, nor a timer for what comes at once: nearly all bodies are small, and come with
   * their heads.
   *
   * @param use what is made of a whole body; in a turn of its own where that takes long
   * @param done told what was made of it, or a `BodyTooLargeError`, `BodyTooSlowError`,
   *   `TooManyBodiesError` or `BadRequestError`, or what `use` threw
   */
  receive<T>(
    request: FastifyRequest,
    payload: Readable,
    use: (bytes: Buffer) => T,
    done: (error: Error | null, value?: T) => void
  ): void {
    const body = new Body(request, payload, this.#onGrown, error => {
      if (error === undefined && body.bytes > LARGE_BYTES) {
        this.#lastLarge = this.#lastLarge.then(() => turn()).then(() => this.#use(body, use, done))
      } else if (error === undefined) {
        this.#use(body, use, done)
      } else {
        this.#let(body)
        done(error)
      }
    })
    body.place = this.#open.push(body) - 1
    if (this.#begun.length === 0) setImmediate(() => this.#watchSlow())
    this.#begun.push(body)
    body.receive()
  }

  #use<T>(
    body: Body,
    use: (bytes: Buffer) => T,
    done: (error: Error | null, value?: T) => void
  ): void {
    // It was whole, and let go of while it waited for its turn.
    if (body.place === undefined) {
      done(new TooManyBodiesError())
      return
    }
    let value: T
    try {
      value = use(body.content)
    } catch (error) {
      this.#let(body)
      done(error as Error)
      return
    }
    this.#let(body)
    done(null, value)
  }

  #watchSlow(): void {
    for (const body of this.#begun) body.limitTime()
    this.#begun = []
  }

  #dropLargest(): void {
    let largest: Body | undefined
    for (const body of this.#open) {
      if (largest === undefined || body.held > largest.held) largest = body
    }
    if (largest === undefined) return
    this.#let(largest)
    largest.fail(new TooManyBodiesError())
  }

  #let(body: Body): void {
    const { place } = body
    if (place === undefined) return
    body.place = undefined
    const last = this.#open.pop()!
    if (last !== body) {
      this.#open[place] = last
      last.place = place
    }
    this.#held -= body.held
    leftAsGarbage(body.held)
    body.release()
  }
}

class Body {
  readonly #payload: Readable & { receivedEncodedLength?: number }
  readonly #onGrown: (bytes: number) => void
  readonly #onOver: (error?: Error) => void
  readonly #limit: number
  /** Not a number where nothing is. */
  readonly #announced: number
  /** One piece, because pieces as small as the sender likes take hundreds of times their size. */
  #buffer: Buffer = EMPTY
  #bytes = 0
  #isOver = false
  #timer: NodeJS.Timeout | undefined
  /** Among those that are held; undefined once it was let go of. */
  place: number | undefined

  /**
   * @param onGrown told how many bytes more are held
   * @param onOver told once: when all of it is there, or why it will not be
   */
  constructor(
    request: FastifyRequest,
    payload: Readable,
    onGrown: (bytes: number) => void,
    onOver: (error?: Error) => void
  ) {
    this.#payload = payload
    this.#onGrown = onGrown
    this.#onOver = onOver
    this.#limit = request.routeOptions.bodyLimit
    this.#announced = Number(request.headers['content-length'])
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Bytes of memory. */
  get held(): number {
    return this.#buffer.length
  }

  get content(): Buffer {
    return this.#buffer.length === this.#bytes
      ? this.#buffer
      : this.#buffer.subarray(0, this.#bytes)
  }

  fail(error: Error): void {
    this.#end(error)
  }

  release(): void {
    this.#buffer = EMPTY
  }

  receive(): void {
    if (this.#announced > this.#limit) {
      this.fail(new BodyTooLargeError(this.#limit))
      return
    }
    this.#payload
      .on('data', (chunk: Buffer | string) => {
        // What still comes is passed over.
        if (!this.#isOver) this.#add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
      })
      .on('error', error => this.fail(asRefusal(error)))
      // Nearly always after its end: an error takes long to make.
      .on('close', () => {
        if (!this.#isOver) this.fail(new BadRequestError('the body broke off'))
      })
      .on('end', () => {
        if (this.#isOver) return
        const wrong = this.#wrongLength()
        this.#end(wrong === undefined ? undefined : new BadRequestError(wrong))
      })
      .resume()
  }

  /** From now on, where it is not over already. */
  limitTime(): void {
    if (this.#isOver) return
    const tooSlow = () => this.fail(new BodyTooSlowError(TIMEOUT_MS / 1000))
    this.#timer = setTimeout(tooSlow, TIMEOUT_MS)
  }

  #end(error?: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#onOver(error)
  }

  #add(chunk: Buffer): void {
    const bytes = this.#bytes + chunk.length
    // Of a compressed body that a hook of the host's unpacked, both count.
    if (bytes > this.#limit || (this.#payload.receivedEncodedLength ?? 0) > this.#limit) {
      this.fail(new BodyTooLargeError(this.#limit))
      return
    }
    const before = this.held
    if (before === 0 && chunk.length === this.#announced) {
      this.#buffer = chunk
    } else {
      if (bytes > before) this.#grow(bytes)
      chunk.copy(this.#buffer, this.#bytes)
    }
    this.#bytes = bytes
    if (this.held > before) this.#onGrown(this.held - before)
  }

  #grow(bytes: number): void {
    const size = Math.max(bytes, Math.min(Math.max(this.held * 2, LEAST_BYTES), this.#limit))
    const larger = Buffer.allocUnsafeSlow(size)
    this.#buffer.copy(larger, 0, 0, this.#bytes)
    this.#buffer = larger
  }

  #wrongLength(): string | undefined {
    const received = this.#payload.receivedEncodedLength || this.#bytes
    if (Number.isNaN(this.#announced) || received === this.#announced) return undefined
    return `the body has ${received} bytes, and content-length says ${this.#announced}`
  }
}

/** What a stream that a hook of the host's put between says of it, or that it ended. */
function asRefusal(error: Error & { statusCode?: number }): Error {
  const isRefusal = typeof error.statusCode === 'number' && error.statusCode >= 400
  return isRefusal ? error : new BadRequestError(`the body broke off: ${quoted(error.message)}`)
}
