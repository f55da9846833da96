/** Every error is `{"message": "..."}`, with `detail` where the message alone does not say what to mend. */

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** Seconds after which who was told that something is taken may try again. */
const RETRY_AFTER_S = 5

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
    : (ownWords(error) ?? error.message)
  if (status === 503) reply.header('retry-after', RETRY_AFTER_S)
  return reply.code(status).send({ message, detail: error.detail })
}

/** For errors of Fastify's: what to mend, in place of what went wrong. */
function ownWords({ code }: FastifyError): string | undefined {
  return code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
    ? 'the body must be JSON: send it with content-type: application/json'
    : undefined
}
