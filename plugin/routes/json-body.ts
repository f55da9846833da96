/**
 * Reading a JSON body without changing it. `JSON.parse` alone loses what it cannot hold: bytes that
 * are no UTF-8 become U+FFFD, 9007199254740993 becomes ...992, 1e400 becomes null when it is written
 * out again, and of a field given twice one is gone. Such bodies are refused.
 */

import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parse as secureJsonParse } from 'secure-json-parse'
import { BadRequestError, UnsupportedMediaTypeError } from '../errors.ts'

/** Replaces the content-type parsers of this scope: JSON is the only body that the routes take. */
export function acceptOnlyJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    /^application\/json(?:\s*;.*)?$/i,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const text = decode(request, body)
      if (text.trim() === '') {
        if (hasOptionalBody(request)) return null
        throw new BadRequestError('the body is empty: send a JSON object')
      }
      let value: unknown
      try {
        value = secureJsonParse(text, { protoAction: 'error', constructorAction: 'error' })
      } catch (error) {
        throw new BadRequestError(`the body is malformed JSON: ${(error as Error).message}`)
      }
      const lost = whatWouldBeLost(text)
      if (lost !== undefined) throw new BadRequestError(lost)
      return value
    }
  )
}

function hasOptionalBody({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { hasOptionalBody?: boolean }).hasOptionalBody === true
}

function decode(request: FastifyRequest, body: Buffer): string {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new UnsupportedMediaTypeError(
      `content-encoding ${encoding} is not supported: send the JSON uncompressed`
    )
  }
  if (!isUtf8(body)) {
    throw new BadRequestError('the body is not valid UTF-8: send JSON encoded as UTF-8')
  }
  return body.toString('utf8')
}

/** Deeper than any event, and far from where writing it would exhaust the stack. */
const MAX_DEPTH = 1000
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|-?\d[\d.eE+-]*/g

/** What of a JSON text would not survive being parsed and written, as a sentence, or undefined. */
export function whatWouldBeLost(text: string): string | undefined {
  /** For each open object the keys it has so far; null for an array. */
  const open: Array<Set<string> | null> = []
  let previous = ''
  for (const [token] of text.matchAll(TOKEN)) {
    const first = token.charCodeAt(0)
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null)
      if (open.length > MAX_DEPTH) return `the body is nested deeper than ${MAX_DEPTH} levels`
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token === ':') {
      const keys = open[open.length - 1]
      const key: string = previous.includes('\\') ? JSON.parse(previous) : previous.slice(1, -1)
      if (keys?.has(key) === true) return `the field "${key}" is given twice: send it once`
      keys?.add(key)
    } else if ((first === 45 || (first >= 48 && first <= 57)) && isInexact(token)) {
      return `the number ${token} cannot be carried exactly by JSON readers: send it as a string`
    }
    previous = token
  }
  return undefined
}

/** Integers that a double does not hold and numbers beyond its range; fractions are approximations. */
function isInexact(token: string): boolean {
  if (token.length < 16 && !/[eE]/.test(token)) return false
  const value = Number(token)
  if (!Number.isFinite(value)) return true
  const sent = significand(token)
  if (value === 0) return sent.digits !== ''
  const isInteger = sent.exponent >= 0 || Math.abs(value) > Number.MAX_SAFE_INTEGER
  const kept = significand(String(value))
  return isInteger && (sent.digits !== kept.digits || sent.exponent !== kept.exponent)
}

/** digits * 10^exponent, without zeros at either end. */
function significand(number: string): { digits: string; exponent: number } {
  const [, whole, fraction = '', power = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
    number
  )!
  const all = (whole! + fraction).replace(/^0+/, '')
  const digits = all.replace(/0+$/, '')
  return { digits, exponent: Number(power) - fraction.length + (all.length - digits.length) }
}
