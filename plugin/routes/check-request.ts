/** A check of requests that waits for nothing, as a hook: without a promise for each request. */

import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'

/** @param check throws what the request is refused with */
export function checkRequest(
  check: (request: FastifyRequest, reply: FastifyReply) => void
): onRequestHookHandler {
  return (request, reply, done) => {
    try {
      check(request, reply)
    } catch (error) {
      done(error as Error)
      return
    }
    done()
  }
}
