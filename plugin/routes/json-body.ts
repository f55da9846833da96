/**
 * Reading a JSON body without changing it. `JSON.parse` alone damages what it cannot hold: bytes
 * that are no UTF-8 become U+FFFD, 9007199254740993 becomes ...992, and 1e400 becomes null when it
 * is written out again. Such bodies are refused instead of stored as something else.
 */

import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BadRequestError, UnsupportedMediaTypeError } from '../errors.ts'

/** Replaces the content-type parsers of this scope: JSON is the only body that the routes take. */
export function acceptOnlyJson(scope: FastifyInstance): void {
  // __proto__ and constructor.prototype in a body are refused, as Fastify does by default.
  const parseJson = scope.getDefaultJsonParser('error', 'error')
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    /^application\/(?:[a-z0-9.+-]+\+)?json(?:\s*;.*)?$/i,
    { parseAs: 'buffer' },
    (request, body, done) => {
      try {
        const text = decode(request, body as Buffer)
        parseJson(request, text, (error, value) => {
          if (error !== null) return done(new BadRequestError(malformed(error, text)))
          const number = inexactNumber(text)
          if (number === undefined) return done(null, value)
          done(
            new BadRequestError(
              `the number ${number} cannot be carried exactly by JSON readers: send it as a string`
            )
          )
        })
      } catch (error) {
        done(error as Error)
      }
    }
  )
}

function decode(request: FastifyRequest, body: Buffer): string {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new UnsupportedMediaTypeError(
      `content-encoding ${encoding} is not supported: send the JSON uncompressed`
    )
  }
  if (!isUtf8(body))
    throw new BadRequestError('the body is not valid UTF-8: send JSON encoded as UTF-8')
  return body.toString('utf8')
}

function malformed(error: Error, text: string): string {
  return text.trim() === ''
    ? 'the body is empty: send a JSON object'
    : `the body is malformed JSON: ${error.message}`
}

/** The first number of the text whose value would not survive being read and written, if any. */
export function inexactNumber(text: string): string | undefined {
  // Only numbers of 16 digits and more, or with an exponent, can be affected.
  if (!/\d{16}|\d[eE]/.test(text)) return undefined
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    if (token.startsWith('"')) continue
    const value = Number(token)
    if (!Number.isFinite(value)) return token
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(value) && token !== String(value))
      return token
  }
  return undefined
}
