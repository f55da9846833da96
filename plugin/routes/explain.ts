/**
 * `POST /telemetry/explain`: a saved log, answered with what `sysmon explain --json` prints of it. For the
 * page (plugin/ui/), which has no parser of its own.
 */

import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  BadRequestError,
  BodyTooLargeError,
  TooManyBodiesError,
  UnsupportedMediaTypeError,
} from '../errors.ts'
import type { BodyReader } from './body-reader.ts'
import { refuseCompressed } from './json-body.ts'
import type { Access } from './token.ts'

/** Some 20,000 lines; all of them take about a second. */
const MAX_LOG_BYTES = 2 * 1024 * 1024
/** One is worked on, and so many wait. */
const MAX_WAITING = 8

/** @param bodyLimit of all routes */
export async function registerExplain(
  scope: FastifyInstance,
  reader: BodyReader,
  bodyLimit: number
): Promise<void> {
  const explain = inTurn()
  const limit = Math.min(MAX_LOG_BYTES, bodyLimit)
  const take = async (request: FastifyRequest, payload: Readable): Promise<Buffer> => {
    refuseCompressed(request, 'the log')
    try {
      return await reader.read(request, payload, body => Buffer.from(body))
    } catch (error) {
      if (error instanceof BodyTooLargeError) {
        error.message = `the log is larger than ${limit} bytes: send the part around the kill`
      }
      throw error
    }
  }
  // In a scope of its own: the other routes take no text.
  await scope.register(async own => {
    own.removeAllContentTypeParsers()
    own.addContentTypeParser(/^text\/plain(?:\s*;.*)?$/i, take)
    own.addContentTypeParser('*', async () => {
      throw new UnsupportedMediaTypeError('the log must be sent with content-type: text/plain')
    })
    const config: { access: Access } = { access: 'read' }
    own.post('/telemetry/explain', { config, bodyLimit: limit }, async (request, reply) => {
      const log = request.body
      if (!Buffer.isBuffer(log) || log.length === 0) {
        throw new BadRequestError('the body is empty: send a log, as text/plain')
      }
      reply.header('cache-control', 'no-store')
      return await explain(log)
    })
  })
}

/** One after the other, so that however many are sent, all else goes on between their slices. */
function inTurn(): (log: Buffer) => Promise<object> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async log => {
    if (waiting >= MAX_WAITING) throw new TooManyBodiesError()
    waiting++
    const answer = last.then(() => explained(log))
    last = answer.catch(() => undefined)
    try {
      return await answer
    } finally {
      waiting--
    }
  }
}

/** Loaded when it is first asked for. @throws {BadRequestError} */
async function explained(log: Buffer): Promise<object> {
  const { explainBytes, NoLogError } = await import('../explain/log-bytes.ts')
  try {
    return await explainBytes(log)
  } catch (error) {
    throw error instanceof NoLogError ? new BadRequestError(error.message) : error
  }
}
