/**
 * Reading a JSON body without changing it. `JSON.parse` alone loses what it cannot hold: bytes that
 * are no UTF-8 become U+FFFD, 9007199254740993 becomes ...992, 1e400 becomes null when it is written
 * out again, and of a field given twice one is gone. Such bodies are refused.
 */

import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parse as secureJsonParse } from 'secure-json-parse'
import { BadRequestError, quoted, UnsupportedMediaTypeError } from '../errors.ts'
import type { BodyReader } from './body-reader.ts'
import { isSurelyKept, tooMuch, whatWouldBeLost } from './json-scan.ts'

/** What a route's `config.body` says. */
export interface BodyConfig {
  /** An empty body is as good as none. */
  readonly isOptional?: boolean
  /** Fields of the body that are kept, and so must come as they were sent. */
  readonly kept: readonly string[]
}

/** Replaces the content-type parsers of this scope: JSON is the only body that the routes take. */
export function acceptOnlyJson(scope: FastifyInstance, reader: BodyReader): void {
  scope.removeAllContentTypeParsers()
  const parseBody = (
    request: FastifyRequest,
    payload: Readable,
    done: (error: Error | null, body?: unknown) => void
  ): void => {
    refuseCompressed(request, 'the JSON')
    reader.receive(request, payload, body => parse(body, bodyConfigOf(request)), done)
  }
  scope.addContentTypeParser(/^application\/json(?:\s*;.*)?$/i, parseBody)
}

/** @throws {UnsupportedMediaTypeError} */
export function refuseCompressed({ headers }: FastifyRequest, what: string): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new UnsupportedMediaTypeError(
    `content-encoding ${quoted(encoding)} is not supported: send ${what} uncompressed`
  )
}

function bodyConfigOf({ routeOptions }: FastifyRequest): BodyConfig {
  return (routeOptions.config as { body?: BodyConfig }).body ?? { kept: [] }
}

function parse(body: Buffer, { isOptional = false, kept }: BodyConfig): unknown {
  if (!isUtf8(body)) {
    throw new BadRequestError('the body is not valid UTF-8: send JSON encoded as UTF-8')
  }
  const excess = tooMuch(body)
  if (excess !== undefined) throw new BadRequestError(excess)
  const text = body.toString('utf8')
  if (text.trim() === '') {
    if (isOptional) return null
    throw new BadRequestError('the body is empty: send a JSON object')
  }
  let value: unknown
  try {
    value = secureJsonParse(text, { protoAction: 'error', constructorAction: 'error' })
  } catch (error) {
    throw new BadRequestError(`the body is malformed JSON: ${(error as Error).message}`)
  }
  const lost = isSurelyKept(text, value) ? undefined : whatWouldBeLost(body, kept)
  if (lost !== undefined) throw new BadRequestError(lost)
  return value
}
