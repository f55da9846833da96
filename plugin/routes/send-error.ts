/** Every error is `{"message": "..."}`, with `detail` where the message alone does not say what to mend. */

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

export function sendError(
  error: FastifyError & { detail?: string },
  request: FastifyRequest,
  reply: FastifyReply
): FastifyReply {
  const status = error.statusCode ?? 500
  const isFault = status >= 500 && status !== 503
  if (isFault) request.log.error({ err: error }, 'request failed')
  const message = isFault
    ? 'internal error: see the log of the server'
    : (ownWords(error, request) ?? error.message)
  return reply.code(status).send({ message, detail: error.detail })
}

/** For errors of Fastify's: what to mend, in place of what went wrong. */
function ownWords({ code }: FastifyError, request: FastifyRequest): string | undefined {
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `the body is larger than ${request.routeOptions.bodyLimit} bytes: send less data in one event`
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'the body must be JSON: send it with content-type: application/json'
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'the body is empty: send a JSON object'
    default:
      return undefined
  }
}
