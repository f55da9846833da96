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
import { leftAsGarbage } from '../garbage.ts'

const MAX_HELD_BYTES = 32 * 1024 * 1024
/** From the first byte of a body to its last. */
const TIMEOUT_MS = 15_000
/** Larger ones take milliseconds to parse: one in each turn of the event loop. */
const LARGE_BYTES = 64 * 1024
const LEAST_BYTES = 4096
const EMPTY = Buffer.alloc(0)

export class BodyReader {
  readonly #open = new Set<Body>()
  #held = 0
  #lastLarge: Promise<unknown> = Promise.resolve()

  /**
   * @param use what is made of a whole body; in a turn of its own where that takes long
   * @throws {BodyTooLargeError | BodyTooSlowError | TooManyBodiesError | BadRequestError}
   */
  async read<T>(request: FastifyRequest, payload: Readable, use: (bytes: Buffer) => T): Promise<T> {
    const body = new Body(request, payload, more => {
      this.#held += more
      while (this.#held > MAX_HELD_BYTES && this.#open.size > 0) this.#dropLargest()
    })
    this.#open.add(body)
    try {
      await body.whole
      if (body.bytes > LARGE_BYTES) {
        this.#lastLarge = this.#lastLarge.then(() => turn())
        await this.#lastLarge
      }
      return use(body.content)
    } finally {
      this.#let(body)
    }
  }

  #dropLargest(): void {
    let largest: Body | undefined
    for (const body of this.#open) {
      if (largest === undefined || body.held > largest.held) largest = body
    }
    if (largest === undefined) return
    largest.fail(new TooManyBodiesError())
    this.#let(largest)
  }

  #let(body: Body): void {
    this.#open.delete(body)
    this.#held -= body.held
    leftAsGarbage(body.held)
    body.release()
  }
}

class Body {
  /** Resolves when all of it is there. */
  readonly whole: Promise<void>
  readonly #payload: Readable & { receivedEncodedLength?: number }
  readonly #onGrown: (bytes: number) => void
  readonly #limit: number
  /** Not a number where nothing is. */
  readonly #announced: number
  /** One piece, because pieces as small as the sender likes take hundreds of times their size. */
  #buffer: Buffer = EMPTY
  #bytes = 0
  #isOver = false
  #fail: (error: Error) => void = () => {}

  /** @param onGrown told how many bytes more are held */
  constructor(request: FastifyRequest, payload: Readable, onGrown: (bytes: number) => void) {
    this.#payload = payload
    this.#onGrown = onGrown
    this.#limit = request.routeOptions.bodyLimit
    this.#announced = Number(request.headers['content-length'])
    this.whole = this.#receive()
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Bytes of memory. */
  get held(): number {
    return this.#buffer.length
  }

  get content(): Buffer {
    return this.#buffer.subarray(0, this.#bytes)
  }

  fail(error: Error): void {
    this.#fail(error)
  }

  release(): void {
    this.#buffer = EMPTY
  }

  #receive(): Promise<void> {
    if (this.#announced > this.#limit) return Promise.reject(new BodyTooLargeError(this.#limit))
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.fail(new BodyTooSlowError(TIMEOUT_MS / 1000)), TIMEOUT_MS)
      const end = () => {
        this.#isOver = true
        clearTimeout(timer)
      }
      this.#fail = error => {
        end()
        reject(error)
      }
      this.#payload
        .on('data', (chunk: Buffer | string) => {
          // What still comes is passed over.
          if (!this.#isOver) this.#add(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
        })
        .on('error', error => this.fail(asRefusal(error)))
        // Nearly always after its end: an error takes long to make.
        .once('close', () => {
          if (!this.#isOver) this.fail(new BadRequestError('the body broke off'))
        })
        .once('end', () => {
          if (this.#isOver) return
          end()
          const wrong = this.#wrongLength()
          if (wrong === undefined) resolve()
          else reject(new BadRequestError(wrong))
        })
        .resume()
    })
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
