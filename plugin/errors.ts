/** Every error of the plugin, with its code, status and message. Messages say what to mend. */

import createError from '@fastify/error'

/** Longest text of a client's own in a message. */
const MAX_QUOTE_CHARS = 100

/** A client's own text, as far as it helps to find what to mend. */
export function quoted(text: string): string {
  return text.length <= MAX_QUOTE_CHARS ? text : `${text.slice(0, MAX_QUOTE_CHARS)}...`
}

/** Thrown by `fastify.register`. Its first argument is the option's name. */
export const InvalidOptionError = createError<[string, string]>(
  'FST_SYSMON_INVALID_OPTION',
  'fastify-sysmon: option "%s" %s',
  500,
  TypeError
)

/** Thrown by `fastify.sysmon.publish` for an event that `POST /telemetry/events` would refuse too. */
export const InvalidEventError = createError<[string]>(
  'FST_SYSMON_INVALID_EVENT',
  '%s',
  400,
  TypeError
)

export const BadRequestError = createError<[string]>('FST_SYSMON_BAD_REQUEST', '%s', 400)

export const ForeignHostError = createError<[string]>(
  'FST_SYSMON_FOREIGN_HOST',
  'requests for the host "%s" are refused, for any web page can let a name point to this machine: ask by IP address or as localhost, or name the host in the option "allowedHosts" (SYSMON_ALLOWED_HOSTS)',
  403
)

export const ForeignOriginError = createError<[string]>(
  'FST_SYSMON_FOREIGN_ORIGIN',
  'requests from pages of "%s" are refused: ask from a program or from a page of this server, or name the origin in the option "allowedOrigins" (SYSMON_ALLOWED_ORIGINS)',
  403
)

export const ForeignSiteError = createError<[string]>(
  'FST_SYSMON_FOREIGN_SITE',
  'requests from pages of another site are refused (Sec-Fetch-Site: %s): ask from a program, or type the address into the browser; a page of an origin in the option "allowedOrigins" (SYSMON_ALLOWED_ORIGINS) asks with CORS',
  403
)

export const FramedError = createError<[string]>(
  'FST_SYSMON_FRAMED',
  'answers are shown in no frame of a page (Sec-Fetch-Dest: %s): open the address in a tab of its own',
  403
)

export const TokenError = createError<[string]>(
  'FST_SYSMON_TOKEN',
  '%s needs a token: send it in the header "authorization: Bearer TOKEN"',
  401
)

export const UnguardedError = createError<[string, string, string]>(
  'FST_SYSMON_UNGUARDED',
  '%s is for this machine only, because no token is asked for: set the option "token" (SYSMON_TOKEN) or "%s" (%s), or say "insecure" (SYSMON_INSECURE)',
  403
)

export const NoRouteError = createError<[string]>(
  'FST_SYSMON_NO_ROUTE',
  'there is nothing at %s: GET /spec.json tells what there is',
  404
)

export const NotAllowedError = createError<[string, string]>(
  'FST_SYSMON_METHOD_NOT_ALLOWED',
  'this path does not know the method %s: use one of %s',
  405
)

export const BodyTooLargeError = createError<[number]>(
  'FST_SYSMON_BODY_TOO_LARGE',
  'the body is larger than %d bytes: send less data in one event',
  413
)

export const BodyTooSlowError = createError<[number]>(
  'FST_SYSMON_BODY_TOO_SLOW',
  'the body did not come within %d seconds: send all of it at once',
  408
)

export const TooManyBodiesError = createError<[]>(
  'FST_SYSMON_TOO_MANY_BODIES',
  'too many large bodies are on their way at once: send it again later, or less data in one event',
  503
)

export const UnsupportedMediaTypeError = createError<[string]>(
  'FST_SYSMON_UNSUPPORTED_MEDIA_TYPE',
  '%s',
  415
)

export const TooManyStreamsError = createError<[string, string]>(
  'FST_SYSMON_TOO_MANY_STREAMS',
  '%s: close one, try again later, or %s',
  503
)
